//! The merged result: which rows, which columns, and their statistics.

use tokio_util::sync::CancellationToken;
use workbench::{
    Error, Study,
    query::{CohortFilters, MergeSpec, ResultColumn, ResultInfo, Shape, default_selection},
};

use crate::study::{Bench, first, lines, spec, taking, texts, women_40_to_60};

async fn merge(bench: &Bench, study: &Study, spec: &MergeSpec) -> ResultInfo {
    bench
        .workbench
        .merge(study, spec, 1_700_000_000_000, &CancellationToken::new())
        .await
        .unwrap()
}

fn column<'a>(result: &'a ResultInfo, name: &str) -> &'a ResultColumn {
    result
        .columns
        .iter()
        .find(|column| column.name == name)
        .unwrap()
}

fn names(result: &ResultInfo) -> Vec<&str> {
    result
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

#[tokio::test]
async fn the_trial_merges_to_its_reference_answers() {
    let (bench, study) = Bench::pbc();
    let mut spec = spec(women_40_to_60(), default_selection(&study));
    let all = merge(&bench, &study, &spec).await;
    assert_eq!((all.participants, all.row_count), (179, 1_123));
    assert!((column(&all, "bili").mean.unwrap() - 3.4313).abs() < 5e-5);
    assert_eq!(
        names(&all),
        [
            "id", "visit", "age", "sex", "trt", "status", "futime", "day", "bili", "chol",
            "albumin", "alk_phos", "ast", "platelet", "protime", "ascites", "hepato", "spiders",
            "edema", "stage"
        ]
    );
    assert_eq!(all.filters_applied.len(), 3);
    assert_eq!(
        all.provenance[1],
        ("labs".into(), "checksum of labs".into())
    );
    let page = bench.workbench.page(&all, &first(2)).await.unwrap();
    assert_eq!(
        lines(&page)[0],
        "1 1 58.77 f 1 2 400 0 14.5 261 2.60 1718 138.0 190 12.2 1 1 1 1.0 4"
    );

    spec.filters.visits = texts(&["1"]);
    let baseline = merge(&bench, &study, &spec).await;
    assert_eq!((baseline.participants, baseline.row_count), (179, 179));
    assert!((column(&baseline, "bili").mean.unwrap() - 3.5056).abs() < 5e-5);
}

fn two_tables() -> (Bench, Study) {
    let mut bench = Bench::new();
    bench
        .table("people", "id|sex\n10|f\n9|m\n8|f")
        .table(
            "labs",
            "id|visit|day|bili\n9|2|7|1.5\n9|1|0|1.0\n10|1|0|3.25\n77|1|0|9.9",
        )
        .table(
            "exams",
            "id|visit|day|bili\n9|1|0|5\n9|3|21|6\n10|1|0|7\n10|1|0|8",
        );
    let study = bench.study(Some("visit"));
    (bench, study)
}

#[tokio::test]
async fn visits_of_two_tables_meet_once_and_none_is_lost() {
    let (bench, study) = two_tables();
    let result = merge(
        &bench,
        &study,
        &spec(CohortFilters::default(), default_selection(&study)),
    )
    .await;
    // `day` agrees and stays one column, also where only exams has the visit; `bili` does not.
    assert_eq!(
        names(&result),
        ["id", "visit", "sex", "day", "labs.bili", "exams.bili"]
    );
    let page = bench.workbench.page(&result, &first(10)).await.unwrap();
    assert_eq!(
        lines(&page),
        [
            "8 - f - - -",
            "9 1 m 0 1.00 5",
            "9 2 m 7 1.50 -",
            "9 3 m 21 - 6",
            "10 1 f 0 3.25 7",
            "10 1 f 0 - 8",
        ]
    );
    assert_eq!(
        (result.participants, column(&result, "day").missing),
        (3, 1)
    );
}

#[tokio::test]
async fn one_row_a_participant_spreads_the_visits_that_remain() {
    let (bench, study) = two_tables();
    let mut wide = spec(
        CohortFilters::default(),
        taking(&["people: sex", "labs: bili", "exams: day"]),
    );
    wide.shape = Shape::Wide;
    wide.filters.visits = texts(&["1", "2"]);
    let result = merge(&bench, &study, &wide).await;
    assert_eq!(
        names(&result),
        [
            "id", "sex", "bili_1", "bili_1_2", "bili_2", "day_1", "day_1_2", "day_2"
        ]
    );
    let page = bench.workbench.page(&result, &first(10)).await.unwrap();
    assert_eq!(
        lines(&page),
        ["9 m 1.00 - 1.50 0 - -", "10 f 3.25 - - 0 0 -"]
    );
    assert_eq!(result.columns[2].visit.as_deref(), Some("1"));
}

#[tokio::test]
async fn the_trial_in_wide_form_has_the_means_of_its_visits() {
    let (bench, study) = Bench::pbc();
    let mut wide = spec(
        women_40_to_60(),
        taking(&["demographics: age", "labs: bili, albumin, platelet"]),
    );
    wide.shape = Shape::Wide;
    let result = merge(&bench, &study, &wide).await;
    assert_eq!((result.row_count, result.columns.len()), (179, 50));
    assert_eq!(result.columns[17].name, "bili_16");
    assert!((column(&result, "bili_1").mean.unwrap() - 3.5056).abs() < 5e-5);
}

#[tokio::test]
async fn of_several_baselines_the_highest_stands_for_all_as_a_whole_row() {
    let mut bench = Bench::new();
    bench.table("people", "id|sex\n1|f\n2|m").table(
        "labs",
        "id|visit|a|b\n1|BAS1|1|10\n1|BAS3||30\n1|BAS2|2|20\n1|FU12|5|50\n1|FU2|4|40\n2|BAS1|7|70",
    );
    let study = bench.study(Some("visit"));
    let mut spec = spec(CohortFilters::default(), taking(&["labs: a, b"]));
    spec.consolidate_baseline = true;
    let long = merge(&bench, &study, &spec).await;
    let page = bench.workbench.page(&long, &first(10)).await.unwrap();
    assert_eq!(
        lines(&page),
        ["1 BAS - 30", "1 FU2 4 40", "1 FU12 5 50", "2 BAS 7 70"]
    );
    spec.shape = Shape::Wide;
    let wide = merge(&bench, &study, &spec).await;
    assert_eq!(
        names(&wide),
        ["id", "a_BAS", "a_FU2", "a_FU12", "b_BAS", "b_FU2", "b_FU12"]
    );
    let page = bench.workbench.page(&wide, &first(10)).await.unwrap();
    assert_eq!(lines(&page), ["1 - 4 5 30 40 50", "2 7 - - 70 - -"]);
}

#[tokio::test]
async fn a_merge_that_is_there_is_not_done_again() {
    let (bench, study) = two_tables();
    let spec = spec(CohortFilters::default(), default_selection(&study));
    let before = merge(&bench, &study, &spec).await;
    let cancel = CancellationToken::new();
    let after = bench
        .workbench
        .merge(&study, &spec, 1_800_000_000_000, &cancel)
        .await
        .unwrap();
    assert_eq!(after.created_at, before.created_at);
    assert_eq!((after.columns, after.bytes), (before.columns, before.bytes));
}

#[tokio::test]
async fn a_cancelled_merge_leaves_nothing() {
    let (bench, study) = two_tables();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let spec = spec(CohortFilters::default(), default_selection(&study));
    let merged = bench.workbench.merge(&study, &spec, 0, &cancel).await;
    assert!(matches!(merged, Err(Error::Cancelled)));
    let results = bench.folder.path().join("results");
    for folder in [results, bench.workbench.incoming()] {
        let mut left = std::fs::read_dir(&folder).unwrap();
        assert!(left.next().is_none(), "{} is empty", folder.display());
    }
}

#[tokio::test]
async fn a_cache_too_small_for_the_columns_gives_the_same_result() {
    let (bench, study) = Bench::pbc();
    let spec = spec(women_40_to_60(), default_selection(&study));
    let roomy = merge(&bench, &study, &spec).await;
    let mut small = Bench::with_cache(1);
    let pbc = Bench::pbc().1;
    for table in &pbc.tables {
        let path = format!(
            "{}/../samples/pbc/{}",
            env!("CARGO_MANIFEST_DIR"),
            table.file_name
        );
        small.table(
            &table.name,
            &std::fs::read_to_string(path).unwrap().replace(',', "|"),
        );
    }
    let tight = merge(&small, &small.study(Some("visit")), &spec).await;
    assert_eq!(tight.columns, roomy.columns);
}

#[tokio::test]
async fn a_table_that_is_gone_is_named() {
    let (bench, study) = two_tables();
    std::fs::remove_file(bench.workbench.table_path(&study.tables[1].id)).unwrap();
    let spec = spec(CohortFilters::default(), default_selection(&study));
    let merged = bench
        .workbench
        .merge(&study, &spec, 0, &CancellationToken::new())
        .await;
    assert!(matches!(merged, Err(Error::Missing(what)) if what.contains("labs")));
}
