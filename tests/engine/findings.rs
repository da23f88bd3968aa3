//! What a backend says of how it is set up, and of what should be mended.

use std::{
    io::{Seek as _, SeekFrom, Write as _},
    sync::Arc,
};

use holdfast::{
    StateManager,
    backend::{Backend, Cache, CacheSettings, Finding, Memory, Postgres, Redis, Sqlite},
};

use crate::{
    redis,
    support::{
        ada, everything_in,
        postgres_server::{Disk, PostgresServer},
        redis_server::RedisServer,
        store,
    },
};

/// Asked through the cache that servers have in front.
async fn findings(backend: impl Backend) -> Vec<Finding> {
    let cache = Cache::before(Arc::new(backend), CacheSettings::default());
    let states = StateManager::builder(Arc::new(cache.await.unwrap())).build();
    states.findings().await.unwrap()
}

/// What is to be mended, each by what it is about.
fn bad(findings: &[Finding]) -> Vec<&'static str> {
    let bad = findings.iter().filter(|it| it.advice.is_some());
    bad.map(|it| it.what).collect()
}

#[tokio::test]
async fn memory_has_nothing_to_say() {
    assert_eq!(findings(Memory::new()).await, []);
}

#[tokio::test]
async fn a_file_says_whether_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.db");
    let states = StateManager::builder(Arc::new(Sqlite::open(&path).await.unwrap())).build();
    for n in 0..200 {
        let new = store(&format!("s{n}"));
        states.register(new, &ada()).await.unwrap();
    }
    drop(states);
    let found = findings(Sqlite::open(&path).await.unwrap()).await;
    assert_eq!(bad(&found), Vec::<&str>::new(), "{found:?}");
    assert!(found[0].found.starts_with("SQLite 3."), "{found:?}");

    // Its last page holds records of the log, or of one of its indexes. What is still beside the file would hide it.
    everything_in(&path).await;
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::End(-4096)).unwrap();
    file.write_all(&[0x5a; 4096]).unwrap();
    drop(file);
    // A cache would begin with the newest record, and that may be what is lost.
    let damaged = Sqlite::open(&path).await.unwrap();
    let found = damaged.findings().await.unwrap();
    assert_eq!(bad(&found), ["file"], "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_says_whether_it_waits_for_the_disk() {
    let unsynced = PostgresServer::shared();
    let found = findings(Postgres::connect(&unsynced.database()).await.unwrap()).await;
    assert_eq!(bad(&found), ["durability"], "{found:?}");
    let synced = PostgresServer::start(Disk::Synced);
    let found = findings(Postgres::connect(&synced.database()).await.unwrap()).await;
    assert_eq!(bad(&found), Vec::<&str>::new(), "{found:?}");
    assert!(found[0].found.starts_with("PostgreSQL 1"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_says_whether_it_forgets() {
    let server = RedisServer::start();
    let url = server.url();
    let connect = || Redis::connect(&url, "test");
    let found = findings(connect().await.unwrap()).await;
    assert_eq!(bad(&found), Vec::<&str>::new(), "{found:?}");
    for command in [
        "CONFIG SET appendfsync everysec",
        "CONFIG SET maxmemory 100mb",
        "CONFIG SET maxmemory-policy allkeys-lru",
    ] {
        assert_eq!(redis::say(&server, command), "+OK");
    }
    let found = findings(connect().await.unwrap()).await;
    assert_eq!(bad(&found), ["durability", "memory"], "{found:?}");
}
