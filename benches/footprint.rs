//! The memory that a state takes in the backend `memory`: `cargo bench --bench footprint -- 1000000`.
//!
//! Everything the engine allocates is counted (the state, its record in the log, all indexes, and what is
//! kept warm for readers), and stated beside the JSON of the states. It ends with an error above the bar.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table and stops at the first surprise"
)]

use std::{fs, process::ExitCode, sync::Arc};

use cap::Cap;
use holdfast::{Actor, Expected, New, Scope, StateId, StateManager, Update, backend::Memory};
use mimalloc::MiMalloc;
use serde_json::json;

#[global_allocator]
static ALLOCATOR: Cap<MiMalloc> = Cap::new(MiMalloc, usize::MAX);

/// Without an argument.
const STATES: usize = 1_000_000;

/// States in a scope: a tenth of what one may hold.
const IN_A_SCOPE: usize = 10_000;

/// Bytes for each byte of JSON.
const BAR: f64 = 2.0;

fn scope(n: usize) -> Scope {
    Scope::User(format!("user-{}", n / IN_A_SCOPE))
}

fn id(n: usize) -> StateId {
    StateId::new(format!("query.filters.{n}"))
}

/// What a store of filters looks like.
fn new(n: usize) -> New {
    let data = json!({"age": {"min": 40.0, "max": 60.0}, "sex": ["f"], "sites": [], "n": n,
        "cards": [{"table": "labs", "column": "bili", "min": 0.5, "max": 9.25, "enabled": true}]});
    New::store("query.filters", scope(n), data).with_id(id(n))
}

/// Bytes that the process has in memory, as the system counts them.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// What the states and the versions before them are as JSON.
async fn json_bytes(states: &StateManager, count: usize) -> usize {
    let mut bytes = 0;
    for n in 0..count {
        let state = states.get(&scope(n), &id(n)).await.unwrap().unwrap();
        bytes += serde_json::to_string(&*state).unwrap().len();
    }
    bytes
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let count = words.find_map(|word| word.parse().ok()).unwrap_or(STATES);
    let actor = Actor::new("user:ada").on("tab 1");
    let (empty, empty_resident) = (ALLOCATOR.allocated(), resident());
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    for n in 0..count {
        states.register(new(n), &actor).await.unwrap();
    }
    let mut is_met = true;
    let mut json = json_bytes(&states, count).await;
    let mut told = |what: &str, json: usize| {
        let (allocated, resident) = (ALLOCATOR.allocated() - empty, resident() - empty_resident);
        let ratio = allocated as f64 / json as f64;
        is_met &= ratio < BAR;
        println!(
            "{what}: {} B of JSON each, {} B allocated ({ratio:.2} x), {} B resident ({:.2} x)  < {BAR} {}",
            json / count,
            allocated / count,
            resident / count,
            resident as f64 / json as f64,
            if ratio < BAR { "met" } else { "MISSED" },
        );
    };
    told(&format!("{count} states"), json);
    for n in 0..count {
        let update = Update::Merge(json!({"n": n + 1}));
        let (scope, id) = (scope(n), id(n));
        let updated = states.update(&scope, &id, update, Expected::Any, &actor);
        updated.await.unwrap();
    }
    json += json_bytes(&states, count).await;
    told("the same written once more, with the version before", json);
    if is_met {
        return ExitCode::SUCCESS;
    }
    println!("above the bar");
    ExitCode::FAILURE
}
