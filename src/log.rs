//! How the log is read: the one append-only record of what happened.
//!
//! A record is a [`Change`](crate::Change), its place a [`Revision`](crate::Revision): revisions
//! are given in the order of commit and without gaps, so a reader that has seen one has seen all
//! before it. Backends append; history, watchers and audits read. Nothing else announces changes.

use crate::{
    Change, Error, Revision, Scope, State, StateId, StateManager, Timestamp, Transition, Version,
    limits::Access,
};

/// The most records or states that one call returns, however many were asked for. A page of this
/// size at the usual few kB a state stays well under 10 MB.
pub const MAX_PAGE: usize = 1000;

/// What the records of one page of the log weigh together, but for a single heavier one: some are a few kB, some
/// ten MB, and a page must be read within a statement's time and held in memory for each reader.
pub(crate) const PAGE_BYTES: i64 = 16 * 1024 * 1024;

/// Changes of a state that are looked at at once, however few of them are wanted.
const LOOK: usize = 250;

/// Which part of a state's history to read: the newest changes that fit all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// The newest so many; [`MAX_PAGE`] without it.
    pub last: Option<usize>,
    /// Only changes that led to a version before this one: how to read the next page.
    pub before: Option<Version>,
    /// Only this kind of change.
    pub transition: Option<Transition>,
    /// Only what the actor of this name did.
    pub actor: Option<String>,
    /// Only from this time on.
    pub from: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
}

impl HistoryQuery {
    /// The newest `count` changes.
    pub fn last(count: usize) -> Self {
        Self {
            last: Some(count),
            ..Self::default()
        }
    }

    fn has_filter(&self) -> bool {
        let (from, until) = (self.from.is_some(), self.until.is_some());
        self.transition.is_some() || self.actor.is_some() || from || until
    }

    fn fits(&self, change: &Change) -> bool {
        let Self {
            transition,
            actor,
            from,
            until,
            ..
        } = self;
        transition
            .as_ref()
            .is_none_or(|it| *it == change.transition)
            && actor.as_ref().is_none_or(|it| *it == change.actor.name)
            && from.is_none_or(|from| change.at >= from)
            && until.is_none_or(|until| change.at < until)
    }
}

impl StateManager {
    /// What happened to one state, newest first, deleted or not. Nothing for an unknown one.
    pub async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        query: HistoryQuery,
    ) -> Result<Vec<Change>, Error> {
        self.admit(Access::Read, scope)?;
        self.read_history(scope, id, query).await
    }

    /// The same for the engine's own work, which spends nobody's leave to ask.
    pub(crate) async fn read_history(
        &self,
        scope: &Scope,
        id: &StateId,
        query: HistoryQuery,
    ) -> Result<Vec<Change>, Error> {
        let limit = query.last.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let reading = async {
            let (mut last, mut found): (Option<Change>, Vec<Change>) = (None, Vec::new());
            while found.len() < limit {
                let left = limit - found.len();
                let wanted = if query.has_filter() { LOOK } else { left };
                let page = match &last {
                    None => {
                        self.backend()
                            .history(scope, id, query.before, wanted)
                            .await?
                    }
                    Some(last) => self.backend().history_behind(last, wanted).await?,
                };
                let is_last = page.len() < wanted;
                last = page.last().cloned();
                let fitting = page.into_iter().filter(|change| query.fits(change));
                found.extend(fitting.take(left));
                if is_last {
                    break;
                }
            }
            Ok(found)
        };
        self.within("history", reading).await
    }

    /// At most `limit` records of all scopes behind `after`, oldest first: fewer where they are large, none at the end.
    pub async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Error> {
        let page = self.backend().log(after, limit.min(MAX_PAGE));
        self.within("log", page).await
    }

    /// The newest place in the log; 0 before the first change.
    pub async fn revision(&self) -> Result<Revision, Error> {
        self.within("revision", self.backend().revision()).await
    }
}

impl Change {
    /// What the change did, as a JSON Patch (RFC 6902) from the state before to the state after.
    /// A first version is all new: its patch begins with `null`.
    ///
    /// # Errors
    /// [`Error::Removed`] when a policy has removed the content of one of the two.
    pub fn diff(&self) -> Result<serde_json::Value, Error> {
        let mut both = self.before.iter().chain([&self.after]);
        both.try_for_each(|state| Error::unless_removed(state))?;
        let shown = |state: &State| {
            serde_json::json!({
                "name": state.name, "status": state.status, "data": state.data,
                "metadata": state.metadata, "expires_at": state.expires_at,
            })
        };
        let before = self
            .before
            .as_deref()
            .map_or(serde_json::Value::Null, shown);
        let patch = json_patch::diff(&before, &shown(&self.after));
        Ok(serde_json::json!(patch))
    }
}
