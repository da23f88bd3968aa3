//! Three tables of a million rows each, like the sample study's, the same in every run.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema},
};
use parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties};
use workbench::{
    Study,
    data::{ColumnInfo, ColumnType, MergeKeys, SourceFormat, TableInfo},
};

/// Participants, and rows of each visit-level table (near enough).
pub const ROWS: usize = 1_000_000;

/// A column: its name, its decimals, its distinct values if few, its cells.
type Made = (&'static str, u8, u64, ArrayRef);

/// Writes the tables below `folder` and says what they are.
pub fn write(folder: &Path) -> Study {
    let mut dice = Dice(7);
    let ids: Vec<i64> = (1..=ROWS as i64).collect();
    let mut tables = vec![keep(folder, "demographics", demographics(&mut dice, &ids))];
    let lab_visits = visits(&mut dice, &ids);
    let exam_visits = visits(&mut dice, &ids);
    tables.push(keep(folder, "labs", labs(&mut dice, lab_visits)));
    tables.push(keep(folder, "exams", exams(&mut dice, exam_visits)));
    Study {
        tables,
        keys: MergeKeys {
            cohort_table: "demographics".into(),
            primary_id: "id".into(),
            session_id: Some("visit".into()),
            composite_id: None,
            is_longitudinal: true,
        },
    }
}

fn demographics(dice: &mut Dice, ids: &[i64]) -> Vec<Made> {
    let n = ids.len();
    let sites = ["Rochester", "Oslo", "Rochester Oslo", "Graz", "Porto"];
    vec![
        ("id", 0, u64::MAX, Arc::new(Int64Array::from(ids.to_vec()))),
        ("age", 2, 5_000, number(dice, n, 20.0, 50.0, 2)),
        ("sex", 0, 2, text(dice, n, &["f", "f", "f", "m"])),
        ("site", 0, 5, text(dice, n, &sites)),
        ("trt", 0, 2, whole(dice, n, 2)),
        ("status", 0, 3, whole(dice, n, 3)),
        ("futime", 0, 5_000, whole(dice, n, 5_000)),
        ("height", 1, 500, number(dice, n, 150.0, 50.0, 1)),
    ]
}

fn labs(dice: &mut Dice, (ids, visits): (Vec<i64>, Vec<i64>)) -> Vec<Made> {
    let n = ids.len();
    vec![
        ("id", 0, u64::MAX, Arc::new(Int64Array::from(ids))),
        ("day", 0, 20, days(&visits)),
        ("visit", 0, 4, Arc::new(Int64Array::from(visits))),
        ("bili", 1, 400, number(dice, n, 0.3, 40.0, 1)),
        ("chol", 0, 1_500, whole(dice, n, 1_500)),
        ("albumin", 2, 300, number(dice, n, 1.8, 3.0, 2)),
        ("alk_phos", 0, 9_000, whole(dice, n, 9_000)),
        ("ast", 2, 60_000, number(dice, n, 6.0, 600.0, 2)),
        ("platelet", 0, 700, whole(dice, n, 700)),
        ("protime", 1, 100, number(dice, n, 9.0, 10.0, 1)),
    ]
}

fn exams(dice: &mut Dice, (ids, visits): (Vec<i64>, Vec<i64>)) -> Vec<Made> {
    let n = ids.len();
    vec![
        ("id", 0, u64::MAX, Arc::new(Int64Array::from(ids))),
        ("day", 0, 20, days(&visits)),
        ("visit", 0, 4, Arc::new(Int64Array::from(visits))),
        ("ascites", 0, 2, whole(dice, n, 2)),
        ("hepato", 0, 2, whole(dice, n, 2)),
        ("spiders", 0, 2, whole(dice, n, 2)),
        ("edema", 1, 3, number(dice, n, 0.0, 1.1, 0)),
        ("stage", 0, 4, whole(dice, n, 4)),
        ("weight", 1, 1_000, number(dice, n, 40.0, 100.0, 1)),
        ("pulse", 0, 120, whole(dice, n, 120)),
    ]
}

/// None, one or two visits each, one on average.
fn visits(dice: &mut Dice, ids: &[i64]) -> (Vec<i64>, Vec<i64>) {
    let mut keys = (Vec::new(), Vec::new());
    for id in ids {
        for visit in 1..=[0, 1, 1, 2][(dice.roll() % 4) as usize] {
            keys.0.push(*id);
            keys.1.push(visit);
        }
    }
    keys
}

fn days(visits: &[i64]) -> ArrayRef {
    Arc::new(
        visits
            .iter()
            .map(|visit| (visit - 1) * 182)
            .collect::<Int64Array>(),
    )
}

fn whole(dice: &mut Dice, count: usize, below: u64) -> ArrayRef {
    Arc::new(
        (0..count)
            .map(|_| dice.maybe().map(|roll| (roll % below) as i64))
            .collect::<Int64Array>(),
    )
}

fn number(dice: &mut Dice, count: usize, from: f64, span: f64, decimals: i32) -> ArrayRef {
    let scale = 10_f64.powi(decimals);
    let value = |roll: u64| ((from + (roll % 100_000) as f64 / 1e5 * span) * scale).round() / scale;
    Arc::new(
        (0..count)
            .map(|_| dice.maybe().map(value))
            .collect::<Float64Array>(),
    )
}

fn text(dice: &mut Dice, count: usize, of: &[&str]) -> ArrayRef {
    Arc::new(
        (0..count)
            .map(|_| Some(of[(dice.roll() % of.len() as u64) as usize]))
            .collect::<StringArray>(),
    )
}

fn keep(folder: &Path, name: &str, columns: Vec<Made>) -> TableInfo {
    let fields = columns
        .iter()
        .map(|(name, _, _, cells)| Field::new(*name, cells.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let arrays = columns.iter().map(|(.., cells)| cells.clone()).collect();
    let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let file = File::create(folder.join(format!("{name}.parquet"))).unwrap();
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let info = |(name, decimals, distinct, cells): &Made| ColumnInfo {
        name: (*name).into(),
        column_type: match cells.data_type() {
            _ if *distinct <= 10 => ColumnType::Category,
            DataType::Int64 => ColumnType::Integer,
            DataType::Float64 => ColumnType::Number,
            _ => ColumnType::Text,
        },
        is_numeric: cells.data_type().is_numeric(),
        missing: cells.null_count() as u64,
        distinct: *distinct,
        range: None,
        dates: None,
        categories: Vec::new(),
        decimals: *decimals,
        sketch: Vec::new(),
    };
    TableInfo {
        id: name.into(),
        name: name.into(),
        file_name: format!("{name}.csv"),
        format: SourceFormat::Csv,
        bytes: 0,
        rows: batch.num_rows() as u64,
        columns: columns.iter().map(info).collect(),
        checksum: String::new(),
        is_sample: false,
        notes: Vec::new(),
        imported_at: 0,
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Nothing once in twenty.
    fn maybe(&mut self) -> Option<u64> {
        let roll = self.roll();
        (!roll.is_multiple_of(20)).then_some(roll >> 8)
    }
}
