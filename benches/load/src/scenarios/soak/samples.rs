//! Whether something grows: samples of it, the line through them, and how far that rises.

use std::{fmt, fmt::Write as _, fs, path::Path, time::Duration};

use crate::{
    error::{Error, Result},
    table,
};

/// Of the time, this share at the beginning is for caches to fill.
const FILLING: f64 = 1.0 / 3.0;
/// What counts as flat: less than this share of the mean from the first to the last sample that counts...
const SHARE: f64 = 0.05;
/// ...or less than so much.
const BYTES: f64 = 8e6;
const DESCRIPTORS: f64 = 16.0;

/// What the server took at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    pub at: Duration,
    pub resident: u64,
    pub descriptors: usize,
    pub processor: Duration,
}

/// In order of time.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<Sample>);

/// What the samples say of one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub is_flat: bool,
    said: String,
}

impl Samples {
    pub fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    pub fn memory(&self) -> Verdict {
        let shown = |number: f64| table::bytes(number.abs() as u64);
        self.verdict(|sample| sample.resident as f64, BYTES, shown)
    }

    pub fn descriptors(&self) -> Verdict {
        let shown = |number: f64| format!("{:.1}", number.abs());
        self.verdict(|sample| sample.descriptors as f64, DESCRIPTORS, shown)
    }

    fn verdict(
        &self,
        of: impl Fn(&Sample) -> f64,
        least: f64,
        shown: impl Fn(f64) -> String,
    ) -> Verdict {
        let lasted = self.0.last().map_or(0.0, |last| last.at.as_secs_f64());
        let counted = self
            .0
            .iter()
            .filter(|it| it.at.as_secs_f64() >= lasted * FILLING);
        let points: Vec<(f64, f64)> = counted.map(|it| (it.at.as_secs_f64(), of(it))).collect();
        let (slope, mean) = line(&points);
        let rise = slope * lasted * (1.0 - FILLING);
        let is_flat = points.len() > 2 && rise <= least.max(mean * SHARE);
        let word = if is_flat { "flat" } else { "not flat" };
        let sign = if slope < 0.0 { "-" } else { "+" };
        let said = format!(
            "{word}, {}, {sign}{} an hour",
            shown(mean),
            shown(slope * 3600.0)
        );
        Verdict { is_flat, said }
    }

    /// All of them as a table of text.
    pub fn write(&self, file: &Path) -> Result<()> {
        let mut csv = String::from("seconds,resident_bytes,descriptors,processor_seconds\n");
        for Sample {
            at,
            resident,
            descriptors,
            processor,
        } in &self.0
        {
            let (at, processor) = (at.as_secs_f64(), processor.as_secs_f64());
            // Memory takes everything.
            let _ = writeln!(csv, "{at:.1},{resident},{descriptors},{processor:.2}");
        }
        fs::write(file, csv).map_err(Error::io(file.display().to_string()))
    }
}

/// Slope and mean by least squares.
fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let count = (points.len() as f64).max(1.0);
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| {
        (x + point.0 / count, y + point.1 / count)
    });
    let (with, own) = points.iter().fold((0.0, 0.0), |(with, own), point| {
        let off = point.0 - x;
        (with + off * (point.1 - y), own + off * off)
    });
    (if own > 0.0 { with / own } else { 0.0 }, y)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty minutes in tens of seconds.
    fn samples(resident: impl Fn(u64) -> u64) -> Samples {
        let at = (0..=120).map(|n| n * 10);
        Samples(
            at.map(|at| Sample {
                at: Duration::from_secs(at),
                resident: resident(at),
                descriptors: 300 + (at % 3) as usize,
                processor: Duration::from_secs(at),
            })
            .collect(),
        )
    }

    #[test]
    fn what_fills_first_and_then_only_moves_to_and_fro_is_flat() {
        let filling = samples(|at| 100_000_000 + at.min(300) * 500_000 + (at % 70) * 40_000);
        assert!(filling.memory().is_flat, "{}", filling.memory());
        assert!(filling.descriptors().is_flat, "{}", filling.descriptors());
    }

    #[test]
    fn what_goes_on_growing_is_not() {
        let growing = samples(|at| 100_000_000 + at * 30_000);
        let verdict = growing.memory();
        assert_eq!(verdict.to_string(), "not flat, 124.0 MB, +108.0 MB an hour");
        assert!(!verdict.is_flat);
    }

    #[test]
    fn without_samples_nothing_is_flat() {
        assert!(!Samples::default().memory().is_flat);
    }
}
