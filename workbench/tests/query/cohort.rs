//! Who is left, and what each filter does.

use workbench::query::{CardRule, CohortFilters, Counts, Selection, default_selection, result_id};

use crate::study::{Bench, card, range, spec, taking, texts, women_40_to_60};

fn counts(participants: u64, rows: u64) -> Counts {
    Counts { participants, rows }
}

#[tokio::test]
async fn women_of_40_to_60_are_179_participants_with_1123_rows() {
    let (bench, study) = Bench::pbc();
    let mut filters = women_40_to_60();
    filters.cards = vec![
        card(
            "exams.stage",
            CardRule::Categories {
                values: texts(&["1", "2", "3", "4"]),
            },
        ),
        card("labs.bili", CardRule::Range(range(2.0, 41.0))),
    ];
    filters.cards[1].enabled = false;
    let report = bench
        .workbench
        .count(&study, &filters, &default_selection(&study))
        .await
        .unwrap();
    assert_eq!(report.left, counts(179, 1_123));
    let steps: Vec<_> = report
        .steps
        .iter()
        .map(|step| (step.label.as_str(), step.left))
        .collect();
    assert_eq!(
        steps,
        [
            ("Everyone", counts(312, 1_945)),
            ("Age 40 to 60", counts(197, 1_268)),
            ("Sex f", counts(179, 1_123)),
            ("stage 1, 2, 3, 4", counts(179, 1_123)),
        ]
    );
    let stage = &report.cards[0];
    assert_eq!(
        (stage.removes_rows, stage.would_leave),
        (0, counts(179, 1_123))
    );
    let categories: Vec<_> = stage
        .categories
        .iter()
        .map(|c| (c.value.as_str(), c.count))
        .collect();
    assert_eq!(categories, [("1", 41), ("2", 148), ("3", 384), ("4", 550)]);
    let bili = &report.cards[1];
    assert_eq!(
        (bili.would_leave, bili.removes_rows),
        (counts(108, 415), 1_123 - 415)
    );
    assert!(report.problems.is_empty());
}

#[tokio::test]
async fn the_fixed_filters_offer_what_the_data_has() {
    let (bench, study) = Bench::pbc();
    let options = bench.workbench.filter_options(&study).await.unwrap();
    assert_eq!(options.age.unwrap().range, Some([26.28, 78.44]));
    let sexes: Vec<_> = options
        .sex
        .unwrap()
        .categories
        .iter()
        .map(|c| (c.value.clone(), c.count))
        .collect();
    assert_eq!(sexes, [("f".to_owned(), 276), ("m".to_owned(), 36)]);
    assert!(options.sites.is_empty());
    let visits: Vec<_> = options
        .visits
        .iter()
        .map(|visit| visit.value.as_str())
        .collect();
    assert_eq!(
        (visits.len(), visits[0], visits[9], options.visits[0].count),
        (16, "1", "10", 312)
    );
}

fn sites() -> (Bench, workbench::Study) {
    let mut bench = Bench::new();
    bench.table(
        "people",
        "id|age|sex|Site\n1|40|f|A B\n2|50|m|{B, C}\n3||f|AB\n4|60|f|\n5|61|m|C;A",
    );
    let study = bench.study(None);
    (bench, study)
}

#[tokio::test]
async fn a_cell_with_several_sites_matches_each_whole_name() {
    let (bench, study) = sites();
    let left = async |sites: &[&str]| {
        let filters = CohortFilters {
            sites: texts(sites),
            ..CohortFilters::default()
        };
        bench
            .workbench
            .count(&study, &filters, &Selection::default())
            .await
            .unwrap()
            .left
            .participants
    };
    assert_eq!(
        [left(&["A"]).await, left(&["B"]).await, left(&["AB"]).await],
        [2, 2, 1]
    );
    assert_eq!(
        [left(&["A", "B"]).await, left(&["X"]).await, left(&[]).await],
        [3, 0, 5]
    );
    let options = bench.workbench.filter_options(&study).await.unwrap();
    let offered: Vec<_> = options
        .sites
        .iter()
        .map(|s| (s.value.as_str(), s.count))
        .collect();
    assert_eq!(offered, [("A", 2), ("AB", 1), ("B", 2), ("C", 2)]);
}

#[tokio::test]
async fn ranges_take_their_ends_and_no_missing_value() {
    let (bench, study) = sites();
    let filters = CohortFilters {
        age: Some(range(40.0, 60.0)),
        ..CohortFilters::default()
    };
    let report = bench
        .workbench
        .count(&study, &filters, &Selection::default())
        .await
        .unwrap();
    assert_eq!(report.left, counts(3, 3));
}

#[tokio::test]
async fn a_filter_on_something_that_is_gone_is_said_and_not_applied() {
    let (bench, study) = Bench::pbc();
    let mut filters = women_40_to_60();
    filters.sites = texts(&["Rochester"]);
    filters.cards = vec![
        card("scans.volume", CardRule::Range(range(0.0, 1.0))),
        card(
            "labs.copper",
            CardRule::Categories {
                values: texts(&["1"]),
            },
        ),
        card("demographics.sex", CardRule::Range(range(0.0, 1.0))),
    ];
    let report = bench
        .workbench
        .count(&study, &filters, &default_selection(&study))
        .await
        .unwrap();
    assert_eq!(report.left, counts(179, 1_123));
    let problems: Vec<_> = report
        .cards
        .iter()
        .map(|card| card.problem.as_deref().unwrap())
        .collect();
    assert_eq!(problems[0], "Table scans is not here.");
    assert_eq!(problems[1], "Table labs has no column copper.");
    assert!(problems[2].contains("no numbers"));
    assert!(report.problems[0].contains("site filter is not applied"));
    assert_eq!(report.cards[0].would_leave, report.left);
}

#[tokio::test]
async fn an_empty_list_of_values_takes_nobody() {
    let (bench, study) = Bench::pbc();
    let filters = CohortFilters {
        cards: vec![card(
            "exams.stage",
            CardRule::Categories { values: Vec::new() },
        )],
        ..CohortFilters::default()
    };
    let report = bench
        .workbench
        .count(&study, &filters, &default_selection(&study))
        .await
        .unwrap();
    assert_eq!(
        (report.left, report.cards[0].removes_rows),
        (counts(0, 0), 1_945)
    );
}

#[tokio::test]
async fn rows_follow_the_tables_taken() {
    let (bench, study) = Bench::pbc();
    let filters = CohortFilters {
        cards: vec![card(
            "exams.stage",
            CardRule::Categories {
                values: texts(&["1"]),
            },
        )],
        ..CohortFilters::default()
    };
    let left = async |filters: &CohortFilters, tables: &[&str]| {
        bench
            .workbench
            .count(&study, filters, &taking(tables))
            .await
            .unwrap()
            .left
    };
    let none = CohortFilters::default();
    assert_eq!(left(&none, &["demographics"]).await, counts(312, 312));
    assert_eq!(left(&none, &["labs"]).await, counts(312, 1_945));
    let with_visit = left(&filters, &["demographics"]).await;
    assert_eq!(with_visit.participants, with_visit.rows);
    assert_eq!(
        left(&filters, &["labs"]).await.participants,
        with_visit.participants
    );
}

#[test]
fn a_result_is_named_by_what_matters() {
    let (_bench, study) = Bench::pbc();
    let taken = taking(&["labs: bili, day", "demographics: age"]);
    let base = spec(women_40_to_60(), taken.clone());
    let name = result_id(&study, &base);
    let mut same = base.clone();
    let mut off = card("labs.bili", CardRule::Range(range(2.0, 3.0)));
    off.enabled = false;
    same.filters.cards = vec![off, card("gone.column", CardRule::Range(range(0.0, 1.0)))];
    same.selection = taking(&["demographics: age", "labs: day, bili"]);
    assert_eq!(result_id(&study, &same), name);
    let mut fewer = study.clone();
    fewer.tables.retain(|table| table.name != "exams");
    assert_eq!(result_id(&fewer, &base), name, "a table that plays no part");

    let mut on = same.clone();
    on.filters.cards[0].enabled = true;
    let mut wide = base.clone();
    wide.shape = workbench::query::Shape::Wide;
    let mut changed = study.clone();
    changed.tables[1].id = "another".into();
    let names = [
        result_id(&study, &on),
        result_id(&study, &wide),
        result_id(&changed, &base),
    ];
    assert!(names.iter().all(|other| *other != name));
}
