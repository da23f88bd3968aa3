//! The sample study comes out as the design shows it.

use std::time::Instant;

use workbench::data::{ColumnInfo, ColumnType as T};

use super::{Desk, column};

fn counts(column: &ColumnInfo) -> Vec<(&str, u64)> {
    column
        .categories
        .iter()
        .map(|c| (c.value.as_str(), c.count))
        .collect()
}

#[tokio::test]
async fn every_column_has_its_type_range_and_missing() {
    let tables = Desk::new().workbench.import_samples().await.unwrap();
    let rows: Vec<_> = tables
        .iter()
        .map(|t| (t.name.as_str(), t.rows, t.columns.len(), t.bytes))
        .collect();
    assert_eq!(
        rows,
        [
            ("demographics", 312, 6, 6_382),
            ("labs", 1_945, 10, 78_173),
            ("exams", 1_945, 8, 42_277)
        ]
    );
    type Column = (&'static str, T, [f64; 2], u64);
    let expected: [&[Column]; 3] = [
        &[
            ("id", T::Integer, [1.0, 312.0], 0),
            ("age", T::Number, [26.28, 78.44], 0),
            ("trt", T::Category, [0.0, 1.0], 0),
            ("status", T::Category, [0.0, 2.0], 0),
            ("futime", T::Integer, [41.0, 5_225.0], 0),
        ],
        &[
            ("id", T::Integer, [1.0, 312.0], 0),
            ("visit", T::Integer, [1.0, 16.0], 0),
            ("day", T::Integer, [0.0, 5_152.0], 0),
            ("bili", T::Number, [0.1, 41.0], 0),
            ("chol", T::Integer, [55.0, 1_775.0], 821),
            ("albumin", T::Number, [1.17, 8.01], 0),
            ("alk_phos", T::Integer, [73.0, 13_862.0], 60),
            ("ast", T::Number, [6.2, 1_205.0], 0),
            ("platelet", T::Integer, [40.0, 991.0], 73),
            ("protime", T::Number, [9.0, 36.0], 0),
        ],
        &[
            ("ascites", T::YesNo, [0.0, 1.0], 60),
            ("hepato", T::YesNo, [0.0, 1.0], 61),
            ("spiders", T::YesNo, [0.0, 1.0], 58),
            ("edema", T::Number, [0.0, 1.0], 0),
            ("stage", T::Category, [1.0, 4.0], 0),
        ],
    ];
    for (table, columns) in tables.iter().zip(expected) {
        assert!(
            table.is_sample && table.notes.is_empty(),
            "{:?}",
            table.notes
        );
        for (name, column_type, range, missing) in columns {
            let column = column(table, name);
            assert_eq!(
                (column.column_type, column.range, column.missing),
                (*column_type, Some(*range), *missing),
                "{name}"
            );
            assert!(column.is_numeric && !column.sketch.is_empty());
        }
    }
    assert_eq!(counts(column(&tables[0], "sex")), [("f", 276), ("m", 36)]);
    assert_eq!(column(&tables[0], "sex").column_type, T::Category);
    assert_eq!(column(&tables[0], "age").decimals, 2);
    assert_eq!(column(&tables[1], "visit").sketch.len(), 16);
}

#[tokio::test]
async fn the_second_time_the_tables_are_there_already() {
    let desk = Desk::new();
    let first = desk.workbench.import_samples().await.unwrap();
    let kept = desk.kept();
    let start = Instant::now();
    let second = desk.workbench.import_samples().await.unwrap();
    assert!(start.elapsed().as_millis() < 250, "{:?}", start.elapsed());
    assert_eq!(desk.kept(), kept);
    for (a, mut b) in first.into_iter().zip(second) {
        b.imported_at = a.imported_at;
        assert_eq!(a, b);
    }
}

#[tokio::test]
async fn a_file_with_the_same_content_is_the_same_table_under_its_own_name() {
    let desk = Desk::new();
    let sample = desk.workbench.import_samples().await.unwrap().remove(0);
    let content = workbench::data::samples()[0].bytes;
    let own = desk.import("patients 2024.csv", content).await.unwrap();
    assert_eq!(
        (own.id, own.name.as_str(), own.is_sample),
        (sample.id, "patients_2024", false)
    );
}
