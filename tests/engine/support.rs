//! One engine on each backend, with a clock that the test moves.

pub mod redis_server;

use std::{path::Path, sync::Arc};

use holdfast::{
    Actor, Builder, Kind, Limits, ManualClock, New, Scope, StateId, StateManager, Timestamp,
    backend::{Backend, Memory, Redis, Sqlite},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::redis_server::RedisServer;

pub struct World {
    pub name: &'static str,
    pub states: StateManager,
    pub clock: Arc<ManualClock>,
    /// What the backend lives in, and goes with.
    pub home: Home,
}

pub enum Home {
    Folder(TempDir),
    Server(#[expect(dead_code, reason = "it is kept, not asked")] RedisServer),
}

impl World {
    /// Where the files of this world are.
    pub fn folder(&self) -> &Path {
        match &self.home {
            Home::Folder(folder) => folder.path(),
            Home::Server(_) => panic!("{} has no files", self.name),
        }
    }
}

pub async fn memory() -> (TempDir, Arc<dyn Backend>) {
    (tempfile::tempdir().unwrap(), Arc::new(Memory::new()))
}

pub async fn sqlite() -> (TempDir, Arc<dyn Backend>) {
    let folder = tempfile::tempdir().unwrap();
    let backend = Sqlite::open(folder.path().join("states.db")).await.unwrap();
    (folder, Arc::new(backend))
}

pub async fn redis() -> (RedisServer, Arc<dyn Backend>) {
    let server = RedisServer::start();
    let backend = Redis::connect(&server.url(), "test").await.unwrap();
    (server, Arc::new(backend))
}

/// An engine on every backend, built by `build`.
pub async fn worlds_with(build: impl Fn(Builder) -> Builder) -> Vec<World> {
    let (memory, sqlite, redis) = (memory().await, sqlite().await, redis().await);
    let backends = [
        ("memory", Home::Folder(memory.0), memory.1),
        ("redis", Home::Server(redis.0), redis.1),
        ("sqlite", Home::Folder(sqlite.0), sqlite.1),
    ];
    let worlds = backends.into_iter().map(|(name, home, backend)| {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        let builder = StateManager::builder(backend).clock(clock.clone());
        World {
            name,
            states: build(builder).build(),
            clock,
            home,
        }
    });
    worlds.collect()
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
