//! One patient's vision at the moments that count.

use crate::simulation::model::DAYS_A_MONTH;

/// Letters that may be lost while vision counts as maintained.
const MAINTAINED: f64 = 5.0;
/// Months on each side of a year's end within which a visit counts for it.
const WINDOW: f64 = 1.0;

/// What is measured of one patient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sight {
    pub baseline: f64,
    pub year_1: Option<f64>,
    pub year_2: Option<f64>,
    pub last: f64,
}

impl Sight {
    /// Of a patient whose visits were on `days`, rising, with `letters`, and who was followed for `followed` days.
    pub fn of(baseline: f64, followed: u32, days: &[u16], letters: &[f32]) -> Self {
        Self {
            baseline,
            year_1: at_month(12.0, followed, days, letters),
            year_2: at_month(24.0, followed, days, letters),
            last: letters.last().map_or(baseline, |last| f64::from(*last)),
        }
    }

    pub fn change(&self) -> f64 {
        self.last - self.baseline
    }

    pub fn is_maintained(&self) -> bool {
        self.change() >= -MAINTAINED
    }
}

/// Vision around the end of a month: at the nearest visit of the window, else carried forward from the last one before.
/// `None` for a patient who was not followed until the window's end.
fn at_month(month: f64, followed: u32, days: &[u16], letters: &[f32]) -> Option<f64> {
    let [from, middle, to] = [month - WINDOW, month, month + WINDOW].map(|at| at * DAYS_A_MONTH);
    if f64::from(followed) < to {
        return None;
    }
    let before = days.partition_point(|day| f64::from(*day) <= to);
    let distance = |at: &usize| (f64::from(days[*at]) - middle).abs();
    let nearest = (0..before)
        .rev()
        .take_while(|at| f64::from(days[*at]) >= from)
        .min_by(|one, other| distance(one).total_cmp(&distance(other)));
    let at = nearest.or_else(|| before.checked_sub(1))?;
    letters.get(at).map(|letters| f64::from(*letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visit_nearest_to_the_year_counts_within_two_months() {
        // Month 12 is day 365.28; its window is day 334.84 to 395.72.
        let days = [0, 300, 340, 370, 390];
        let letters = [70.0, 60.0, 61.0, 62.0, 63.0];
        assert_eq!(at_month(12.0, 400, &days, &letters), Some(62.0));
        assert_eq!(
            at_month(12.0, 395, &days, &letters),
            None,
            "not followed long enough"
        );
        assert_eq!(
            at_month(12.0, 400, &days[..2], &letters),
            Some(60.0),
            "carried forward"
        );
        assert_eq!(
            at_month(24.0, 800, &days, &letters),
            Some(63.0),
            "carried forward"
        );
    }

    #[test]
    fn five_letters_lost_are_maintained_and_six_are_not() {
        let sight = |last| Sight::of(70.0, 0, &[0], &[last]);
        assert!(sight(65.0).is_maintained());
        assert!(!sight(64.0).is_maintained());
        assert_eq!(sight(64.0).change(), -6.0);
    }
}
