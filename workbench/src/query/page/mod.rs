//! A merged result page by page, out of its Parquet file: only the pages of the file that hold the
//! rows asked for are read. Sorting and filtering give an order of row numbers, kept for scrolling.

mod matching;
mod order;
pub(super) mod read;

pub(crate) use order::Order;

use super::{Page, PageRequest, ResultInfo, cell::shown, index::Source};
use crate::{Error, Workbench};

impl Workbench {
    /// Rows of a result, sorted and filtered as asked; missing values last, equal ones in the
    /// result's own order.
    pub async fn page(&self, result: &ResultInfo, request: &PageRequest) -> Result<Page, Error> {
        let (bench, result, request) = (self.clone(), result.clone(), request.clone());
        super::off_thread(move || bench.page_now(&result, &request)).await
    }

    fn page_now(&self, result: &ResultInfo, request: &PageRequest) -> Result<Page, Error> {
        let order = self.order(result, request)?;
        let total = order.len();
        let start = usize::try_from(request.offset)
            .unwrap_or(usize::MAX)
            .min(total);
        let limit = request.limit.min(PageRequest::MAX_LIMIT) as usize;
        let rows = order.rows(start..total.min(start + limit));
        let batch = self.result_source(result, |source| read::rows(source, &rows))?;
        let row = |row: usize| {
            let cells = batch.columns().iter().zip(&result.columns);
            cells
                .map(|(cells, column)| shown(cells, row, column.decimals))
                .collect()
        };
        Ok(Page {
            offset: start as u64,
            total: total as u64,
            rows: (0..batch.num_rows()).map(row).collect(),
        })
    }

    /// The file of a result.
    pub(crate) fn result_source<T>(
        &self,
        result: &ResultInfo,
        read: impl FnOnce(Source<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let path = self.result_path(&result.id);
        read(Source {
            cache: &self.inner.cache,
            storage: &self.inner.storage,
            path: &path,
            id: &result.id,
        })
        .map_err(|e| match e {
            Error::Missing(_) => Error::Missing("The merged result".into()),
            other => other,
        })
    }
}
