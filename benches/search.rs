//! Searches among many states of one scope: `cargo bench --bench search`.
//!
//! A number as argument is how many states there are (a million without it); `sqlite`, `postgres` or
//! `memory` chooses one backend. Each question has a field filter and words, and the words match up
//! to 1 % of the states. It ends with an error when the slowest twentieth takes longer than the bar.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark prints its table and stops at the first surprise"
)]

#[path = "../tests/engine/support/postgres_server/mod.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod postgres_server;

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use holdfast::{
    Actor, Digest, Kind, Query, Scope, State, StateId, StateManager, Status, Timestamp, Transition,
    Version,
    backend::{Backend, Memory, Outcome, Postgres, Quota, Sqlite, Text, Write},
    search::Sort,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;

use self::postgres_server::{Disk, PostgresServer};

const STATES: usize = 1_000_000;
const BATCH: usize = 2000;

/// Rounds of all questions.
const ROUNDS: usize = 40;

/// The 95th percentile of all questions together must be below.
const BAR: Duration = Duration::from_millis(30);

/// Not in the bar: to be put into order by name, all of ten thousand matches are read.
const BY_NAME: &str = "by name, a word (not in the bar)";

/// Each note has eight of these, so each is in one note of a hundred.
const WORDS: usize = 800;

const TAGS: [&str; 3] = ["trial", "control", "pilot"];

const SITES: [&str; 20] = [
    "aachen",
    "berlin",
    "bonn",
    "bremen",
    "dresden",
    "erfurt",
    "essen",
    "freiburg",
    "halle",
    "jena",
    "kassel",
    "kiel",
    "leipzig",
    "mainz",
    "marburg",
    "münster",
    "rostock",
    "trier",
    "ulm",
    "würzburg",
];

fn scope() -> Scope {
    Scope::Tenant("lab".into())
}

fn word(n: usize) -> String {
    format!("finding{n:03}")
}

fn state(n: usize, random: &mut StdRng) -> State {
    let note: Vec<String> = (0..8)
        .map(|_| word(random.random_range(0..WORDS)))
        .collect();
    State {
        id: StateId::new(format!("visit.{n}")),
        kind: if n.is_multiple_of(10) {
            Kind::DATASET
        } else {
            Kind::TRANSACTION
        },
        name: format!("Visit {n}"),
        status: [
            Status::PENDING,
            Status::COMPLETED,
            Status::COMPLETED,
            Status::FAILED,
        ][n % 4]
            .clone(),
        data: json!({
            "site": SITES[random.random_range(0..SITES.len())], "age": random.random_range(18..90),
            "dose": f64::from(random.random_range(1..400)) / 8.0, "note": note.join(" "), "patient": {"number": n / 12},
        }),
        metadata: json!({"created_by": format!("user:{}", n % 50), "tags": [TAGS[n % TAGS.len()]]}),
        version: Version(1),
        schema_version: 1,
        scope: scope(),
        created_at: Timestamp(n as i64),
        updated_at: Timestamp(n as i64),
        expires_at: None,
        digest: Digest::default(),
        removed: None,
    }
}

async fn fill(backend: &Arc<dyn Backend>, states: usize) {
    let mut random = StdRng::seed_from_u64(1);
    for first in (0..states).step_by(BATCH) {
        let writes = (first..states.min(first + BATCH)).map(|n| Write {
            before: None,
            after: Arc::new(state(n, &mut random)),
            transition: Transition::CREATE,
            actor: Actor::system(),
            bytes: 400,
            due: None,
            quota: Quota {
                states: u64::MAX >> 1,
                bytes: u64::MAX >> 1,
            },
            text: Text::default(),
        });
        let writes: Vec<Write> = writes.collect();
        match backend.apply(writes.into()).await.unwrap() {
            Outcome::Applied(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// What people ask, each time with other words and values.
fn questions(random: &mut StdRng) -> Vec<(&'static str, Query)> {
    let mut one = || word(random.random_range(0..WORDS));
    let (a, b, c, d, e, f) = (one(), one(), one(), one(), one(), one());
    let site = SITES[random.random_range(0..SITES.len())];
    let age = random.random_range(30..80);
    let ask =
        |filter: String, text: &str| Query::default().filter(filter.parse().unwrap()).text(text);
    vec![
        (
            "a site and a word",
            ask(format!("data.site = \"{site}\""), &a),
        ),
        (
            "half of the tags, two words",
            ask("metadata.tags = \"trial\"".into(), &format!("{b} {a}")),
        ),
        (
            "an age and more, a word",
            ask(format!("data.age >= {age}"), &c),
        ),
        ("not a site, a word", ask("data.site != \"ulm\"".into(), &d)),
        (
            "three sites, a status",
            ask("data.site in [\"kiel\", \"ulm\", \"jena\"]".into(), &e).status(&Status::COMPLETED),
        ),
        (
            BY_NAME,
            ask("kind = \"transaction\"".into(), &f).sort("name".parse().unwrap()),
        ),
        (
            "a part of a text",
            ask("data.note contains \"07 find\"".into(), &a),
        ),
    ]
}

fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share) as usize;
    sorted[place.min(sorted.len() - 1)].as_secs_f64() * 1e3
}

fn line(what: &str, mut times: Vec<Duration>, found: usize) -> f64 {
    times.sort_unstable();
    let (p50, p95) = (quantile(&times, 0.5), quantile(&times, 0.95));
    println!(
        "{what:<44} {p50:>8.2} ms {p95:>8.2} ms {:>8}",
        found / times.len()
    );
    p95
}

/// Whether the bar is met.
async fn measured(name: &str, backend: Arc<dyn Backend>, states: usize) -> bool {
    let started = Instant::now();
    fill(&backend, states).await;
    let (written, now) = (started.elapsed(), Instant::now());
    // Longer than an operation may usually take: the index is behind.
    let patient = holdfast::Limits {
        timeout: Duration::from_secs(3600),
        ..holdfast::Limits::default()
    };
    let states_of = StateManager::builder(backend).limits(patient).build();
    states_of.search(&scope(), Query::default()).await.unwrap();
    let rate = states as f64 / written.as_secs_f64();
    println!(
        "{name}: {states} states written at {rate:.0}/s; then {:.1?} until all were indexed",
        now.elapsed()
    );

    let mut random = StdRng::seed_from_u64(2);
    let mut times: BTreeMap<&str, (Vec<Duration>, usize)> = BTreeMap::new();
    for round in 0..=ROUNDS {
        for (what, query) in questions(&mut random) {
            let mut ask = async |what, query: Query| {
                let asked = Instant::now();
                let page = states_of.search(&scope(), query).await.unwrap();
                let (took, found) = times.entry(what).or_default();
                took.push(asked.elapsed());
                *found += page.states.len();
                page.next
            };
            if let Some(next) = ask(what, query.clone()).await
                && query.sort == Sort::NEWEST
            {
                ask("the page after one of these", query.after(next)).await;
            }
        }
        if round == 0 {
            // What is read for the first time is not what the bar is about.
            times.clear();
        }
    }
    println!("{:<44} {:>11} {:>11} {:>8}", "", "p50", "p95", "found");
    let barred = times.iter().filter(|(what, _)| **what != BY_NAME);
    let all: Vec<Duration> = barred.flat_map(|(_, (times, _))| times.clone()).collect();
    for (what, (times, found)) in times {
        line(&format!("  {what}"), times, found);
    }
    let is_met = line(&format!("{name}: all questions"), all, 0) < BAR.as_secs_f64() * 1e3;
    println!(
        "  bar: p95 below {BAR:?}: {}",
        if is_met { "met" } else { "MISSED" }
    );
    is_met
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let states = words
        .iter()
        .find_map(|word| word.parse().ok())
        .unwrap_or(STATES);
    let names: Vec<&String> = words
        .iter()
        .filter(|word| word.parse::<usize>().is_err())
        .collect();
    let is_chosen = |name: &str| names.is_empty() || names.iter().any(|it| *it == name);
    let mut is_met = true;
    if is_chosen("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let backend = Sqlite::open(folder.path().join("states.db")).await.unwrap();
        is_met &= measured("SQLite", Arc::new(backend), states).await;
    }
    if is_chosen("postgres") {
        let server = PostgresServer::start(Disk::Synced);
        // A quarter of the memory, as its manual recommends; what it is shipped with is for a toy.
        let mut psql = server.psql("postgres");
        let set = psql
            .args(["-c", "ALTER SYSTEM SET shared_buffers = '2GB'"])
            .status();
        assert!(set.unwrap().success());
        server.kill();
        server.start_again();
        let backend = Postgres::connect(&server.database()).await.unwrap();
        is_met &= measured("PostgreSQL", Arc::new(backend), states).await;
    }
    // It looks at every state: not what the bar is for.
    if names.iter().any(|name| *name == "memory") {
        measured("memory", Arc::new(Memory::new()), states).await;
    }
    if is_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
