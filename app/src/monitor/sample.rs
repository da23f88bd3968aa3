//! One sample: what happened between two readings of counters that only rise. Only on the server.

use std::time::Duration;

use holdfast::{
    StateManager,
    backend::CacheCounts,
    metrics::{Counts, Latency},
};

use super::vitals::VitalSigns;

/// The operations that read.
const READS: [&str; 4] = ["get", "list", "search", "history"];

/// Counters, read at one moment.
#[derive(Debug, Clone)]
pub struct Totals {
    /// Milliseconds since 1970.
    pub at: i64,
    /// What the engine did.
    pub counts: Counts,
    /// How long each of its operations took.
    pub latencies: Vec<Latency>,
    /// The cache in front of the states, if there is one.
    pub cache: Option<CacheCounts>,
    /// What the program knows of itself.
    pub vitals: VitalSigns,
}

/// What happened between two moments.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sample {
    /// The later one, in milliseconds since 1970.
    pub at: i64,
    /// Reads a second.
    pub reads: f64,
    /// Writes a second.
    pub writes: f64,
    /// Half of the operations took at most so many milliseconds; `None` where nothing was done.
    pub p50: Option<f64>,
    /// As p50.
    pub p95: Option<f64>,
    /// As p50.
    pub p99: Option<f64>,
    /// Of reads, what the cache answered, in percent; `None` where nothing was read.
    pub hit_rate: Option<f64>,
    /// Requests a second.
    pub requests: f64,
    /// Requests that came too often, in all.
    pub too_often: u64,
    /// Operations that failed or took too long, in all.
    pub failures: u64,
}

impl Totals {
    pub(super) fn read(
        at: i64,
        states: &StateManager,
        cache: Option<CacheCounts>,
        vitals: VitalSigns,
    ) -> Self {
        Self {
            at,
            counts: states.counts(),
            latencies: states.latencies(),
            cache,
            vitals,
        }
    }

    /// What happened since an earlier reading of the same counters.
    pub(super) fn since(&self, before: &Self) -> Sample {
        let seconds = (self.at - before.at).max(1) as f64 / 1000.0;
        let per_second = |now: u64, then: u64| now.saturating_sub(then) as f64 / seconds;
        let later: Vec<Latency> = self
            .latencies
            .iter()
            .zip(&before.latencies)
            .map(|(now, then)| now.since(then))
            .collect();
        let reads = later.iter().filter(|it| READS.contains(&it.operation));
        let all = Latency::together(&later);
        let quantile = |share| (all.count > 0).then(|| millis(all.quantile(share)));
        let hit_rate = self.cache.zip(before.cache).and_then(|(now, then)| {
            let hits = now.hits.saturating_sub(then.hits);
            let reads = hits + now.misses.saturating_sub(then.misses);
            (reads > 0).then(|| hits as f64 / reads as f64 * 100.0)
        });
        let wrong = |counts: &Counts| counts.failures + counts.timeouts;
        Sample {
            at: self.at,
            reads: reads.map(|it| it.count).sum::<u64>() as f64 / seconds,
            writes: per_second(self.counts.writes, before.counts.writes),
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            hit_rate,
            requests: per_second(self.vitals.requests, before.vitals.requests),
            too_often: self
                .vitals
                .too_often
                .saturating_sub(before.vitals.too_often),
            failures: wrong(&self.counts).saturating_sub(wrong(&before.counts)),
        }
    }
}

pub(super) fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
