//! Two servers, each with a cache of its own.

use std::sync::Arc;

use holdfast::{
    Expected, Scope, StateId,
    backend::{Backend, Postgres, Redis},
};

use super::{ROOMY, before};
use crate::support::{
    ada, adas, id, postgres_server::PostgresServer, redis_server::RedisServer, store,
};

/// Who hears of a change on another server, and then reads, reads it: on either server, thousands
/// of times.
async fn hearing_is_reading(one: Arc<dyn Backend>, other: Arc<dyn Backend>) {
    const WRITES: u64 = 300;
    let (_, writing) = before(one, ROOMY).await;
    let (cache, reading) = before(other, ROOMY).await;
    let names: Vec<(Scope, StateId)> = (0..4).map(|n| (adas(), id(&format!("s{n}")))).collect();
    for (scope, name) in &names {
        assert!(reading.get(scope, name).await.unwrap().is_none());
    }
    let mut heard = cache.announcements();
    let writer = tokio::spawn(async move {
        for n in 0..WRITES {
            let new = store(&format!("s{}", n % 4));
            writing.put(new, Expected::Any, &ada()).await.unwrap();
        }
    });
    let mut count = 0;
    while count < WRITES {
        for change in heard.recv().await.unwrap().iter() {
            let state = &change.after;
            let read = cache.get(&state.scope, &state.id).await.unwrap().unwrap();
            assert!(read.version >= state.version);
            count += 1;
        }
    }
    writer.await.unwrap();
    let counts = cache.counts();
    assert_eq!((counts.hits, counts.misses), (WRITES, 4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caches_of_two_servers_on_one_postgresql_hear_of_each_others_writes() {
    let server = PostgresServer::shared();
    let url = server.database();
    let connect = async || Arc::new(Postgres::connect(&url).await.unwrap());
    hearing_is_reading(connect().await, connect().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caches_of_two_servers_on_one_redis_hear_of_each_others_writes() {
    let server = RedisServer::start();
    let url = server.url();
    let connect = async || Arc::new(Redis::connect(&url, "test").await.unwrap());
    hearing_is_reading(connect().await, connect().await).await;
}
