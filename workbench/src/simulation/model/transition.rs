//! Step 1 of a visit: the disease moves on, by chance, from the state that the visit before found.

use rand::Rng;

use super::random::Random;
use crate::simulation::protocol::{DiseaseState, Protocol, Row};

/// The chances of one row, summed up: of stable, and of stable or active.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cumulative {
    stable: f64,
    active: f64,
}

impl Cumulative {
    /// From weights of any sum above 0. A state of weight 0 is never drawn, however the sums are rounded.
    fn of(weights: [f64; 3]) -> Self {
        let [stable, active, highly_active] = weights;
        let sum: f64 = weights.iter().sum();
        let is_last = |others: f64| others == 0.0;
        Self {
            stable: if is_last(active + highly_active) {
                1.0
            } else {
                stable / sum
            },
            active: if is_last(highly_active) {
                1.0
            } else {
                (stable + active) / sum
            },
        }
    }

    /// The state at `place`, from 0 to below 1.
    fn at(self, place: f64) -> DiseaseState {
        if place < self.stable {
            DiseaseState::Stable
        } else if place < self.active {
            DiseaseState::Active
        } else {
            DiseaseState::HighlyActive
        }
    }
}

/// How the disease moves on, from each state, untreated and treated.
#[derive(Debug, Clone)]
pub(super) struct Transitions {
    rows: [[Cumulative; 2]; 4],
}

impl Transitions {
    pub(super) fn of(protocol: &Protocol) -> Self {
        let rows = DiseaseState::ALL.map(|state| {
            let chances = protocol.transitions.from(state);
            let multipliers = protocol.treatment.multipliers.from(state);
            [
                Cumulative::of(chances.numbers()),
                Cumulative::of(treated(chances, multipliers)),
            ]
        });
        Self { rows }
    }

    /// The state that a visit finds. One draw.
    pub(super) fn next(
        &self,
        from: DiseaseState,
        is_treated: bool,
        random: &mut Random,
    ) -> DiseaseState {
        self.rows[from as usize][usize::from(is_treated)].at(random.random())
    }
}

/// A row under treatment, before it is brought back to 1.
fn treated(chances: Row, multipliers: Row) -> [f64; 3] {
    let (chances, multipliers) = (chances.numbers(), multipliers.numbers());
    std::array::from_fn(|at| chances[at] * multipliers[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_treated_row_is_multiplied_and_brought_back_to_one() {
        let chances = Row {
            stable: 0.2,
            active: 0.7,
            highly_active: 0.1,
        };
        let multipliers = Row {
            stable: 2.0,
            active: 0.8,
            highly_active: 0.5,
        };
        let row = Cumulative::of(treated(chances, multipliers));
        // 0.4, 0.56, 0.05 of 1.01
        assert!((row.stable - 0.4 / 1.01).abs() < 1e-15);
        assert!((row.active - 0.96 / 1.01).abs() < 1e-15);
    }

    #[test]
    fn what_has_no_chance_never_happens() {
        let almost_one = 1.0 - f64::EPSILON / 2.0;
        for weights in [[0.85, 0.15, 0.0], [0.1 * 3.0, 0.7, 0.0]] {
            assert_eq!(Cumulative::of(weights).at(almost_one), DiseaseState::Active);
        }
        let only_stable = Cumulative::of([0.3, 0.0, 0.0]);
        assert_eq!(only_stable.at(almost_one), DiseaseState::Stable);
        assert_eq!(
            Cumulative::of([0.0, 0.0, 2.0]).at(0.0),
            DiseaseState::HighlyActive
        );
    }
}
