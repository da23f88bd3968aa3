//! The backend is away for a while, or for too long, or comes back as another.

use std::{sync::Arc, time::Duration};

use futures::future::join;
use holdfast::{
    Error, Expected, StateManager,
    backend::{Backend, CacheSettings, Memory, Postgres, PostgresFault, Redis},
};

use super::{ROOMY, before, until_it_says, version, written_elsewhere};
use crate::support::{
    ada, adas, id,
    postgres_server::{Disk, PostgresServer},
    puppet::Puppet,
    redis_server::RedisServer,
    store,
};

#[tokio::test]
async fn reads_go_on_while_the_backend_is_gone_and_what_was_missed_is_made_up_for() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "s").await;
    let (cache, states) = before(puppet.clone(), ROOMY).await;
    assert_eq!(version(&*cache, "s").await, 1);
    puppet.set_down(true);
    puppet.refused(2).await;
    assert!(states.get(&adas(), &id("s")).await.unwrap().is_some());
    assert!(matches!(
        states.get(&adas(), &id("unknown")).await,
        Err(Error::Failed { .. })
    ));
    written_elsewhere(&puppet, "s").await;
    assert_eq!(version(&*cache, "s").await, 1, "nobody can know");
    puppet.set_down(false);
    until_it_says(&cache, "s", 2).await;
}

#[tokio::test]
async fn what_is_too_old_is_not_given_out_while_the_backend_is_gone() {
    let puppet = Puppet::new();
    written_elsewhere(&puppet, "s").await;
    let brief = CacheSettings {
        stale: Duration::from_millis(1500),
        ..ROOMY
    };
    let (cache, _) = before(puppet.clone(), brief).await;
    assert_eq!(version(&*cache, "s").await, 1);
    puppet.set_down(true);
    while cache.get(&adas(), &id("s")).await.is_ok() {
        tokio::task::yield_now().await;
    }
    puppet.set_down(false);
    assert_eq!(version(&*cache, "s").await, 1, "it asks the backend");
    // And once it follows again it answers by itself.
    loop {
        let hits = cache.counts().hits;
        assert_eq!(version(&*cache, "s").await, 1);
        if cache.counts().hits > hits {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_backend_that_comes_back_with_another_log_makes_the_cache_begin_anew() {
    let puppet = Puppet::new();
    for _ in 0..3 {
        written_elsewhere(&puppet, "s").await;
    }
    let (cache, _) = before(puppet.clone(), ROOMY).await;
    assert_eq!(version(&*cache, "s").await, 3);
    puppet.set_down(true);
    puppet.refused(1).await;
    puppet.comes_back_with(Arc::new(Memory::new()));
    // As many changes as before, but not the same.
    for name in ["a", "b", "s"] {
        written_elsewhere(&puppet, name).await;
    }
    puppet.set_down(false);
    until_it_says(&cache, "s", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_go_on_while_redis_is_gone_and_are_right_when_it_is_back() {
    let mut server = RedisServer::start();
    let connect = async || Redis::connect(&server.url(), "test").await.unwrap();
    let (inner, elsewhere) = (connect().await, connect().await);
    let (cache, states) = before(Arc::new(inner), ROOMY).await;
    states.register(store("s"), &ada()).await.unwrap();
    server.kill();
    for _ in 0..1000 {
        assert_eq!(version(&*cache, "s").await, 1);
    }
    server.restart();
    let elsewhere = StateManager::builder(Arc::new(elsewhere)).build();
    while elsewhere
        .put(store("s"), Expected::Any, &ada())
        .await
        .is_err()
    {}
    until_it_says(&cache, "s", 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_go_on_while_postgresql_is_gone_and_are_right_when_it_is_back() {
    let server = PostgresServer::start(Disk::Unsynced);
    let url = server.database();
    let connect = async || Arc::new(Postgres::connect(&url).await.unwrap());
    let (inner, elsewhere) = (connect().await, connect().await);
    let (cache, states) = before(inner, ROOMY).await;
    states.register(store("s"), &ada()).await.unwrap();
    server.kill();
    for _ in 0..1000 {
        assert_eq!(version(&*cache, "s").await, 1);
    }
    // What it cannot answer or do by itself fails as it would without it.
    let (scope, unknown) = (adas(), id("unknown"));
    let read = async { states.get(&scope, &unknown).await.map(drop) };
    let written = async { states.register(store("new"), &ada()).await.map(drop) };
    let (read, written) = join(read, written).await;
    for failed in [read, written] {
        let Err(Error::Failed { source, .. }) = failed else {
            panic!("there is no server: {failed:?}");
        };
        assert!(source.is::<PostgresFault>(), "{source}");
    }
    server.start_again();
    let elsewhere = StateManager::builder(elsewhere).build();
    let put = elsewhere.put(store("s"), Expected::Any, &ada()).await;
    assert_eq!(put.unwrap().version.0, 2);
    until_it_says(&cache, "s", 2).await;
}
