//! A visit's change of vision: drawn from the normal distribution of the state that the visit finds, treated or not.

use rand::distr::Distribution;
use rand_distr::{Normal, NormalError};

use super::random::Random;
use crate::simulation::protocol::{Change, DiseaseState, VisionChanges};

/// The most letters of the chart.
const MOST: f64 = 100.0;

/// The distributions, for each state, untreated and treated.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    changes: [[Normal<f64>; 2]; 4],
}

impl Changes {
    pub(super) fn of(changes: &VisionChanges) -> Result<Self, NormalError> {
        let normal = |state, is_treated| {
            let Change(mean, sd) = changes.of(state, is_treated);
            Normal::new(mean, sd)
        };
        let both = |state| Ok([normal(state, false)?, normal(state, true)?]);
        let [naive, stable, active, highly_active] = DiseaseState::ALL;
        Ok(Self {
            changes: [
                both(naive)?,
                both(stable)?,
                both(active)?,
                both(highly_active)?,
            ],
        })
    }

    /// Letters won, or lost below 0.
    pub(super) fn draw(&self, state: DiseaseState, is_treated: bool, random: &mut Random) -> f64 {
        self.changes[state as usize][usize::from(is_treated)].sample(random)
    }
}

/// Vision after a change, within the chart.
pub(super) fn changed(vision: f64, change: f64) -> f64 {
    (vision + change).clamp(0.0, MOST)
}

/// The same where only whole letters are won or lost: the rest is cut toward 0.
pub(super) fn changed_in_whole_letters(vision: f64, change: f64) -> f64 {
    changed(vision, change.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stay_on_the_chart() {
        assert_eq!(changed(99.5, 3.25), 100.0);
        assert_eq!(changed(2.0, -5.0), 0.0);
        assert_eq!(changed(50.0, -1.25), 48.75);
    }

    #[test]
    fn whole_letters_are_cut_toward_zero_on_both_sides() {
        assert_eq!(changed_in_whole_letters(50.0, 1.99), 51.0);
        assert_eq!(changed_in_whole_letters(50.0, -1.99), 49.0);
        assert_eq!(changed_in_whole_letters(50.0, -0.99), 50.0);
        assert_eq!(changed_in_whole_letters(100.0, 1.0), 100.0);
    }
}
