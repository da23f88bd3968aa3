//! Runs made by hand, patient by patient.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float32Array, Int8Array, RecordBatch,
        StringArray, UInt16Array, UInt32Array,
    },
    datatypes::Int8Type,
};
use workbench::{
    Limits, Workbench,
    compare::{Comparison, Mode, Request, Side},
    simulation::{
        Recruitment, RunInfo, RunStatus,
        tables::{Tables, patients_schema, visits_schema},
    },
};

/// The first day of every run here, 2026-01-01, counted from 1970.
pub const FIRST_DAY: i32 = 20_454;
/// Patients of a group, so that runs have several.
const GROUP: usize = 2;

/// A patient: days after the run's first, letters before, visits (day, letters, injected), and when and why they stopped.
#[derive(Debug, Clone)]
pub struct Person {
    pub came: i32,
    pub baseline: f32,
    pub visits: Vec<(u16, f32, bool)>,
    pub stopped: Option<(u16, i8)>,
}

pub fn info(id: &str, years: f64) -> RunInfo {
    RunInfo {
        carried: None,
        trial: None,
        id: id.into(),
        name: format!("run {id}"),
        status: RunStatus::Completed,
        reason: None,
        protocol_name: String::new(),
        protocol_version: String::new(),
        protocol_checksum: String::new(),
        protocol: String::new(),
        engine: "visit-based 1".into(),
        model: "treat_and_extend".into(),
        patients: 0,
        duration_years: years,
        seed: 1,
        recruitment: Recruitment::AllAtOnce,
        start_date: "2026-01-01".into(),
        created_at: 0,
        created_by: String::new(),
        result: None,
        tags: Vec::new(),
        notes: String::new(),
        is_pinned: false,
        last_accessed: None,
        access_count: 0,
        version: 1,
    }
}

pub fn side(info: RunInfo, people: &[Person]) -> Side {
    let (patients, visits) = people.chunks(GROUP).map(tables).unzip();
    Side {
        info,
        rows: Arc::new(Tables { patients, visits }),
    }
}

fn coded(codes: Int8Array, words: &[&str]) -> ArrayRef {
    let words = StringArray::from(words.to_vec());
    Arc::new(DictionaryArray::<Int8Type>::try_new(codes, Arc::new(words)).unwrap())
}

fn tables(people: &[Person]) -> (RecordBatch, RecordBatch) {
    let count = people.len() as u32;
    let ids = || (1..=count).collect::<Vec<_>>();
    let last = |person: &Person| {
        person
            .visits
            .last()
            .map_or(person.baseline, |visit| visit.1)
    };
    let stopped = |person: &Person| person.stopped.map(|(day, _)| day);
    let reason = |person: &Person| person.stopped.map(|(_, reason)| reason);
    let injections = |person: &Person| person.visits.iter().filter(|visit| visit.2).count() as u32;
    let states = ["NAIVE", "STABLE", "ACTIVE", "HIGHLY_ACTIVE"];
    let none = || Int8Array::from(vec![None::<i8>; people.len()]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from(ids())),
        Arc::new(
            people
                .iter()
                .map(|it| Some(FIRST_DAY + it.came))
                .collect::<Date32Array>(),
        ),
        Arc::new(
            people
                .iter()
                .map(|it| Some(it.baseline))
                .collect::<Float32Array>(),
        ),
        Arc::new(
            people
                .iter()
                .map(|it| Some(last(it)))
                .collect::<Float32Array>(),
        ),
        coded(Int8Array::from(vec![1; people.len()]), &states),
        Arc::new(
            people
                .iter()
                .map(|it| Some(injections(it)))
                .collect::<UInt32Array>(),
        ),
        Arc::new(
            people
                .iter()
                .map(|it| Some(it.visits.len() as u32))
                .collect::<UInt32Array>(),
        ),
        Arc::new(
            people
                .iter()
                .map(|it| Some(it.stopped.is_some()))
                .collect::<BooleanArray>(),
        ),
        Arc::new(people.iter().map(stopped).collect::<UInt16Array>()),
        coded(none(), &["planned"]),
        coded(
            people.iter().map(reason).collect(),
            &["poor_vision", "injections", "months"],
        ),
    ];
    let patients = RecordBatch::try_new(patients_schema(), columns).unwrap();
    let rows = || {
        people
            .iter()
            .zip(ids())
            .flat_map(|(person, id)| person.visits.iter().map(move |visit| (person, id, visit)))
    };
    let day = |(person, _, visit): (&Person, u32, &(u16, f32, bool))| {
        Some(FIRST_DAY + person.came + i32::from(visit.0))
    };
    let count = rows().count();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows().map(|row| Some(row.1)).collect::<UInt32Array>()),
        Arc::new(rows().map(day).collect::<Date32Array>()),
        Arc::new(rows().map(|row| Some(row.2.0)).collect::<UInt16Array>()),
        Arc::new(rows().map(|row| Some(row.2.1)).collect::<Float32Array>()),
        Arc::new(rows().map(|row| Some(row.2.2)).collect::<BooleanArray>()),
        Arc::new(UInt16Array::from(vec![None::<u16>; count])),
        coded(Int8Array::from(vec![1; count]), &states),
    ];
    (
        patients,
        RecordBatch::try_new(visits_schema(), columns).unwrap(),
    )
}

/// What is asked of these sides in a mode.
pub fn request(sides: &[Side], mode: Mode) -> Request {
    Request {
        ids: sides.iter().map(|side| side.info.id.clone()).collect(),
        mode,
        ..Request::default()
    }
}

/// The answer of a workbench that knows nothing yet.
pub fn compared(request: &Request, sides: &[Side]) -> Comparison {
    let folder = tempfile::tempdir().unwrap();
    let workbench = Workbench::open(folder.path(), Limits::default()).unwrap();
    workbench.compare(request, sides).unwrap()
}
