//! Servers that share a PostgreSQL share its index: each finds what any of them wrote.

use std::sync::Arc;

use futures::future::{join, join_all};
use holdfast::{Expected, Query, StateManager, Update, backend::Postgres, search::Total};
use serde_json::json;

use super::{all_with, found};
use crate::support::{ada, adas, id, postgres_server::PostgresServer, store};

async fn connected(url: &str) -> StateManager {
    StateManager::builder(Arc::new(Postgres::connect(url).await.unwrap())).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_server_finds_at_once_what_the_other_wrote() {
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    for n in 0..20 {
        let (writer, reader) = if n % 2 == 0 {
            (&one, &other)
        } else {
            (&other, &one)
        };
        writer
            .register(store(&format!("s{n}")), &ada())
            .await
            .unwrap();
        let page = reader.search(&adas(), Query::default()).await.unwrap();
        assert_eq!(page.total, Total::Exact(n + 1));
        assert_eq!(page.states.first().unwrap().id, id(&format!("s{n}")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_write_and_search_at_once_never_miss_what_stays() {
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    let both = [one, other];
    for n in 0..40 {
        both[n % 2]
            .register(store(&format!("s{n}")), &ada())
            .await
            .unwrap();
    }
    let tasks = (0..8).map(|task| {
        let states = both[task % 2].clone();
        tokio::spawn(async move {
            for n in 0..15_u64 {
                // Each task has states of its own, which keep `data.n` and change the rest.
                let own = id(&format!("s{}", task + 8 * (n as usize % 5)));
                let patch = Update::Merge(json!({"turn": n, "by": task}));
                states
                    .update(&adas(), &own, patch, Expected::Any, &ada())
                    .await
                    .unwrap();
                assert_eq!(found(&states, all_with("data.n = 0")).await.len(), 40);
                let last = found(&states, all_with(&format!("data.by = {task}")).limit(1)).await;
                assert_eq!(last, [own.to_string()]);
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_far_the_index_is_behind_is_told_alike_by_every_server() {
    let server = PostgresServer::shared();
    let url = server.database();
    let (one, other) = join(connected(&url), connected(&url)).await;
    let behind = async || {
        let queues = join(one.queues(), other.queues()).await;
        [queues.0, queues.1].map(|queues| queues.unwrap().search)
    };
    one.register(store("s"), &ada()).await.unwrap();
    one.search(&adas(), Query::default()).await.unwrap();
    assert_eq!(behind().await, [Some(0); 2]);
    // Somebody else is at the index.
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    let mut held = pool.begin().await.unwrap();
    sqlx::query("SELECT FROM search_head FOR UPDATE")
        .execute(&mut *held)
        .await
        .unwrap();
    for _ in 0..3 {
        one.put(store("s"), Expected::Any, &ada()).await.unwrap();
    }
    assert_eq!(behind().await, [Some(3); 2]);
    held.rollback().await.unwrap();
    other.search(&adas(), Query::default()).await.unwrap();
    assert_eq!(behind().await, [Some(0); 2]);
}
