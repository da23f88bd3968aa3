//! Who goes from which state to which, from mark to mark of years.

use super::{Cohort, Journey, Move, OVER, STATES, flow::state_at, time::year_end};
use crate::Error;

/// The years that marks stand at, if there are so many: more columns could not be told apart.
const FEW: [u32; 6] = [0, 1, 2, 3, 4, 5];
const MANY: [u32; 7] = [0, 1, 2, 5, 10, 15, 20];

impl Cohort<'_> {
    /// The moves of all patients between marks. Who is not followed to a mark is there as such: no patient is lost.
    ///
    /// # Errors
    /// [`Error::Internal`] where the tables are not a run's.
    pub fn journey(&self) -> Result<Journey, Error> {
        type Moves = [[u64; STATES.len()]; STATES.len()];
        let all: &[u32] = if year_end(FEW[5] + 1) > self.days {
            &FEW
        } else {
            &MANY
        };
        let marks: Vec<u32> = all
            .iter()
            .copied()
            .filter(|year| year_end(*year) <= self.days)
            .collect();
        let days: Vec<u32> = marks.iter().map(|year| year_end(*year)).collect();
        let parts = self.each(
            || vec![Moves::default(); days.len().saturating_sub(1)],
            |moves, life| {
                let mut states = vec![OVER; days.len()];
                for (at, day, visits) in life.at(&days) {
                    states[at] = state_at(life, at == 0, day, visits);
                }
                for (at, pair) in states.windows(2).enumerate() {
                    moves[at][pair[0]][pair[1]] += 1;
                }
            },
        )?;
        let between = |at: usize| {
            let places =
                (0..STATES.len()).flat_map(|from| (0..STATES.len()).map(move |to| (from, to)));
            let moves = places.map(|(from, to)| Move {
                from,
                to,
                count: parts.iter().map(|part| part[at][from][to]).sum(),
            });
            moves.filter(|it| it.count > 0).collect()
        };
        Ok(Journey {
            moves: (0..days.len().saturating_sub(1)).map(between).collect(),
            marks,
            patients: self.patients(),
        })
    }
}
