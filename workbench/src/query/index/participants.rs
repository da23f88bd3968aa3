//! Who is in the study: the cohort table's distinct ids, ranked naturally, and for each table with
//! one row a participant where that row is.

use super::NONE;

/// Pointers from participants to the rows of one table: the first row of each participant, and
/// whether any has more than one.
pub(crate) struct PersonRows {
    /// Row per participant, or [`NONE`].
    pub(crate) rows: Vec<u32>,
    /// Rows beyond the first of their participant.
    pub(crate) repeated: u64,
}

impl PersonRows {
    /// From the rank of each row's id.
    pub(crate) fn of(ranks: &[u32], participants: usize) -> Self {
        let mut found = Self {
            rows: vec![NONE; participants],
            repeated: 0,
        };
        for (rank, row) in ranks.iter().zip(0_u32..) {
            match found.rows.get_mut(*rank as usize) {
                Some(place) if *place == NONE => *place = row,
                Some(_) => found.repeated += 1,
                // No id, or nobody of the cohort: the join is a left join on the cohort.
                None => {}
            }
        }
        found
    }
}
