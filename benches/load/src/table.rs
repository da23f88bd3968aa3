//! The table: what was measured, and whether it is good enough. The only place that writes to the terminal.
#![expect(clippy::print_stdout, reason = "a load program prints its table")]

use std::{process::ExitCode, time::Duration};

use crate::{drive::Measured, error::Error};

/// Everything so far.
#[derive(Debug)]
pub struct Table {
    has_bars: bool,
    has_head: bool,
    missed: usize,
    failed: usize,
}

impl Table {
    /// `has_bars`: whether a bar that is missed is a failure.
    pub fn new(has_bars: bool) -> Self {
        Self {
            has_bars,
            has_head: false,
            missed: 0,
            failed: 0,
        }
    }

    /// A line for a load.
    pub fn load(&mut self, what: &str, measured: &Measured) {
        if !self.has_head {
            self.has_head = true;
            println!(
                "{:<58} {:>9} {:>9} {:>9} {:>7} {:>11} {:>11} {:>9}",
                "", "a second", "p50", "p99", "errors", "CPU s/1000", "own s/1000", "resident"
            );
        }
        let thousands = measured.took.count() as f64 / 1e3;
        let each = |time: Duration| time.as_secs_f64() / thousands.max(1e-3);
        println!(
            "{what:<58} {:>9.0} {:>9} {:>9} {:>7} {:>11.4} {:>11.4} {:>9}",
            measured.per_second(),
            time(measured.took.quantile(0.50)),
            time(measured.took.quantile(0.99)),
            measured.errors,
            each(measured.cost),
            each(measured.own_cost),
            bytes(measured.resident),
        );
        if measured.errors > 0 {
            self.failed += 1;
            let said = measured.problem.as_deref().unwrap_or_default();
            println!(
                "  the first error: {}",
                said.chars().take(300).collect::<String>()
            );
        }
    }

    /// How many a second there must be.
    pub fn rate_above(&mut self, measured: &Measured, bar: f64) {
        let rate = measured.per_second();
        self.judge(
            &format!("{rate:.0} a second"),
            &format!("> {bar:.0}"),
            rate > bar,
        );
    }

    /// What 99 of 100 must be within.
    pub fn p99_below(&mut self, p99: Option<Duration>, bar: Duration) {
        let is_met = p99.is_some_and(|p99| p99 < bar);
        self.judge(&format!("p99 {}", time(p99)), &format!("< {bar:?}"), is_met);
    }

    /// Anything else that must be so.
    pub fn judge(&mut self, what: &str, bar: &str, is_met: bool) {
        let verdict = match (is_met, self.has_bars) {
            (true, _) => "met",
            (false, true) => "MISSED",
            (false, false) => "missed (not asked for)",
        };
        println!("  {what:<56} {bar:>9}  {verdict}");
        self.missed += usize::from(!is_met);
    }

    /// A line in words.
    pub fn note(&self, line: &str) {
        println!("  {line}");
    }

    /// How the program ends.
    pub fn ended(self, outcome: Result<(), Error>) -> ExitCode {
        if let Err(error) = outcome {
            println!("error: {error}");
            return ExitCode::FAILURE;
        }
        let is_missed = self.has_bars && self.missed > 0;
        if is_missed {
            println!("{} below the bar", self.missed);
        }
        match is_missed || self.failed > 0 {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        }
    }
}

/// Milliseconds.
pub fn time(time: Option<Duration>) -> String {
    time.map_or("-".into(), |time| {
        format!("{:.2} ms", time.as_secs_f64() * 1e3)
    })
}

/// Megabytes.
pub fn bytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
