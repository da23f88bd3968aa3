//! The rows of one group, gathered into columns.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float32Array, Int8Array, RecordBatch,
        StringArray, UInt16Array, UInt32Array,
    },
    datatypes::Int8Type,
};

use super::schema::{patients_schema, visits_schema};
use crate::{
    Error,
    simulation::{
        model::{Ending, Life, Reason, Visit},
        protocol::{DiseaseState, EndKind, EndRules},
    },
};

/// Both tables' rows of one group, in the making.
#[derive(Default)]
pub(crate) struct Columns {
    visits: Visits,
    patients: Patients,
}

#[derive(Default)]
struct Visits {
    patient: Vec<u32>,
    date: Vec<i32>,
    day: Vec<u16>,
    vision: Vec<f32>,
    is_injected: Vec<bool>,
    next_interval: Vec<Option<u16>>,
    state: Vec<i8>,
}

#[derive(Default)]
struct Patients {
    patient: Vec<u32>,
    enrollment: Vec<i32>,
    baseline: Vec<f32>,
    vision: Vec<f32>,
    state: Vec<i8>,
    injections: Vec<u32>,
    visits: Vec<u32>,
    ending_day: Vec<Option<u16>>,
    ending_kind: Vec<Option<i8>>,
    ending_reason: Vec<Option<i8>>,
}

impl Columns {
    /// The next visit of a patient whose first was on `enrollment`, in days since 1970.
    pub(crate) fn push_visit(&mut self, patient: u32, enrollment: i32, visit: Visit) {
        let rows = &mut self.visits;
        rows.patient.push(patient);
        rows.date
            .push(enrollment.saturating_add_unsigned(visit.day));
        rows.day.push(days(visit.day));
        rows.vision.push(letters(visit.vision));
        rows.is_injected.push(visit.is_injected);
        rows.next_interval.push(visit.next_interval);
        rows.state.push(visit.state as i8);
    }

    /// A patient, after their visits.
    pub(crate) fn push_patient(
        &mut self,
        patient: u32,
        enrollment: i32,
        life: &Life,
        rules: &EndRules,
    ) {
        let rows = &mut self.patients;
        rows.patient.push(patient);
        rows.enrollment.push(enrollment);
        rows.baseline.push(letters(life.baseline));
        rows.vision.push(letters(life.vision));
        rows.state.push(life.state as i8);
        rows.injections.push(life.injections);
        rows.visits.push(life.visits);
        rows.ending_day.push(life.ending.map(|end| days(end.day)));
        let kind = |end: Ending| end.reason.kind(rules) as i8;
        rows.ending_kind.push(life.ending.map(kind));
        rows.ending_reason
            .push(life.ending.map(|end| end.reason as i8));
    }

    /// The tables: patients, then visits.
    pub(crate) fn finish(self) -> Result<(RecordBatch, RecordBatch), Error> {
        let Self { visits, patients } = self;
        let states = words(DiseaseState::ALL.map(DiseaseState::name));
        let discontinued: BooleanArray = patients
            .ending_day
            .iter()
            .map(|day| Some(day.is_some()))
            .collect();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from(patients.patient)),
            Arc::new(Date32Array::from(patients.enrollment)),
            Arc::new(Float32Array::from(patients.baseline)),
            Arc::new(Float32Array::from(patients.vision)),
            coded(Int8Array::from(patients.state), &states)?,
            Arc::new(UInt32Array::from(patients.injections)),
            Arc::new(UInt32Array::from(patients.visits)),
            Arc::new(discontinued),
            Arc::new(UInt16Array::from(patients.ending_day)),
            coded(
                Int8Array::from(patients.ending_kind),
                &words(EndKind::ALL.map(EndKind::name)),
            )?,
            coded(
                Int8Array::from(patients.ending_reason),
                &words(Reason::ALL.map(Reason::name)),
            )?,
        ];
        let patients = RecordBatch::try_new(patients_schema(), columns)?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from(visits.patient)),
            Arc::new(Date32Array::from(visits.date)),
            Arc::new(UInt16Array::from(visits.day)),
            Arc::new(Float32Array::from(visits.vision)),
            Arc::new(BooleanArray::from(visits.is_injected)),
            Arc::new(UInt16Array::from(visits.next_interval)),
            coded(Int8Array::from(visits.state), &states)?,
        ];
        let visits = RecordBatch::try_new(visits_schema(), columns)?;
        Ok((patients, visits))
    }
}

/// A run has at most 20 years.
fn days(day: u32) -> u16 {
    u16::try_from(day).unwrap_or(u16::MAX)
}

/// A 32-bit float has seven digits, a chart three.
fn letters(vision: f64) -> f32 {
    vision as f32
}

fn words<const N: usize>(names: [&'static str; N]) -> ArrayRef {
    Arc::new(StringArray::from(names.to_vec()))
}

/// Codes with the words they stand for.
fn coded(codes: Int8Array, words: &ArrayRef) -> Result<ArrayRef, Error> {
    let coded = DictionaryArray::<Int8Type>::try_new(codes, Arc::clone(words))?;
    Ok(Arc::new(coded))
}
