//! The summary of a query, as who unpacks it finds it.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use futures::StreamExt;
use proptest::{prelude::*, sample::subsequence, test_runner::TestRunner};
use workbench::{
    Study,
    query::{CardRule, CohortFilters, MergeSpec, Shape, default_selection},
};

use crate::study::{Bench, card, range, spec, texts, women_40_to_60};

const REPORT: &str = "filtering_report.csv";

/// The files of a summary, made at the beginning of 1970.
async fn files(bench: &Bench, study: &Study, spec: &MergeSpec) -> BTreeMap<String, String> {
    let summary = bench.workbench.summary(study, spec, 0).await.unwrap();
    let pieces: Vec<_> = summary.into_stream().collect().await;
    let bytes: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

/// How many each step left.
fn left(report: &str) -> Vec<u64> {
    let after = |line: &str| line.rsplit(',').nth(3).unwrap().parse().unwrap();
    report.lines().skip(1).map(after).collect()
}

#[tokio::test]
async fn the_trial_is_reported_filter_by_filter_and_column_by_column() {
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
    let spec = spec(filters, default_selection(&study));
    let files = files(&bench, &study, &spec).await;
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "README.txt",
            "data_summary.csv",
            "data_summary_by_visit.csv",
            REPORT,
            "query.toml",
        ]
    );
    assert_eq!(
        files[REPORT],
        "Step,Filter Type,Description,Participants Before,After,Removed,Removal %,Cumulative Removal %\n\
         0,none,Everyone,312,312,0,0.00,0.00\n\
         1,Age,Age 40 to 60,312,197,115,36.86,36.86\n\
         2,Sex,Sex f,197,179,18,9.14,42.63\n\
         3,Categories,\"exams.stage 1, 2, 3, 4\",179,179,0,0.00,42.63\n"
    );
    let columns = &files["data_summary.csv"];
    assert_eq!(columns.lines().count(), 1 + 20);
    for line in [
        "Column,Type,Count,Missing,Missing %,Summary",
        "bili,number,1123,0,0.00,\"mean 3.4313, median 1.2, sd 5.1109, range 0.2 to 36\"",
        "chol,integer,654,469,41.76,\"mean 320.1086, median 279.5, sd 171.113, range 115 to 1775\"",
        "sex,category,1123,0,0.00,f 1123 (100.00 %)",
        "stage,category,1123,0,0.00,\"4 550 (48.98 %), 3 384 (34.19 %), 2 148 (13.18 %), 1 41 (3.65 %)\"",
    ] {
        assert!(columns.lines().any(|it| it == line), "{line} in {columns}");
    }
    assert!(columns.contains("179 distinct values"), "{columns}");
    let by_visit = &files["data_summary_by_visit.csv"];
    let first = "1,bili,number,179,0,0.00,\"mean 3.5056, median 1.3, sd 5.2404, range 0.3 to 28\"";
    assert!(by_visit.lines().any(|it| it == first), "{by_visit}");
    assert_eq!(by_visit.lines().count(), 1 + 19 * 16);
    let readme = &files["README.txt"];
    for text in [
        "on 1970-01-01T00:00:00Z",
        "179 of 312 participants, 1123 of 1945 rows",
        "  exams.stage 1, 2, 3, 4\n",
        "Switched off: labs.bili",
        "from labs.csv",
        "SHA-256 checksum of exams",
        "participants meet by id, visits by visit.",
    ] {
        assert!(readme.contains(text), "{text} in {readme}");
    }
}

#[tokio::test]
async fn what_cannot_be_applied_is_in_the_readme_and_not_among_the_steps() {
    let (bench, study) = Bench::pbc();
    let mut filters = women_40_to_60();
    filters.cards = vec![card("scans.volume", CardRule::Range(range(0.0, 1.0)))];
    let mut spec = spec(filters, default_selection(&study));
    spec.shape = Shape::Wide;
    let files = files(&bench, &study, &spec).await;
    assert_eq!(left(&files[REPORT]), [312, 197, 179]);
    let readme = &files["README.txt"];
    assert!(readme.contains("Not applied: Table scans is not here."));
    assert!(readme.contains("wide form, 179 rows"), "{readme}");
    assert!(!files.contains_key("data_summary_by_visit.csv"));
    assert!(files["data_summary.csv"].contains("\nbili_1,number,179,0,"));
}

#[tokio::test]
async fn a_summary_is_named_as_downloads_are() {
    let (bench, study) = Bench::pbc();
    let named = async |spec: &MergeSpec| {
        let summary = bench.workbench.summary(&study, spec, 0).await;
        summary.unwrap().name()
    };
    let mut asked = spec(CohortFilters::default(), default_selection(&study));
    assert_eq!(
        named(&asked).await,
        "demographics_labs_exams_long_19700101_000000.zip"
    );
    asked.selection.tables.clear();
    assert_eq!(named(&asked).await, "demographics_only_19700101_000000.zip");
}

#[tokio::test]
async fn no_spreadsheet_runs_what_is_in_a_summary() {
    let mut bench = Bench::new();
    bench.table("people", "id|=cmd()|note\n1|=1+1|a,b\n2|=1+1|");
    let study = bench.study(None);
    let spec = spec(CohortFilters::default(), default_selection(&study));
    let files = files(&bench, &study, &spec).await;
    let columns = &files["data_summary.csv"];
    for line in [
        "'=cmd(),category,2,0,0.00,'=1+1 2 (100.00 %)",
        "note,category,1,1,50.00,\"a,b 1 (100.00 %)\"",
    ] {
        assert!(columns.lines().any(|it| it == line), "{line} in {columns}");
    }
}

#[tokio::test]
async fn a_summary_of_nobody_says_so() {
    let (bench, study) = Bench::pbc();
    let filters = CohortFilters {
        age: Some(range(200.0, 300.0)),
        ..CohortFilters::default()
    };
    let spec = spec(filters, default_selection(&study));
    let files = files(&bench, &study, &spec).await;
    assert_eq!(left(&files[REPORT]), [312, 0]);
    assert!(files["data_summary.csv"].contains("\nbili,number,0,0,0.00,\"\"\n"));
}

/// Filters of every kind, each of them there or not.
fn filters() -> impl Strategy<Value = CohortFilters> {
    let visits = subsequence(vec!["1", "2", "3", "12"], 0..4);
    let age = proptest::option::of((20.0..60.0_f64, 40.0..90.0_f64));
    let sex = subsequence(vec!["f", "m"], 0..=2);
    let stage = proptest::option::of(subsequence(vec!["1", "2", "3", "4"], 0..=4));
    let bili = proptest::option::of((0.0..4.0_f64, 1.0..40.0_f64));
    let all = (visits, age, sex, stage, bili, any::<bool>());
    all.prop_map(|(visits, age, sex, stage, bili, is_on)| {
        let stage = stage.map(|values| {
            let values = texts(&values);
            card("exams.stage", CardRule::Categories { values })
        });
        let bili = bili.map(|(min, max)| card("labs.bili", CardRule::Range(range(min, max))));
        let mut cards: Vec<_> = stage.into_iter().chain(bili).collect();
        if let Some(last) = cards.last_mut() {
            last.enabled = is_on;
        }
        CohortFilters {
            visits: texts(&visits),
            age: age.map(|(min, max)| range(min, max)),
            sex: texts(&sex),
            cards,
            ..CohortFilters::default()
        }
    })
}

/// The filters so far, after each one that filters.
fn prefixes(filters: &CohortFilters) -> Vec<CohortFilters> {
    let mut so_far = vec![CohortFilters::default()];
    let mut next = |change: &dyn Fn(&mut CohortFilters)| {
        let mut filters = so_far.last().unwrap().clone();
        change(&mut filters);
        so_far.push(filters);
    };
    if !filters.visits.is_empty() {
        next(&|it| it.visits = filters.visits.clone());
    }
    if filters.age.is_some() {
        next(&|it| it.age = filters.age);
    }
    if !filters.sex.is_empty() {
        next(&|it| it.sex = filters.sex.clone());
    }
    for card in filters.cards.iter().filter(|card| card.enabled) {
        next(&|it| it.cards.push(card.clone()));
    }
    so_far
}

#[test]
fn each_step_leaves_what_the_filters_so_far_leave() {
    let (bench, study) = Bench::pbc();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let selection = crate::study::taking(&["labs: bili", "exams: stage"]);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(60));
    let outcome = runner.run(&filters(), |filters| {
        let asked = spec(filters.clone(), selection.clone());
        let files = runtime.block_on(files(&bench, &study, &asked));
        let counted: Vec<u64> = prefixes(&filters)
            .iter()
            .map(|so_far| {
                let count = bench.workbench.count(&study, so_far, &selection);
                runtime.block_on(count).unwrap().left.participants
            })
            .collect();
        prop_assert_eq!(left(&files[REPORT]), counted);
        Ok(())
    });
    outcome.unwrap();
}
