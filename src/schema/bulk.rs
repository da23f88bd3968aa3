//! Brings all stored states of a kind into today's shape: first to see what would happen, then for
//! good.
//!
//! Nothing has to stop meanwhile. Each state is rewritten by a guarded write of its own, recorded
//! as `upgrade` by `system`; one that somebody else writes meanwhile is in today's shape anyway.

use std::collections::HashMap;

use futures::future::join_all;

use crate::{
    Actor, Change, Error, Expected, Kind, Scope, State, StateId, StateManager, Status,
    log::MAX_PAGE, manager::step::Step,
};

/// How many states are rewritten at once: enough for a group commit, few enough that other writers
/// hardly wait.
const AT_ONCE: usize = 256;

/// Failures after which a run ends: whatever is wrong is seen by then, and a report stays readable.
const MAX_FAILURES: usize = 1000;

/// Whether a run writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything but the writing: upcasters, schemas, guards and limits.
    DryRun,
    /// For good.
    Apply,
}

/// What a run did, or in a dry run would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// States of the kind that are not deleted.
    pub examined: u64,
    /// Those that were brought into today's shape.
    pub changed: u64,
    /// Those that could not be, at most 1000: then the run ended early.
    pub failed: Vec<Failure>,
}

/// A state that cannot be brought into today's shape. It is left as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whose it is.
    pub scope: Scope,
    /// Its name there.
    pub id: StateId,
    /// Why not.
    pub problem: String,
}

enum Met {
    /// It was written or deleted since, and is met again there, or not at all.
    Gone,
    Current,
    Changed,
    Failed(Failure),
}

impl StateManager {
    /// Brings every state of a kind, as they are when this is called, into today's shape.
    ///
    /// It walks through the whole log once, so it takes as long as that is, and no memory.
    ///
    /// # Errors
    /// What the backend reports. A state that cannot be brought into today's shape is no error: it is in
    /// the report.
    pub async fn migrate_kind(&self, kind: &Kind, mode: Mode) -> Result<Report, Error> {
        let mut report = Report::default();
        let (end, mut seen) = (self.revision().await?, Default::default());
        while seen < end {
            let mut page = self.log(seen, MAX_PAGE).await?;
            page.retain(|change| change.revision <= end);
            let Some(last) = page.last() else { break };
            seen = last.revision;
            let newest = newest(kind, &page);
            for some in newest.chunks(AT_ONCE) {
                let met = some.iter().map(|state| self.bring(state, mode));
                for met in join_all(met).await {
                    report.count(met?);
                }
                if report.failed.len() >= MAX_FAILURES {
                    report.failed.truncate(MAX_FAILURES);
                    return Ok(report);
                }
            }
        }
        Ok(report)
    }

    /// Looks at one state of the log, and rewrites it if it is what is stored now.
    async fn bring(&self, state: &State, mode: Mode) -> Result<Met, Error> {
        let (scope, id) = (&state.scope, &state.id);
        let stored = self
            .within("migrate", self.backend().get(scope, id))
            .await?;
        let stored = stored.filter(|stored| stored.version == state.version);
        let Some(stored) = stored.filter(|stored| stored.status != Status::DELETED) else {
            return Ok(Met::Gone);
        };
        if self.schemas().is_current(&stored) {
            return Ok(Met::Current);
        }
        let (expected, system) = (Expected::Version(stored.version), Actor::system());
        let mut step = Step::Upgrade(expected);
        let done = match mode {
            Mode::DryRun => self
                .draft_step(id, &mut step, &system, Some(&stored))
                .map(drop),
            Mode::Apply => {
                let draft = |base: Option<&_>| self.draft_step(id, &mut step, &system, base);
                self.write("migrate", scope, id, None, draft)
                    .await
                    .map(drop)
            }
        };
        match done {
            Ok(()) => Ok(Met::Changed),
            Err(Error::Conflict { .. } | Error::Absent { .. }) => Ok(Met::Gone),
            Err(error @ (Error::Failed { .. } | Error::Timeout { .. })) => Err(error),
            Err(error) => Ok(Met::Failed(Failure {
                scope: scope.clone(),
                id: id.clone(),
                problem: error.to_string(),
            })),
        }
    }
}

/// The newest version of each state of a kind on a page, in the order of the log.
fn newest<'a>(kind: &Kind, page: &'a [Change]) -> Vec<&'a State> {
    let states = page.iter().map(|change| &*change.after);
    let mut newest: HashMap<(&Scope, &StateId), &State> = HashMap::new();
    for state in states.clone() {
        newest.insert((&state.scope, &state.id), state);
    }
    let is_newest = |state: &&State| {
        let found = newest.get(&(&state.scope, &state.id));
        found.is_some_and(|found| found.version == state.version)
    };
    let of_kind = states.filter(|state| state.kind == *kind);
    of_kind.filter(is_newest).collect()
}

impl Report {
    fn count(&mut self, met: Met) {
        match met {
            Met::Gone => return,
            Met::Current => {}
            Met::Changed => self.changed += 1,
            Met::Failed(failure) => self.failed.push(failure),
        }
        self.examined += 1;
    }
}
