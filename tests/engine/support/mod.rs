//! One engine on each backend, with a clock that the test moves.

pub mod again;
pub mod full;
pub mod life;
pub mod postgres_server;
pub mod puppet;
pub mod redis_server;

use std::{any::Any, path::Path, sync::Arc};

use holdfast::{
    Actor, Builder, Kind, Limits, ManualClock, New, Scope, StateId, StateManager, Timestamp,
    backend::{
        Backend, Cache, CacheSettings, MasterKey, Memory, Postgres, Redis, Sealed, Sensitive,
        Sqlite,
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::{postgres_server::PostgresServer, redis_server::RedisServer};

pub struct World {
    pub name: &'static str,
    pub states: StateManager,
    pub backend: Arc<dyn Backend>,
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

/// Until the last connection to this file has been closed, which a dropped engine leaves to others: its log goes then,
/// and everything is in the file itself.
pub async fn everything_in(file: &Path) {
    while file.with_extension("db-wal").exists() {
        tokio::task::yield_now().await;
    }
}

/// Everything sensitive, sealed in front of `behind`.
pub async fn sealed_in(behind: Arc<dyn Backend>) -> Arc<Sealed> {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let sealed = Sealed::open(behind, vec![master(1)], Sensitive::everything(), clock).await;
    Arc::new(sealed.unwrap())
}

/// The master key of this number.
pub fn master(number: u8) -> MasterKey {
    MasterKey::parse(&format!("{number:02x}").repeat(32)).unwrap()
}

pub async fn sealed_memory() -> (TempDir, Arc<dyn Backend>) {
    let (guard, behind) = memory().await;
    (guard, sealed_in(behind).await)
}

pub async fn sealed_sqlite() -> (TempDir, Arc<dyn Backend>) {
    let (guard, behind) = sqlite().await;
    (guard, sealed_in(behind).await)
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

pub async fn sealed_postgres() -> (Arc<PostgresServer>, Arc<dyn Backend>) {
    let (guard, behind) = postgres().await;
    (guard, sealed_in(behind).await)
}

pub async fn sealed_redis() -> (RedisServer, Arc<dyn Backend>) {
    let (guard, behind) = redis().await;
    (guard, sealed_in(behind).await)
}

/// The same with a cache in front.
pub async fn cached<G>((guard, inner): (G, Arc<dyn Backend>)) -> (G, Arc<dyn Backend>) {
    let cache = Cache::before(inner, CacheSettings::default())
        .await
        .unwrap();
    (guard, Arc::new(cache))
}

/// An engine on every backend, alone and with a cache in front, built by `build`.
pub async fn worlds_with(build: impl Fn(Builder) -> Builder) -> Vec<World> {
    let world = |name, guard: Box<dyn Any + Send>, backend| {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        let builder = StateManager::builder(Arc::clone(&backend)).clock(clock.clone());
        World {
            name,
            states: build(builder).build(),
            backend,
            clock,
            _guard: guard,
        }
    };
    let mut worlds = Vec::new();
    macro_rules! on {
        ($($name:literal: $made:expr;)*) => {
            $(let (guard, backend) = $made.await;
            worlds.push(world($name, Box::new(guard), backend));)*
        };
    }
    on! {
        "memory": memory();
        "sqlite": sqlite();
        "postgres": postgres();
        "redis": redis();
        "cache over memory": cached(memory().await);
        "cache over sqlite": cached(sqlite().await);
        "cache over postgres": cached(postgres().await);
        "cache over redis": cached(redis().await);
        "sealed": sealed_sqlite();
        "cache over sealed": cached(sealed_sqlite().await);
    }
    worlds
}

pub async fn worlds() -> Vec<World> {
    worlds_with(|builder| builder).await
}

pub async fn worlds_within(limits: Limits) -> Vec<World> {
    worlds_with(|builder| builder.limits(limits.clone())).await
}

pub fn ada() -> Actor {
    Actor::new("user:ada").on("tab 1")
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
