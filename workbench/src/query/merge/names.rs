//! Columns of a result by their names: one per visit in wide form, and no name twice.

use std::collections::HashSet;

use super::plan::Planned;
use crate::{Error, query::ResultColumn};

/// Columns of one result: a wide form past that is a mistake, not a table.
const MOST_COLUMNS: usize = 20_000;

/// Each visit-level column once per visit: all visits of the first column, then of the next.
pub(super) fn widen(
    plan: &mut Vec<Planned>,
    columns: Vec<Planned>,
    visits: Vec<String>,
) -> Result<(), Error> {
    let count = plan.len() + columns.len() * visits.len();
    if count > MOST_COLUMNS {
        return Err(Error::BadRequest(format!(
            "One row per participant would take {count} columns, more than {MOST_COLUMNS}. Take \
             fewer visits or columns, or the long form."
        )));
    }
    for planned in columns {
        for (slot, visit) in (0..).zip(&visits) {
            plan.push(Planned {
                column: ResultColumn {
                    name: format!("{}_{visit}", planned.column.name),
                    visit: Some(visit.clone()),
                    ..planned.column.clone()
                },
                cells: planned.cells.clone(),
                slot: Some(slot),
                distinct: planned.distinct,
            });
        }
    }
    Ok(())
}

/// `labs.day` may be a column's own name, or `bili_1` a participant's: later ones get a number.
pub(super) fn make_unique(plan: &mut [Planned]) {
    let mut names: HashSet<String> = HashSet::new();
    for planned in plan {
        let mut name = planned.column.name.clone();
        let mut number = 2;
        while !names.insert(name.clone()) {
            name = format!("{} ({number})", planned.column.name);
            number += 1;
        }
        planned.column.name = name;
    }
}
