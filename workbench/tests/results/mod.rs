//! Merged results to draw, written the way a merge writes them: a Parquet file and its description.

use std::{fs::File, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::DataType,
};
use parquet::arrow::ArrowWriter;
use tempfile::TempDir;
use workbench::{
    Limits, Workbench,
    data::{ColumnType, MergeKeys},
    query::{MergeSpec, ResultColumn, ResultInfo},
};

/// A workbench in a folder of its own.
pub struct Bench {
    pub workbench: Workbench,
    _folder: TempDir,
}

impl Bench {
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let workbench = Workbench::open(folder.path(), Limits::default()).expect("a workbench");
        Self {
            workbench,
            _folder: folder,
        }
    }

    /// A result with these columns; `id` is the participant and `visit` the visit.
    pub fn result(&self, columns: &[(&str, ArrayRef)]) -> ResultInfo {
        let batch = RecordBatch::try_from_iter(columns.iter().cloned()).expect("even columns");
        let file = File::create(self.workbench.result_path("a")).expect("a file");
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("closed");
        ResultInfo {
            id: "a".to_owned(),
            row_count: batch.num_rows() as u64,
            participants: 0,
            columns: columns
                .iter()
                .map(|(name, values)| column(name, values))
                .collect(),
            filters_applied: Vec::new(),
            spec: MergeSpec::default(),
            provenance: Vec::new(),
            keys: MergeKeys {
                cohort_table: "demographics".to_owned(),
                primary_id: "id".to_owned(),
                session_id: Some("visit".to_owned()),
                composite_id: None,
                is_longitudinal: true,
            },
            bytes: 0,
            elapsed_ms: 0,
            created_at: 0,
            cluster: None,
        }
    }

    /// Ages 40 to 60, sex f, with labs and exams: the cohort `make.py` answers for.
    pub fn cohort(&self) -> ResultInfo {
        let people = table(include_str!("../../../samples/pbc/demographics.csv"));
        let labs = table(include_str!("../../../samples/pbc/labs.csv"));
        let exams = table(include_str!("../../../samples/pbc/exams.csv"));
        let is_in = |id: &str| {
            people.iter().any(|p| {
                let age: f64 = p[1].parse().expect("an age");
                p[0] == id && (40.0..=60.0).contains(&age) && p[2] == "f"
            })
        };
        // Labs and exams list the same visits in the same order.
        let rows: Vec<_> = labs
            .iter()
            .zip(&exams)
            .filter(|(lab, _)| is_in(lab[0]))
            .collect();
        assert!(rows.iter().all(|(lab, exam)| lab[..2] == exam[..2]));
        let number = |of: usize| -> ArrayRef {
            Arc::new(Float64Array::from_iter(
                rows.iter().map(|(lab, _)| lab[of].parse::<f64>().ok()),
            ))
        };
        let whole = |of: usize| -> ArrayRef {
            Arc::new(Int64Array::from_iter(
                rows.iter().map(|(lab, _)| lab[of].parse::<i64>().ok()),
            ))
        };
        let stages = rows.iter().map(|(_, exam)| exam[7].parse::<i64>().ok());
        self.result(&[
            ("id", whole(0)),
            ("visit", whole(1)),
            ("bili", number(3)),
            ("chol", whole(4)),
            ("albumin", number(5)),
            ("stage", Arc::new(Int64Array::from_iter(stages))),
        ])
    }
}

/// Text cells as a column.
pub fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from_iter(
        values.iter().map(|v| (!v.is_empty()).then_some(*v)),
    ))
}

/// Numbers as a column; NaN is missing.
pub fn floats(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    let values = values.into_iter().map(|v| (!v.is_nan()).then_some(v));
    Arc::new(Float64Array::from_iter(values))
}

/// Whole numbers as a column.
pub fn wholes(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

fn column(name: &str, values: &ArrayRef) -> ResultColumn {
    let (column_type, is_numeric) = match values.data_type() {
        DataType::Float64 => (ColumnType::Number, true),
        DataType::Int64 if name == "stage" => (ColumnType::Category, true),
        DataType::Int64 => (ColumnType::Integer, true),
        _ => (ColumnType::Category, false),
    };
    ResultColumn {
        name: name.to_owned(),
        table: "labs".to_owned(),
        column: name.to_owned(),
        visit: None,
        column_type,
        is_numeric,
        is_key: name == "id" || name == "visit",
        decimals: if *values.data_type() == DataType::Float64 {
            2
        } else {
            0
        },
        missing: values.null_count() as u64,
        mean: None,
        sd: None,
        range: None,
    }
}

fn table(text: &'static str) -> Vec<Vec<&'static str>> {
    text.lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect()
}
