//! How long it takes to simulate 100,000 patients over five years and write their tables, and to read them back, for
//! each sample protocol; on as many threads as the machine has cores.
//!
//!     cargo bench --bench simulation
//!
//! Read from the disk, which is the machine's own; and again while the files are in the page cache, which is decoding alone.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark tells its figures, and one that fails should say where"
)]

use std::{
    fs::File,
    path::Path,
    time::{Duration, Instant},
};

use rustix::fs::{Advice, fadvise};
use tokio_util::sync::CancellationToken;
use workbench::simulation::{
    Meter, Order, Recruitment,
    protocol::Protocol,
    simulate,
    tables::{Select, Stored},
};

/// Runs of each measurement; the median counts.
const RUNS: usize = 5;
/// How long simulating and writing may take, and reading everything.
const BARS: [Duration; 2] = [Duration::from_secs(2), Duration::from_millis(300)];

const PROTOCOLS: [(&str, &str); 3] = [
    (
        "treat and extend",
        include_str!("../../samples/protocols/aflibercept_te.yaml"),
    ),
    (
        "reactive",
        include_str!("../../samples/protocols/aflibercept_reactive.yaml"),
    ),
    (
        "monthly",
        include_str!("../../samples/protocols/fixed_monthly.yaml"),
    ),
];

fn main() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut is_met = true;
    for (name, text) in PROTOCOLS {
        let protocol = Protocol::read(text).unwrap();
        let order = order(text);
        let (meter, cancel) = (Meter::default(), CancellationToken::new());
        let (mut simulating, mut cold) = (Vec::new(), Vec::new());
        let (mut loading, mut one_column) = (Vec::new(), Vec::new());
        let mut told = String::new();
        for _ in 0..RUNS {
            let folder = tempfile::tempdir().unwrap();
            let start = Instant::now();
            let done =
                simulate(&protocol, &order, folder.path(), threads, &meter, &cancel).unwrap();
            simulating.push(start.elapsed());
            leave_the_cache(folder.path());
            let start = Instant::now();
            Stored::open(folder.path()).unwrap().load().unwrap();
            cold.push(start.elapsed());
            let start = Instant::now();
            let tables = Stored::open(folder.path()).unwrap().load().unwrap();
            loading.push(start.elapsed());
            let arrow: usize = tables
                .visits
                .iter()
                .map(|it| it.get_array_memory_size())
                .sum();
            let start = Instant::now();
            let stored = Stored::open(folder.path()).unwrap();
            let columns = Select::Columns(&["time_days", "vision"]);
            stored.visits(columns, 0..stored.groups()).unwrap();
            one_column.push(start.elapsed());
            told = format!(
                "{} visits, {:.1} MB on disk, {:.1} MB in memory",
                done.visits,
                done.bytes as f64 / 1e6,
                arrow as f64 / 1e6
            );
        }
        println!("{name}, {threads} threads: {told}");
        let [simulate_bar, load_bar] = BARS;
        is_met &= told_and_met("simulated and written", &mut simulating, simulate_bar);
        is_met &= told_and_met("loaded from the disk", &mut cold, load_bar);
        is_met &= told_and_met("loaded", &mut loading, load_bar);
        is_met &= told_and_met("two columns loaded", &mut one_column, load_bar);
    }
    if !is_met {
        std::process::exit(1);
    }
}

fn order(protocol: &str) -> Order {
    Order {
        name: None,
        protocol: protocol.to_owned(),
        patients: 100_000,
        duration_years: 5.0,
        seed: 1,
        recruitment: Recruitment::AllAtOnce,
        start_date: "2026-01-01".into(),
        tags: Vec::new(),
        notes: String::new(),
    }
}

/// Takes a run's files, which are on the disk, out of the page cache.
fn leave_the_cache(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = File::open(entry.unwrap().path()).unwrap();
        fadvise(&file, 0, None, Advice::DontNeed).unwrap();
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
