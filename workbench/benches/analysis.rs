//! How long it takes to count each chart of a run of 100,000 patients over five years, out of tables in memory, and to
//! read the columns they need from disk; on as many threads as the machine has cores.
//!
//!     cargo bench --bench analysis
//!
//! The files are in the page cache when they are read: what is measured is decoding, and the disk is the machine's own.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark tells its figures, and one that fails should say where"
)]

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use workbench::{
    analysis::{Cohort, Step, read},
    simulation::{
        Meter, Order, Recruitment, RunInfo, RunStatus, protocol::Protocol, simulate, tables::Stored,
    },
};

/// Runs of each measurement; the median counts.
const RUNS: usize = 5;
/// How long counting a chart may take, and reading its columns.
const BARS: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(300)];
const PROTOCOL: &str = include_str!("../../samples/protocols/aflibercept_te.yaml");

type Chart = (&'static str, fn(&Cohort<'_>));

const CHARTS: [Chart; 9] = [
    ("mean vision", |cohort| drop(cohort.vision().unwrap())),
    ("baseline, last and change", |cohort| {
        drop(cohort.sight(300, 1).unwrap());
    }),
    ("trajectories", |cohort| {
        drop(cohort.trajectories(200, 1).unwrap());
    }),
    ("intervals", |cohort| drop(cohort.intervals().unwrap())),
    ("cohort flow by month", |cohort| {
        drop(cohort.flow(Step::Month).unwrap());
    }),
    ("cohort flow by week", |cohort| {
        drop(cohort.flow(Step::Week).unwrap());
    }),
    ("journey", |cohort| drop(cohort.journey().unwrap())),
    ("frequency", |cohort| drop(cohort.frequency().unwrap())),
    ("stopping", |cohort| drop(cohort.stopping().unwrap())),
];

fn main() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (info, folder) = run(threads);
    let stored = Stored::open(folder.path()).unwrap();
    println!("treat and extend, 100,000 patients x 5 years, {threads} threads");
    let mut is_met = true;
    let mut reading = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        read(&stored).unwrap();
        reading.push(start.elapsed());
    }
    is_met &= told_and_met("columns read", &mut reading, BARS[1]);
    let tables = read(&stored).unwrap();
    let cohort = Cohort::of(&info, &tables).unwrap();
    for (name, count) in CHARTS {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let start = Instant::now();
            count(&cohort);
            times.push(start.elapsed());
        }
        is_met &= told_and_met(name, &mut times, BARS[0]);
    }
    if !is_met {
        std::process::exit(1);
    }
}

fn run(threads: usize) -> (RunInfo, tempfile::TempDir) {
    let order = Order {
        name: None,
        protocol: PROTOCOL.to_owned(),
        patients: 100_000,
        duration_years: 5.0,
        seed: 1,
        recruitment: Recruitment::AllAtOnce,
        start_date: "2026-01-01".into(),
        tags: Vec::new(),
        notes: String::new(),
    };
    let folder = tempfile::tempdir().unwrap();
    let protocol = Protocol::read(PROTOCOL).unwrap();
    let (meter, cancel) = (Meter::default(), CancellationToken::new());
    simulate(&protocol, &order, folder.path(), threads, &meter, &cancel).unwrap();
    let info = RunInfo {
        carried: None,
        trial: None,
        id: "sim_20260311_140509_05-00_calm-otter".into(),
        name: "calm-otter".into(),
        status: RunStatus::Completed,
        reason: None,
        protocol_name: String::new(),
        protocol_version: String::new(),
        protocol_checksum: String::new(),
        protocol: order.protocol,
        engine: String::new(),
        model: String::new(),
        patients: order.patients,
        duration_years: order.duration_years,
        seed: order.seed,
        recruitment: order.recruitment,
        start_date: order.start_date,
        created_at: 0,
        created_by: String::new(),
        result: None,
        tags: Vec::new(),
        notes: String::new(),
        is_pinned: false,
        last_accessed: None,
        access_count: 0,
        version: 1,
    };
    (info, folder)
}

fn told_and_met(what: &str, times: &mut [Duration], bar: Duration) -> bool {
    times.sort();
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    let is_met = median < bar;
    println!(
        "  {what}: median {:.0} ms, most {:.0} ms, bar {} ms{}",
        median.as_secs_f64() * 1e3,
        most.as_secs_f64() * 1e3,
        bar.as_millis(),
        if is_met { "" } else { ": NOT MET" },
    );
    is_met
}
