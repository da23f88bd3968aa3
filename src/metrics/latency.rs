//! How long callers waited: a histogram of each operation.

use std::{
    array, fmt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Bucket `n` holds what took less than 2^n microseconds: the last one all above a quarter of a minute.
const BUCKETS: usize = 25;

/// What is measured, by the names that errors use.
const OPERATIONS: [&str; 15] = [
    "get",
    "list",
    "search",
    "register",
    "put",
    "update",
    "transition",
    "rollback",
    "delete",
    "transaction",
    "commit",
    "history",
    "log",
    "sweep",
    "other",
];

/// How long the callers of one operation waited, as it stood at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latency {
    /// The operation, as errors name it; `other` for those that are not measured by themselves.
    pub operation: &'static str,
    /// How often it was done.
    pub count: u64,
    /// The time of all of them together.
    pub sum: Duration,
    buckets: [u64; BUCKETS],
}

impl Latency {
    /// The time that `share` of the calls (0 to 1) did not exceed, rounded up to a power of two of
    /// microseconds. Zero without calls.
    pub fn quantile(&self, share: f64) -> Duration {
        let rank = (share.clamp(0.0, 1.0) * self.count as f64).ceil() as u64;
        let mut passed = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            passed += count;
            if passed >= rank && passed > 0 {
                return bound(bucket);
            }
        }
        Duration::ZERO
    }

    /// What came after `before`, which is the same counted earlier.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut later = self.clone();
        later.count = later.count.saturating_sub(before.count);
        later.sum = later.sum.saturating_sub(before.sum);
        for (count, earlier) in later.buckets.iter_mut().zip(before.buckets) {
            *count = count.saturating_sub(earlier);
        }
        later
    }

    /// All of these as if they were one operation.
    #[must_use]
    pub fn together<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let none = Self {
            operation: "all",
            count: 0,
            sum: Duration::ZERO,
            buckets: [0; BUCKETS],
        };
        all.into_iter().fold(none, |mut so_far, one| {
            so_far.count += one.count;
            so_far.sum += one.sum;
            for (count, more) in so_far.buckets.iter_mut().zip(one.buckets) {
                *count += more;
            }
            so_far
        })
    }

    /// The calls that took less than each bound, as monitoring systems want them: rising.
    pub fn cumulative(&self) -> impl Iterator<Item = (Duration, u64)> {
        let mut passed = 0;
        self.buckets.iter().enumerate().map(move |(bucket, count)| {
            passed += count;
            (bound(bucket), passed)
        })
    }
}

fn bound(bucket: usize) -> Duration {
    Duration::from_micros(1 << bucket)
}

/// Counts how long something takes. It is written to without waiting.
#[derive(Default)]
pub struct Histogram {
    nanos: AtomicU64,
    buckets: [AtomicU64; BUCKETS],
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Histogram(..)")
    }
}

impl Histogram {
    /// Something took so long.
    pub fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = (u64::BITS - micros.leading_zeros()) as usize;
        if let Some(bucket) = self.buckets.get(bucket.min(BUCKETS - 1)) {
            bucket.fetch_add(1, Relaxed);
        }
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        // What needed no waiting adds nothing: the most frequent case touches one number only.
        if nanos > 0 {
            self.nanos.fetch_add(nanos, Relaxed);
        }
    }

    /// As it stands, under a name.
    pub fn read(&self, operation: &'static str) -> Latency {
        let buckets: [u64; BUCKETS] =
            array::from_fn(|n| self.buckets.get(n).map_or(0, |it| it.load(Relaxed)));
        Latency {
            operation,
            count: buckets.iter().sum(),
            sum: Duration::from_nanos(self.nanos.load(Relaxed)),
            buckets,
        }
    }
}

/// The histograms of an engine.
#[derive(Default)]
pub(super) struct Latencies([Histogram; OPERATIONS.len()]);

impl fmt::Debug for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Latencies(..)")
    }
}

impl Latencies {
    pub(super) fn record(&self, operation: &'static str, took: Duration) {
        let place = OPERATIONS.iter().position(|name| *name == operation);
        if let Some(histogram) = self.0.get(place.unwrap_or(OPERATIONS.len() - 1)) {
            histogram.record(took);
        }
    }

    pub(super) fn read(&self) -> Vec<Latency> {
        let measured = OPERATIONS.iter().zip(&self.0);
        measured
            .map(|(operation, histogram)| histogram.read(operation))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use super::*;

    #[test]
    fn a_quantile_is_the_bound_that_so_many_calls_did_not_exceed() {
        let latencies = Latencies::default();
        for micros in 0..100 {
            latencies.record("get", Duration::from_micros(micros));
        }
        latencies.record("get", Duration::from_secs(3_600));
        let read = latencies.read();
        let get = read.iter().find(|it| it.operation == "get").unwrap();
        assert_eq!(get.count, 101);
        assert_eq!(get.quantile(0.5), Duration::from_micros(64));
        assert_eq!(get.quantile(0.99), Duration::from_micros(128));
        assert_eq!(get.quantile(1.0), Duration::from_micros(1 << 24));
        assert_eq!(get.cumulative().last().unwrap().1, 101);
        assert!(get.sum > Duration::from_secs(3_600));
        assert_eq!(read.iter().map(|it| it.count).sum::<u64>(), 101);
    }

    #[test]
    fn what_came_later_is_told_apart_and_operations_are_taken_together() {
        let latencies = Latencies::default();
        latencies.record("get", Duration::from_micros(3));
        let before = latencies.read();
        latencies.record("get", Duration::from_micros(100));
        latencies.record("put", Duration::from_micros(1000));
        let after = latencies.read();
        let later: Vec<Latency> = after.iter().zip(&before).map(|(a, b)| a.since(b)).collect();
        let all = Latency::together(&later);
        assert_eq!((all.count, all.sum), (2, Duration::from_micros(1100)));
        assert_eq!(all.quantile(0.5), Duration::from_micros(128));
        assert_eq!(all.quantile(1.0), Duration::from_micros(1024));
    }

    #[test]
    fn what_has_no_name_here_is_counted_too() {
        let latencies = Latencies::default();
        latencies.record("something new", Duration::ZERO);
        let read = latencies.read();
        let other = read.last().unwrap();
        assert_eq!((other.operation, other.count), ("other", 1));
        assert_eq!(other.quantile(0.5), Duration::from_micros(1));
        assert_eq!(read.first().unwrap().quantile(0.99), Duration::ZERO);
    }
}
