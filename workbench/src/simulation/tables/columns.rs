//! The rows of one group, gathered into columns.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float32Array, Int8Array, RecordBatch,
        StringArray, UInt16Array, UInt32Array,
    },
    datatypes::Int8Type,
};

use super::schema::{UNKNOWN, patients_schema, visits_schema};
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
    /// Whether there are patients of whose disease nothing is known.
    has_unknown: bool,
}

/// A visit of which only this is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Days since the patient's first.
    pub(crate) day: u16,
    pub(crate) value: f32,
    pub(crate) is_injected: bool,
}

/// The code of [`UNKNOWN`], behind those of the known states.
const UNKNOWN_CODE: i8 = DiseaseState::ALL.len() as i8;

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

    /// A patient of a trial, with their visits in order of time.
    pub(crate) fn push_measured(&mut self, patient: u32, enrollment: i32, visits: &[Measured]) {
        self.has_unknown = true;
        let (first, last) = (visits.first(), visits.last());
        let (Some(first), Some(last)) = (first, last) else {
            return;
        };
        let next = visits.iter().skip(1).map(|next| Some(next.day));
        for (visit, next) in visits.iter().zip(next.chain([None])) {
            let rows = &mut self.visits;
            rows.patient.push(patient);
            rows.date.push(enrollment.saturating_add(visit.day.into()));
            rows.day.push(visit.day);
            rows.vision.push(visit.value);
            rows.is_injected.push(visit.is_injected);
            rows.next_interval.push(next.map(|next| next - visit.day));
            rows.state.push(UNKNOWN_CODE);
        }
        let rows = &mut self.patients;
        rows.patient.push(patient);
        rows.enrollment.push(enrollment);
        rows.baseline.push(first.value);
        rows.vision.push(last.value);
        rows.state.push(UNKNOWN_CODE);
        let injections = visits.iter().filter(|visit| visit.is_injected).count();
        rows.injections.push(count(injections));
        rows.visits.push(count(visits.len()));
        rows.ending_day.push(None);
        rows.ending_kind.push(None);
        rows.ending_reason.push(None);
    }

    /// The tables: patients, then visits.
    pub(crate) fn finish(self) -> Result<(RecordBatch, RecordBatch), Error> {
        let Self {
            visits,
            patients,
            has_unknown,
        } = self;
        let known = DiseaseState::ALL.map(DiseaseState::name);
        let unknown = has_unknown.then_some(UNKNOWN);
        let states = words(known.into_iter().chain(unknown));
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
                &words(EndKind::ALL.map(EndKind::name).into_iter()),
            )?,
            coded(
                Int8Array::from(patients.ending_reason),
                &words(Reason::ALL.map(Reason::name).into_iter()),
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

/// Rows of one patient: fewer than the rows of any table.
fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

fn words(names: impl Iterator<Item = &'static str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(names))
}

/// Codes with the words they stand for.
fn coded(codes: Int8Array, words: &ArrayRef) -> Result<ArrayRef, Error> {
    let coded = DictionaryArray::<Int8Type>::try_new(codes, Arc::clone(words))?;
    Ok(Arc::new(coded))
}
