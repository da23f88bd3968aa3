//! Three patients whose counts are worked out by hand, in two groups.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float32Array, Int8Array, RecordBatch,
        StringArray, UInt16Array, UInt32Array,
    },
    datatypes::Int8Type,
};

use super::*;
use crate::simulation::{
    Recruitment, RunInfo, RunStatus,
    model::Reason,
    outcomes::Measure,
    protocol::DiseaseState::{self, Active, HighlyActive, Stable},
    tables::{Tables, patients_schema, visits_schema},
};

/// 2026-01-01.
const FIRST_DAY: i32 = 20_454;

struct Patient {
    /// Days after the run's first.
    enrolled: i32,
    baseline: f32,
    stopped: Option<(u16, Reason)>,
    visits: Vec<(u16, f32, bool, DiseaseState)>,
}

fn patients() -> Vec<Patient> {
    let visit = |day, vision, state| (day, vision, true, state);
    vec![
        Patient {
            enrolled: 0,
            baseline: 60.0,
            stopped: None,
            visits: vec![
                visit(0, 61.0, Stable),
                visit(28, 62.0, Stable),
                visit(400, 64.0, Active),
                visit(700, 63.0, Stable),
            ],
        },
        Patient {
            enrolled: 0,
            baseline: 40.0,
            stopped: Some((30, Reason::PoorVision)),
            visits: vec![visit(0, 38.0, Active), visit(30, 34.0, HighlyActive)],
        },
        // Followed for 330 of the 730 days.
        Patient {
            enrolled: 400,
            baseline: 70.0,
            stopped: None,
            visits: vec![visit(0, 72.0, Active), (100, 75.0, false, Stable)],
        },
    ]
}

fn coded(codes: Int8Array, words: Vec<&'static str>) -> ArrayRef {
    let words = Arc::new(StringArray::from(words));
    Arc::new(DictionaryArray::<Int8Type>::try_new(codes, words).unwrap())
}

fn states(codes: Vec<i8>) -> ArrayRef {
    let names = DiseaseState::ALL.map(DiseaseState::name).to_vec();
    coded(Int8Array::from(codes), names)
}

fn group(first: u32, patients: &[Patient]) -> (RecordBatch, RecordBatch) {
    let count = patients.len();
    let numbers = || first..first + count as u32;
    let ending = |patient: &Patient| patient.stopped.map(|(day, _)| day);
    let reason = |patient: &Patient| patient.stopped.map(|(_, reason)| reason as i8);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from_iter_values(numbers())),
        Arc::new(Date32Array::from_iter_values(
            patients.iter().map(|it| FIRST_DAY + it.enrolled),
        )),
        Arc::new(Float32Array::from_iter_values(
            patients.iter().map(|it| it.baseline),
        )),
        Arc::new(Float32Array::from(vec![0.0; count])),
        states(vec![0; count]),
        Arc::new(UInt32Array::from(vec![0; count])),
        Arc::new(UInt32Array::from(vec![0; count])),
        Arc::new(BooleanArray::from_iter(
            patients.iter().map(|it| Some(it.stopped.is_some())),
        )),
        Arc::new(UInt16Array::from_iter(patients.iter().map(ending))),
        coded(
            Int8Array::from_iter(patients.iter().map(|_| None)),
            vec!["planned"],
        ),
        coded(
            Int8Array::from_iter(patients.iter().map(reason)),
            Reason::ALL.map(Reason::name).to_vec(),
        ),
    ];
    let table = RecordBatch::try_new(patients_schema(), columns).unwrap();
    let visits: Vec<_> = numbers()
        .zip(patients)
        .flat_map(|(number, patient)| {
            patient
                .visits
                .iter()
                .map(move |visit| (number, patient, *visit))
        })
        .collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from_iter_values(visits.iter().map(|it| it.0))),
        Arc::new(Date32Array::from_iter_values(visits.iter().map(
            |(_, patient, visit)| FIRST_DAY + patient.enrolled + i32::from(visit.0),
        ))),
        Arc::new(UInt16Array::from_iter_values(
            visits.iter().map(|it| it.2.0),
        )),
        Arc::new(Float32Array::from_iter_values(
            visits.iter().map(|it| it.2.1),
        )),
        Arc::new(BooleanArray::from_iter(
            visits.iter().map(|it| Some(it.2.2)),
        )),
        Arc::new(UInt16Array::from_iter(visits.iter().map(|_| None))),
        states(visits.iter().map(|it| it.2.3 as i8).collect()),
    ];
    (
        table,
        RecordBatch::try_new(visits_schema(), columns).unwrap(),
    )
}

fn tables() -> Tables {
    let all = patients();
    let (one, other) = (group(1, &all[..2]), group(3, &all[2..]));
    Tables {
        patients: vec![one.0, other.0],
        visits: vec![one.1, other.1],
    }
}

fn run() -> RunInfo {
    RunInfo {
        carried: None,
        trial: None,
        id: "sim_20260311_140509_02-00_calm-otter".into(),
        name: "calm-otter".into(),
        status: RunStatus::Completed,
        reason: None,
        protocol_name: String::new(),
        protocol_version: String::new(),
        protocol_checksum: String::new(),
        protocol: String::new(),
        engine: String::new(),
        model: String::new(),
        patients: 3,
        duration_years: 2.0,
        seed: 1,
        recruitment: Recruitment::OverTheRun,
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

#[track_caller]
fn assert_mean(measure: Measure, n: u64, mean: f64) {
    assert_eq!(measure.n, n);
    assert!((measure.mean - mean).abs() < 1e-9, "{measure:?}");
}

#[test]
fn vision_is_carried_forward_for_all_and_those_who_stopped_leave_the_other_line() {
    let tables = tables();
    let vision = Cohort::of(&run(), &tables).unwrap().vision().unwrap();
    assert_eq!(vision.months.len(), 25);
    let at = |month: usize| vision.months[month];
    assert_mean(at(0).all, 3, 170.0 / 3.0);
    assert_mean(at(0).still_treated, 3, 170.0 / 3.0);
    // Day 30: 62, 34 and 72; the second stopped that day.
    assert_mean(at(1).all, 3, 56.0);
    assert_mean(at(1).still_treated, 2, 67.0);
    assert!((at(1).still_treated.sd - 50.0_f64.sqrt()).abs() < 1e-9);
    // Day 334: the third is followed until day 330.
    assert_mean(at(11).all, 2, 48.0);
    assert_mean(at(11).still_treated, 1, 62.0);
    assert_mean(at(24).all, 2, 48.5);
}

#[test]
fn last_vision_is_told_by_baseline_and_changes_are_binned() {
    let tables = tables();
    let sight = Cohort::of(&run(), &tables).unwrap().sight(10, 5).unwrap();
    let bins: Vec<_> = sight
        .bins
        .iter()
        .map(|bin| (bin.from, bin.n, bin.last))
        .collect();
    assert_eq!(
        bins,
        [(40, 1, [34.0; 3]), (60, 1, [63.0; 3]), (70, 1, [75.0; 3])]
    );
    assert_eq!(sight.drawn, [[60.0, 63.0], [40.0, 34.0], [70.0, 75.0]]);
    // -6 is from -10 on, 3 from 0, 5 from 5.
    assert_eq!(sight.changes, [0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0]);
    assert_eq!(
        sight.changes_still_treated,
        [0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    );
    assert_mean(sight.change, 3, 2.0 / 3.0);
    assert_mean(sight.change_still_treated, 2, 4.0);
}

#[test]
fn intervals_are_in_their_bins_and_gaps_are_counted_by_patient() {
    let tables = tables();
    let found = Cohort::of(&run(), &tables).unwrap().intervals().unwrap();
    // 28, 372, 300; 30; 100.
    assert_eq!(found.bins, [2, 0, 1, 0, 0, 1, 1]);
    assert_mean(found.days, 5, 166.0);
    assert_eq!(found.years.len(), 2);
    assert_mean(found.years[0], 3, 158.0 / 3.0);
    assert_mean(found.years[1], 2, 336.0);
    assert_eq!((found.with_gap, found.unseen, found.patients), (1, 2, 3));
}

#[test]
fn every_patient_is_in_one_state_at_every_moment() {
    let tables = tables();
    let flow = Cohort::of(&run(), &tables)
        .unwrap()
        .flow(Step::Month)
        .unwrap();
    assert_eq!(flow.patients, 3);
    assert!(
        flow.moments
            .iter()
            .all(|moment| moment.states.iter().sum::<u64>() == 3)
    );
    assert_eq!(flow.moments[0].states, [3, 0, 0, 0, 0, 0, 0]);
    assert_eq!(flow.moments[1].states, [0, 1, 1, 0, 0, 1, 0]);
    assert_eq!(flow.moments[11].states, [0, 1, 0, 0, 0, 1, 1]);
    assert_eq!(flow.moments[14].states, [0, 0, 1, 0, 0, 1, 1]);
}

#[test]
fn nobody_is_lost_on_the_way_from_year_to_year() {
    let tables = tables();
    let journey = Cohort::of(&run(), &tables).unwrap().journey().unwrap();
    let moves = |at: usize| -> Vec<_> {
        journey.moves[at]
            .iter()
            .map(|it| (it.from, it.to, it.count))
            .collect()
    };
    assert_eq!(journey.marks, [0, 1, 2]);
    assert_eq!(moves(0), [(0, 1, 1), (0, STOPPED, 1), (0, OVER, 1)]);
    assert_eq!(
        moves(1),
        [(1, 1, 1), (STOPPED, STOPPED, 1), (OVER, OVER, 1)]
    );
}

#[test]
fn a_year_counts_those_who_are_followed_to_its_end() {
    let tables = tables();
    let years = Cohort::of(&run(), &tables).unwrap().frequency().unwrap();
    assert_eq!(years.len(), 2);
    assert_mean(years[0].all.visits, 2, 2.0);
    assert_mean(years[0].still_treated.injections, 1, 2.0);
    assert_mean(years[1].all.visits, 2, 1.0);
    assert_mean(years[1].still_treated.visits, 1, 2.0);
    assert_eq!(years[1].all.ratio, 1.0);
}

#[test]
fn who_stopped_is_told_by_month_and_reason() {
    let tables = tables();
    let found = Cohort::of(&run(), &tables).unwrap().stopping().unwrap();
    assert_eq!(found.stopped, [1, 0, 0, 0]);
    let at = |month: usize| (found.months[month].n, found.months[month].stopped);
    assert_eq!(at(0), (3, [0; 4]));
    assert_eq!(at(1), (3, [1, 0, 0, 0]));
    assert_eq!(at(11), (2, [1, 0, 0, 0]));
}

#[test]
fn patients_are_drawn_by_a_seed_and_shown_as_they_are() {
    let tables = tables();
    let run = run();
    let cohort = Cohort::of(&run, &tables).unwrap();
    let drawn = |count, seed| {
        let found = cohort.trajectories(count, seed).unwrap();
        found
            .patients
            .iter()
            .map(|it| it.patient)
            .collect::<Vec<_>>()
    };
    assert_eq!(drawn(2, 1).len(), 2);
    assert_eq!(drawn(2, 1), drawn(2, 1));
    assert!((0..50).any(|seed| drawn(2, seed) != drawn(2, 1)));
    assert_eq!(drawn(9, 1), [1, 2, 3]);
    let all = cohort.trajectories(9, 1).unwrap();
    assert_eq!(all.of, 3);
    assert_eq!(all.patients[1].stopped, Some(30));
    let last = VisitAt {
        day: 100,
        vision: 75.0,
        is_injected: false,
    };
    assert_eq!(all.patients[2].visits.last(), Some(&last));
}
