//! How rows are asked for, page by page, and how they are taken home. Cells of a page are text in the precision of their
//! column; a file has every digit.

use app::AppError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use workbench::query::{ColumnFilter, ExportFormat, Page, PageRequest, ResultColumn, SortKey};

use crate::api::query::from_json;

/// Rows of one answer, unless another number is asked for.
const PAGE: u32 = 50;

/// Which rows of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Place {
    /// Rows to skip.
    #[param(required = false, maximum = 18_446_744_073_709_551_615_u64)]
    #[serde(default)]
    offset: u64,
    /// Rows of one answer; 50 without it.
    #[param(required = false, minimum = 1, maximum = 1000, default = json!(50))]
    #[serde(default = "page")]
    limit: u32,
}

fn page() -> u32 {
    PAGE
}

impl Place {
    /// Rows to skip, and rows to give.
    pub(super) fn checked(&self) -> Result<(u64, u32), AppError> {
        match self.limit {
            1..=PageRequest::MAX_LIMIT => Ok((self.offset, self.limit)),
            _ => Err(AppError::Invalid {
                path: "limit".into(),
                problem: format!("must be 1 to {}", PageRequest::MAX_LIMIT),
            }),
        }
    }
}

/// In which order, and which of them; as in the address of a download.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct View {
    /// JSON: columns to sort by, the most important first: `[{"column": "age", "descending": true}]`. Missing values come
    /// last either way. Without it by participant and visit.
    #[param(example = "[{\"column\":\"age\",\"descending\":true}]")]
    sort: Option<String>,
    /// JSON: column filters that must all match: `[{"column": "bili", "text": "> 3"}]`. Text is contained, in any case;
    /// numbers compare: `> 3`, `<= 3`, `= 3`, `3..5`.
    #[param(example = "[{\"column\":\"bili\",\"text\":\"> 3\"}]")]
    filters: Option<String>,
}

impl View {
    /// The request for these columns.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with what cannot be read, or names a column that is not there.
    pub(super) fn request(&self, columns: &[ResultColumn]) -> Result<PageRequest, AppError> {
        let sort: Vec<SortKey> = from_json("sort", self.sort.as_deref())?.unwrap_or_default();
        let filters: Vec<ColumnFilter> =
            from_json("filters", self.filters.as_deref())?.unwrap_or_default();
        let known = |path: &str, name: &str| match columns.iter().any(|it| it.name == name) {
            true => Ok(()),
            false => Err(AppError::Invalid {
                path: path.into(),
                problem: format!("there is no column {name:?}"),
            }),
        };
        sort.iter().try_for_each(|key| known("sort", &key.column))?;
        filters
            .iter()
            .try_for_each(|filter| known("filters", &filter.column))?;
        Ok(PageRequest {
            sort,
            filters,
            ..PageRequest::default()
        })
    }
}

/// As what they are taken home. (The description takes a type called `Form` for a form in the body.)
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AsFile {
    /// CSV: UTF-8, formulas defused, a missing value is empty and an empty text `""`.
    #[param(inline, required = false)]
    #[serde(default)]
    pub(super) format: FileForm,
}

/// The form of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum FileForm {
    /// Comma separated.
    #[default]
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl From<FileForm> for ExportFormat {
    fn from(form: FileForm) -> Self {
        match form {
            FileForm::Csv => Self::Csv,
            FileForm::Parquet => Self::Parquet,
        }
    }
}

/// Some rows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rows {
    /// The columns' names, in the order of the cells.
    columns: Vec<String>,
    /// Rows skipped.
    offset: u64,
    /// Rows in all, after filters.
    total: u64,
    /// Where the next page begins; `null` after the last.
    next: Option<u64>,
    /// The cells as text; `null` is a missing value.
    rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    pub(super) fn of(columns: impl Iterator<Item = String>, page: Page) -> Self {
        let end = page.offset + page.rows.len() as u64;
        Self {
            columns: columns.collect(),
            offset: page.offset,
            total: page.total,
            next: (end < page.total).then_some(end),
            rows: page.rows,
        }
    }
}
