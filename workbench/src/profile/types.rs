//! What a profile says. Plain types: they travel to the browser and into a JSON file.

use serde::{Deserialize, Serialize};

use crate::{
    data::{CategoryCount, ColumnType},
    plot::Description,
};

/// How much of a table is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// At most [`Profile::SAMPLE`] rows, evenly through the table.
    #[default]
    Sampled,
    /// Every row.
    Full,
}

/// A table, described.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct Profile {
    /// The table's name.
    pub table: String,
    /// sha256 of the file that it came from, hex.
    pub checksum: String,
    /// Its rows.
    pub rows: u64,
    /// Rows that descriptions, correlations and patterns are made of; missing and distinct values are always those of
    /// the whole table.
    pub looked_at: u64,
    /// Its columns, in its order.
    pub columns: Vec<ColumnProfile>,
    /// How numbers go together.
    pub correlations: Correlations,
    /// What is missing with what.
    pub missing: Missing,
}

impl Profile {
    /// Rows of a sample.
    pub const SAMPLE: usize = 100_000;
    /// Numeric columns that are compared with one another.
    pub const COMPARED: usize = 40;
    /// Patterns of missing values that are listed.
    pub const PATTERNS: usize = 12;
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct ColumnProfile {
    /// Its header.
    pub name: String,
    /// What its values are.
    pub column_type: ColumnType,
    /// Rows without a value.
    pub missing: u64,
    /// Distinct values.
    pub distinct: u64,
    /// Of numbers: quartiles, mean, spread, shape.
    #[cfg_attr(feature = "engine", schema(value_type = Option<Object>))]
    pub numbers: Option<Description>,
    /// Of categories: how often each value is there, in natural order.
    pub categories: Vec<CategoryCount>,
    /// Decimals to show.
    pub decimals: u8,
    /// The distribution in a few counts.
    pub sketch: Vec<u32>,
}

/// Pearson's r of each two numeric columns, over the rows that have both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct Correlations {
    /// The columns that were compared.
    pub columns: Vec<String>,
    /// Row by row: r, and over how many rows; `None` where there are fewer than three or one does not vary.
    pub r: Vec<Vec<Option<f64>>>,
    /// Rows that have both.
    pub n: Vec<Vec<u64>>,
    /// Numeric columns that were not compared, because there are more than [`Profile::COMPARED`].
    pub left_out: u64,
}

/// What is missing with what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct Missing {
    /// Rows without a missing value.
    pub complete: u64,
    /// Which columns are missing together, the most frequent first.
    pub patterns: Vec<Pattern>,
    /// How many further patterns there are.
    pub others: u64,
}

/// Columns that are missing together, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct Pattern {
    /// The columns.
    pub columns: Vec<String>,
    /// In so many rows.
    pub rows: u64,
}
