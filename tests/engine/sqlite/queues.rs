//! What waits is told: writes behind a writer that is held up, changes that the index of the search does not have yet.

use std::{path::Path, time::Duration};

use futures::future::join_all;
use holdfast::{Expected, Query, StateManager};
use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::time::{sleep, timeout};

use super::engine;
use crate::support::{ada, adas, store};

/// Another program that writes into a file, until this is dropped or taken back.
async fn held_up(file: &Path) -> Transaction<'static, Sqlite> {
    let url = format!("sqlite://{}", file.display());
    let other = SqlitePool::connect(&url).await.unwrap();
    other.begin_with("BEGIN IMMEDIATE").await.unwrap()
}

async fn waiting(states: &StateManager) -> u64 {
    states.queues().await.unwrap().writes.unwrap()
}

async fn behind(states: &StateManager) -> u64 {
    states.queues().await.unwrap().search.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_wait_for_the_writer_are_counted_until_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = engine(&file).await;
    states.register(store("s"), &ada()).await.unwrap();
    assert_eq!(waiting(&states).await, 0);

    let held = held_up(&file).await;
    let write = |name: String| {
        let states = states.clone();
        tokio::spawn(async move { states.put(store(&name), Expected::Any, &ada()).await })
    };
    // The first are a group that cannot be written, and who comes then waits behind it.
    let mut writes = Vec::new();
    let counted = async {
        while waiting(&states).await < 5 {
            writes.push(write(format!("s{}", writes.len())));
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(4), counted).await.unwrap();
    held.rollback().await.unwrap();
    for written in join_all(writes).await {
        written.unwrap().unwrap();
    }
    assert_eq!(waiting(&states).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_the_index_does_not_have_yet_are_counted_until_somebody_searches() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = engine(&file).await;
    states.register(store("s"), &ada()).await.unwrap();
    states.search(&adas(), Query::default()).await.unwrap();
    assert_eq!(behind(&states).await, 0);

    let held = held_up(&folder.path().join("states.db-search")).await;
    for _ in 0..3 {
        states.put(store("s"), Expected::Any, &ada()).await.unwrap();
    }
    assert_eq!(behind(&states).await, 3);
    held.rollback().await.unwrap();
    states.search(&adas(), Query::default()).await.unwrap();
    assert_eq!(behind(&states).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_length_of_the_writers_queue_is_told_while_the_index_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = engine(&file).await;
    states.register(store("s"), &ada()).await.unwrap();
    states.search(&adas(), Query::default()).await.unwrap();

    let mut other = held_up(&folder.path().join("states.db-search")).await;
    sqlx::query("ALTER TABLE head RENAME TO elsewhere")
        .execute(&mut *other)
        .await
        .unwrap();
    other.commit().await.unwrap();
    let queues = states.queues().await.unwrap();
    assert_eq!((queues.writes, queues.search), (Some(0), None));

    // The next search makes it anew.
    let found = states.search(&adas(), Query::default()).await.unwrap();
    assert_eq!(found.states.len(), 1);
    assert_eq!(behind(&states).await, 0);
}
