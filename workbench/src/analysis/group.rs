//! The patients of one group, out of the columns of its two tables.

use std::ops::Range;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, UInt16Array},
    datatypes::{Date32Type, Float32Type, Int8Type, UInt16Type, UInt32Type},
};

use super::types::{OTHER, REASONS};
use crate::{
    Error,
    simulation::{
        model::Reason,
        outcomes::{column, other_type, values},
        protocol::DiseaseState,
    },
};

/// One patient.
pub(super) struct Life<'a> {
    pub(super) patient: u32,
    /// Days from the first visit to the end of the run.
    pub(super) followed: u32,
    pub(super) baseline: f64,
    /// The day the patient stopped, and the place of the reason in [`REASONS`].
    pub(super) stopped: Option<(u32, usize)>,
    /// Of the visits, rising.
    pub(super) days: &'a [u16],
    /// Vision after each.
    pub(super) letters: &'a [f32],
    group: &'a Group<'a>,
    rows: Range<usize>,
}

impl Life<'_> {
    /// Whether there was an injection at a visit.
    pub(super) fn is_injected(&self, visit: usize) -> bool {
        self.group.injected.value(self.rows.start + visit)
    }

    /// What a visit found, as a place of [`STATES`](super::STATES).
    pub(super) fn state(&self, visit: usize) -> usize {
        let code = self.group.states[self.rows.start + visit];
        let known = usize::try_from(code).ok();
        known
            .and_then(|code| self.group.state_places.get(code).copied())
            .unwrap_or(OTHER)
    }

    /// Vision at the last visit.
    pub(super) fn last(&self) -> f64 {
        self.letters
            .last()
            .map_or(self.baseline, |last| f64::from(*last))
    }

    /// Whether the patient had stopped by the end of a day.
    pub(super) fn has_stopped(&self, day: u32) -> bool {
        self.stopped.is_some_and(|(stopped, _)| stopped <= day)
    }

    /// Each of some days, rising, on which the patient is followed, with the number of visits until its end.
    pub(super) fn at<'d>(
        &self,
        days: &'d [u32],
    ) -> impl Iterator<Item = (usize, u32, usize)> + use<'_, 'd> {
        let mut seen = 0;
        let followed = days.partition_point(|day| *day <= self.followed);
        days[..followed].iter().enumerate().map(move |(at, day)| {
            while self
                .days
                .get(seen)
                .is_some_and(|visit| u32::from(*visit) <= *day)
            {
                seen += 1;
            }
            (at, *day, seen)
        })
    }
}

/// The columns of one group.
pub(super) struct Group<'a> {
    ids: &'a [u32],
    enrolled: &'a [i32],
    baselines: &'a [f32],
    discontinued: &'a BooleanArray,
    stopped: &'a UInt16Array,
    /// By patient; the place of the reason.
    reasons: Vec<usize>,
    of: &'a [u32],
    days: &'a [u16],
    letters: &'a [f32],
    injected: &'a BooleanArray,
    states: &'a [i8],
    /// The places of the words that codes stand for.
    state_places: Vec<usize>,
}

impl<'a> Group<'a> {
    pub(super) fn of(patients: &'a RecordBatch, visits: &'a RecordBatch) -> Result<Self, Error> {
        let states = coded(
            visits,
            "disease_state",
            &DiseaseState::ALL.map(DiseaseState::name),
        )?;
        let reasons = coded(
            patients,
            "discontinuation_reason",
            &Reason::ALL.map(Reason::name),
        )?;
        let stopped = column(patients, "discontinuation_time")?;
        let place = |code: &i8| {
            let known = usize::try_from(*code).ok();
            known
                .and_then(|code| reasons.places.get(code).copied())
                .unwrap_or(REASONS.len() - 1)
        };
        Ok(Self {
            ids: values::<UInt32Type>(patients, "patient_id")?,
            enrolled: values::<Date32Type>(patients, "enrollment_date")?,
            baselines: values::<Float32Type>(patients, "baseline_vision")?,
            discontinued: flags(patients, "discontinued")?,
            stopped: stopped
                .as_primitive_opt::<UInt16Type>()
                .ok_or_else(|| other_type("discontinuation_time"))?,
            reasons: reasons
                .codes
                .iter()
                .enumerate()
                .map(|(at, code)| match reasons.column.is_null(at) {
                    true => REASONS.len() - 1,
                    false => place(code),
                })
                .collect(),
            of: values::<UInt32Type>(visits, "patient_id")?,
            days: values::<UInt16Type>(visits, "time_days")?,
            letters: values::<Float32Type>(visits, "vision")?,
            injected: flags(visits, "injected")?,
            states: states.codes,
            state_places: states.places,
        })
    }

    /// Takes each patient in; the run ends on this day since 1970.
    pub(super) fn each(&self, end: i32, mut take: impl FnMut(&Life<'_>)) {
        let mut row = 0;
        for (at, id) in self.ids.iter().enumerate() {
            let rest = &self.of[row..];
            // A patient has some dozens of visits: looking one by one is quicker than halving thousands.
            let count = rest.iter().take_while(|patient| *patient <= id).count();
            let rows = row..row + count;
            row = rows.end;
            let days = &self.days[rows.clone()];
            let day = || match self.stopped.is_null(at) {
                true => days.last().map_or(0, |day| u32::from(*day)),
                false => u32::from(self.stopped.value(at)),
            };
            take(&Life {
                patient: *id,
                followed: u32::try_from(end - self.enrolled[at]).unwrap_or_default(),
                baseline: f64::from(self.baselines[at]),
                stopped: self
                    .discontinued
                    .value(at)
                    .then(|| (day(), self.reasons[at])),
                days,
                letters: &self.letters[rows.clone()],
                group: self,
                rows,
            });
        }
    }
}

/// A column of codes for words.
struct Coded<'a> {
    column: &'a ArrayRef,
    codes: &'a [i8],
    /// The place of each word among the known ones; of another, their number.
    places: Vec<usize>,
}

fn coded<'a>(table: &'a RecordBatch, name: &str, known: &[&str]) -> Result<Coded<'a>, Error> {
    let column = column(table, name)?;
    let coded = column
        .as_dictionary_opt::<Int8Type>()
        .ok_or_else(|| other_type(name))?;
    let words = coded
        .values()
        .as_string_opt::<i32>()
        .ok_or_else(|| other_type(name))?;
    let place = |word: Option<&str>| {
        let found = known.iter().position(|known| Some(*known) == word);
        found.unwrap_or(known.len())
    };
    Ok(Coded {
        column,
        codes: coded.keys().values(),
        places: words.iter().map(place).collect(),
    })
}

fn flags<'a>(table: &'a RecordBatch, name: &str) -> Result<&'a BooleanArray, Error> {
    column(table, name)?
        .as_boolean_opt()
        .ok_or_else(|| other_type(name))
}
