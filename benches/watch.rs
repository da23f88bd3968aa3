//! Watchers under load: `cargo bench --bench watch`.
//!
//! 10,000 changes a second, 1,000 watchers with a filter of their own that fits one change in a
//! hundred. Each must see all of its changes, each once and in order, and 99 of 100 within 100 ms of
//! the moment the write was asked for. Writers and watchers share the process and its cores.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table and stops at the first surprise"
)]

use std::{
    pin::Pin,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{
    StreamExt,
    future::{join_all, poll_immediate},
};
use holdfast::{
    Actor, Expected, Interest, Kind, Lifecycle, New, Revision, Scope, StateId, StateManager,
    Status,
    backend::{Backend, Memory, Sqlite},
};
use serde_json::json;
use tokio::sync::{Barrier, Semaphore};

const WATCHERS: usize = 1000;
const A_SECOND: usize = 10_000;
const TOTAL: usize = 5 * A_SECOND;
const SLOWEST: Duration = Duration::from_millis(100);

/// Change `n` is in one of 10 scopes, about one of 10 kinds, in one of 100 folders.
fn scope(n: usize) -> Scope {
    Scope::User(format!("u{}", n % 10))
}

fn kind(n: usize) -> Kind {
    Kind::new(format!("kind{}", n / 10 % 10))
}

fn folder(n: usize) -> String {
    format!("{:02}.", n / 100 % 100)
}

fn id(n: usize) -> StateId {
    StateId::new(format!("{}{}", folder(n), kind(n)))
}

/// One change in a hundred, named by ten ids, by a prefix of theirs, or by scope and kind.
fn interest(watcher: usize) -> Interest {
    let (n, everything) = (watcher / 3, Interest::default());
    match watcher % 3 {
        0 => Interest {
            ids: (0..10).map(|kind| id(n * 100 + kind * 10)).collect(),
            ..everything
        },
        1 => Interest {
            id_prefix: Some(folder(n * 100)),
            ..everything
        },
        _ => Interest {
            scope: Some(scope(n)),
            kinds: vec![kind(n)],
            ..everything
        },
    }
}

fn is_wanted(watcher: usize, n: usize) -> bool {
    let own = watcher / 3;
    match watcher % 3 {
        0 | 1 => n / 100 % 100 == own % 100,
        _ => n % 100 == own % 100,
    }
}

/// Watches until all of its changes are there; how long each took from asking to seeing. The clock starts
/// when everybody watches.
async fn watch(states: StateManager, watcher: usize, all: Arc<Barrier>) -> Vec<Duration> {
    let mut expected: Vec<usize> = (0..TOTAL).filter(|n| is_wanted(watcher, *n)).collect();
    let mut changes = states.watch(interest(watcher), Revision(0)).peekable();
    assert!(
        poll_immediate(Pin::new(&mut changes).peek())
            .await
            .is_none()
    );
    all.wait().await;
    let start = Instant::now();
    let (mut seen, mut latencies, mut last) = (Vec::new(), Vec::new(), Revision(0));
    while seen.len() < expected.len() {
        let change = changes.next().await.unwrap().unwrap();
        let asked = change.after.data["asked"].as_u64().unwrap();
        latencies.push(start.elapsed().saturating_sub(Duration::from_micros(asked)));
        seen.push(change.after.data["n"].as_u64().unwrap() as usize);
        assert!(change.revision > last, "watcher {watcher} goes back");
        last = change.revision;
    }
    // Writes that are in flight together may change places.
    seen.sort_unstable();
    expected.sort_unstable();
    assert!(
        seen == expected,
        "watcher {watcher} sees each of its changes once"
    );
    latencies
}

/// Writes at an even pace, without waiting for one write before the next is asked for; unless so many are
/// under way that the backend does not keep up.
async fn write(states: &StateManager, start: Instant) {
    const TICK: Duration = Duration::from_millis(5);
    const EACH: usize = A_SECOND / 200;
    const UNDER_WAY: usize = 20;
    let room = Arc::new(Semaphore::new(UNDER_WAY));
    let mut ticks = tokio::time::interval(TICK);
    let mut writing = Vec::new();
    for first in (0..TOTAL).step_by(EACH) {
        ticks.tick().await;
        let room = Arc::clone(&room).acquire_owned().await.unwrap();
        let (states, asked) = (states.clone(), start.elapsed().as_micros() as u64);
        writing.push(tokio::spawn(async move {
            let writes = (first..first + EACH).map(|n| {
                let data = json!({"n": n, "asked": asked, "age": {"min": 40, "max": 60}});
                let new = New::of(kind(n), "filters", scope(n), data).with_id(id(n));
                let states = &states;
                async move { states.put(new, Expected::Any, &Actor::system()).await }
            });
            for written in join_all(writes).await {
                written.unwrap();
            }
            drop(room);
        }));
    }
    for batch in writing {
        batch.await.unwrap();
    }
}

async fn run(what: &str, backend: Arc<dyn Backend>) -> &'static str {
    let kinds = (0..10).map(|n| kind(n * 10));
    let builder = kinds.fold(StateManager::builder(backend), |builder, kind| {
        let lifecycle = Lifecycle::starting(Status::ACTIVE).update([Status::ACTIVE]);
        builder.lifecycle(kind, lifecycle)
    });
    let states = builder.build();
    let all = Arc::new(Barrier::new(WATCHERS + 1));
    let watchers: Vec<_> = (0..WATCHERS)
        .map(|n| tokio::spawn(watch(states.clone(), n, Arc::clone(&all))))
        .collect();
    all.wait().await;
    let start = Instant::now();
    write(&states, start).await;
    let rate = TOTAL as f64 / start.elapsed().as_secs_f64();
    let mut latencies = Vec::new();
    for watcher in watchers {
        latencies.extend(watcher.await.unwrap());
    }
    latencies.sort_unstable();
    let quantile = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    let (p50, p99, most) = (quantile(0.5), quantile(0.99), quantile(1.0));
    let is_in_pace = rate > 0.99 * A_SECOND as f64;
    let verdict = match (is_in_pace, p99 < SLOWEST) {
        (true, true) => "met",
        (true, false) => "MISSED",
        (false, _) => "not judged: the backend did not keep the pace",
    };
    println!(
        "{what:<8} {rate:>6.0} changes/s, {WATCHERS} watchers, none lost: p50 {p50:.1?}, p99 {p99:.1?}, most {most:.1?}; bar {SLOWEST:?}: {verdict}"
    );
    verdict
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let memory = run("memory", Arc::new(Memory::new())).await;
    let sqlite = run("SQLite", Arc::new(Sqlite::open(file).await.unwrap())).await;
    if memory == "met" && sqlite != "MISSED" {
        return ExitCode::SUCCESS;
    }
    println!("below the bar");
    ExitCode::FAILURE
}
