//! What a query asks and what it gets: plain types, also in the browser.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CardRule, Range};

/// Who is in the cohort. Applied in the order site, visit, age, sex, cards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CohortFilters {
    /// Whole site names, joined by OR; empty takes all. Cells may hold several sites.
    pub sites: Vec<String>,
    /// Visits, as text; empty takes all.
    pub visits: Vec<String>,
    /// Age range; `None` takes all, also those without an age.
    pub age: Option<Range>,
    /// Values of the sex column; empty takes all.
    pub sex: Vec<String>,
    /// Further filters, in their order.
    pub cards: Vec<FilterCard>,
}

/// One filter on one column of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct FilterCard {
    /// Names the card on the page.
    pub id: String,
    /// The table's name.
    pub table: String,
    /// The column's name.
    pub column: String,
    /// What it takes.
    pub rule: CardRule,
    /// A card that is off keeps its settings and filters nothing.
    pub enabled: bool,
}

/// Tables and columns to take: table name -> column names. The keys always come along.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Selection {
    /// Table name -> column names, in the table's order.
    pub tables: BTreeMap<String, Vec<String>>,
}

impl Selection {
    /// Whether this column is taken.
    pub fn has(&self, table: &str, column: &str) -> bool {
        self.tables
            .get(table)
            .is_some_and(|columns| columns.iter().any(|c| c == column))
    }
}

/// Rows of the result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// One row a participant and visit.
    #[default]
    Long,
    /// One row a participant, visits as `<column>_<visit>`.
    Wide,
}

/// All that decides a merged result, but for the data itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MergeSpec {
    /// Who.
    pub filters: CohortFilters,
    /// What.
    #[cfg_attr(feature = "engine", schema(value_type = BTreeMap<String, Vec<String>>))]
    pub selection: Selection,
    /// In which form.
    pub shape: Shape,
    /// BAS1..3 become BAS; the highest wins.
    pub consolidate_baseline: bool,
}

/// How many are left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Distinct participants.
    pub participants: u64,
    /// Rows of the long form.
    pub rows: u64,
}

/// One line of the filter report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct Step {
    /// `Everyone`, `Age 40 to 60`, `Sex f`, `stage 1, 2`.
    pub label: String,
    /// What is left after it.
    pub left: Counts,
}

/// What became of one card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct CardOutcome {
    /// The card.
    pub id: String,
    /// Why it cannot apply (`table labs is not here`), if so. It is kept, and not applied.
    pub problem: Option<String>,
    /// What is left with this card on, after every filter before and the other cards that are on.
    pub would_leave: Counts,
    /// Rows it takes away: those left by all other active filters, less those left with it.
    pub removes_rows: u64,
    /// For a categorical column: rows of each value among those left by all the other filters.
    pub categories: Vec<crate::data::CategoryCount>,
}

/// The live count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct CountReport {
    /// What is left.
    pub left: Counts,
    /// Filter by filter; the first is everyone.
    pub steps: Vec<Step>,
    /// One entry a card, also those that are off.
    pub cards: Vec<CardOutcome>,
    /// Filters outside the cards that cannot apply, in words.
    pub problems: Vec<String>,
    /// Time in the server, microseconds.
    pub micros: u64,
}

/// The columns the fixed filters work on, found by name in the cohort table, and what they offer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct FilterOptions {
    /// The age column, with its range and sketch.
    pub age: Option<crate::data::ColumnInfo>,
    /// The sex column, with its values.
    pub sex: Option<crate::data::ColumnInfo>,
    /// Whole site names with participants, multi-valued cells taken apart; empty without a site column.
    pub sites: Vec<crate::data::CategoryCount>,
    /// Visits in natural order with rows; empty for a cross-sectional study.
    pub visits: Vec<crate::data::CategoryCount>,
}

/// A column of a merged result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct ResultColumn {
    /// Its name in the result, unique (`day`, or `labs.day` where two tables disagree, or `bili_1`).
    pub name: String,
    /// The table it comes from.
    pub table: String,
    /// The column it comes from.
    pub column: String,
    /// The visit, in wide form.
    pub visit: Option<String>,
    /// What its values are.
    pub column_type: crate::data::ColumnType,
    /// Whether the stored values are numbers.
    pub is_numeric: bool,
    /// Whether it is a merge key.
    pub is_key: bool,
    /// Decimals to show.
    pub decimals: u8,
    /// Cells without a value.
    pub missing: u64,
    /// Mean of the values, for numbers.
    pub mean: Option<f64>,
    /// Standard deviation (n - 1), for numbers.
    pub sd: Option<f64>,
    /// Smallest and largest, for numbers.
    pub range: Option<[f64; 2]>,
}

/// A merged result: a Parquet file in the data folder, and what made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct ResultInfo {
    /// Names the file: hex of a hash over `spec` and the tables' ids and keys.
    pub id: String,
    /// Rows.
    pub row_count: u64,
    /// Distinct participants.
    pub participants: u64,
    /// Columns, keys first.
    pub columns: Vec<ResultColumn>,
    /// The steps that led to it, with what each left.
    pub filters_applied: Vec<Step>,
    /// What was asked.
    pub spec: MergeSpec,
    /// The tables it was made from: name and checksum of the source.
    pub provenance: Vec<(String, String)>,
    /// The keys it was merged on.
    pub keys: crate::data::MergeKeys,
    /// Bytes of the file.
    pub bytes: u64,
    /// How long the merge took, milliseconds.
    pub elapsed_ms: u64,
    /// When, milliseconds since 1970 UTC.
    pub created_at: i64,
    /// The cluster that was asked to gather its cells, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterNote>,
}

/// What a cluster did for a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct ClusterNote {
    /// Its scheduler: `host:50050`.
    pub at: String,
    /// Why it did not gather the cells, so that the server did; `None` if it did.
    pub problem: Option<String>,
}

/// One column to sort by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct SortKey {
    /// Name in the result.
    pub column: String,
    /// Largest first. Missing values come last either way.
    pub descending: bool,
}

/// A filter on a result's column: text is a case-insensitive "contains"; for numbers also
/// `> 3`, `>= 3`, `< 3`, `<= 3`, `= 3`, `3..5`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct ColumnFilter {
    /// Name in the result.
    pub column: String,
    /// What to look for.
    pub text: String,
}

/// Which rows of a result to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageRequest {
    /// Rows to skip.
    pub offset: u64,
    /// Rows to give, at most [`PageRequest::MAX_LIMIT`].
    pub limit: u32,
    /// Order; empty keeps the result's own (participant, visit).
    pub sort: Vec<SortKey>,
    /// Column filters, all must match.
    pub filters: Vec<ColumnFilter>,
}

impl PageRequest {
    /// Rows one request may ask for.
    pub const MAX_LIMIT: u32 = 1_000;
}

/// Rows of a result. Cells are text in the column's precision; `None` is a missing value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Rows skipped.
    pub offset: u64,
    /// Rows in all, after the page's own filters.
    pub total: u64,
    /// The cells, in the order of [`ResultInfo::columns`].
    pub rows: Vec<Vec<Option<String>>>,
}

/// What a download holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Comma separated, UTF-8, formulas escaped.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// Queries that a person keeps at most: the list stays one that can be read.
pub const MAX_SAVED: usize = 200;

/// A query kept under a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
pub struct SavedQuery {
    /// Names it on the page.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What they want to remember about it.
    pub notes: String,
    /// The query.
    pub spec: MergeSpec,
    /// When it was saved, milliseconds since 1970 UTC.
    pub saved_at: i64,
}
