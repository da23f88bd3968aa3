//! One patient after another, with their visits.

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch},
    datatypes::{Date32Type, Float32Type, UInt16Type, UInt32Type},
};

use super::{
    rows::{column, flags, other_type, values},
    span::Span,
};
use crate::Error;

/// Columns of patients that [`each`] reads.
pub(super) const PATIENTS: [&str; 3] = ["enrollment_date", "total_visits", "discontinuation_time"];
/// Columns of visits that [`each`] reads, and `injected` where injections are wanted.
pub(super) const VISITS: [&str; 3] = ["time_days", "vision", "injected"];

/// A patient, as far as they are looked at.
pub(super) struct Life<'a> {
    /// The place in the group.
    pub at: usize,
    pub enrolled: i32,
    /// Days for which they are looked at.
    pub followed: u32,
    /// The day since enrolment on which they stopped, if that was within these days.
    pub stopped: Option<u32>,
    /// Of each visit: days since enrolment, rising.
    pub days: &'a [u16],
    /// Of each visit: letters.
    pub vision: &'a [f32],
    /// Of all visits of the group, and where this patient's begin.
    injected: Option<(&'a BooleanArray, usize)>,
}

impl Life<'_> {
    /// How many visits were on or before a day.
    pub(super) fn visits_until(&self, day: u32) -> usize {
        self.days.partition_point(|visit| u32::from(*visit) <= day)
    }

    /// Whether there was an injection at a visit; never where they are not read.
    pub(super) fn is_injected(&self, visit: usize) -> bool {
        self.injected
            .is_some_and(|(injected, first)| injected.value(first + visit))
    }

    /// Whether they had stopped by a day since enrolment.
    pub(super) fn has_stopped(&self, day: u32) -> bool {
        self.stopped.is_some_and(|stopped| stopped <= day)
    }
}

/// Each patient of a group. Visits are sorted by patient and time, so that counts of visits say whose they are.
pub(super) fn each(
    (patients, visits): (&RecordBatch, &RecordBatch),
    span: &Span,
    mut look: impl FnMut(&Life<'_>),
) -> Result<(), Error> {
    let enrolled = values::<Date32Type>(patients, "enrollment_date")?;
    let counts = values::<UInt32Type>(patients, "total_visits")?;
    let stopped = column(patients, "discontinuation_time")?
        .as_primitive_opt::<UInt16Type>()
        .ok_or_else(|| other_type("discontinuation_time"))?;
    let days = values::<UInt16Type>(visits, "time_days")?;
    let vision = values::<Float32Type>(visits, "vision")?;
    let injected = match visits.column_by_name("injected") {
        Some(_) => Some(flags(visits, "injected")?),
        None => None,
    };
    let mut first = 0;
    for (at, count) in counts.iter().enumerate() {
        let end = first + *count as usize;
        if end > days.len() {
            return Err(Error::Internal(
                "the run has fewer visits than its patients count; simulate it again".into(),
            ));
        }
        let followed = span.followed(enrolled[at]);
        let day = stopped.is_valid(at).then(|| u32::from(stopped.value(at)));
        look(&Life {
            at,
            enrolled: enrolled[at],
            followed,
            stopped: day.filter(|day| *day <= followed),
            days: &days[first..end],
            vision: &vision[first..end],
            injected: injected.map(|injected| (injected, first)),
        });
        first = end;
    }
    Ok(())
}
