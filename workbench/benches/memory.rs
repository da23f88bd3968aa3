//! Fifty runs of 200,000 patients over five years, each opened in turn and then again, under the budget of 512 MB that the
//! settings begin with: what the process has in memory beside that budget, and beside all of them held whole. (Of runs half as
//! large the budget itself would be more than a tenth of all of them.)
//!
//!     cargo bench --bench memory
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark tells its figures, and one that fails should say where"
)]

use std::{process::ExitCode, sync::Arc, time::Instant};

use holdfast::{Actor, Scope, StateManager, SystemClock, backend::Memory};
use workbench::simulation::{
    Order, Recruitment,
    runs::{By, Runs, kinds, upcasted},
};

const RUNS: u64 = 50;
const BUDGET: u64 = 512 << 20;
/// Of the budget: what the process may grow by.
const WITHIN: f64 = 1.2;
/// Of all results held whole: the same.
const OF_WHOLE: f64 = 0.1;
/// A visit each month gives about as many visits as the field's runs have.
const PROTOCOL: &str = include_str!("../../samples/protocols/fixed_monthly.yaml");

fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut builder = StateManager::builder(Arc::new(Memory::new()));
    for (kind, lifecycle) in kinds() {
        builder = builder.lifecycle(kind, lifecycle);
    }
    let states = upcasted(builder).build();
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock);
    let runs = Runs::open(folder.path(), states, clock).await.unwrap();
    runs.set_memory_budget(BUDGET);
    let ada = By {
        scope: Scope::User("ada".into()),
        actor: Actor::new("user:ada"),
        name: "Ada".into(),
    };
    let mut ids = Vec::new();
    for seed in 0..RUNS {
        let order = Order {
            name: None,
            protocol: PROTOCOL.into(),
            patients: 200_000,
            duration_years: 5.0,
            seed,
            recruitment: Recruitment::AllAtOnce,
            start_date: "2026-01-01".into(),
            tags: Vec::new(),
            notes: String::new(),
        };
        let run = runs.start(&ada, order).await.unwrap();
        let run = runs.wait(&ada, &run.id).await.unwrap();
        ids.push(run.id);
    }
    let (before, begun) = (resident(), Instant::now());
    let (mut most, mut visits) = (before, 0);
    for id in ids.iter().chain(&ids) {
        let tables = runs.results(&ada, id).await.unwrap();
        let rows = tables
            .visits
            .iter()
            .map(arrow::array::RecordBatch::num_rows);
        visits += rows.sum::<usize>();
        drop(tables);
        most = most.max(resident());
    }
    let report = runs.memory();
    let whole: u64 = report.items.iter().map(|item| item.bytes).sum();
    let grown = most - before;
    let (of_budget, of_whole) = (grown as f64 / BUDGET as f64, grown as f64 / whole as f64);
    let mb = |bytes: u64| bytes >> 20;
    println!(
        "{RUNS} runs, {visits} visits read, {} opened: {} MB held of a budget of {} MB, {} evictions, {:?} for each",
        2 * RUNS,
        mb(report.held),
        mb(BUDGET),
        report.evictions,
        begun.elapsed() / (2 * RUNS) as u32,
    );
    println!(
        "the process grew by {} MB at most: {of_budget:.2} of the budget (bar {WITHIN}), {of_whole:.3} of the {} MB of all held whole (bar {OF_WHOLE})",
        mb(grown),
        mb(whole),
    );
    match report.items.len() as u64 == RUNS && of_budget <= WITHIN && of_whole <= OF_WHOLE {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
