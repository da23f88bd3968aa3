//! What only Redis can do: be written by several servers at once, go away, and come back.

mod damage;
mod full;
mod outages;
mod together;

use std::{io::Write as _, net::TcpStream, sync::Arc};

use holdfast::{
    Change, Digest, Expected, Kind, Revision, State, StateManager, Status, Timestamp, Transition,
    Version,
    backend::{Announcement, Backend, Held, Quota, Redis, Text, Write},
};
use serde_json::json;
use tokio::sync::broadcast::Receiver;

use crate::support::{ada, adas, id, redis_server::RedisServer, store};

pub async fn connect(server: &RedisServer) -> Arc<Redis> {
    Arc::new(Redis::connect(&server.url(), "test").await.unwrap())
}

pub fn engine(backend: &Arc<Redis>) -> StateManager {
    StateManager::builder(backend.clone()).build()
}

/// A write of `n` on top of `before`.
pub fn write(name: &str, before: Option<&Arc<State>>, n: u64) -> Write {
    let template = State {
        id: id(name),
        kind: Kind::STORE,
        name: name.into(),
        status: Status::ACTIVE,
        data: json!(n),
        metadata: json!({}),
        version: Version(before.map_or(1, |state| state.version.0 + 1)),
        schema_version: 1,
        scope: adas(),
        created_at: Timestamp(1),
        updated_at: Timestamp(2),
        expires_at: None,
        digest: Digest::default(),
        removed: None,
    };
    Write {
        before: before.cloned(),
        after: Arc::new(template),
        transition: Transition::UPDATE,
        actor: ada(),
        bytes: 10,
        due: None,
        quota: Quota {
            states: 1_000_000,
            bytes: 1_000_000_000,
        },
        text: Text::default(),
    }
}

/// The next `count` changes that are announced.
pub async fn announced(mut announcements: Receiver<Announcement>, count: u64) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    while (changes.len() as u64) < count {
        changes.extend(announcements.recv().await.unwrap().iter().cloned());
    }
    changes
}

/// All changes; a page holds so much, however much is asked for.
pub async fn whole_log(backend: &Redis) -> Vec<Change> {
    let mut log: Vec<Change> = Vec::new();
    loop {
        let seen = Revision(log.len() as u64);
        let page = backend.log(seen, 10_000).await.unwrap();
        if page.is_empty() {
            return log;
        }
        log.extend(page);
    }
}

/// What Redis says to one line that comes past the client of the engine.
pub fn say(server: &RedisServer, command: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let lines = format!("{command}\r\nQUIT\r\n");
    stream.write_all(lines.as_bytes()).unwrap();
    let said = std::io::read_to_string(stream).unwrap();
    said.strip_suffix("\r\n+OK\r\n").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_that_holds_nothing_any_more_is_not_listed_and_may_come_back() {
    let server = RedisServer::start();
    let states = engine(&connect(&server).await);
    let scopes = || say(&server, "HLEN test/scopes");
    for (name, listed) in [("a", ":1"), ("b", ":1")] {
        states.register(store(name), &ada()).await.unwrap();
        assert_eq!(scopes(), listed);
    }
    for (name, listed) in [("a", ":1"), ("b", ":0")] {
        states
            .delete(&adas(), &id(name), Expected::Any, &ada())
            .await
            .unwrap();
        assert_eq!(scopes(), listed);
    }
    assert_eq!(states.held().await.unwrap(), Held::default());
    states.register(store("a"), &ada()).await.unwrap();
    assert_eq!(scopes(), ":1");
    assert_eq!(states.held().await.unwrap().states, 1);
}
