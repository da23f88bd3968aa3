//! How long it takes to compare five runs of 100,000 patients over five years: cold, with nothing in memory but what the
//! system keeps of the files, and warm, when the runs were looked at before. On as many threads as the machine has cores.
//!
//!     cargo bench --bench compare
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark tells its figures, and one that fails should say where"
)]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use workbench::{
    Limits, Workbench,
    compare::{Measure, Mode, Request, Side, Time},
    simulation::{
        Meter, Order, Recruitment, RunInfo, RunResult, RunStatus, protocol::Protocol, simulate,
        tables::Stored,
    },
};

/// Measurements of each kind; the median counts.
const TIMES: usize = 5;
/// How long a comparison may take cold, and warm.
const BARS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(100)];
const PROTOCOL: &str = include_str!("../../samples/protocols/aflibercept_te.yaml");

fn main() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let runs: Vec<(Side, TempDir)> = (1..=5).map(run).collect();
    let sides: Vec<Side> = runs.iter().map(|(side, _)| side.clone()).collect();
    let visits = sides.iter().filter_map(|side| side.info.result.as_ref());
    let visits: u64 = visits.map(|result| result.visits).sum();
    println!("5 runs of 100,000 patients x 5 years, {visits} visits, {threads} threads");
    let mut is_met = true;
    for (name, mode, time, measure) in [
        (
            "vision over time",
            Mode::Overlay,
            Time::Relative,
            Measure::Vision,
        ),
        (
            "vision by the calendar, differences",
            Mode::Difference,
            Time::Absolute,
            Measure::Vision,
        ),
        (
            "injections over time",
            Mode::Overlay,
            Time::Relative,
            Measure::Injections,
        ),
        ("tests", Mode::Statistical, Time::Relative, Measure::Vision),
    ] {
        let asked = Request {
            mode,
            time,
            measures: vec![measure],
            ..Request::default()
        };
        let (mut cold, mut warm) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            let folder = tempfile::tempdir().unwrap();
            let workbench = Workbench::open(folder.path(), Limits::default()).unwrap();
            for times in [&mut cold, &mut warm] {
                let start = Instant::now();
                workbench.compare(&asked, &sides).unwrap();
                times.push(start.elapsed());
            }
        }
        println!("{name}");
        is_met &= told_and_met("cold", &mut cold, BARS[0]);
        is_met &= told_and_met("warm", &mut warm, BARS[1]);
    }
    if !is_met {
        std::process::exit(1);
    }
}

fn run(seed: u64) -> (Side, TempDir) {
    let order = Order {
        name: None,
        protocol: PROTOCOL.to_owned(),
        patients: 100_000,
        duration_years: 5.0,
        seed,
        recruitment: Recruitment::AllAtOnce,
        start_date: "2026-01-01".into(),
        tags: Vec::new(),
        notes: String::new(),
    };
    let folder = tempfile::tempdir().unwrap();
    let protocol = Protocol::read(PROTOCOL).unwrap();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (meter, cancel) = (Meter::default(), CancellationToken::new());
    let done = simulate(&protocol, &order, folder.path(), threads, &meter, &cancel).unwrap();
    let result = RunResult {
        patients: done.patients,
        visits: done.visits,
        bytes: done.bytes,
        checksum: done.checksum,
        runtime_ms: 0,
        means: done.means,
    };
    let side = Side {
        info: info(order, result),
        rows: Arc::new(Stored::open(folder.path()).unwrap()),
    };
    (side, folder)
}

fn info(order: Order, result: RunResult) -> RunInfo {
    RunInfo {
        carried: None,
        trial: None,
        id: format!("run {}", order.seed),
        name: format!("run {}", order.seed),
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
        result: Some(result),
        tags: Vec::new(),
        notes: String::new(),
        is_pinned: false,
        last_accessed: None,
        access_count: 0,
        version: 1,
    }
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
