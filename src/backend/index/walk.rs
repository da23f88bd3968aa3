//! From candidates to the answer: states are looked at only where they are shown, or where their terms
//! do not say whether they match.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;

use super::Plan;
use crate::{
    Revision, State, Timestamp,
    backend::Fault,
    search::{
        Ask, COUNTED, Found, Selection, Sort,
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
    };
    walk.go(index, &order, after).await?;
    Ok(walk.selection.found())
}

struct Walk<'a> {
    ask: &'a Ask,
    plan: &'a Plan<'a>,
    is_sorted_here: bool,
    selection: Selection<'a>,
    /// States that were looked at.
    looked: u64,
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
            let candidates = index.candidates(order, after.as_ref(), CANDIDATES).await?;
            let is_last = candidates.len() < CANDIDATES;
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
