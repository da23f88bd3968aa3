//! Finds out whether the log is as the engine wrote it.
//!
//! Three things are looked at: revisions are without gaps, each change carries the digest that follows
//! from the one before it, and each state stands at its newest change. What a change by hand cannot
//! hide from is a digest kept elsewhere: [`Verified::digest`] is the same as long as nothing before
//! its revision was touched.
//!
//! Where a policy has removed the content of old versions (see [`compaction`](crate::compaction)), that
//! content can no longer be shown to be what it was, as it is not there. All else is shown as before: each
//! digest is still the one that the next version was chained to, and who, when, what and which status are as
//! they were when the log said that the content goes.

use std::{collections::BTreeMap, sync::Arc};

use sha2::{Digest as _, Sha256};

use crate::{
    Change, Error, Revision, Scope, State, StateId, StateManager, Version,
    compaction::account::{Account, Tally},
    digest::Digest,
    log::MAX_PAGE,
    manager::chain,
};

/// The most findings that are told: somebody who reads them has seen enough by then.
pub const MAX_FINDINGS: usize = 1000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many changes were looked at.
    pub changes: u64,
    /// Those of them whose content a policy has removed.
    pub removed: u64,
    /// The newest of them.
    pub revision: Revision,
    /// Over all their digests, in their order: to be kept elsewhere, and compared with later.
    pub digest: Digest,
    /// What is not as it was written; at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
}

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where in the log.
    pub revision: Revision,
    /// Whose state.
    pub scope: Scope,
    /// Which one.
    pub id: StateId,
    /// At which version.
    pub version: Version,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Records are missing in front of it.
    #[error("the log has a gap in front of it")]
    Gap,
    /// Records are missing behind it: the log ends before its newest place.
    #[error("the log ends behind it, before its newest place")]
    Cut,
    /// It, or the change before it, was changed after it was written.
    #[error("its digest does not follow from its content and the version before")]
    Changed,
    /// The version before it is not the one before.
    #[error("its version does not follow the one before")]
    Misplaced,
    /// What is left of the versions whose content this change says was removed is not what it was then.
    #[error("what is left of the versions that it names was changed")]
    Remains,
    /// Its content is gone, and nothing in the log says that a policy removed it.
    #[error("its content is gone without an account in the log")]
    Unaccounted,
    /// Readers are told something older than this change.
    #[error("the state stands at an older version")]
    Forgotten,
}

impl StateManager {
    /// Reads the whole log up to its newest place, and says what is not as it was written. It may take
    /// long and can be dropped at any time: it changes nothing.
    pub async fn verify(&self) -> Result<Verified, Error> {
        let newest = self.revision().await?;
        let (mut seen, mut changes, mut findings) = (Revision(0), 0, Findings::default());
        let mut thinned = Thinned::default();
        let mut digests = Sha256::new();
        let mut last = None;
        while seen < newest {
            let page = self.log(seen, MAX_PAGE).await?;
            if page.is_empty() {
                findings.cut(last.as_ref(), newest);
                break;
            }
            for change in page.iter().filter(|change| change.revision <= newest) {
                changes += 1;
                digests.update(change.after.digest.0);
                findings.add(change, self.problem(seen, change).await?);
                findings.add(change, thinned.follow(self, change).await?);
                seen = change.revision;
                last = Some(Arc::clone(&change.after));
            }
            // What came after `newest` is not looked at.
            if page.last().is_some_and(|last| last.revision > newest) {
                break;
            }
        }
        for change in thinned.open.values().map(|(_, first)| first) {
            findings.add(change, Some(Problem::Unaccounted));
        }
        Ok(Verified {
            changes,
            removed: thinned.count,
            revision: newest,
            digest: Digest(digests.finalize().into()),
            findings: findings.0,
        })
    }

    async fn problem(&self, seen: Revision, change: &Change) -> Result<Option<Problem>, Error> {
        if change.revision.0 != seen.0 + 1 {
            return Ok(Some(Problem::Gap));
        }
        let after = &change.after;
        let before = change.before.as_ref().map_or(0, |state| state.version.0);
        if after.version.0 != before + 1 {
            return Ok(Some(Problem::Misplaced));
        }
        // Without its content the digest cannot be made again; the next version is chained to it.
        let is_whole = match after.removed {
            Some(_) => change.at == after.updated_at,
            None => chain::is_whole(change),
        };
        if !is_whole {
            return Ok(Some(Problem::Changed));
        }
        let stands = self.backend().get(&after.scope, &after.id);
        let stands = self.within("verify", stands).await?;
        let is_known = stands.is_some_and(|state| match state.version == after.version {
            true => Arc::ptr_eq(&state, after) || state.digest == after.digest,
            false => state.version > after.version,
        });
        Ok((!is_known).then_some(Problem::Forgotten))
    }
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// The log ends behind `last`, and should go on up to `newest`.
    fn cut(&mut self, last: Option<&Arc<State>>, newest: Revision) {
        let (scope, id, version) = match last {
            Some(state) => (state.scope.clone(), state.id.clone(), state.version),
            None => (Scope::Shared, StateId::new(""), Version(0)),
        };
        self.0.push(Finding {
            revision: newest,
            scope,
            id,
            version,
            problem: Problem::Cut,
        });
    }

    fn add(&mut self, change: &Change, problem: Option<Problem>) {
        let Some(problem) = problem.filter(|_| self.0.len() < MAX_FINDINGS) else {
            return;
        };
        self.0.push(Finding {
            revision: change.revision,
            scope: change.after.scope.clone(),
            id: change.after.id.clone(),
            version: change.after.version,
            problem,
        });
    }
}

/// Versions without content, until the change comes that says why.
#[derive(Default)]
struct Thinned {
    count: u64,
    /// By that change: what is left of them so far, and the first.
    open: BTreeMap<Revision, (Tally, Change)>,
}

impl Thinned {
    async fn follow(
        &mut self,
        states: &StateManager,
        change: &Change,
    ) -> Result<Option<Problem>, Error> {
        if let Some(removed) = &change.after.removed {
            self.count += 1;
            let open = self.open.entry(removed.by);
            let (tally, _) = open.or_insert_with(|| (Tally::default(), change.clone()));
            tally.add(change)?;
        }
        let Some(account) = Account::of(change) else {
            return Ok(None);
        };
        let open = self.open.remove(&change.revision);
        let (tally, _) = open.unwrap_or_else(|| (Tally::default(), change.clone()));
        if tally.digest() == account.remains {
            return Ok(None);
        }
        // Not all of them are gone yet, or others have removed some of them again; or somebody was at it.
        let (is_as_it_was, lost) = states.remains(&account, change.revision).await?;
        let is_sound = is_as_it_was && lost == tally.count;
        Ok((!is_sound).then_some(Problem::Remains))
    }
}
