//! How long answers took: counted in buckets, so that a million of them take as much room as one.
//!
//! Microseconds, exact below 256 and to less than one part in 128 above.

use std::time::Duration;

/// Buckets for each doubling, as a power of two.
const FINENESS: u32 = 7;
const BUCKETS: usize = 40 << FINENESS;

/// Counts of durations.
#[derive(Debug, Clone)]
pub struct Histogram {
    buckets: Vec<u32>,
    count: u64,
}

impl Histogram {
    pub fn new() -> Self {
        Self {
            buckets: vec![0; BUCKETS],
            count: 0,
        }
    }

    pub fn record(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(bucket) = self.buckets.get_mut(place(micros).min(BUCKETS - 1)) {
            *bucket += 1;
            self.count += 1;
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// What this share of them did not exceed; `None` without any.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let wanted = (self.count as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        let at = self.buckets.iter().position(|count| {
            seen += u64::from(*count);
            seen >= wanted
        })?;
        Some(Duration::from_micros(largest(at)))
    }
}

/// The bucket of a number. Below two times 2^`FINENESS` each has its own.
fn place(micros: u64) -> usize {
    let doublings = (u64::BITS - micros.leading_zeros()).saturating_sub(FINENESS + 1);
    let within = (micros >> doublings) as usize;
    ((doublings as usize) << FINENESS) + within
}

/// The largest number in a bucket.
fn largest(place: usize) -> u64 {
    let doublings = (place >> FINENESS).saturating_sub(1);
    let within = place - (doublings << FINENESS);
    ((within as u64 + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_a_bucket_that_reaches_little_beyond_it() {
        let mut micros = 0_u64;
        while micros < 60_000_000 {
            let end = largest(place(micros));
            assert!(
                end >= micros && end - micros <= micros >> FINENESS,
                "{micros}"
            );
            assert!(place(end) == place(micros) && place(end + 1) == place(micros) + 1);
            micros += 1 + micros / 97;
        }
    }

    #[test]
    fn quantiles_are_what_a_sorted_list_would_say() {
        let mut histogram = Histogram::new();
        assert_eq!(histogram.quantile(0.5), None);
        for micros in (1..=1000).rev() {
            histogram.record(Duration::from_micros(micros));
        }
        let at = |share| histogram.quantile(share).map(|it| it.as_micros());
        assert_eq!((at(0.0), at(0.1)), (Some(1), Some(100)));
        assert!(at(0.5).is_some_and(|it| (500..=504).contains(&it)));
        assert!(at(0.99).is_some_and(|it| (990..=998).contains(&it)));
        assert!(at(1.0).is_some_and(|it| (1000..=1008).contains(&it)));
        assert_eq!(histogram.count(), 1000);
    }

    #[test]
    fn what_took_for_ever_is_counted_in_the_last_bucket() {
        let mut histogram = Histogram::new();
        histogram.record(Duration::MAX);
        assert_eq!(histogram.count(), 1);
        assert!(histogram.quantile(1.0) > Some(Duration::from_secs(3600)));
    }
}
