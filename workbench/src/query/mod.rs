//! Cohort filters, the live count, the merge, and the merged result page by page.
//!
//! `index` knows where each table keeps the rows of a participant and visit; `filter` turns filters
//! (what they take is a `rule`) into bitmaps over it; `cohort` and `count` combine them; `merge` gathers columns through it into
//! a file, on a cluster if there is one (`ballista`); `page` and `export` read that file. `parameters` is a query as a file, `report` what its
//! filters and columns came to.

pub mod ballista;
#[cfg(feature = "engine")]
pub(crate) mod bitmap;
#[cfg(feature = "engine")]
mod cell;
#[cfg(feature = "engine")]
mod chosen;
#[cfg(feature = "engine")]
mod cohort;
#[cfg(feature = "engine")]
mod count;
#[cfg(feature = "engine")]
mod export;
#[cfg(feature = "engine")]
mod filter;
#[cfg(feature = "engine")]
mod index;
#[cfg(feature = "engine")]
mod merge;
#[cfg(feature = "engine")]
mod natural;
#[cfg(feature = "engine")]
mod options;
#[cfg(feature = "engine")]
mod page;
#[cfg(feature = "engine")]
pub(crate) mod parallel;
mod parameters;
#[cfg(feature = "engine")]
mod part;
#[cfg(feature = "engine")]
mod report;
mod rule;
#[cfg(feature = "engine")]
mod selection;
#[cfg(feature = "engine")]
mod table;
mod types;

#[cfg(feature = "engine")]
pub use self::{
    export::{export_name, query_name, saved_name},
    parameters::parameters_file,
    report::Summary,
    selection::{default_selection, result_id},
};
#[cfg(feature = "engine")]
pub(crate) use export::{PIECES_WAITING, Pieces};
#[cfg(feature = "engine")]
pub(crate) use index::{IndexCache, Weigh};
#[cfg(feature = "engine")]
pub(crate) use page::Order;
pub use parameters::{Imported, LeftOut, MAX_PARAMETERS_BYTES};
pub use rule::{CardRule, DateRange, Range, TextRule};
pub use types::*;

/// Runs blocking work away from the async threads.
#[cfg(feature = "engine")]
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, crate::Error> + Send + 'static,
) -> Result<T, crate::Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(crate::Error::Internal(error.to_string())),
    }
}
