//! The engine's numbers: `cargo bench --bench engine`.
//!
//! A load program rather than a micro-benchmark: what counts is how many operations an engine does
//! in a second, through `StateManager`, with everybody at work at once. It ends with an error when
//! a number is below its bar, so that a slower engine does not go unnoticed.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table and stops at the first surprise"
)]

#[path = "engine/postgres.rs"]
mod postgres;
#[path = "../tests/engine/support/postgres_server/mod.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod postgres_server;
#[path = "../tests/engine/support/redis_server.rs"]
#[expect(dead_code, reason = "tests do more with a server than a benchmark")]
mod redis_server;

use std::{
    process::{Command, ExitCode},
    sync::Arc,
    time::{Duration, Instant},
};

use holdfast::{
    Actor, Expected, New, Revision, Scope, State, StateId, StateManager, Update,
    backend::{Backend, Memory, Redis, Sqlite},
};
use serde_json::json;

use self::redis_server::RedisServer;

const STATES: usize = 10_000;
const WRITERS: usize = 256;
const RUN: Duration = Duration::from_secs(5);

/// One line of the table.
struct Row {
    what: &'static str,
    operations: usize,
    elapsed: Duration,
    /// Sorted; empty where single operations are too short to be timed.
    latencies: Vec<Duration>,
    bar: Option<f64>,
}

impl Row {
    fn per_second(&self) -> f64 {
        self.operations as f64 / self.elapsed.as_secs_f64()
    }

    fn is_met(&self) -> bool {
        self.bar.is_none_or(|bar| self.per_second() > bar)
    }

    fn print(&self) {
        let quantile = |share: f64| {
            let place = (self.latencies.len() as f64 * share) as usize;
            self.latencies.get(place).map_or("-".into(), |time| {
                format!("{:.2} ms", time.as_secs_f64() * 1e3)
            })
        };
        let bar = match self.bar {
            Some(bar) => format!(
                "> {bar:.0} {}",
                if self.is_met() { "met" } else { "MISSED" }
            ),
            None => String::new(),
        };
        let (rate, p50, p99) = (self.per_second(), quantile(0.50), quantile(0.99));
        println!("{:<52} {rate:>11.0} {p50:>9} {p99:>9}  {bar}", self.what);
    }
}

fn scope(n: usize) -> Scope {
    Scope::User(format!("u{}", n % 16))
}

fn id(n: usize) -> StateId {
    StateId::new(format!("query.filters.{n}"))
}

/// What a store of filters looks like: some 200 bytes.
fn new(n: usize) -> New {
    let data = json!({"age": {"min": 40.0, "max": 60.0}, "sex": ["f"], "sites": [], "n": n,
        "cards": [{"table": "labs", "column": "bili", "min": 0.5, "max": 9.25, "enabled": true}]});
    New::store("query.filters", scope(n), data).with_id(id(n))
}

/// `tasks` that each do `one` again and again; how many times in all, and how long each took.
async fn load<F>(
    what: &'static str,
    tasks: usize,
    bar: Option<f64>,
    one: impl Fn(usize) -> F,
) -> Row
where
    F: Future<Output = Vec<Duration>> + Send + 'static,
{
    let start = Instant::now();
    let running: Vec<_> = (0..tasks).map(|n| tokio::spawn(one(n))).collect();
    let mut latencies = Vec::new();
    for task in running {
        latencies.extend(task.await.unwrap());
    }
    let elapsed = start.elapsed();
    latencies.sort_unstable();
    Row {
        what,
        operations: latencies.len(),
        elapsed,
        latencies,
        bar,
    }
}

async fn filled(backend: Arc<dyn Backend>) -> StateManager {
    let states = StateManager::builder(backend).build();
    let tasks = (0..STATES).map(|n| {
        let states = states.clone();
        async move { states.register(new(n), &Actor::system()).await.unwrap() }
    });
    futures::future::join_all(tasks).await;
    states
}

/// One reader on each core; timing single reads would take as long as the reads.
async fn reads(what: &'static str, states: &StateManager, bar: Option<f64>) -> Row {
    const BETWEEN_LOOKS: usize = 1000;
    let cores = std::thread::available_parallelism().unwrap().get();
    let start = Instant::now();
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
        bar,
    }
}

async fn writes(
    what: &'static str,
    states: &StateManager,
    writers: usize,
    bar: Option<f64>,
) -> Row {
    let before = states.revision().await.unwrap();
    let start = Instant::now();
    let row = load(what, writers, bar, |n| {
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

/// What Redis itself does: `redis-benchmark` calls the function that the engine calls, with one write
/// of the same size in each call. It cannot count versions, so it writes the first version of ever
/// new states.
fn redis_benchmark(server: &RedisServer, connections: usize, calls: usize, state: &State) -> f64 {
    const KEYS: [&str; 7] = [
        "peer/log",
        "peer/due",
        "peer/revision",
        "peer/scopes",
        "peer/states",
        "peer/ids/user:u0",
        "peer/history/7:user:u0:__rand_int__",
    ];
    let due = state.expires_at.unwrap().0;
    let state = serde_json::to_string(state).unwrap();
    let numbers = format!("6 7 0 1 1 {} {due} 100000000 100000000000", state.len());
    let deed = json!(["update", {"name": "system"}, due]).to_string();
    let output = Command::new("redis-benchmark")
        .args(["--csv", "-r", "1000000000"])
        .args(["-p", &server.port().to_string()])
        .args(["-c", &connections.to_string(), "-n", &calls.to_string()])
        .args(["FCALL", "holdfast_1_apply", "7"])
        .args(KEYS)
        .args(["1", "1", &numbers, "user:u0", "7:user:u0:__rand_int__"])
        .args(["__rand_int__", "store", &deed, &state])
        .output()
        .unwrap();
    // A row of names, then the numbers: the test, how many a second, latencies.
    let table = String::from_utf8(output.stdout).unwrap();
    let numbers = table.lines().last().unwrap();
    let rate = numbers.rsplit("\",\"").nth(6).unwrap();
    rate.parse().unwrap()
}

async fn redis(done: &mut impl FnMut(Row)) {
    let server = RedisServer::start();
    let connect = async |prefix| Redis::connect(&server.url(), prefix).await.unwrap();
    let states = filled(Arc::new(connect("engine").await)).await;
    let peer = connect("peer").await;
    let like = states.get(&scope(0), &id(0)).await.unwrap().unwrap();
    for (what, writers) in [
        ("Redis: durable update, 256 writers", WRITERS),
        ("Redis: durable update, 1 writer", 1),
    ] {
        let row = writes(what, &states, writers, None).await;
        let (ours, calls) = (row.per_second(), row.operations);
        done(row);
        let before = peer.revision().await.unwrap().0;
        let theirs = redis_benchmark(&server, writers, calls, &like);
        let written = peer.revision().await.unwrap().0 - before;
        assert!(written * 100 > calls as u64 * 99, "{written} of {calls}");
        let ratio = ours / theirs;
        println!(
            "  redis-benchmark, {writers} connections: {theirs:.0}/s; the engine does {ratio:.2} x that"
        );
    }
    done(reads("Redis: get", &states, None).await);
}

#[tokio::main]
async fn main() -> ExitCode {
    println!(
        "{:<52} {:>11} {:>9} {:>9}  bar",
        "", "per second", "p50", "p99"
    );
    let mut rows = Vec::new();
    let mut done = |row: Row| {
        row.print();
        rows.push(row);
    };
    // `cargo bench --bench engine -- memory` measures memory only.
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_chosen = |backend: &str| chosen.is_empty() || chosen.iter().any(|word| word == backend);

    if is_chosen("memory") {
        let states = filled(Arc::new(Memory::new())).await;
        done(reads("memory: get", &states, Some(1e6)).await);
        done(
            writes(
                "memory: update, expected version, 256 writers",
                &states,
                WRITERS,
                None,
            )
            .await,
        );
    }
    if is_chosen("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let backend = Sqlite::open(folder.path().join("states.db")).await.unwrap();
        let states = filled(Arc::new(backend)).await;
        let (many, one) = (
            "SQLite: durable update, 256 writers",
            "SQLite: durable update, 1 writer",
        );
        done(writes(many, &states, WRITERS, Some(2e4)).await);
        done(writes(one, &states, 1, None).await);
        done(reads("SQLite: get", &states, None).await);
    }
    if is_chosen("redis") {
        redis(&mut done).await;
    }
    if is_chosen("postgres") {
        postgres::rows(&mut done).await;
    }
    if rows.iter().all(Row::is_met) {
        return ExitCode::SUCCESS;
    }
    println!("below the bar");
    ExitCode::FAILURE
}
