//! What only several servers on one database can do to each other, and what a network can do to all.

mod clashes;
mod damage;
mod full;
mod kills;
mod lost_answers;
mod outages;
mod several_servers;

use std::sync::Arc;

use holdfast::{
    Digest, Kind, State, StateManager, Status, Timestamp, Transition, Version,
    backend::{Backend, Postgres, Quota, Text, Write},
};
use serde_json::json;

use crate::support::{ada, adas, id};

pub async fn connected(url: &str) -> Arc<Postgres> {
    Arc::new(Postgres::connect(url).await.unwrap())
}

pub fn engine(backend: &Arc<Postgres>) -> StateManager {
    let backend: Arc<dyn Backend> = backend.clone();
    StateManager::builder(backend).build()
}

pub fn template() -> State {
    State {
        id: id("s"),
        kind: Kind::STORE,
        name: "s".into(),
        status: Status::ACTIVE,
        data: json!(0),
        metadata: json!({}),
        version: Version(1),
        schema_version: 1,
        scope: adas(),
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        expires_at: None,
        digest: Digest::default(),
        removed: None,
    }
}

pub fn write(before: Option<&Arc<State>>, after: State) -> Write {
    Write {
        before: before.cloned(),
        after: Arc::new(after),
        transition: Transition::UPDATE,
        actor: ada(),
        bytes: 10,
        due: None,
        quota: Quota {
            states: 100_000,
            bytes: 1_000_000,
        },
        text: Text::default(),
    }
}
