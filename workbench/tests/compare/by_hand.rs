//! Three patients, counted by hand.

use workbench::compare::{
    Comparison, Measure, Mode, NoteKind, Point, Population, Request, Sheet, Side, Time, Verdict,
    sheet,
};

use super::made::{Person, compared, info, request, side};

/// A year: one stays and loses 8 letters, one comes ten days late and stops on day 45, one is seen once.
fn three() -> Vec<Person> {
    vec![
        Person {
            came: 0,
            baseline: 68.0,
            visits: vec![(0, 70.0, true), (30, 72.0, true), (100, 60.0, false)],
            stopped: None,
        },
        Person {
            came: 10,
            baseline: 55.0,
            visits: vec![(0, 50.0, true), (45, 40.0, false)],
            stopped: Some((45, 0)),
        },
        Person {
            came: 0,
            baseline: 60.0,
            visits: vec![(0, 60.0, true)],
            stopped: None,
        },
    ]
}

fn two() -> [Side; 2] {
    [
        side(info("a", 1.0), &three()),
        side(info("b", 2.0), &three()),
    ]
}

fn answer(change: impl FnOnce(&mut Request)) -> Comparison {
    let sides = two();
    let mut asked = request(&sides, Mode::Overlay);
    change(&mut asked);
    compared(&asked, &sides)
}

/// The first run's point at a place: n, mean, median.
fn at(found: &Comparison, x: f64) -> Option<(u64, f64, f64)> {
    let point = found.curves[0].lines[0].iter().find(|point| point.x == x)?;
    Some((point.n, point.mean, point.median))
}

fn near(found: Option<(u64, f64, f64)>, n: u64, sum: f64, median: f64) {
    let (count, mean, middle) = found.expect("a point");
    assert_eq!((count, middle), (n, median));
    assert!((mean - sum / n as f64).abs() < 1e-12, "{mean}");
}

#[test]
fn a_value_is_that_of_the_last_visit_and_who_stopped_is_carried_on() {
    let found = answer(|_| {});
    near(at(&found, 0.0), 3, 180.0, 60.0);
    // Day 30: the second visit counts on its own day.
    near(at(&found, 1.0), 3, 182.0, 60.0);
    // Day 60.
    near(at(&found, 2.0), 3, 172.0, 60.0);
    near(at(&found, 4.0), 3, 160.0, 60.0);
    // The last month ends with the run, on day 365; who came late is not followed so long.
    near(at(&found, 12.0), 2, 120.0, 60.0);
    assert_eq!(found.curves[0].lines[0].len(), 13);
    let Point { sd, half, .. } = found.curves[0].lines[0][0];
    assert!((sd - 10.0).abs() < 1e-12);
    assert!((half - 19.6 / 3.0_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn who_has_stopped_is_not_among_the_still_treated() {
    let found = answer(|asked| asked.population = Population::StillTreated);
    near(at(&found, 1.0), 3, 182.0, 60.0);
    near(at(&found, 2.0), 2, 132.0, 66.0);
    let found = answer(|asked| asked.measures = vec![Measure::StillTreated]);
    near(at(&found, 1.0), 3, 3.0, 1.0);
    near(at(&found, 2.0), 3, 2.0, 1.0);
    near(at(&found, 12.0), 2, 2.0, 1.0);
}

#[test]
fn injections_are_counted_up_to_each_moment() {
    let found = answer(|asked| asked.measures = vec![Measure::Injections]);
    near(at(&found, 0.0), 3, 3.0, 1.0);
    near(at(&found, 1.0), 3, 4.0, 1.0);
    near(at(&found, 12.0), 2, 3.0, 1.5);
}

#[test]
fn the_calendar_counts_who_has_come_and_shares_end_at_a_hundred() {
    let found = answer(|asked| asked.time = Time::Absolute);
    let january = f64::from(2026 * 12);
    near(at(&found, january), 2, 130.0, 65.0);
    // The first of February is day 31, and day 21 of who came ten days late.
    near(at(&found, january + 1.0), 3, 182.0, 60.0);
    near(at(&found, january + 12.0), 3, 160.0, 60.0);
    assert_eq!(at(&found, january + 13.0), None, "the run is over");
    let found = answer(|asked| asked.time = Time::Normalised);
    near(at(&found, 0.0), 3, 180.0, 60.0);
    // 10 % of 365 days are 36.
    near(at(&found, 10.0), 3, 182.0, 60.0);
    near(at(&found, 100.0), 2, 120.0, 60.0);
    assert_eq!(found.curves[0].lines[0].len(), 51);
}

/// The first run's values in the table.
fn values(found: &Comparison) -> Vec<(&str, f64)> {
    let metrics = found.metrics.iter();
    metrics
        .map(|metric| (metric.name.as_str(), metric.values[0].value))
        .collect()
}

#[track_caller]
fn assert_values(found: &Comparison, expected: &[(&str, f64)]) {
    let found = values(found);
    for (name, value) in expected {
        let one = found.iter().find(|(known, _)| known == name);
        let one = one.expect("a row").1;
        assert!(
            (one - value).abs() < 1e-9,
            "{name}: {one} instead of {value}"
        );
    }
}

#[test]
fn the_table_is_what_counting_gives() {
    let found = answer(|_| {});
    assert_values(
        &found,
        &[
            ("Vision at baseline", 61.0),
            ("Vision at the end", 160.0 / 3.0),
            ("Change of vision", -23.0 / 3.0),
            ("Maintained (lost at most 5 letters)", 100.0 / 3.0),
            ("Poor vision at the end", 0.0),
            ("Injections of a patient", 4.0 / 3.0),
            ("Visits of a patient", 2.0),
            ("Injections for each visit", 4.0 / 6.0),
            ("Stopped", 100.0 / 3.0),
            ("Stopped for poor vision", 100.0 / 3.0),
            ("Stopped for many injections", 0.0),
        ],
    );
    let found = answer(|asked| asked.population = Population::StillTreated);
    assert_values(
        &found,
        &[
            ("Vision at baseline", 64.0),
            ("Vision at the end", 60.0),
            ("Change of vision", -4.0),
            ("Stopped", 100.0 / 3.0),
        ],
    );
    assert_eq!(found.metrics[0].values[0].n, 2);
}

#[test]
fn a_cut_looks_at_every_patient_until_its_month_only() {
    let found = answer(|asked| asked.until_month = Some(1));
    assert_values(
        &found,
        &[
            ("Vision at the end", 182.0 / 3.0),
            ("Injections of a patient", 4.0 / 3.0),
            ("Visits of a patient", 4.0 / 3.0),
            ("Injections for each visit", 1.0),
            ("Stopped", 0.0),
        ],
    );
    assert_eq!(found.curves[0].lines[0].len(), 2);
    assert!(
        found
            .notes
            .iter()
            .all(|note| note.kind != NoteKind::Duration)
    );
    assert_eq!(found.common_month, None);
    let longer = answer(|asked| asked.until_month = Some(18));
    assert_eq!(
        longer.common_month,
        Some(12),
        "the shorter still ends before the cut"
    );
    assert_eq!(values(&longer)[1], values(&answer(|_| {}))[1]);
}

#[test]
fn a_cut_is_on_the_same_day_of_every_run_also_of_the_one_whose_last_month_it_is() {
    let one = [Person {
        came: 0,
        baseline: 60.0,
        visits: vec![(0, 60.0, true), (740, 30.0, false)],
        stopped: Some((740, 0)),
    }];
    // Month 24 is day 730, and the first run goes on to day 748.
    let sides = [side(info("a", 2.05), &one), side(info("b", 3.0), &one)];
    let mut asked = request(&sides, Mode::Overlay);
    assert_eq!(compared(&asked, &sides).common_month, Some(24));
    asked.until_month = Some(24);
    let found = compared(&asked, &sides);
    assert_eq!(found.common_month, None);
    assert_values(&found, &[("Vision at the end", 60.0), ("Stopped", 0.0)]);
    for metric in &found.metrics {
        assert_eq!(metric.values[0], metric.values[1], "{}", metric.name);
    }
    assert_eq!(found.curves[0].lines[0].len(), 25);
    assert_eq!(found.curves[0].lines[0], found.curves[0].lines[1]);
}

#[test]
fn a_cut_at_the_end_of_a_run_counts_everybody_as_the_whole_run_does() {
    let whole = answer(|_| {});
    let cut = answer(|asked| asked.until_month = Some(12));
    for (cut, whole) in cut.metrics.iter().zip(&whole.metrics) {
        assert_eq!(cut.values[0], whole.values[0], "{}", cut.name);
    }
    assert_eq!(cut.runs[0].patients, 3);
    let rule = |rule: &String| rule.contains("up to month 12");
    assert!(cut.rules.iter().any(rule), "{:?}", cut.rules);
}

#[test]
fn of_nobody_there_is_no_mean_and_of_one_patient_no_difference() {
    let mut nobody = three();
    for person in &mut nobody {
        person.stopped = Some((0, 0));
    }
    let sides = [
        side(info("a", 1.0), &three()),
        side(info("b", 1.0), &nobody),
    ];
    let ask = |mode: Mode| {
        let mut asked = request(&sides, mode);
        asked.population = Population::StillTreated;
        compared(&asked, &sides)
    };
    let found = ask(Mode::Difference);
    let vision = &found.metrics[1];
    assert_eq!((vision.values[1].n, vision.differences[1]), (0, None));
    // Shares of who stopped are of everybody.
    assert!(found.metrics[8].differences[1].is_some());
    let rows = sheet(&found, Sheet::Metrics);
    assert_eq!(rows[3][11], "reference");
    assert_eq!(rows[4][4..], ["0", "", "", "", "", "", "", ""]);

    // One patient has a mean and no interval.
    let of_one = [
        side(info("a", 1.0), &three()),
        side(info("b", 1.0), &three()[..1]),
    ];
    let one = compared(&request(&of_one, Mode::Difference), &of_one);
    assert_eq!(
        (one.metrics[1].values[1].n, one.metrics[1].differences[1]),
        (1, None)
    );

    let found = ask(Mode::Statistical);
    let pair = &found.pairs[0];
    assert_eq!((pair.n, pair.difference), ([0, 2], 0.0));
    assert_eq!(pair.words, "Vision at the end: nobody is counted in run b.");
    assert!(pair.tests.iter().all(|test| test.statistic.is_none()));
    let rows = sheet(&found, Sheet::Tests);
    assert_eq!(rows[1][5..8], ["", "", ""]);
    let told = serde_json::to_value(&found).unwrap();
    let read: Comparison = serde_json::from_value(told).unwrap();
    assert_eq!(read, found, "every number is one");
}

#[test]
fn differences_are_to_the_reference_and_stop_where_one_ends() {
    let found = answer(|asked| {
        asked.mode = Mode::Difference;
        asked.reference = Some("b".into());
    });
    assert_eq!(found.reference, 1);
    let gaps = &found.curves[0].gaps;
    assert_eq!((gaps[0].len(), gaps[1].len()), (13, 0));
    assert_eq!((gaps[0][0].difference, gaps[0][0].x), (0.0, 0.0));
    let half = 1.96 * (2.0 * 100.0 / 3.0_f64).sqrt();
    assert!((gaps[0][0].high - half).abs() < 1e-12);
    assert!(found.metrics[1].differences[1].is_none());
    let same = found.metrics[1].differences[0].expect("a difference");
    assert_eq!((same.value, same.verdict), (0.0, Verdict::Neither));
    let kinds: Vec<NoteKind> = found.notes.iter().map(|note| note.kind).collect();
    assert_eq!(kinds, [NoteKind::Duration]);
    assert!(
        found.notes[0].text.contains("run a at month 12"),
        "{}",
        found.notes[0].text
    );
}

#[test]
fn what_does_not_match_is_said() {
    let mut sides = two();
    sides[1].info.engine = "visit-based 2".into();
    sides[1].info.model = "reactive".into();
    sides[1].info.recruitment = workbench::simulation::Recruitment::OverTheRun;
    sides[1].info.start_date = "2027-05-01".into();
    let mut asked = request(&sides, Mode::Overlay);
    asked.time = Time::Absolute;
    asked.reference = Some("c".into());
    let found = compared(&asked, &sides);
    let kinds: Vec<NoteKind> = found.notes.iter().map(|note| note.kind).collect();
    assert_eq!(
        kinds,
        [
            NoteKind::Reference,
            NoteKind::Duration,
            NoteKind::Recruitment,
            NoteKind::Engine,
            NoteKind::Model,
            NoteKind::Start,
        ]
    );
    sides[1].info.start_date = "soon".into();
    let found = compared(&asked, &sides);
    assert_eq!(found.runs.len(), 1);
    assert_eq!(found.notes[0].kind, NoteKind::Unreadable);
    assert_eq!(found.notes[2].kind, NoteKind::Few);
}
