//! One engine on each backend, with a clock that the test moves.

pub mod postgres_server;
pub mod redis_server;

use std::{any::Any, sync::Arc};

use holdfast::{
    Actor, Builder, Kind, Limits, ManualClock, New, Scope, StateId, StateManager, Timestamp,
    backend::{Backend, Memory, Postgres, Redis, Sqlite},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::{postgres_server::PostgresServer, redis_server::RedisServer};

pub struct World {
    pub name: &'static str,
    pub states: StateManager,
    pub clock: Arc<ManualClock>,
    /// What the backend needs while it lives: dropped after it.
    _guard: Box<dyn Any + Send>,
}

pub async fn memory() -> (TempDir, Arc<dyn Backend>) {
    (tempfile::tempdir().unwrap(), Arc::new(Memory::new()))
}

pub async fn sqlite() -> (TempDir, Arc<dyn Backend>) {
    let folder = tempfile::tempdir().unwrap();
    let backend = Sqlite::open(folder.path().join("states.db")).await.unwrap();
    (folder, Arc::new(backend))
}

pub async fn postgres() -> (Arc<PostgresServer>, Arc<dyn Backend>) {
    let server = PostgresServer::shared();
    let backend = Postgres::connect(&server.database()).await.unwrap();
    (server, Arc::new(backend))
}

pub async fn redis() -> (RedisServer, Arc<dyn Backend>) {
    let server = RedisServer::start();
    let backend = Redis::connect(&server.url(), "test").await.unwrap();
    (server, Arc::new(backend))
}

/// An engine on every backend, built by `build`.
pub async fn worlds_with(build: impl Fn(Builder) -> Builder) -> Vec<World> {
    let (in_memory, in_file) = (memory().await, sqlite().await);
    let (in_postgres, in_redis) = (postgres().await, redis().await);
    let world = |name, guard, backend| {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        let builder = StateManager::builder(backend).clock(clock.clone());
        World {
            name,
            states: build(builder).build(),
            clock,
            _guard: guard,
        }
    };
    vec![
        world("memory", Box::new(in_memory.0), in_memory.1),
        world("sqlite", Box::new(in_file.0), in_file.1),
        world("postgres", Box::new(in_postgres.0), in_postgres.1),
        world("redis", Box::new(in_redis.0), in_redis.1),
    ]
}

pub async fn worlds() -> Vec<World> {
    worlds_with(|builder| builder).await
}

pub async fn worlds_within(limits: Limits) -> Vec<World> {
    worlds_with(|builder| builder.limits(limits.clone())).await
}

pub fn ada() -> Actor {
    Actor {
        name: "user:ada".into(),
        client: Some("tab 1".into()),
    }
}

pub fn adas() -> Scope {
    Scope::User("ada".into())
}

pub fn bobs() -> Scope {
    Scope::User("bob".into())
}

pub fn id(text: &str) -> StateId {
    StateId::new(text)
}

pub fn new(kind: Kind, name: &str, data: Value) -> New {
    New::of(kind, name, adas(), data).with_id(id(name))
}

pub fn store(name: &str) -> New {
    new(Kind::STORE, name, json!({"n": 0}))
}
