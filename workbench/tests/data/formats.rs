//! Files of other kinds and other encodings: each recognised by its content.

use std::{fs::File, sync::Arc};

use arrow::{
    array::{
        ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch,
        StringArray, TimestampMillisecondArray, UInt64Array,
    },
    datatypes::Int32Type,
};
use parquet::{
    arrow::ArrowWriter,
    basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel},
    file::properties::WriterProperties,
};
use workbench::{
    Limits,
    data::{ColumnType, SourceFormat, sanitise_name},
};

use super::{Desk, column, names, some, type_of};

#[tokio::test]
async fn what_is_no_table_is_called_what_it_is() {
    let desk = Desk::new();
    for (content, text) in [
        (
            b"\x89PNG\r\n\x1a\n____".as_slice(),
            "a PNG picture, not a table",
        ),
        (b"%PDF-1.7 ___", "a PDF document, not a table"),
        (b"PK\x03\x04____________", "a ZIP archive, not a table"),
        (
            b"PK\x03\x04______[Content_Types].xml____",
            "an Excel workbook, not a table",
        ),
        (b"\x1f\x8b\x08____", "a gzip archive, not a table"),
        (b"\xD0\xCF\x11\xE0____", "an old Excel or Word document"),
        (b"<!DOCTYPE html><html></html>", "a web page, not a table"),
    ] {
        let refused = desk.refused("labs.csv", content).await;
        assert!(
            refused.starts_with("labs.csv: this is ") && refused.contains(text),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn every_encoding_gives_the_same_text() {
    let desk = Desk::new();
    let text = "id,Straße\n1,größer\n2,naïve\n";
    let mark = [0xFEFF_u16];
    let wide = || mark.iter().copied().chain(text.encode_utf16());
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let files = [
        (text.as_bytes().to_vec(), None),
        ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), None),
        (latin, Some("Latin-1")),
        (wide().flat_map(u16::to_le_bytes).collect(), Some("UTF-16")),
        (wide().flat_map(u16::to_be_bytes).collect(), Some("UTF-16")),
    ];
    for (content, note) in files {
        let table = desk.table(content).await;
        assert_eq!(names(&table), ["id", "Straße"]);
        assert_eq!(desk.cells(&table, "Straße"), some(&["größer", "naïve"]));
        match note {
            None => assert!(table.notes.is_empty(), "{:?}", table.notes),
            Some(note) => assert!(table.notes[0].contains(note), "{:?}", table.notes),
        }
    }
}

#[tokio::test]
async fn broken_utf8_and_broken_utf16_are_said() {
    let desk = Desk::new();
    let refused = desk
        .refused("a.csv", b"id,name\n1,gr\xC3\xB6\xC3\x9Fer\n2,na\xC3ve\n")
        .await;
    assert!(
        refused.starts_with("a.csv, line 3: a character is not valid UTF-8"),
        "{refused}"
    );
    let refused = desk.refused("a.csv", b"\xFF\xFEi\0d\0\n\x000").await;
    assert!(refused.contains("broken UTF-16"), "{refused}");
}

#[tokio::test]
async fn json_lines_become_a_table_with_late_keys_and_nested_values_noted() {
    let desk = Desk::new();
    let content = "{\"id\": 1, \"sex\": \"f\", \"ok\": true}\n\n{\"sex\": \"m\", \"id\": 2, \"bili\": 1.5}\n\
                   {\"id\": 3, \"visits\": [1, 2], \"bili\": null}\n";
    let table = desk.import("labs.jsonl", content).await.unwrap();
    assert_eq!((table.format, table.rows), (SourceFormat::JsonLines, 3));
    assert_eq!(names(&table), ["id", "sex", "ok", "bili", "visits"]);
    assert_eq!(desk.cells(&table, "id"), some(&["1", "2", "3"]));
    assert_eq!(
        desk.cells(&table, "visits"),
        [None, None, Some("[1,2]".to_owned())]
    );
    assert_eq!(
        (column(&table, "bili").missing, type_of(&table, "ok")),
        (2, ColumnType::YesNo)
    );
    let notes = table.notes.join(" ");
    assert!(
        notes.contains("bili first comes on line 3") && notes.contains("visits has nested values"),
        "{notes}"
    );
    let by_content = desk.import("labs.csv", content).await.unwrap();
    assert_eq!(by_content.id, table.id);
}

#[tokio::test]
async fn a_bad_json_line_is_named() {
    let desk = Desk::new();
    for (content, text) in [
        (
            "{\"id\": 1}\n{\"id\": }\n",
            "a.jsonl, line 2: not a JSON object: expected value",
        ),
        (
            "{\"id\": 1}\n7\n",
            "a.jsonl, line 2: not a JSON object: invalid type",
        ),
        (
            "{\"id\": 1}\n{\"id\": 1, \"id\": 2}\n",
            "a.jsonl, line 2: not a JSON object: the key id comes twice",
        ),
        (
            "{\"id\": 1} {\"id\": 2}\n",
            "a.jsonl, line 1: not a JSON object: trailing characters",
        ),
        ("[{\"id\": 1}]", "a.jsonl, line 1: this is a JSON list."),
        ("\n", "a.jsonl: the file is empty."),
    ] {
        let refused = desk.refused("a.jsonl", content).await;
        assert!(refused.starts_with(text), "{content}: {refused}");
    }
    let few = Desk::with(Limits {
        columns: 2,
        ..Limits::default()
    });
    let refused = few
        .refused("a.jsonl", "{\"a\":1}\n{\"b\":1}\n{\"c\":1}\n")
        .await;
    assert!(
        refused.contains("3 or more columns is over the limit of 2 columns (data.columns)"),
        "{refused}"
    );
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    compressed_parquet(columns, Compression::UNCOMPRESSED)
}

fn compressed_parquet(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// Other programs have other defaults: pandas and DuckDB write snappy, Polars zstd, Spark gzip.
#[tokio::test]
async fn parquet_is_read_however_it_is_compressed() {
    let compressions = [
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ];
    for compression in compressions {
        let desk = Desk::new();
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1000));
        let content = compressed_parquet(vec![("id", ids)], compression);
        let table = desk.import("labs.parquet", content).await.unwrap();
        assert_eq!(table.rows, 1000, "{compression}");
    }
}

#[tokio::test]
async fn parquet_keeps_its_types() {
    let desk = Desk::new();
    let content = parquet(vec![
        ("id", Arc::new(Int32Array::from(vec![1, 2, 3]))),
        (
            "x",
            Arc::new(Float64Array::from(vec![
                Some(1.5),
                Some(f64::NAN),
                Some(f64::INFINITY),
            ])),
        ),
        ("sex", Arc::new(StringArray::from(vec!["f", "m", "f"]))),
        (
            "ok",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        ),
        (
            "at",
            Arc::new(TimestampMillisecondArray::from(vec![0, 1, 2]).with_timezone("UTC")),
        ),
    ]);
    let table = desk.import("labs.parquet", content).await.unwrap();
    assert_eq!((table.format, table.rows), (SourceFormat::Parquet, 3));
    assert_eq!(desk.cells(&table, "id"), some(&["1", "2", "3"]));
    assert_eq!(
        desk.cells(&table, "x"),
        [Some("1.5".to_owned()), None, None]
    );
    assert_eq!(
        desk.cells(&table, "at")[0].as_deref(),
        Some("1970-01-01T00:00:00")
    );
    assert_eq!(
        (type_of(&table, "sex"), type_of(&table, "ok")),
        (ColumnType::Category, ColumnType::YesNo)
    );
    assert!(
        table
            .notes
            .iter()
            .any(|note| note.contains("1 infinite values of x")),
        "{:?}",
        table.notes
    );
}

#[tokio::test]
async fn parquet_that_cannot_be_taken_is_refused_by_column() {
    let desk = Desk::new();
    let visits =
        ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), Some(2)])]);
    let nested = parquet(vec![
        ("id", Arc::new(Int32Array::from(vec![1]))),
        ("visits", Arc::new(visits)),
    ]);
    let refused = desk.refused("a.parquet", nested).await;
    assert!(
        refused.starts_with("a.parquet, column visits: the column is nested"),
        "{refused}"
    );
    let huge = parquet(vec![("n", Arc::new(UInt64Array::from(vec![u64::MAX])))]);
    let refused = desk.refused("a.parquet", huge).await;
    assert!(
        refused.starts_with("a.parquet, column n: its values cannot be taken"),
        "{refused}"
    );
}

#[tokio::test]
async fn damaged_parquet_is_said_to_be_damaged() {
    let desk = Desk::new();
    let whole = parquet(vec![(
        "id",
        Arc::new(Int32Array::from_iter_values(0..100_000)),
    )]);
    let cut = &whole[..whole.len() - 20];
    let refused = desk.refused("a.parquet", cut).await;
    assert!(
        refused.starts_with("a.parquet: the Parquet file is damaged or cut off"),
        "{refused}"
    );
    let mut spoiled = whole.clone();
    for byte in &mut spoiled[4..2_000] {
        *byte = !*byte;
    }
    let refused = desk.refused("a.parquet", spoiled).await;
    assert!(
        refused.starts_with("a.parquet: the Parquet file is damaged or cut off"),
        "{refused}"
    );
    let refused = desk.refused("a.parquet", "id,age\n1,2\n").await;
    assert!(
        refused.starts_with("a.parquet: this is no Parquet file"),
        "{refused}"
    );
}

#[tokio::test]
async fn file_names_are_shown_safely_and_tables_called_after_them() {
    let desk = Desk::new();
    let path = desk.file("x", "id,age\n1,2\n");
    let cancel = tokio_util::sync::CancellationToken::new();
    for name in [
        "../../etc/my labs.csv",
        "C:\\x\\my labs.csv",
        "my labs\u{0}.csv",
    ] {
        let table = desk.workbench.import(&path, name, &cancel).await.unwrap();
        assert_eq!(
            (table.name.as_str(), table.file_name.as_str()),
            ("my_labs", "my labs.csv")
        );
    }
    let long = desk
        .workbench
        .import(&path, &"a".repeat(5_000), &cancel)
        .await
        .unwrap();
    assert_eq!((long.name.len(), long.file_name.chars().count()), (64, 255));
    assert_eq!(sanitise_name("my labs.csv"), "my_labs");
}

#[tokio::test]
async fn the_copy_has_snappy_and_statistics() {
    let desk = Desk::new();
    let table = desk.table("id,name\n3,a\n1,b\n").await;
    let file = File::open(desk.workbench.table_path(&table.id)).unwrap();
    let metadata = parquet::file::metadata::ParquetMetaDataReader::new()
        .parse_and_finish(&file)
        .unwrap();
    let column = metadata.row_group(0).column(0);
    assert_eq!(column.compression(), parquet::basic::Compression::SNAPPY);
    assert_eq!(
        column.statistics().unwrap().min_bytes_opt(),
        Some(1_i64.to_le_bytes().as_slice())
    );
}
