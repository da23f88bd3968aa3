//! Comparisons of runs that were simulated: against their outcomes, from disk and from memory, cold and warm.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use workbench::{
    Limits, Workbench,
    compare::{Measure, Mode, Population, Request, Sheet, Side, sheet},
    simulation::{
        Meter, Order, Recruitment, RunInfo, RunResult, outcomes::outcomes, protocol::Protocol,
        simulate, tables::Stored,
    },
};

use super::made::info;

const PROTOCOL: &str = include_str!("../../../samples/protocols/aflibercept_te.yaml");

fn simulated(
    id: &str,
    seed: u64,
    recruitment: Recruitment,
) -> (RunInfo, Stored, tempfile::TempDir) {
    let order = Order {
        name: None,
        protocol: PROTOCOL.into(),
        patients: 5000,
        duration_years: 2.0,
        seed,
        recruitment,
        start_date: "2026-01-01".into(),
        tags: Vec::new(),
        notes: String::new(),
    };
    let folder = tempfile::tempdir().unwrap();
    let protocol = Protocol::read(PROTOCOL).unwrap();
    let (meter, cancel) = (Meter::default(), CancellationToken::new());
    let done = simulate(&protocol, &order, folder.path(), 2, &meter, &cancel).unwrap();
    let run = RunInfo {
        protocol: PROTOCOL.into(),
        recruitment,
        result: Some(RunResult {
            patients: done.patients,
            visits: done.visits,
            bytes: done.bytes,
            checksum: done.checksum,
            runtime_ms: 0,
            means: done.means,
        }),
        ..info(id, 2.0)
    };
    (run, Stored::open(folder.path()).unwrap(), folder)
}

#[test]
fn a_comparison_says_what_the_runs_own_outcomes_say_and_the_same_from_memory() {
    let (one, one_stored, _kept) = simulated("one", 1, Recruitment::AllAtOnce);
    let (other, other_stored, _kept_too) = simulated("other", 2, Recruitment::OverTheRun);
    let came = outcomes(&other, &other_stored).unwrap();
    let side = |info: &RunInfo, rows: Arc<dyn workbench::compare::Rows>| Side {
        info: info.clone(),
        rows,
    };
    let from_disk = [
        side(&one, Arc::new(one_stored.clone())),
        side(&other, Arc::new(other_stored.clone())),
    ];
    let from_memory = [
        side(&one, Arc::new(one_stored.load().unwrap())),
        side(&other, Arc::new(other_stored.load().unwrap())),
    ];
    let folder = tempfile::tempdir().unwrap();
    let warm = Workbench::open(folder.path(), Limits::default()).unwrap();
    for population in [Population::All, Population::StillTreated] {
        for (mode, until_month) in [
            (Mode::Overlay, None),
            (Mode::SideBySide, None),
            // The same days as the whole runs, counted by visits.
            (Mode::SideBySide, Some(24)),
            (Mode::Difference, Some(12)),
            (Mode::Statistical, None),
            (Mode::Statistical, Some(12)),
        ] {
            let asked = Request {
                mode,
                population,
                until_month,
                measures: vec![Measure::Vision, Measure::Injections, Measure::StillTreated],
                ..Request::default()
            };
            let found = super::made::compared(&asked, &from_disk);
            assert_eq!(found, super::made::compared(&asked, &from_memory));
            assert_eq!(found, warm.compare(&asked, &from_disk).unwrap());
            assert_eq!(found, warm.compare(&asked, &from_memory).unwrap(), "kept");
            assert_eq!(found.curves.is_empty(), mode == Mode::Statistical);
            assert_eq!(
                found.pairs.len(),
                if mode == Mode::Statistical { 3 } else { 0 }
            );
            if until_month.is_some() {
                continue;
            }
            let counted = match population {
                Population::All => &came.all,
                Population::StillTreated => &came.still_treated,
            };
            for (at, value) in [
                (0, counted.baseline.mean),
                (1, counted.last.mean),
                (2, counted.change.mean),
                (3, 100.0 * counted.maintained),
                (4, 100.0 * counted.poor_vision),
            ] {
                let ours = found.metrics[at].values[1].value;
                assert!(
                    (ours - value).abs() < 1e-9,
                    "{} {ours} {value}",
                    found.metrics[at].name
                );
            }
            let stopped: u64 = came.discontinued.iter().map(|(_, count)| count).sum();
            let share = 100.0 * stopped as f64 / came.all.baseline.n as f64;
            assert!((found.metrics[8].values[1].value - share).abs() < 1e-9);
        }
    }
}

#[test]
fn every_number_of_an_answer_is_in_its_sheets() {
    let (one, stored, _kept) = simulated("one", 1, Recruitment::AllAtOnce);
    let (other, other_stored, _kept_too) = simulated("other", 2, Recruitment::AllAtOnce);
    let sides = [
        Side {
            info: one,
            rows: Arc::new(stored),
        },
        Side {
            info: other,
            rows: Arc::new(other_stored),
        },
    ];
    let found = super::made::compared(&super::made::request(&sides, Mode::Difference), &sides);
    let metrics = sheet(&found, Sheet::Metrics);
    assert_eq!(metrics.len(), 1 + 12 * 2);
    let curves = sheet(&found, Sheet::Curves);
    assert_eq!(curves.len(), 1 + 25 * 2);
    assert!(
        curves[1][10].is_empty() && !curves[26][10].is_empty(),
        "only the other has a difference"
    );
    let found = super::made::compared(&super::made::request(&sides, Mode::Statistical), &sides);
    let tests = sheet(&found, Sheet::Tests);
    assert_eq!(tests.len(), 1 + 3 * 5);
    for rows in [metrics, curves, tests] {
        assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    }
}
