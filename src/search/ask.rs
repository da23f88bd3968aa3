//! What a backend is asked, and how any collection of states answers: [`Ask::among`] is the plain
//! definition of a search. A backend with an index may be quicker; its answer is the same.

use std::{fmt, sync::Arc};

use super::{
    COUNTED, Total,
    filter::Filter,
    sort::{Key, Sort},
    words::Wanted,
};
use crate::{Revision, Scope, State, Status, Timestamp};

/// A checked query in one scope at one time.
#[derive(Clone)]
pub struct Ask {
    pub(crate) scope: Scope,
    pub(crate) filters: Vec<Filter>,
    pub(crate) wanted: Wanted,
    pub(crate) sort: Sort,
    /// Behind which place; what was counted when the first page was read.
    pub(crate) after: Option<(Key, Total)>,
    pub(crate) limit: usize,
    /// States that end later than this are not over.
    pub(crate) now: Timestamp,
    /// What the lifecycles say about the others.
    pub(crate) is_over: Arc<dyn Fn(&State) -> bool + Send + Sync>,
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// A backend's answer.
#[derive(Debug)]
pub struct Found {
    /// One page of states, in the order asked for. Who keeps states in another form than a caller
    /// sees them (encrypted) turns these back.
    pub states: Vec<Arc<State>>,
    pub(crate) total: Total,
    /// The place of the last one, if there are more behind it.
    pub(crate) next: Option<Key>,
}

impl Ask {
    /// Whose states are searched.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The answer of a backend without an index: all states of the scope, with the place of their
    /// newest change in the log.
    pub fn among(&self, states: impl IntoIterator<Item = (Revision, Arc<State>)>) -> Found {
        let mut selection = Selection::new(self);
        for (revision, state) in states {
            selection.offer(revision, state);
        }
        selection.found()
    }

    /// Whether a state is neither deleted nor over.
    pub(crate) fn is_alive(&self, state: &State) -> bool {
        state.status != Status::DELETED && !(self.is_over)(state)
    }

    /// Whether a state is to be found. What costs most comes last.
    pub(crate) fn matches(&self, state: &State) -> bool {
        state.scope == self.scope
            && self.is_alive(state)
            && self.filters.iter().all(|filter| filter.matches(state))
            && self.wanted.matches(state)
    }
}

/// A page and its total in the making.
pub(crate) struct Selection<'a> {
    ask: &'a Ask,
    /// The best so far behind the cursor, in order: one more than the page holds.
    best: Vec<(Key, Arc<State>)>,
    counted: u64,
    /// The total, where it was counted before.
    known: Option<Total>,
    /// Whether there may be more than were counted.
    is_cut: bool,
}

impl<'a> Selection<'a> {
    pub(crate) fn new(ask: &'a Ask) -> Self {
        Self {
            ask,
            best: Vec::new(),
            counted: 0,
            known: ask.after.as_ref().map(|(_, total)| *total),
            is_cut: false,
        }
    }

    /// Counts and keeps a state, if it is to be found.
    pub(crate) fn offer(&mut self, revision: Revision, state: Arc<State>) {
        if self.ask.matches(&state) {
            self.count();
            self.keep(revision, state);
        }
    }

    /// Counts a state that is known to match.
    pub(crate) fn count(&mut self) {
        self.counted += 1;
    }

    /// Keeps a state that is known to match, if it belongs to the page.
    pub(crate) fn keep(&mut self, revision: Revision, state: Arc<State>) {
        let sort = &self.ask.sort;
        let key = sort.key(revision, &state);
        let after = self.ask.after.as_ref();
        let is_behind = after.is_none_or(|(after, _)| sort.compare(&key, after).is_gt());
        let place = self
            .best
            .partition_point(|(better, _)| sort.compare(better, &key).is_lt());
        if is_behind && place <= self.ask.limit {
            self.best.insert(place, (key, state));
            self.best.truncate(self.ask.limit + 1);
        }
    }

    /// Tells the total: it need not be counted.
    pub(crate) fn know(&mut self, total: Total) {
        self.known = Some(total);
    }

    /// Says that nobody counts on.
    pub(crate) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// How many more states the page takes, if they come in order.
    pub(crate) fn room(&self) -> usize {
        (self.ask.limit + 1).saturating_sub(self.best.len())
    }

    /// Whether no further state would change the total.
    pub(crate) fn is_counted(&self) -> bool {
        self.known.is_some() || self.counted > COUNTED
    }

    pub(crate) fn found(mut self) -> Found {
        let has_more = self.best.len() > self.ask.limit;
        self.best.truncate(self.ask.limit);
        let last = self.best.last().filter(|_| has_more);
        let total = match self.known {
            Some(total) => total,
            None if self.is_cut || self.is_counted() => Total::AtLeast(self.counted.min(COUNTED)),
            None => Total::Exact(self.counted),
        };
        Found {
            next: last.map(|(key, _)| key.clone()),
            states: self.best.into_iter().map(|(_, state)| state).collect(),
            total,
        }
    }
}
