//! What people do to an engine, all at once: registering, reading, writing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use holdfast::{
    Actor, Expected, New, Revision, Scope, StateId, StateManager, Update, backend::Backend,
};
use serde_json::json;

use super::table::{Row, processor_time};

pub const STATES: usize = 10_000;
pub const WRITERS: usize = 256;
pub const RUN: Duration = Duration::from_secs(5);

pub fn scope(n: usize) -> Scope {
    Scope::User(format!("u{}", n % 16))
}

pub fn id(n: usize) -> StateId {
    StateId::new(format!("query.filters.{n}"))
}

/// What a store of filters looks like: some 200 bytes.
pub fn new(n: usize) -> New {
    let data = json!({"age": {"min": 40.0, "max": 60.0}, "sex": ["f"], "sites": [], "n": n,
        "cards": [{"table": "labs", "column": "bili", "min": 0.5, "max": 9.25, "enabled": true}]});
    New::store("query.filters", scope(n), data).with_id(id(n))
}

/// `tasks` that each do `one` again and again; how many times in all, and how long each took.
async fn load<F>(what: &'static str, tasks: usize, one: impl Fn(usize) -> F) -> Row
where
    F: Future<Output = Vec<Duration>> + Send + 'static,
{
    let (start, processor) = (Instant::now(), processor_time());
    let running: Vec<_> = (0..tasks).map(|n| tokio::spawn(one(n))).collect();
    let mut latencies = Vec::new();
    for task in running {
        latencies.extend(task.await.unwrap());
    }
    let elapsed = start.elapsed();
    let processor = Some(processor_time() - processor);
    latencies.sort_unstable();
    Row {
        what,
        operations: latencies.len(),
        elapsed,
        latencies,
        processor,
    }
}

pub async fn filled(backend: Arc<dyn Backend>) -> StateManager {
    let states = StateManager::builder(backend).build();
    let tasks = (0..STATES).map(|n| {
        let states = states.clone();
        async move { states.register(new(n), &Actor::system()).await.unwrap() }
    });
    futures::future::join_all(tasks).await;
    states
}

/// One reader on each core; timing single reads would take as long as the reads.
pub async fn reads(what: &'static str, states: &StateManager) -> Row {
    const BETWEEN_LOOKS: usize = 1000;
    let cores = std::thread::available_parallelism().unwrap().get();
    let (start, processor) = (Instant::now(), processor_time());
    let readers: Vec<_> = (0..cores)
        .map(|reader| {
            let states = states.clone();
            tokio::spawn(async move {
                let names: Vec<_> = (0..STATES).map(|n| (scope(n), id(n))).collect();
                let mut order = names.iter().cycle().skip(reader * STATES / 2);
                let mut count = 0;
                while start.elapsed() < RUN {
                    for (scope, id) in order.by_ref().take(BETWEEN_LOOKS) {
                        assert!(states.get(scope, id).await.unwrap().is_some());
                    }
                    count += BETWEEN_LOOKS;
                    tokio::task::yield_now().await;
                }
                count
            })
        })
        .collect();
    let mut operations = 0;
    for reader in readers {
        operations += reader.await.unwrap();
    }
    Row {
        what,
        operations,
        elapsed: start.elapsed(),
        latencies: Vec::new(),
        processor: Some(processor_time() - processor),
    }
}

pub async fn writes(what: &'static str, states: &StateManager, writers: usize) -> Row {
    let before = states.revision().await.unwrap();
    let start = Instant::now();
    let row = load(what, writers, |n| {
        let states = states.clone();
        async move {
            let (scope, id, actor) = (scope(n), id(n), Actor::system());
            let mut version = states.get(&scope, &id).await.unwrap().unwrap().version;
            let mut latencies = Vec::new();
            while start.elapsed() < RUN {
                let patch = Update::Merge(json!({"n": version.0, "age": {"min": version.0 % 90}}));
                let asked = Instant::now();
                let written = states.update(&scope, &id, patch, Expected::Version(version), &actor);
                version = written.await.unwrap().version;
                latencies.push(asked.elapsed());
                // Memory never waits; without this one writer would keep the core to itself.
                tokio::task::yield_now().await;
            }
            latencies
        }
    })
    .await;
    let Revision(after) = states.revision().await.unwrap();
    assert_eq!(
        after - before.0,
        row.operations as u64,
        "every write is one record of the log"
    );
    row
}
