//! Small studies for the tests: tables written as text, kept as the workbench keeps them.

use std::{fs::File, sync::Arc};

use arrow::{
    array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::{Field, Schema},
};
use parquet::arrow::ArrowWriter;
use workbench::{
    Limits, Study, Workbench,
    data::{CategoryCount, ColumnInfo, ColumnType, MergeKeys, SourceFormat, TableInfo},
    query::{CardRule, CohortFilters, FilterCard, MergeSpec, Page, PageRequest, Range, Selection},
};

/// A workbench in a folder of its own, which goes with it.
pub struct Bench {
    pub workbench: Workbench,
    pub folder: tempfile::TempDir,
    tables: Vec<TableInfo>,
}

impl Bench {
    pub fn new() -> Self {
        Self::with_cache(1 << 28)
    }

    pub fn with_cache(cache_bytes: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            cache_bytes,
            ..Limits::default()
        };
        Self {
            workbench: Workbench::open(folder.path(), limits).unwrap(),
            folder,
            tables: Vec::new(),
        }
    }

    /// Keeps a table: a header line, then rows; cells are separated by `|`, empty is missing.
    pub fn table(&mut self, name: &str, text: &str) -> &mut Self {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let header: Vec<&str> = lines.next().unwrap().split('|').map(str::trim).collect();
        let rows: Vec<Vec<&str>> = lines
            .map(|line| line.split('|').map(str::trim).collect())
            .collect();
        let columns: Vec<(String, Vec<Option<&str>>)> = header
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let cell = |row: &Vec<_>| Some(row[at]).filter(|cell: &&str| !cell.is_empty());
                ((*name).to_owned(), rows.iter().map(cell).collect())
            })
            .collect();
        self.columns(name, columns)
    }

    /// Keeps a table of text columns; whole numbers, numbers and dates become such.
    pub fn columns(&mut self, name: &str, columns: Vec<(String, Vec<Option<&str>>)>) -> &mut Self {
        let arrays: Vec<(String, ArrayRef)> = columns
            .iter()
            .map(|(name, cells)| (name.clone(), array(cells)))
            .collect();
        let infos = columns
            .iter()
            .zip(&arrays)
            .map(|((name, cells), (_, array))| info(name, cells, array));
        let id = format!("{name}-{}", self.tables.len());
        let table = TableInfo {
            id: id.clone(),
            name: name.into(),
            file_name: format!("{name}.csv"),
            format: SourceFormat::Csv,
            bytes: 0,
            rows: arrays[0].1.len() as u64,
            columns: infos.collect(),
            checksum: format!("checksum of {name}"),
            is_sample: false,
            notes: Vec::new(),
            imported_at: 0,
        };
        let fields: Vec<Field> = arrays
            .iter()
            .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let arrays = arrays.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
        let file = File::create(self.workbench.table_path(&id)).unwrap();
        let mut writer = ArrowWriter::try_new(file, schema, None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        self.tables.push(table);
        self
    }

    /// The study, joined on `id` and, if given, the visit column.
    pub fn study(&self, visit: Option<&str>) -> Study {
        Study {
            tables: self.tables.clone(),
            keys: MergeKeys {
                cohort_table: self.tables[0].name.clone(),
                primary_id: "id".into(),
                session_id: visit.map(Into::into),
                composite_id: visit.map(|visit| format!("id_{visit}")),
                is_longitudinal: visit.is_some(),
            },
        }
    }

    /// The trial's three tables, from the samples.
    pub fn pbc() -> (Self, Study) {
        let mut bench = Self::new();
        for name in ["demographics", "labs", "exams"] {
            let path = format!("{}/../samples/pbc/{name}.csv", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap().replace(',', "|");
            bench.table(name, &text);
        }
        let study = bench.study(Some("visit"));
        (bench, study)
    }
}

fn array(cells: &[Option<&str>]) -> ArrayRef {
    fn all<T: std::str::FromStr>(cells: &[Option<&str>]) -> Option<Vec<Option<T>>> {
        cells
            .iter()
            .map(|cell| {
                cell.map(|cell| cell.parse().ok())
                    .map_or(Some(None), |v| v.map(Some))
            })
            .collect()
    }
    let dates: Option<Vec<Option<i32>>> = cells
        .iter()
        .map(|cell| cell.map(days).map_or(Some(None), |day| day.map(Some)))
        .collect();
    if let Some(numbers) = all::<i64>(cells) {
        Arc::new(Int64Array::from(numbers))
    } else if let Some(numbers) = all::<f64>(cells) {
        Arc::new(Float64Array::from(numbers))
    } else if let Some(days) = dates {
        Arc::new(Date32Array::from(days))
    } else {
        Arc::new(StringArray::from(cells.to_vec()))
    }
}

/// Days since 1970 of a date in January 1970.
fn days(text: &str) -> Option<i32> {
    text.strip_prefix("1970-01-")?
        .parse::<i32>()
        .ok()
        .map(|day| day - 1)
}

fn info(name: &str, cells: &[Option<&str>], array: &ArrayRef) -> ColumnInfo {
    let known: Vec<&str> = cells.iter().flatten().copied().collect();
    let mut values = known.clone();
    values.sort_unstable();
    values.dedup();
    let numbers: Vec<f64> = known.iter().filter_map(|cell| cell.parse().ok()).collect();
    let is_numeric = array.data_type().is_numeric();
    let decimals = known
        .iter()
        .filter_map(|cell| Some(cell.split_once('.')?.1.len()))
        .max();
    let is_few = values.len() <= 5;
    ColumnInfo {
        name: name.into(),
        column_type: match array.data_type() {
            arrow::datatypes::DataType::Date32 => ColumnType::Date,
            _ if is_few => ColumnType::Category,
            arrow::datatypes::DataType::Int64 => ColumnType::Integer,
            arrow::datatypes::DataType::Float64 => ColumnType::Number,
            _ => ColumnType::Text,
        },
        is_numeric,
        missing: (cells.len() - known.len()) as u64,
        distinct: values.len() as u64,
        range: is_numeric.then(|| {
            [
                numbers.iter().copied().fold(f64::MAX, f64::min),
                numbers.iter().copied().fold(f64::MIN, f64::max),
            ]
        }),
        dates: None,
        categories: values
            .iter()
            .map(|value| CategoryCount {
                value: (*value).into(),
                count: known.iter().filter(|cell| *cell == value).count() as u64,
            })
            .collect(),
        decimals: decimals.unwrap_or(0) as u8,
        sketch: Vec::new(),
    }
}

/// These columns: `labs: bili, day`.
pub fn taking(tables: &[&str]) -> Selection {
    let tables = tables.iter().map(|text| {
        let (table, columns) = text.split_once(':').unwrap_or((text, ""));
        let columns = columns
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        (table.trim().to_owned(), columns.map(Into::into).collect())
    });
    Selection {
        tables: tables.collect(),
    }
}

pub fn range(min: f64, max: f64) -> Range {
    Range {
        min: Some(min),
        max: Some(max),
    }
}

pub fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// A card `labs.bili` that is on.
pub fn card(column: &str, rule: CardRule) -> FilterCard {
    let (table, name) = column.split_once('.').unwrap();
    FilterCard {
        id: column.into(),
        table: table.into(),
        column: name.into(),
        rule,
        enabled: true,
    }
}

/// Ages 40 to 60, sex f.
pub fn women_40_to_60() -> CohortFilters {
    CohortFilters {
        age: Some(range(40.0, 60.0)),
        sex: texts(&["f"]),
        ..CohortFilters::default()
    }
}

pub fn spec(filters: CohortFilters, selection: Selection) -> MergeSpec {
    MergeSpec {
        filters,
        selection,
        ..MergeSpec::default()
    }
}

pub fn first(limit: u32) -> PageRequest {
    PageRequest {
        limit,
        ..PageRequest::default()
    }
}

/// The page as lines: cells separated by spaces, `-` for a missing one.
pub fn lines(page: &Page) -> Vec<String> {
    let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "-".into());
    page.rows
        .iter()
        .map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" "))
        .collect()
}
