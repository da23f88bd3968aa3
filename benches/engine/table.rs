//! The table: what was measured, and whether it is good enough.

use std::{fs, process::ExitCode, time::Duration};

/// What Linux counts processor time in.
const TICK: Duration = Duration::from_millis(10);

/// The processor time of this process, all its threads together; zero where the system does not say.
pub fn processor_time() -> Duration {
    let said = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may have anything in it: user and system time are the 12th and the 13th.
    let behind = said.rsplit(')').next().unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|it| it.parse().ok())
        .map(|ticks: u32| TICK * ticks)
        .sum()
}

/// One line of the table.
pub struct Row {
    pub what: &'static str,
    pub operations: usize,
    pub elapsed: Duration,
    /// Sorted; empty where single operations are too short to be timed.
    pub latencies: Vec<Duration>,
    /// The processor time that this process took for all of it; what another process took is not in it.
    pub processor: Option<Duration>,
}

impl Row {
    pub fn per_second(&self) -> f64 {
        self.operations as f64 / self.elapsed.as_secs_f64()
    }

    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let place = (self.latencies.len() as f64 * share) as usize;
        self.latencies.get(place).copied()
    }
}

/// Everything so far.
pub struct Table {
    is_met: bool,
}

impl Table {
    pub fn begun() -> Self {
        println!(
            "{:<52} {:>11} {:>9} {:>9} {:>9}  bar",
            "", "per second", "p50", "p99", "CPU each"
        );
        Self { is_met: true }
    }

    /// A rate, and what it must be above.
    pub fn rate(&mut self, row: &Row, bar: Option<f64>) {
        let shown = |share| {
            let time = row.quantile(share);
            time.map_or("-".into(), |time| {
                format!("{:.2} ms", time.as_secs_f64() * 1e3)
            })
        };
        let rate = row.per_second();
        let verdict = bar.map_or(String::new(), |bar| {
            format!("> {bar:.0} {}", self.judged(rate > bar))
        });
        let (p50, p99) = (shown(0.50), shown(0.99));
        let each = row.processor.map_or("-".into(), |time| {
            format!("{:.2} us", time.as_secs_f64() * 1e6 / row.operations as f64)
        });
        println!(
            "{:<52} {rate:>11.0} {p50:>9} {p99:>9} {each:>9}  {verdict}",
            row.what
        );
    }

    /// What one operation in a hundred may take at the most.
    pub fn p99(&mut self, row: &Row, bar: Duration) {
        let verdict = self.judged(row.quantile(0.99).is_some_and(|p99| p99 < bar));
        println!("{:<52} {:>41}  < {bar:?} {verdict}", "  p99", "");
    }

    /// One rate beside another of the same run.
    pub fn ratio(&mut self, what: &str, ours: &Row, theirs: &Row, bar: f64) {
        let ratio = ours.per_second() / theirs.per_second();
        let verdict = self.judged(ratio > bar);
        println!(
            "{:<52} {ratio:>11.2} {:>29}  > {bar} {verdict}",
            format!("  {what}"),
            ""
        );
    }

    fn judged(&mut self, is_met: bool) -> &'static str {
        self.is_met &= is_met;
        if is_met { "met" } else { "MISSED" }
    }

    pub fn ended(self) -> ExitCode {
        if self.is_met {
            return ExitCode::SUCCESS;
        }
        println!("below the bar");
        ExitCode::FAILURE
    }
}
