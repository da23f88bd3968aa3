//! From candidates to the answer: states are looked at only where they are shown, or where their terms
//! do not say whether they match.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;

use super::Plan;
use crate::{
    Revision, State, Timestamp,
    backend::Fault,
    search::{
        Ask, COUNTED, Found, Selection, Sort, Total,
        sort::{By, Key},
    },
};

/// Candidates that are asked for at once: where all of them are sure they are also all that is counted.
const CANDIDATES: usize = COUNTED as usize + 1;

/// States that are looked at in one go, as many as fit into memory when they are large.
const LOOKS: usize = 64;

/// A state that may match.
#[derive(Debug)]
pub(in crate::backend) struct Candidate {
    pub(in crate::backend) key: Key,
    pub(in crate::backend) revision: Revision,
    /// When it ends, if it does.
    pub(in crate::backend) ends: Option<Timestamp>,
    /// Whether only a look at it tells whether it matches.
    pub(in crate::backend) is_wide: bool,
}

/// Revision, end, whether it is wide, time of creation, name and id, as both databases answer them.
pub(in crate::backend) type Row = (i64, Option<i64>, bool, i64, String, String);

impl Candidate {
    /// The candidate of a row, with its place in this order.
    pub(in crate::backend) fn of(order: &Sort, row: Row) -> Result<Self, Fault> {
        let (revision, ends, is_wide, created, name, id) = row;
        let revision = Revision(u64::try_from(revision)?);
        Ok(Self {
            key: match order.by {
                By::Updated | By::Field(_) => Key::Place(revision),
                By::Created => Key::Time(created, id),
                By::Name => Key::Name(name, id),
            },
            revision,
            ends: ends.map(Timestamp),
            is_wide,
        })
    }
}

/// An index as it is at one moment, asked one query.
#[async_trait]
pub(in crate::backend) trait Index: Send {
    /// The first candidates behind a place, in this order: by place in the log, time of creation or name.
    async fn candidates(
        &mut self,
        order: &Sort,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Candidate>, Fault>;

    /// The states that were written at these places of the log.
    async fn states(&mut self, places: &[Revision]) -> Result<Vec<(Revision, Arc<State>)>, Fault>;

    /// The total, if the same was asked before and it has not changed. An index need not remember any.
    fn total(&self, _now: Timestamp) -> Option<Total> {
        None
    }

    /// Tells the total. It stays as it is until somebody writes, or until this time.
    fn counted(&mut self, _total: Total, _until: Option<Timestamp>) {}
}

/// The answer to `ask`, from an index that gives the candidates of its plan.
pub(in crate::backend) async fn answer(
    ask: &Ask,
    plan: &Plan<'_>,
    index: &mut impl Index,
) -> Result<Found, Fault> {
    // By a field of the data there is no order in the index: every candidate is looked at.
    let is_sorted_here = matches!(ask.sort.by, By::Field(_));
    let (order, after) = if is_sorted_here {
        (Sort::NEWEST, None)
    } else {
        (
            ask.sort.clone(),
            ask.after.as_ref().map(|(key, _)| key.clone()),
        )
    };
    let mut walk = Walk {
        ask,
        plan,
        is_sorted_here,
        selection: Selection::new(ask),
        looked: 0,
        are_sure: true,
        until: None,
    };
    let is_to_be_counted = ask.after.is_none() && plan.is_exact();
    let known = index.total(ask.now).filter(|_| is_to_be_counted);
    known.into_iter().for_each(|it| walk.selection.know(it));
    walk.go(index, &order, after).await?;
    let (are_sure, until) = (walk.are_sure, walk.until);
    let found = walk.selection.found();
    if is_to_be_counted && known.is_none() && are_sure {
        index.counted(found.total, until);
    }
    Ok(found)
}

struct Walk<'a> {
    ask: &'a Ask,
    plan: &'a Plan<'a>,
    is_sorted_here: bool,
    selection: Selection<'a>,
    /// States that were looked at.
    looked: u64,
    /// Whether the terms of every candidate so far said that it matches, and when the first of them ends.
    are_sure: bool,
    until: Option<Timestamp>,
}

impl Walk<'_> {
    /// Goes through the candidates behind a place until the total and the page need no more.
    async fn go(
        &mut self,
        index: &mut impl Index,
        order: &Sort,
        mut after: Option<Key>,
    ) -> Result<(), Fault> {
        loop {
            let wanted = self.wanted();
            let candidates = index.candidates(order, after.as_ref(), wanted).await?;
            let is_last = candidates.len() < wanted;
            let mut left = candidates.len();
            for some in candidates.chunks(LOOKS) {
                self.take(index, some).await?;
                left -= some.len();
                let is_counted = self.selection.is_counted() || self.looked > COUNTED;
                if is_counted && self.selection.room() == 0 && !self.is_sorted_here {
                    if left > 0 || !is_last {
                        self.selection.cut();
                    }
                    return Ok(());
                }
            }
            if is_last {
                return Ok(());
            }
            after = candidates.into_iter().next_back().map(|last| last.key);
        }
    }

    /// How many candidates are asked for: where they need not be counted, as many as the page takes.
    fn wanted(&self) -> usize {
        let is_page = self.selection.is_counted() && self.plan.is_exact() && !self.is_sorted_here;
        match is_page {
            true => self.selection.room(),
            false => CANDIDATES,
        }
    }

    async fn take(
        &mut self,
        index: &mut impl Index,
        candidates: &[Candidate],
    ) -> Result<(), Fault> {
        let mut room = if self.is_sorted_here {
            usize::MAX
        } else {
            self.selection.room()
        };
        let mut looks = Vec::new();
        for candidate in candidates {
            let is_sure = self.is_sure(candidate);
            self.are_sure &= is_sure;
            self.until = self.until.into_iter().chain(candidate.ends).min();
            if room > 0 || !is_sure {
                looks.push(candidate.revision);
            }
            // What is not sure may not match after all, and leave its room to the next.
            room = room.saturating_sub(usize::from(is_sure));
        }
        self.looked += looks.len() as u64;
        let mut states = HashMap::new();
        if !looks.is_empty() {
            states.extend(index.states(&looks).await?);
        }
        for candidate in candidates {
            let state = states.remove(&candidate.revision);
            let is_match = match &state {
                Some(state) if candidate.is_wide => self.ask.matches(state),
                Some(state) => self.plan.is_completed_by(self.ask, state),
                None => self.is_sure(candidate),
            };
            if is_match {
                self.selection.count();
                state
                    .into_iter()
                    .for_each(|state| self.selection.keep(candidate.revision, state));
            }
        }
        Ok(())
    }

    fn is_sure(&self, candidate: &Candidate) -> bool {
        let is_alive = candidate.ends.is_none_or(|end| end > self.ask.now);
        self.plan.is_exact() && !candidate.is_wide && is_alive
    }
}
