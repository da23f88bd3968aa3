//! Importing tables: what people drop, good and bad, and what comes of it.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

#[path = "data/bad_csv.rs"]
mod bad_csv;
#[path = "data/formats.rs"]
mod formats;
#[path = "data/keeping.rs"]
mod keeping;
#[path = "data/keys.rs"]
mod keys;
#[path = "data/large.rs"]
mod large;
#[path = "data/pbc.rs"]
mod pbc;
#[path = "data/types.rs"]
mod types;

use std::{fs, path::PathBuf};

use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use workbench::{
    Error, Limits, Workbench,
    data::{ColumnInfo, ColumnType, TableInfo},
};

/// A workbench in a folder of its own, and a folder that a person's files are in.
struct Desk {
    workbench: Workbench,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workbench = Workbench::open(folder.path().join("data"), limits).unwrap();
        fs::create_dir(folder.path().join("mine")).unwrap();
        Self { workbench, folder }
    }

    /// Puts a file where a person has it.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("mine").join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Imports it, and holds the two promises that every import has to keep.
    async fn import(&self, name: &str, content: impl AsRef<[u8]>) -> Result<TableInfo, Error> {
        let path = self.file(name, &content);
        let before = self.kept();
        let result = self
            .workbench
            .import(&path, name, &CancellationToken::new())
            .await;
        assert_eq!(
            fs::read(&path).unwrap(),
            content.as_ref(),
            "the source is never changed"
        );
        match &result {
            Ok(table) => assert!(self.workbench.table_exists(&table.id)),
            Err(_) => assert_eq!(self.kept(), before, "nothing half-kept"),
        }
        result
    }

    async fn table(&self, content: impl AsRef<[u8]>) -> TableInfo {
        self.import("table.csv", content).await.unwrap()
    }

    /// The error of an import, as the person reads it.
    async fn refused(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        self.import(name, content).await.unwrap_err().to_string()
    }

    /// Files in the tables' folder, also hidden ones.
    fn kept(&self) -> Vec<String> {
        let tables = self.folder.path().join("data/tables");
        let mut names: Vec<String> = fs::read_dir(tables)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The cells of a column as they are stored.
    fn cells(&self, table: &TableInfo, column: &str) -> Vec<Option<String>> {
        use arrow::{array::AsArray, compute::cast, datatypes::DataType};
        let file = fs::File::open(self.workbench.table_path(&table.id)).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file);
        let mut cells = Vec::new();
        for batch in reader.unwrap().build().unwrap() {
            let text = cast(
                batch.unwrap().column_by_name(column).unwrap(),
                &DataType::Utf8,
            )
            .unwrap();
            cells.extend(
                text.as_string::<i32>()
                    .iter()
                    .map(|cell| cell.map(str::to_owned)),
            );
        }
        cells
    }
}

fn column<'a>(table: &'a TableInfo, name: &str) -> &'a ColumnInfo {
    table
        .column(name)
        .unwrap_or_else(|| panic!("no column {name} in {:?}", names(table)))
}

fn names(table: &TableInfo) -> Vec<&str> {
    table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

fn type_of(table: &TableInfo, name: &str) -> ColumnType {
    column(table, name).column_type
}

fn some(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|cell| Some((*cell).to_owned())).collect()
}
