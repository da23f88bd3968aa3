//! Who is left, and what each filter does.

use workbench::{
    Study,
    data::Day,
    query::{
        CardRule, CohortFilters, Counts, DateRange, FilterCard, Selection, TextRule,
        default_selection, result_id,
    },
};

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
async fn a_card_on_dates_takes_both_ends_and_nobody_without_a_date() {
    let mut bench = Bench::new();
    bench
        .table(
            "people",
            "id|enrolled|age\n1|1970-01-05|40\n2|1970-01-07|50\n3||60\n4|1970-01-09|70",
        )
        .table("labs", "id|visit|bili\n1|1|2.5\n1|2|3.5\n2|1|4.5\n3|1|1");
    let study = bench.study(Some("visit"));
    let enrolled = |from: &str, to: &str| DateRange {
        from: from.parse().ok(),
        to: to.parse().ok(),
    };
    for (range, label, left) in [
        (
            enrolled("1970-01-05", "1970-01-07"),
            "enrolled 1970-01-05 to 1970-01-07",
            counts(2, 3),
        ),
        (
            enrolled("1970-01-06", ""),
            "enrolled from 1970-01-06",
            counts(2, 2),
        ),
        (
            enrolled("", "1970-01-05"),
            "enrolled up to 1970-01-05",
            counts(1, 2),
        ),
        (enrolled("", ""), "enrolled known", counts(3, 4)),
        (
            enrolled("1970-01-07", "1970-01-05"),
            "enrolled 1970-01-07 to 1970-01-05",
            counts(0, 0),
        ),
    ] {
        let (step, problem) =
            counted(&bench, &study, "people.enrolled", CardRule::Dates(range)).await;
        assert_eq!(step, (label.to_owned(), left));
        assert_eq!(
            problem,
            "age holds no dates; a range of dates does not apply."
        );
    }
}

/// What a rule on a column leaves, and why it does not apply to ages.
async fn counted(
    bench: &Bench,
    study: &Study,
    column: &str,
    rule: CardRule,
) -> ((String, Counts), String) {
    let filters = CohortFilters {
        cards: vec![card(column, rule.clone()), card("people.age", rule)],
        ..CohortFilters::default()
    };
    let selection = default_selection(study);
    let report = bench.workbench.count(study, &filters, &selection).await;
    let mut report = report.unwrap();
    let problem = report.cards[1].problem.take().unwrap();
    ((report.steps.swap_remove(1).label, report.left), problem)
}

#[test]
fn a_card_on_dates_is_written_with_days_and_refused_without() {
    let text = r#"{"id":"c","table":"people","column":"enrolled","rule":{"kind":"dates","from":"2024-03-15","to":null},"enabled":true}"#;
    let read: FilterCard = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let CardRule::Dates(DateRange { from, to }) = read.rule else {
        panic!("{read:?}");
    };
    assert_eq!((from, to), ("2024-03-15".parse::<Day>().ok(), None));
    for bad in ["\"2024-13-01\"", "\"15.03.2024\"", "\"\"", "19797"] {
        let text = text.replace("\"2024-03-15\"", bad);
        assert!(serde_json::from_str::<FilterCard>(&text).is_err(), "{bad}");
    }
}

fn holding(contains: &str, without: &str) -> CardRule {
    CardRule::Text(TextRule {
        contains: contains.into(),
        without: without.into(),
    })
}

#[tokio::test]
async fn a_card_on_text_takes_what_contains_it_and_nobody_without_a_text() {
    let cases = [
        (
            holding("Oedema", ""),
            "note contains \"Oedema\"",
            counts(2, 3),
        ),
        (
            holding("oedema ", "no"),
            "note contains \"oedema\" without \"no\"",
            counts(1, 2),
        ),
        (
            holding("", "oedema"),
            "note without \"oedema\"",
            counts(1, 1),
        ),
        (holding("", ""), "note known", counts(3, 4)),
        (
            holding("fever", ""),
            "note contains \"fever\"",
            counts(0, 0),
        ),
    ];
    // Few texts are looked at one by one, many row by row.
    for distinct in [3, 1_000_000] {
        let mut bench = Bench::new();
        bench
            .table(
                "people",
                "id|note|age\n1|Mild oedema|40\n2|no OEDEMA seen|50\n3||60\n4|ascites|70",
            )
            .table("labs", "id|visit|bili\n1|1|2.5\n1|2|3.5\n2|1|4.5\n3|1|1");
        let mut study = bench.study(Some("visit"));
        study.tables[0].columns[1].distinct = distinct;
        for (rule, label, left) in cases.clone() {
            let (step, problem) = counted(&bench, &study, "people.note", rule).await;
            assert_eq!(step, (label.to_owned(), left));
            assert_eq!(
                problem,
                "age holds no text; a part of a text does not apply."
            );
        }
    }
}

#[test]
fn a_card_on_text_is_written_with_both_parts_and_read_with_one() {
    let text = r#"{"id":"c","table":"people","column":"note","rule":{"kind":"text","contains":"oedema","without":""},"enabled":true}"#;
    let read: FilterCard = serde_json::from_str(text).unwrap();
    assert_eq!(read.rule, holding("oedema", ""));
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let short = text.replace(r#","without":"""#, "");
    assert_eq!(serde_json::from_str::<FilterCard>(&short).unwrap(), read);
    let number = text.replace("\"oedema\"", "5");
    assert!(serde_json::from_str::<FilterCard>(&number).is_err());
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
fn a_result_has_one_name_whatever_the_case_of_a_text() {
    let (_bench, study) = Bench::pbc();
    let name = |rule| {
        let filters = CohortFilters {
            cards: vec![card("demographics.sex", rule)],
            ..CohortFilters::default()
        };
        result_id(&study, &spec(filters, taking(&["labs: bili"])))
    };
    assert_eq!(name(holding("F", "")), name(holding(" f", " ")));
    assert_ne!(name(holding("f", "")), name(holding("", "f")));
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
