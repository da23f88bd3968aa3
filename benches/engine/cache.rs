//! A cache in front of a database: how quickly it answers, and how soon it knows what another server
//! wrote.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use holdfast::{
    Actor, Expected, StateManager, Update,
    backend::{Backend, Cache, CacheSettings, Postgres, Redis, Sqlite},
};
use serde_json::json;

use super::{
    load::{filled, id, reads, scope},
    postgres_server::{Disk, PostgresServer},
    redis_server::RedisServer,
    table::{Row, Table},
};

/// After this another server's write must be read here.
const HEARD: Duration = Duration::from_millis(50);
const WRITES: usize = 1000;

pub async fn rows(table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let file = Sqlite::open(folder.path().join("states.db")).await.unwrap();
    let states = filled(cached(Arc::new(file)).await).await;
    table.rate(&reads("cache over SQLite: get", &states).await, Some(1e6));

    let server = PostgresServer::start(Disk::Synced);
    let url = server.database();
    let connect = async || Arc::new(Postgres::connect(&url).await.unwrap());
    let (one, other) = (connect().await, connect().await);
    let what = "PostgreSQL: from a write to a cached read elsewhere";
    table.rate(&heard(what, one, other).await, None);

    let server = RedisServer::start();
    let connect = async || Arc::new(Redis::connect(&server.url(), "bench").await.unwrap());
    let (one, other) = (connect().await, connect().await);
    let what = "Redis: from a write to a cached read elsewhere";
    table.rate(&heard(what, one, other).await, None);
}

async fn cached(inner: Arc<dyn Backend>) -> Arc<dyn Backend> {
    let settings = CacheSettings::default();
    Arc::new(Cache::before(inner, settings).await.unwrap())
}

/// One server writes, the other reads through its cache until it reads that.
async fn heard(what: &'static str, one: Arc<dyn Backend>, other: Arc<dyn Backend>) -> Row {
    let writing = filled(one).await;
    let reading = StateManager::builder(cached(other).await).build();
    let (scope, id, actor) = (scope(0), id(0), Actor::system());
    let start = Instant::now();
    let mut latencies = Vec::new();
    for n in 0..WRITES {
        reading.get(&scope, &id).await.unwrap();
        let patch = Update::Merge(json!({"n": n}));
        let written = writing.update(&scope, &id, patch, Expected::Any, &actor);
        let written = written.await.unwrap().version;
        let acknowledged = Instant::now();
        while reading.get(&scope, &id).await.unwrap().unwrap().version < written {
            tokio::task::yield_now().await;
        }
        latencies.push(acknowledged.elapsed());
    }
    let elapsed = start.elapsed();
    latencies.sort_unstable();
    let p99 = latencies[WRITES * 99 / 100];
    assert!(p99 < HEARD, "{what}: {p99:?} for one in a hundred");
    Row {
        what,
        operations: WRITES,
        elapsed,
        latencies,
        processor: None,
    }
}
