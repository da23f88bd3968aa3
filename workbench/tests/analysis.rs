//! A simulated run in charts: what must hold whatever chance did.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use tokio_util::sync::CancellationToken;
use workbench::{
    analysis::{Cohort, STOPPED, Step, read},
    simulation::{
        Meter, Order, Recruitment, RunInfo, RunStatus,
        outcomes::{Outcomes, outcomes},
        protocol::Protocol,
        simulate,
        tables::{Stored, Tables},
    },
};

const STANDARD: &str = include_str!("../../samples/protocols/aflibercept_te.yaml");
const PATIENTS: u32 = 5000;

struct Run {
    info: RunInfo,
    tables: Tables,
    outcomes: Outcomes,
    visits: u64,
}

fn run(recruitment: Recruitment) -> Run {
    let order = Order {
        name: None,
        protocol: STANDARD.to_owned(),
        patients: PATIENTS,
        duration_years: 5.0,
        seed: 11,
        recruitment,
        start_date: "2026-01-01".into(),
        tags: Vec::new(),
        notes: String::new(),
    };
    let info = RunInfo {
        carried: None,
        trial: None,
        id: "sim_20260311_140509_05-00_calm-otter".into(),
        name: "calm-otter".into(),
        status: RunStatus::Completed,
        reason: None,
        protocol_name: String::new(),
        protocol_version: String::new(),
        protocol_checksum: String::new(),
        protocol: order.protocol.clone(),
        engine: String::new(),
        model: String::new(),
        patients: order.patients,
        duration_years: order.duration_years,
        seed: order.seed,
        recruitment: order.recruitment,
        start_date: order.start_date.clone(),
        created_at: 0,
        created_by: String::new(),
        result: None,
        tags: Vec::new(),
        notes: String::new(),
        is_pinned: false,
        last_accessed: None,
        access_count: 0,
        version: 1,
    };
    let folder = tempfile::tempdir().unwrap();
    let protocol = Protocol::read(&order.protocol).unwrap();
    let (meter, cancel) = (Meter::default(), CancellationToken::new());
    let done = simulate(&protocol, &order, folder.path(), 2, &meter, &cancel).unwrap();
    let stored = Stored::open(folder.path()).unwrap();
    Run {
        outcomes: outcomes(&info, &stored).unwrap(),
        tables: read(&stored).unwrap(),
        info,
        visits: done.visits as u64,
    }
}

#[test]
fn all_patients_stay_in_the_line_of_all_and_both_ends_are_the_outcomes() {
    let run = run(Recruitment::AllAtOnce);
    let vision = Cohort::of(&run.info, &run.tables)
        .unwrap()
        .vision()
        .unwrap();
    assert_eq!(vision.months.len(), 61);
    assert!(
        vision
            .months
            .iter()
            .all(|month| month.all.n == u64::from(PATIENTS))
    );
    let treated = vision.months.iter().map(|month| month.still_treated.n);
    assert!(treated.is_sorted_by(|one, next| one >= next));
    let (first, last) = (vision.months[0], vision.months[60]);
    assert!((first.all.mean - run.outcomes.all.baseline.mean).abs() < 1e-9);
    assert!((last.all.mean - run.outcomes.all.last.mean).abs() < 1e-9);
    assert!((last.all.sd - run.outcomes.all.last.sd).abs() < 1e-9);
    assert_eq!(last.still_treated.n, run.outcomes.still_treated.last.n);
    assert!((last.still_treated.mean - run.outcomes.still_treated.last.mean).abs() < 1e-9);
}

#[test]
fn counts_add_up_to_patients_intervals_and_outcomes() {
    for recruitment in [Recruitment::AllAtOnce, Recruitment::OverTheRun] {
        let run = run(recruitment);
        let cohort = Cohort::of(&run.info, &run.tables).unwrap();
        let patients = cohort.patients();

        let intervals = cohort.intervals().unwrap();
        assert_eq!(intervals.bins, run.outcomes.intervals);
        assert_eq!(intervals.bins.iter().sum::<u64>(), run.visits - patients);
        assert_eq!(
            intervals.years.iter().map(|year| year.n).sum::<u64>(),
            intervals.days.n
        );

        for step in [Step::Week, Step::Month, Step::Quarter] {
            let flow = cohort.flow(step).unwrap();
            assert!(
                flow.moments
                    .iter()
                    .all(|moment| moment.states.iter().sum::<u64>() == patients)
            );
        }
        let journey = cohort.journey().unwrap();
        assert_eq!(journey.marks, [0, 1, 2, 3, 4, 5]);
        for moves in &journey.moves {
            assert_eq!(moves.iter().map(|it| it.count).sum::<u64>(), patients);
            assert!(
                moves
                    .iter()
                    .all(|it| it.from != STOPPED || it.to >= STOPPED),
                "nobody comes back"
            );
        }

        let stopping = cohort.stopping().unwrap();
        let reasons: Vec<u64> = run
            .outcomes
            .discontinued
            .iter()
            .map(|(_, count)| *count)
            .collect();
        assert_eq!(stopping.stopped[..3], reasons);
        assert_eq!(stopping.stopped[3], 0);

        let sight = cohort.sight(300, 1).unwrap();
        assert_eq!(sight.changes.iter().sum::<u64>(), patients);
        assert_eq!(sight.bins.iter().map(|bin| bin.n).sum::<u64>(), patients);
        assert_eq!(sight.drawn.len(), 300);
        assert!((sight.change.mean - run.outcomes.all.change.mean).abs() < 1e-9);
    }
}

#[test]
fn the_years_of_a_run_have_all_its_visits() {
    let run = run(Recruitment::AllAtOnce);
    let years = Cohort::of(&run.info, &run.tables)
        .unwrap()
        .frequency()
        .unwrap();
    let all: f64 = years
        .iter()
        .map(|year| year.all.visits.mean * year.all.visits.n as f64)
        .sum();
    assert_eq!(years.len(), 5);
    assert!((all - run.visits as f64).abs() < 1e-3);
    let injected: f64 = years.iter().map(|year| year.all.injections.mean).sum();
    assert!((injected - run.outcomes.injections.mean).abs() < 1e-9);
}

#[test]
fn a_run_without_a_first_day_says_so() {
    let mut run = run(Recruitment::AllAtOnce);
    run.info.start_date = "someday".into();
    let error = Cohort::of(&run.info, &run.tables).unwrap_err();
    assert!(
        error.to_string().contains("there is no day someday"),
        "{error}"
    );
}
