//! What columns are, from how their cells are written.

use std::fs;

use workbench::data::{ColumnType, Day, TableInfo};

use super::{Desk, column, names, some, type_of};

#[tokio::test]
async fn missing_values_are_written_in_many_ways() {
    let desk = Desk::new();
    let table = desk
        .table("id,bili\n1,\n2,NA\n3,NaN\n4,null\n5,n/a\n6,.\n7, \n8,\"\"\n9,1.5\n")
        .await;
    assert_eq!(
        (column(&table, "bili").missing, column(&table, "bili").range),
        (8, Some([1.5, 1.5]))
    );
    assert_eq!(type_of(&table, "bili"), ColumnType::Number);
}

#[tokio::test]
async fn a_decimal_comma_is_read_as_a_number_and_noted() {
    let desk = Desk::new();
    let table = desk.table("id;bili;chol\n1;1,5;1,234\n2;12,25;3\n").await;
    assert_eq!(desk.cells(&table, "bili"), some(&["1.5", "12.25"]));
    assert_eq!(desk.cells(&table, "chol"), some(&["1.234", "3.0"]));
    assert_eq!(column(&table, "bili").decimals, 2);
    assert!(
        table.notes[0].starts_with("bili has a decimal comma"),
        "{:?}",
        table.notes
    );
    let table = desk.table("id,bili\n1,\"1,5\"\n2,\"2,25\"\n").await;
    assert_eq!(desk.cells(&table, "bili"), some(&["1.5", "2.25"]));
}

#[tokio::test]
async fn a_comma_that_may_be_a_thousand_is_left_as_text_with_a_note() {
    let desk = Desk::new();
    let table = desk.table("id,bili\n1,\"1,234\"\n2,\"2,345\"\n").await;
    assert_eq!(desk.cells(&table, "bili"), some(&["1,234", "2,345"]));
    assert!(
        table.notes[0].contains("thousands comma"),
        "{:?}",
        table.notes
    );
}

#[tokio::test]
async fn dates_in_several_forms_are_dates() {
    let desk = Desk::new();
    let content = "iso,dotted,us,eu,mixed\n2024-03-01,01.03.2024,03/01/2024,01/03/2024,2024-03-01\n\
                   2024-03-31,31.03.2024,03/31/2024,31/03/2024,31.03.2024\n";
    let table = desk.table(content).await;
    for name in ["iso", "dotted", "us", "eu", "mixed"] {
        assert_eq!(type_of(&table, name), ColumnType::Date, "{name}");
        let days = ["2024-03-01", "2024-03-31"].map(|day| day.parse::<Day>().unwrap());
        let info = column(&table, name);
        assert_eq!((info.dates, info.range), (Some(days), None), "{name}");
        assert_eq!(
            desk.cells(&table, name),
            some(&["2024-03-01", "2024-03-31"]),
            "{name}"
        );
    }
    let notes = table.notes.join(" ");
    assert!(
        notes.contains("us is read as month/day/year")
            && notes.contains("eu is read as day/month/year"),
        "{notes}"
    );
    assert!(notes.contains("mixed has dates in 2 forms"), "{notes}");
}

#[tokio::test]
async fn days_that_an_older_description_lacks_are_there_again_once_the_table_is_opened() {
    let desk = Desk::new();
    let content =
        "id,enrolled,seen\n1,2024-03-15,2024-04-01\n2,,2024-04-03\n3,2023-12-31,2024-04-02\n";
    let table = desk.table(content).await;
    let mut older = table.clone();
    for column in &mut older.columns {
        column.dates = None;
    }
    let description = format!("data/tables/{}.json", table.id);
    let description = desk.folder.path().join(description);
    let forget = || fs::write(&description, serde_json::to_vec(&older).unwrap()).unwrap();
    let kept =
        || -> TableInfo { serde_json::from_slice(&fs::read(&description).unwrap()).unwrap() };

    forget();
    assert_eq!(column(&kept(), "enrolled").dates, None);
    let opened = desk.workbench.described(&table.id, "table.csv").await;
    let opened = opened.unwrap();
    let days = ["2023-12-31", "2024-03-15"].map(|day| day.parse::<Day>().unwrap());
    assert_eq!(column(&opened, "enrolled").dates, Some(days));
    assert_eq!(opened.columns, table.columns);
    assert_eq!(kept().columns, table.columns, "found once, and kept");

    forget();
    assert_eq!(desk.table(content).await.columns, table.columns);
    assert_eq!(kept().columns, table.columns);

    // What a study has of it was written by the older version, too.
    forget();
    let gone = TableInfo {
        id: "0".repeat(32),
        ..older.clone()
    };
    let study = vec![older.clone(), gone.clone()];
    let filled = desk.workbench.with_days(study).await;
    assert_eq!(filled, [table, gone]);
    assert_eq!(kept().columns, filled[0].columns);
}

#[tokio::test]
async fn dates_that_no_value_decides_stay_text_with_a_note() {
    let desk = Desk::new();
    let table = desk
        .table("id,day,both\n1,03/01/2024,13/01/2024\n2,04/02/2024,01/13/2024\n")
        .await;
    assert_eq!(
        desk.cells(&table, "day"),
        some(&["03/01/2024", "04/02/2024"])
    );
    assert!(
        table.notes[0].contains("no value tells which"),
        "{:?}",
        table.notes
    );
    assert!(
        table.notes[1].contains("both day/month and month/day"),
        "{:?}",
        table.notes
    );
}

#[tokio::test]
async fn codes_keep_their_zeros_and_long_numbers_their_digits() {
    let desk = Desk::new();
    let table = desk
        .table("id,long\n001,12345678901234567890\n002,1\n")
        .await;
    assert_eq!(desk.cells(&table, "id"), some(&["001", "002"]));
    assert_eq!(
        desk.cells(&table, "long"),
        some(&["12345678901234567890", "1"])
    );
    assert_eq!(table.notes.len(), 2, "{:?}", table.notes);
}

#[tokio::test]
async fn one_odd_cell_among_numbers_is_named() {
    let rows: String = (0..50).map(|n| format!("{n},{n}.5\n")).collect();
    let table = Desk::new().table(format!("id,bili\n{rows}50,<0.1\n")).await;
    assert_eq!(type_of(&table, "bili"), ColumnType::Text);
    assert!(
        table.notes[0].contains("line 52 holds “<0.1”, which is no number, as 50 of 51"),
        "{:?}",
        table.notes
    );
}

#[tokio::test]
async fn categories_come_in_natural_order_with_their_counts() {
    let visits = ["FU12", "FU2", "BAS1", "FU2", "BAS1", "FU12", "FU2"];
    let rows: String = visits.iter().map(|visit| format!("{visit}\n")).collect();
    let table = Desk::new().table(format!("visit\n{rows}")).await;
    let visit = column(&table, "visit");
    let listed: Vec<_> = visit
        .categories
        .iter()
        .map(|c| (c.value.as_str(), c.count))
        .collect();
    assert_eq!(listed, [("BAS1", 2), ("FU2", 3), ("FU12", 2)]);
    assert_eq!((visit.sketch.clone(), visit.distinct), (vec![2, 3, 2], 3));
}

#[tokio::test]
async fn a_delimiter_is_found_by_how_even_the_table_is() {
    let desk = Desk::new();
    for (name, content) in [
        ("a.csv", "id;note\n1;a, b, c\n2;d, e\n"),
        ("a.csv", "id|note\n1|a, b\n2|c\n"),
        ("a.txt", "id\tnote\n1\ta, b\n2\tc\n"),
        ("a.tsv", "id\tnote\n1\ta;b\n2\tc\n"),
        ("a.csv", "\"id\",\"note\"\n1,\"a;b;c\"\n2,\"d;e;f\"\n"),
    ] {
        let table = desk.import(name, content).await.unwrap();
        assert_eq!(names(&table), ["id", "note"], "{content:?}");
    }
    let table = desk.table("id\n1\n2\n").await;
    assert_eq!(names(&table), ["id"]);
}

#[tokio::test]
async fn distinct_counts_and_sketches_cover_every_row() {
    let rows: String = (0..30_000)
        .map(|n| format!("{n},{}\n", f64::from(n % 1_000) / 4.0))
        .collect();
    let table = Desk::new().table(format!("id,x\n{rows}")).await;
    let (id, x) = (column(&table, "id"), column(&table, "x"));
    assert_eq!((id.distinct, x.distinct, x.decimals), (30_000, 1_000, 2));
    for column in [id, x] {
        assert_eq!(column.sketch.len(), 26);
        assert_eq!(column.sketch.iter().sum::<u32>(), 30_000);
    }
    assert_eq!(x.range, Some([0.0, 249.75]));
}
