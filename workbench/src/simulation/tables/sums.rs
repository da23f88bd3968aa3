//! What a list says of a run without opening it: sums over its patients, group by group.

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{Float32Type, UInt32Type},
};

use crate::simulation::Means;

/// Means are told to four decimals: as JSON such a number comes back as it was.
const DECIMALS: f64 = 1e4;

/// Of some patients.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sums {
    patients: usize,
    baseline: f64,
    last: f64,
    injections: u64,
}

impl Sums {
    /// Of a group's table of patients, whose columns are those of the schema.
    pub(super) fn of_group(patients: &RecordBatch) -> Self {
        let letters = |name: &str| -> f64 {
            let column = patients.column_by_name(name);
            let values = column.and_then(|column| column.as_primitive_opt::<Float32Type>());
            values.map_or(0.0, |values| {
                values.values().iter().map(|it| f64::from(*it)).sum()
            })
        };
        let injections = patients
            .column_by_name("total_injections")
            .and_then(|column| column.as_primitive_opt::<UInt32Type>());
        Self {
            patients: patients.num_rows(),
            baseline: letters("baseline_vision"),
            last: letters("final_vision"),
            injections: injections.map_or(0, |values| {
                values.values().iter().map(|it| u64::from(*it)).sum()
            }),
        }
    }

    /// Of all groups, in their order: the same to the last digit however many threads there were.
    pub(crate) fn means(groups: &[Self]) -> Option<Means> {
        let mut all = Self::default();
        for group in groups {
            all.patients += group.patients;
            all.baseline += group.baseline;
            all.last += group.last;
            all.injections += group.injections;
        }
        let mean = |sum: f64| (sum / all.patients as f64 * DECIMALS).round() / DECIMALS;
        (all.patients > 0).then(|| Means {
            baseline: mean(all.baseline),
            last: mean(all.last),
            injections: mean(all.injections as f64),
        })
    }
}
