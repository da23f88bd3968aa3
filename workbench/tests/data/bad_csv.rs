//! CSV as it should not be: each a message with file, line and column, or a correct import.

use workbench::{Error, Limits};

use super::{Desk, names, some};

#[tokio::test]
async fn a_ragged_row_is_named_with_what_was_expected_and_found() {
    let desk = Desk::new();
    let text = desk.refused("labs.csv", "id,bili,chol\n1,2,3\n2,5\n").await;
    assert_eq!(
        text,
        "labs.csv, line 3: expected 3 cells, as in the header, and found 2."
    );
    let text = desk.refused("labs.csv", "id,bili\n1,2\n\n2,5,6\n").await;
    assert!(
        text.starts_with("labs.csv, line 4: expected 2 cells, as in the header, and found 3."),
        "{text}"
    );
}

#[tokio::test]
async fn lines_are_counted_as_an_editor_counts_them() {
    let desk = Desk::new();
    for (end, line) in [("\n", 5), ("\r\n", 5), ("\r", 5)] {
        let content = ["id,note", "1,\"two", "lines\"", "2,b", "3"].join(end);
        let text = desk.refused("a.csv", content).await;
        assert!(
            text.starts_with(&format!("a.csv, line {line}: expected 2")),
            "{end:?}: {text}"
        );
    }
}

#[tokio::test]
async fn empty_cells_at_the_end_of_a_line_are_tolerated() {
    let desk = Desk::new();
    let table = desk.table("id,bili\n1,2,,\n2,3, \n").await;
    assert_eq!((table.rows, names(&table)), (2, vec!["id", "bili"]));
    let table = desk.table("id,bili,,\n1,2,,\n2,3\n").await;
    assert_eq!((table.rows, names(&table)), (2, vec!["id", "bili"]));
    assert!(table.notes.is_empty(), "{:?}", table.notes);
}

#[tokio::test]
async fn without_a_header_columns_are_numbered_and_a_note_says_so() {
    let desk = Desk::new();
    let table = desk.table("1,58.7,3\n2,56.4,4\n").await;
    assert_eq!(names(&table), ["column_1", "column_2", "column_3"]);
    assert_eq!(desk.cells(&table, "column_1"), some(&["1", "2"]));
    assert!(table.notes[0].contains("only numbers"), "{:?}", table.notes);
}

#[tokio::test]
async fn a_column_without_a_name_gets_one() {
    let table = Desk::new().table(",age\nx,1\ny,2\n").await;
    assert_eq!(names(&table), ["column_1", "age"]);
    assert_eq!(
        table.notes,
        ["Column 1 has no name; it is called column_1."]
    );
}

#[tokio::test]
async fn duplicate_columns_are_named_both() {
    let text = Desk::new()
        .refused("a.csv", "id, age ,sex,age\n1,2,f,3\n")
        .await;
    assert_eq!(
        text,
        "a.csv, line 1, column age: columns 2 and 4 are both named age. Rename one of them."
    );
}

#[tokio::test]
async fn an_empty_file_is_said_to_be_empty() {
    let desk = Desk::new();
    for content in ["", "\u{feff}", "\n\n\r\n"] {
        let text = desk.refused("a.csv", content).await;
        assert!(
            text.starts_with("a.csv: the file is empty."),
            "{content:?}: {text}"
        );
    }
}

#[tokio::test]
async fn a_header_alone_is_a_table_without_rows() {
    for content in ["id,age", "id,age\n", "id,age\r\n\r\n"] {
        let table = Desk::new().table(content).await;
        assert_eq!((table.rows, names(&table)), (0, vec!["id", "age"]));
    }
}

#[tokio::test]
async fn ten_thousand_columns_are_refused_by_the_header_naming_the_setting() {
    let desk = Desk::new();
    let header: Vec<String> = (0..10_000).map(|number| format!("c{number}")).collect();
    // Were the rest looked at, the NUL byte would be found.
    let content = format!("{}\n\0", header.join(","));
    let error = desk.import("wide.csv", content).await.unwrap_err();
    assert!(
        matches!(
            &error,
            Error::TooLarge {
                setting: "data.columns",
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "wide.csv: 10,000 columns is over the limit of 2,000 columns (data.columns)."
    );
}

#[tokio::test]
async fn a_quote_that_is_never_closed_is_found_where_it_opened() {
    let text = Desk::new()
        .refused("a.csv", "id,note\n1,fine\n2,\"open\n3,c\n4,d\n")
        .await;
    assert!(
        text.starts_with("a.csv, line 3, column note: the quote that opens here is never closed"),
        "{text}"
    );
}

#[tokio::test]
async fn a_quote_that_swallows_rows_until_the_next_quote_is_found_where_it_opened() {
    let text = Desk::new()
        .refused("a.csv", "id,note\n1,\"open\n2,b\n3,\"x\"\n")
        .await;
    assert!(
        text.starts_with("a.csv, line 2, column note: the quote that opens here closes on line 4"),
        "{text}"
    );
}

#[tokio::test]
async fn a_quote_that_swallows_the_file_is_found_without_holding_it() {
    let desk = Desk::with(Limits {
        cell_bytes: 1_000,
        ..Limits::default()
    });
    let content = format!("id,note\n1,\"{}", "2,b\n".repeat(1_000_000));
    let text = desk.refused("a.csv", content).await;
    assert!(
        text.starts_with(
            "a.csv, line 2, column note: the quote that opens here is not closed within"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn a_cell_over_the_limit_is_named_with_the_setting() {
    let desk = Desk::with(Limits {
        cell_bytes: 1_000,
        ..Limits::default()
    });
    let error = desk
        .import("a.csv", format!("id,note\n1,{}\n", "x".repeat(2_000)))
        .await
        .unwrap_err();
    assert!(
        matches!(
            &error,
            Error::TooLarge {
                setting: "data.cell_bytes",
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .starts_with("a.csv, line 2, column note: the cell is over"),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_before_it_is_read() {
    let desk = Desk::with(Limits {
        file_bytes: 10,
        ..Limits::default()
    });
    let error = desk.import("a.csv", "id,age\n1,2\n").await.unwrap_err();
    assert!(
        matches!(
            &error,
            Error::TooLarge {
                setting: "data.file_bytes",
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_nul_byte_is_named_by_line_and_column() {
    let text = Desk::new()
        .refused("a.csv", b"id,note\n1,a\n2,b\0c\n")
        .await;
    assert!(
        text.starts_with("a.csv, line 3, column note: there is a NUL byte"),
        "{text}"
    );
    let text = Desk::new()
        .refused("a.csv", b"id,note\n1,a\n2,\"b\0c\"\n")
        .await;
    assert!(
        text.starts_with("a.csv, line 3, column note: there is a NUL byte"),
        "{text}"
    );
}

#[tokio::test]
async fn line_ends_of_every_system_give_the_same_table() {
    for end in ["\n", "\r\n", "\r"] {
        let desk = Desk::new();
        let table = desk
            .table(["id,name", "1,\"a,b\"", "2,\"say \"\"x\"\"\"", ""].join(end))
            .await;
        assert_eq!(
            desk.cells(&table, "name"),
            some(&["a,b", "say \"x\""]),
            "{end:?}"
        );
        assert!(table.notes.is_empty());
    }
}

#[tokio::test]
async fn rows_that_lie_across_read_buffers_are_whole() {
    let desk = Desk::new();
    let rows: String = (0..60_000)
        .map(|n| format!("{n},\"a {n}\r\nb\",{}\r\n", n * 2))
        .collect();
    let table = desk.table(format!("id,note,twice\r\n{rows}")).await;
    assert_eq!(table.rows, 60_000);
    let notes = desk.cells(&table, "note");
    assert!(
        notes
            .iter()
            .enumerate()
            .all(|(n, note)| note.as_deref() == Some(&format!("a {n}\r\nb")))
    );
    assert_eq!(
        desk.cells(&table, "twice").last(),
        Some(&Some("119998".to_owned()))
    );
}

#[tokio::test]
async fn formulas_are_data_and_stay_as_they_are() {
    let desk = Desk::new();
    let table = desk.table("id,note\n1,=cmd()\n2,@SUM(A1)\n3,-1\n").await;
    assert_eq!(
        desk.cells(&table, "note"),
        some(&["=cmd()", "@SUM(A1)", "-1"])
    );
}

#[tokio::test]
async fn skipped_lines_are_noted() {
    let table = Desk::new().table("id,age\n1,2\n\n3,4\n\n\n").await;
    assert_eq!(
        (table.rows, table.notes),
        (2, vec!["1 empty line was skipped.".to_owned()])
    );
}
