//! The audit trail: who did what, when and from where, over all scopes, the newest first.
//!
//! It is the log read backwards, so it needs no index and every backend has it. A question that little fits is answered
//! in parts: [`Trail::next`] says where to go on.

use std::net::IpAddr;

use crate::{
    Change, Error, Kind, Revision, Scope, StateManager, Timestamp, Transition, log::MAX_PAGE,
};

/// Changes that are read at once.
const WINDOW: u64 = 250;
/// Changes that one question looks at; then it is answered with what was found.
const MAX_LOOK: u64 = 20_000;
/// The clocks of servers that write one log are not further apart, in milliseconds: the log is in the order of commit.
const SKEW: i64 = 60_000;

/// Which changes are looked for: those that fit all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrailQuery {
    /// The newest so many; [`MAX_PAGE`] without it, and at most.
    pub last: Option<usize>,
    /// Only changes before this place: how to go on.
    pub before: Option<Revision>,
    /// Only this scope.
    pub scope: Option<Scope>,
    /// Only states of this kind.
    pub kind: Option<Kind>,
    /// Only this kind of change.
    pub transition: Option<Transition>,
    /// Only what the actor of this name did.
    pub actor: Option<String>,
    /// Only what came from this address.
    pub address: Option<IpAddr>,
    /// Only states with this text in name or id, in capitals or not.
    pub text: Option<String>,
    /// Only from this time on.
    pub from: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trail {
    /// The newest first.
    pub changes: Vec<Change>,
    /// Where to go on; `None` when everything was looked at.
    pub next: Option<Revision>,
    /// When the oldest change was made that was looked at.
    pub reached: Option<Timestamp>,
}

impl TrailQuery {
    fn fits(&self, change: &Change) -> bool {
        let Self {
            last: _,
            before: _,
            scope,
            kind,
            transition,
            actor,
            address,
            text,
            from,
            until,
        } = self;
        let state = &change.after;
        scope.as_ref().is_none_or(|it| *it == state.scope)
            && kind.as_ref().is_none_or(|it| *it == state.kind)
            && transition
                .as_ref()
                .is_none_or(|it| *it == change.transition)
            && actor.as_ref().is_none_or(|it| *it == change.actor.name)
            && address.is_none_or(|it| Some(it) == change.actor.address)
            && text
                .as_ref()
                .is_none_or(|it| holds(&state.name, it) || holds(state.id.as_str(), it))
            && from.is_none_or(|from| change.at >= from)
            && until.is_none_or(|until| change.at < until)
    }
}

/// Whether a text is in another, in capitals or not.
fn holds(whole: &str, part: &str) -> bool {
    whole.to_lowercase().contains(&part.to_lowercase())
}

impl StateManager {
    /// Looks back through the log of all scopes. Whoever calls this decides who may: no scope is asked for.
    ///
    /// # Errors
    /// [`Error::Failed`] and [`Error::Timeout`] of the backend.
    pub async fn trail(&self, query: &TrailQuery) -> Result<Trail, Error> {
        let limit = query.last.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let newest = self.revision().await?.0;
        // The newest place that is still to be looked at.
        let mut end = query
            .before
            .map_or(newest, |before| before.0.saturating_sub(1).min(newest));
        if let Some(until) = query.until {
            end = self.last_before(until, end).await?;
        }
        let (mut trail, mut looked) = (Trail::default(), 0);
        while end > 0 && looked < MAX_LOOK && limit > 0 {
            let start = end.saturating_sub(WINDOW);
            let window = self.window(start, end).await?;
            let is_too_old = |from: Timestamp| {
                let from = from.0.saturating_sub(SKEW);
                window.iter().all(|it| it.at.0 < from)
            };
            let is_last = query.from.is_some_and(is_too_old);
            for change in window.into_iter().rev() {
                trail.reached = Some(change.at);
                if query.fits(&change) {
                    let revision = change.revision;
                    trail.changes.push(change);
                    if trail.changes.len() == limit {
                        trail.next = (revision.0 > 1).then_some(revision);
                        return Ok(trail);
                    }
                }
            }
            looked += end - start;
            end = if is_last { 0 } else { start };
        }
        trail.next = (end > 0).then_some(Revision(end + 1));
        Ok(trail)
    }

    /// All changes behind `start` and not beyond `end`, however many pages they take.
    async fn window(&self, start: u64, end: u64) -> Result<Vec<Change>, Error> {
        let (mut window, mut start) = (Vec::new(), start);
        while start < end {
            let count = usize::try_from(end - start).unwrap_or(MAX_PAGE);
            let page = self.log(Revision(start), count).await?;
            let Some(last) = page.last() else { break };
            start = last.revision.0;
            window.extend(page);
        }
        // Where records are missing, a page goes on behind the window.
        window.retain(|change| change.revision.0 <= end);
        Ok(window)
    }

    /// The last place up to `end` at which a change from before this time can be, found by halves.
    async fn last_before(&self, until: Timestamp, end: u64) -> Result<u64, Error> {
        let (mut low, mut high) = (0, end);
        let until = until.0.saturating_add(SKEW);
        while low < high {
            let middle = low + (high - low) / 2;
            let found = self.log(Revision(middle), 1).await?;
            if found.first().is_some_and(|it| it.at.0 < until) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}
