//! When something that failed is tried again.

use std::time::Duration;

use rand::Rng;

/// By how much a pause is lengthened at most, as a share of it: enough that what failed together
/// does not come back together.
const JITTER: f64 = 0.1;

/// The pauses between attempts, as data: before the second attempt, before the third, and so on.
/// What fails after the last one is a dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

impl Schedule {
    /// As the given pauses say; one attempt more than there are pauses.
    pub fn new(pauses: impl IntoIterator<Item = Duration>) -> Self {
        Self(pauses.into_iter().collect())
    }

    /// The example schedule of Standard Webhooks 1.0.0: ten attempts within three days.
    pub fn standard_webhooks() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let pauses = [
            5,
            5 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            5 * HOUR,
            10 * HOUR,
            14 * HOUR,
            20 * HOUR,
            24 * HOUR,
        ];
        Self::new(pauses.map(Duration::from_secs))
    }

    /// The pauses without jitter.
    pub fn pauses(&self) -> &[Duration] {
        &self.0
    }

    /// How long to wait after so many failed attempts; `None` after the last one.
    pub(super) fn pause(&self, failed: u32, random: &mut impl Rng) -> Option<Duration> {
        let place = usize::try_from(failed).ok()?.checked_sub(1)?;
        let pause = self.0.get(place)?;
        Some(pause.mul_f64(1.0 + random.random_range(0.0..JITTER)))
    }
}

/// Twelve attempts, the pauses doubling from one second: about half an hour in all.
impl Default for Schedule {
    fn default() -> Self {
        Self::new((0..11).map(|doubled| Duration::from_secs(1 << doubled)))
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_pause_is_as_long_as_scheduled_or_up_to_a_tenth_longer() {
        let (schedule, mut random) = (Schedule::standard_webhooks(), StdRng::seed_from_u64(7));
        for (failed, scheduled) in (1..).zip(schedule.pauses()) {
            let pauses: Vec<Duration> = (0..100)
                .filter_map(|_| schedule.pause(failed, &mut random))
                .collect();
            assert_eq!(pauses.len(), 100);
            let most = scheduled.mul_f64(1.1);
            assert!(pauses.iter().all(|it| scheduled <= it && *it <= most));
            assert!(pauses.windows(2).any(|two| two.first() != two.last()));
        }
        assert_eq!(schedule.pause(0, &mut random), None);
        assert_eq!(schedule.pause(10, &mut random), None);
        let total: Duration = schedule.pauses().iter().sum();
        assert_eq!(total, Duration::from_secs(75 * 3600 + 35 * 60 + 5));
    }
}
