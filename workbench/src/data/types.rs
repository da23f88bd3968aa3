//! What a table is to a reader: plain types, also in the browser.

use serde::{Deserialize, Serialize};

use super::Day;

/// What the values of a column are, as people would say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Whole numbers with many values; kept as `Int64`.
    Integer,
    /// Numbers with decimals; kept as `Float64`.
    Number,
    /// Few distinct values (text, or whole numbers such as a stage); kept as `Utf8` or `Int64`.
    Category,
    /// 0/1, true/false, yes/no; kept as `Int64` or `Utf8` as written.
    YesNo,
    /// Dates; kept as `Date32`, shown as `YYYY-MM-DD`.
    Date,
    /// Everything else; kept as `Utf8`.
    Text,
}

impl ColumnType {
    /// Whether a range filter and a numeric axis make sense.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }
}

/// One value of a categorical column and how many rows hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct CategoryCount {
    /// The value as text.
    pub value: String,
    /// Rows with it.
    pub count: u64,
}

/// One column of an imported table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct ColumnInfo {
    /// Its header, trimmed.
    pub name: String,
    /// What its values are.
    pub column_type: ColumnType,
    /// Whether the stored values are numbers (`Int64` / `Float64`), also for categories like `stage`.
    pub is_numeric: bool,
    /// Rows without a value.
    pub missing: u64,
    /// Distinct values, missing not counted (exact up to 100,000, then estimated).
    pub distinct: u64,
    /// Smallest and largest value of a numeric column.
    pub range: Option<[f64; 2]>,
    /// First and last day of a column of dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<[Day; 2]>,
    /// Values of a `Category` or `YesNo` column in natural order, at most
    /// [`ColumnInfo::MAX_CATEGORIES`]; for the rest, empty.
    pub categories: Vec<CategoryCount>,
    /// Decimals to show, so that a column keeps one precision: 0 to 6.
    pub decimals: u8,
    /// A distribution sketch: up to [`ColumnInfo::SKETCH_BINS`] counts, equal-width bins over `range`
    /// for numbers and over `dates` for dates, one per value for categories.
    pub sketch: Vec<u32>,
}

impl ColumnInfo {
    /// Bins of a sketch.
    pub const SKETCH_BINS: usize = 26;
    /// Values listed of a categorical column.
    pub const MAX_CATEGORIES: usize = 50;

    /// Whether a filter card can offer anything on it: whether there is any value.
    pub fn is_filterable(&self) -> bool {
        self.distinct > 0
    }

    /// Whether its values are kept as text, few or many.
    pub fn holds_text(&self) -> bool {
        !self.is_numeric && self.column_type != ColumnType::Date
    }
}

/// What a source file was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    /// Comma, semicolon or pipe separated.
    Csv,
    /// Tab separated.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// One JSON object a line.
    JsonLines,
}

/// One imported table: a Parquet copy in the data folder, and what is known about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct TableInfo {
    /// Names the Parquet copy: hex of a hash over the source and the way it was read.
    pub id: String,
    /// What people call it: the file's name without extension, sanitised, unique in a study.
    pub name: String,
    /// The file's name as it came.
    pub file_name: String,
    /// What the file was.
    pub format: SourceFormat,
    /// Bytes of the source file.
    pub bytes: u64,
    /// Rows without the header.
    pub rows: u64,
    /// Its columns, in the file's order.
    pub columns: Vec<ColumnInfo>,
    /// sha256 of the source file, hex.
    pub checksum: String,
    /// Whether it belongs to the sample study.
    pub is_sample: bool,
    /// What the import did that a reader should know: "read as Latin-1", "decimal comma in bili".
    pub notes: Vec<String>,
    /// When, in milliseconds since 1970 UTC.
    pub imported_at: i64,
}

impl TableInfo {
    /// The column with this name.
    pub fn column(&self, name: &str) -> Option<&ColumnInfo> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The columns on which tables meet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct MergeKeys {
    /// Name of the cohort table: one row a participant.
    pub cohort_table: String,
    /// Column that names a participant.
    pub primary_id: String,
    /// Column that names a visit, in visit-level tables.
    pub session_id: Option<String>,
    /// Name of the derived `<primary>_<session>` id, never written into a source.
    pub composite_id: Option<String>,
    /// Whether any table has several visits a participant.
    pub is_longitudinal: bool,
}

/// What one row of a table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A participant.
    Participant,
    /// A participant's visit.
    Visit,
}

/// How one table takes part in a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct TableJoin {
    /// The table's name.
    pub table: String,
    /// The key columns it has; empty if it cannot be joined.
    pub on: Vec<String>,
    /// What its rows stand for.
    pub level: Level,
    /// Its rows.
    pub rows: u64,
    /// Its distinct keys.
    pub unique: u64,
}

/// One line under "Do the keys meet?": `labs without exams`, 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct KeyCheck {
    /// The sentence.
    pub label: String,
    /// The number.
    pub count: u64,
    /// Whether a number above 0 deserves attention.
    pub is_problem: bool,
}

/// A column that several tables have besides the keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct SharedColumn {
    /// Its name.
    pub column: String,
    /// The tables that have it.
    pub tables: Vec<String>,
    /// Whether they agree in every row they share; then the result keeps one.
    pub agrees: bool,
}

/// How the tables of a study join, computed from the data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct KeyReport {
    /// One entry a table.
    pub tables: Vec<TableJoin>,
    /// Whether the keys meet.
    pub checks: Vec<KeyCheck>,
    /// Columns in more than one table.
    pub shared_columns: Vec<SharedColumn>,
}

/// What a person's study is: their tables, and the keys they meet on (none while there is no
/// table, or no key could be found).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StudyView {
    /// Tables in the order they came.
    pub tables: Vec<TableInfo>,
    /// The keys in force: those a person chose, else those found.
    pub keys: Option<MergeKeys>,
    /// Why there are no keys, in words, listing the columns.
    pub keys_problem: Option<String>,
}

impl StudyView {
    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&TableInfo> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// What to do with a file whose name is taken by a table with other content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The new table takes the old one's place.
    Replace,
    /// Both stay; the new one gets a number.
    Rename,
    /// The old one stays.
    Skip,
}

/// An import that waits for an [`Answer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct Import {
    /// Names it.
    pub id: String,
    /// The file's name as it came.
    pub file_name: String,
    /// The table whose name is taken.
    pub table_name: String,
}

/// How the import of one file ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The table is in the study.
    Imported {
        /// The table.
        table: Box<TableInfo>,
    },
    /// The same content is there already under this name.
    Unchanged {
        /// The table's name.
        table: String,
    },
    /// The name is taken by other content: the import waits.
    Duplicate {
        /// The question.
        import: Import,
    },
    /// Left out, as asked.
    Skipped,
}
