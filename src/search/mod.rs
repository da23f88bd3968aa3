//! Finding states of one scope by their fields and their words, page by page.
//!
//! This module owns what a search means: [`Filter`] one condition, `words` what a word is, [`Sort`]
//! the order, `ask` the plain definition that every backend's answer must equal. How it is done quickly
//! is the business of the backends, and `backend::index` is what those with an index share.
//!
//! ```
//! # #[cfg(feature = "engine")]
//! # async fn example(states: holdfast::StateManager, scope: holdfast::Scope) -> Result<(), holdfast::Error> {
//! use holdfast::{Kind, search::Query};
//!
//! let query = Query::default()
//!     .kind(&Kind::USER)
//!     .filter("data.age >= 50".parse()?)
//!     .text("berlin");
//! let page = states.search(&scope, query.clone()).await?;
//! if let Some(next) = page.next {
//!     let second = states.search(&scope, query.after(next)).await?;
//! }
//! # Ok(())
//! # }
//! ```

mod ask;
mod cursor;
pub(crate) mod filter;
mod line;
mod parse;
pub(crate) mod path;
pub(crate) mod scalar;
pub(crate) mod sort;
#[cfg(test)]
mod tests;
pub(crate) mod veil;
pub(crate) mod words;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use self::ask::Selection;
pub use self::{
    ask::{Ask, Found},
    cursor::Cursor,
    filter::Filter,
    parse::{MAX_FILTER_BYTES, Misread},
    sort::Sort,
};
use self::{cursor::print_of, filter::Test, path::Path, scalar::Scalar, words::Wanted};
use crate::{Error, Kind, Scope, State, StateManager, Status, limits::Access, log::MAX_PAGE};

/// Up to here matches are counted. Where an index does not decide and states have to be looked at,
/// no more than these are looked at only to be counted. Counting on would cost more than finding.
pub const COUNTED: u64 = 500;

/// The states of a page when nobody says how many.
const PAGE: usize = 50;

/// Conditions and values in one query: far more than people write, few enough to be checked quickly.
const MAX_CONDITIONS: usize = 256;

/// Bytes of text to search for.
const MAX_TEXT_BYTES: usize = 1024;

/// What is looked for: states for which every filter holds and that have every word.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Conditions, all of which must hold.
    pub filters: Vec<Filter>,
    /// Words that must all be there, in any order and case, with or without accents; the last one,
    /// from three letters on, may be the beginning of a word.
    pub text: Option<String>,
    /// The order; what was written last comes first unless something else is asked for.
    pub sort: Sort,
    /// Behind which page; the same query in the same scope must have given it.
    pub after: Option<Cursor>,
    /// The most states on one page, and never more than [`MAX_PAGE`]. With 0 there is only a total.
    pub limit: usize,
}

impl Default for Query {
    /// Everything, newest first, 50 on a page.
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            text: None,
            sort: Sort::NEWEST,
            after: None,
            limit: PAGE,
        }
    }
}

impl Query {
    /// Only states for which this holds.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// Only states of this kind.
    #[must_use]
    pub fn kind(self, kind: &Kind) -> Self {
        self.equal(Path::KIND, kind.as_str())
    }

    /// Only states that stand here in their lifecycle.
    #[must_use]
    pub fn status(self, status: &Status) -> Self {
        self.equal(Path::STATUS, status.as_str())
    }

    /// Only states with this tag, exactly, among `metadata.tags`.
    #[must_use]
    pub fn tag(self, tag: &str) -> Self {
        self.equal(Path::tags(), tag)
    }

    /// Only states that have these words.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// In this order.
    #[must_use]
    pub fn sort(mut self, sort: Sort) -> Self {
        self.sort = sort;
        self
    }

    /// The page behind this one.
    #[must_use]
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// At most so many on a page.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    fn equal(self, path: Path, text: &str) -> Self {
        self.filter(Filter::new(path, Test::Is(Scalar::Text(text.to_owned()))))
    }

    /// What this query is, for its cursors: all but the page.
    fn print(&self, scope: &Scope) -> u64 {
        let filters: Vec<String> = self.filters.iter().map(Filter::to_string).collect();
        print_of(&format!(
            "{scope}\n{filters:?}\n{:?}\n{}",
            self.text, self.sort
        ))
    }

    fn check(&self, print: u64) -> Result<(), Error> {
        let values = |filter: &Filter| match &filter.test {
            Test::In(values) => values.len().max(1),
            _ => 1,
        };
        if self.filters.iter().map(values).sum::<usize>() > MAX_CONDITIONS {
            let problem =
                format!("at most {MAX_CONDITIONS} conditions and values fit into a query");
            return Err(Error::invalid("filters", problem));
        }
        if self
            .text
            .as_ref()
            .is_some_and(|text| text.len() > MAX_TEXT_BYTES)
        {
            return Err(Error::invalid(
                "text",
                format!("at most {MAX_TEXT_BYTES} bytes can be searched for"),
            ));
        }
        let is_ours = |after: &Cursor| after.print == print && self.sort.has(&after.key);
        if !self.after.as_ref().is_none_or(is_ours) {
            let problem = "this cursor belongs to another query; begin without one";
            return Err(Error::invalid("after", problem));
        }
        Ok(())
    }
}

/// One page of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The states, in the order asked for.
    pub states: Vec<Arc<State>>,
    /// How many there are on all pages together, as counted for the first one.
    pub total: Total,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

/// How many states match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Total {
    /// So many.
    Exact(u64),
    /// So many were counted, and there may be more.
    AtLeast(u64),
}

impl StateManager {
    /// The states of a scope that match, page by page. It sees every write that was acknowledged
    /// before it was asked; what is deleted, expired or encrypted is never found.
    ///
    /// A state that does not change while its pages are read is on exactly one of them. One that
    /// changes moves to its new place: it may be met again there, or be missed behind the reader's back.
    /// In the default order it is never met twice.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a query that is too long, or a cursor of another query.
    pub async fn search(&self, scope: &Scope, query: Query) -> Result<Page, Error> {
        let print = query.print(scope);
        self.counted(query.check(print))?;
        self.admit(Access::Read, scope)?;
        let now = self.now();
        let states = self.clone();
        let ask = Ask {
            scope: scope.clone(),
            wanted: query.text.as_deref().map(Wanted::of).unwrap_or_default(),
            filters: query.filters,
            sort: query.sort,
            after: query.after.map(|cursor| (cursor.key, cursor.total)),
            limit: query.limit.min(MAX_PAGE),
            now,
            is_over: Arc::new(move |state| states.end_of(state, now).is_some()),
        };
        let found = self.within("search", self.backend().search(&ask)).await?;
        let states = found.states.iter().map(|state| self.upgraded(state));
        Ok(Page {
            states: states.collect::<Result<_, _>>()?,
            total: found.total,
            next: found.next.map(|key| Cursor {
                print,
                key,
                total: found.total,
            }),
        })
    }
}
