//! Merge keys: found from the columns, checked in every row.

use workbench::{
    Study,
    data::{KeyReport, Level, MergeKeys, TableInfo, find_keys},
};

use super::Desk;

async fn tables(desk: &Desk, files: &[(&str, &str)]) -> Vec<TableInfo> {
    let mut tables = Vec::new();
    for (name, content) in files {
        tables.push(desk.import(name, content).await.unwrap());
    }
    tables
}

async fn keys_of(files: &[(&str, &str)]) -> Result<MergeKeys, String> {
    find_keys(&tables(&Desk::new(), files).await).map_err(|error| error.to_string())
}

async fn report_of(files: &[(&str, &str)]) -> KeyReport {
    let desk = Desk::new();
    let tables = tables(&desk, files).await;
    let keys = find_keys(&tables).unwrap();
    desk.workbench
        .key_report(&Study { tables, keys })
        .await
        .unwrap()
}

fn checks(report: &KeyReport) -> Vec<(&str, u64)> {
    report
        .checks
        .iter()
        .map(|check| (check.label.as_str(), check.count))
        .collect()
}

#[tokio::test]
async fn the_sample_study_meets_as_the_design_shows() {
    let desk = Desk::new();
    let tables = desk.workbench.import_samples().await.unwrap();
    let keys = find_keys(&tables).unwrap();
    let expected = MergeKeys {
        cohort_table: "demographics".to_owned(),
        primary_id: "id".to_owned(),
        session_id: Some("visit".to_owned()),
        composite_id: Some("id_visit".to_owned()),
        is_longitudinal: true,
    };
    assert_eq!(keys, expected);
    let report = desk
        .workbench
        .key_report(&Study { tables, keys })
        .await
        .unwrap();
    let joins: Vec<_> = report
        .tables
        .iter()
        .map(|t| (t.table.as_str(), t.on.join(", "), t.level, t.rows, t.unique))
        .collect();
    assert_eq!(
        joins,
        [
            (
                "demographics",
                "id".to_owned(),
                Level::Participant,
                312,
                312
            ),
            ("labs", "id, visit".to_owned(), Level::Visit, 1_945, 1_945),
            ("exams", "id, visit".to_owned(), Level::Visit, 1_945, 1_945),
        ]
    );
    assert_eq!(
        checks(&report),
        [
            ("Participants in all three", 312),
            ("labs without exams", 0),
            ("exams without labs", 0),
            ("Duplicate id, visit", 0),
        ]
    );
    assert_eq!(report.shared_columns.len(), 1);
    let day = &report.shared_columns[0];
    assert_eq!(
        (day.column.as_str(), day.tables.join(" "), day.agrees),
        ("day", "labs exams".to_owned(), true)
    );
}

#[tokio::test]
async fn a_participant_alone_is_cross_sectional() {
    let keys = keys_of(&[
        ("demographics.csv", "ursi,age\na,1\nb,2\n"),
        ("iq.csv", "ursi,iq\na,100\n"),
    ])
    .await
    .unwrap();
    assert_eq!(
        (
            keys.primary_id.as_str(),
            keys.session_id,
            keys.is_longitudinal
        ),
        ("ursi", None, false)
    );
    assert_eq!(keys.composite_id, None);
}

#[tokio::test]
async fn a_visit_column_in_any_table_makes_it_longitudinal() {
    for session in [
        "session_num",
        "session",
        "visit",
        "visit_num",
        "timepoint",
        "wave",
        "Visit",
    ] {
        let labs = format!("ursi,{session},bili\na,1,2\na,2,3\n");
        let keys = keys_of(&[
            ("demographics_2024.csv", "ursi,age\na,1\n"),
            ("labs.csv", &labs),
        ])
        .await
        .unwrap();
        assert_eq!(keys.session_id.as_deref(), Some(session));
        assert_eq!(keys.composite_id, Some(format!("ursi_{session}")));
        assert_eq!(keys.cohort_table, "demographics_2024");
    }
}

#[tokio::test]
async fn a_visit_column_without_a_participant_counts_for_nothing() {
    let keys = keys_of(&[
        ("demographics.csv", "id,age\n1,2\n"),
        ("sites.csv", "visit,place\n1,x\n"),
    ])
    .await
    .unwrap();
    assert!(!keys.is_longitudinal);
}

#[tokio::test]
async fn a_composite_id_alone_is_the_participant() {
    let keys = keys_of(&[("demographics.csv", "customID,age\na_1,1\na_2,2\n")])
        .await
        .unwrap();
    assert_eq!(
        (keys.primary_id.as_str(), keys.is_longitudinal),
        ("customID", false)
    );
}

#[tokio::test]
async fn otherwise_a_name_that_sounds_like_an_id_is_taken() {
    let keys = keys_of(&[("demographics.csv", "age,study_subject_code,x\n1,a,2\n")])
        .await
        .unwrap();
    assert_eq!(keys.primary_id, "study_subject_code");
}

#[tokio::test]
async fn without_a_cohort_by_name_it_is_the_table_with_one_row_a_participant() {
    let labs = ("labs.csv", "id,visit,bili\n1,1,2\n1,2,3\n2,1,4\n");
    let keys = keys_of(&[labs, ("people.csv", "id,age\n1,40\n2,50\n3,60\n")])
        .await
        .unwrap();
    assert_eq!(
        (keys.cohort_table.as_str(), keys.session_id.as_deref()),
        ("people", Some("visit"))
    );
}

#[tokio::test]
async fn of_two_ids_the_one_that_the_tables_share_is_taken() {
    let people = ("demographics.csv", "id,subject_id,age\n7,a,40\n8,b,50\n");
    let keys = keys_of(&[people, ("labs.csv", "subject_id,bili\na,1\n")])
        .await
        .unwrap();
    assert_eq!(keys.primary_id, "subject_id");
}

#[tokio::test]
async fn no_key_at_all_lists_the_columns() {
    let error = keys_of(&[("demographics.csv", "age,sex\n1,f\n")])
        .await
        .unwrap_err();
    assert!(
        error.contains("The columns are: demographics: age, sex."),
        "{error}"
    );
    assert!(find_keys(&[]).is_err());
}

#[tokio::test]
async fn what_does_not_meet_is_counted() {
    let report = report_of(&[
        ("demographics.csv", "id,age\n1,40\n2,50\n2,51\n3,60\n"),
        (
            "labs.csv",
            "id,visit,day,bili\n1,1,0,5\n1,2,9,6\n1,2,9,7\n2,1,0,8\n9,1,0,9\n,1,0,1\n",
        ),
        (
            "exams.csv",
            "id,visit,day,age\n1,1,0,40\n2,1,1,50\n2,2,5,50\n",
        ),
        ("sites.csv", "place\nx\n"),
    ])
    .await;
    assert_eq!(
        checks(&report),
        [
            ("Participants in all three", 2),
            ("labs without exams", 2),
            ("exams without labs", 1),
            ("Duplicate id, visit", 1),
            ("Duplicate id", 1),
            ("Participants outside demographics", 1),
            ("Rows without a key", 1),
            ("Tables without id", 1),
        ]
    );
    assert!(report.tables[3].on.is_empty());
    let shared: Vec<_> = report
        .shared_columns
        .iter()
        .map(|s| (s.column.as_str(), s.agrees))
        .collect();
    assert_eq!(shared, [("age", true), ("day", false)]);
}

#[tokio::test]
async fn ids_meet_whether_kept_as_numbers_or_as_text() {
    let report = report_of(&[
        ("demographics.csv", "id,age\n1,40\n2,50\n"),
        ("iq.csv", "id,iq\n1,99\nx,98\n"),
    ])
    .await;
    assert_eq!(checks(&report)[0], ("Participants in both", 1));
}

#[tokio::test]
async fn a_table_that_is_gone_is_said_to_be_gone() {
    let desk = Desk::new();
    let tables = tables(&desk, &[("demographics.csv", "id,age\n1,2\n")]).await;
    let keys = find_keys(&tables).unwrap();
    std::fs::remove_file(desk.workbench.table_path(&tables[0].id)).unwrap();
    let error = desk
        .workbench
        .key_report(&Study { tables, keys })
        .await
        .unwrap_err();
    assert!(matches!(error, workbench::Error::Missing(_)), "{error:?}");
}
