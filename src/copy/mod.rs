//! Carrying a log elsewhere as it was: what backup, restore and moving share.
//!
//! A log into which the same writes go in the same order is the same log: revisions are given in
//! order and without gaps, and times and actors come with the writes. So copying needs nothing of a
//! backend but what every writer uses. What it must not do is trust: each page is read back from
//! where it went, and compared. This module knows no files and no servers.

mod compare;
mod fault;

use std::{collections::HashMap, sync::Arc};

use sha2::{Digest, Sha256};

pub(crate) use self::compare::{agrees, notes as compare_notes};
pub use self::{
    compare::{Difference, Place},
    fault::CopyError,
};
use crate::{
    Change, Error, Revision, Scope, State, StateId, StateManager,
    backend::{Outcome, Write},
    compaction::account::Account,
};

/// How many changes are read, written and compared at a time.
pub(crate) const PAGE: usize = 250;

/// Bytes that are written as one batch, but for a single larger change: every backend takes
/// messages of this size.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Everything up to here was copied.
    pub copied: Revision,
    /// There is so much as far as is known.
    pub of: Revision,
}

/// A page of the log behind `after`, not beyond `until`, without a gap: at least one change, if there is to be one.
pub(crate) async fn page(
    from: &StateManager,
    after: Revision,
    until: Revision,
) -> Result<Vec<Change>, CopyError> {
    let left = usize::try_from(until.0.saturating_sub(after.0)).unwrap_or(usize::MAX);
    let page = from.backend().log(after, left.min(PAGE));
    let page = from.within("copy", page).await?;
    let expected = after.0 + 1..;
    let is_whole = page
        .iter()
        .zip(expected)
        .all(|(change, n)| change.revision.0 == n);
    if is_whole && (left == 0 || !page.is_empty()) {
        return Ok(page);
    }
    Err(CopyError::Gap { after })
}

/// Writes changes into an engine, and sees to it that they are there as they were.
#[derive(Debug)]
pub(crate) struct Copier {
    into: StateManager,
    /// What was there at the beginning: it is compared, not written.
    already: Revision,
    /// The last change that was copied and compared.
    copied: Revision,
    states: u64,
    /// Versions that are here without content already, by the change that says so.
    removed: HashMap<Revision, usize>,
    /// All changes as they were given, and as they were read back, each chained to the one before.
    given: Sha256,
    found: Sha256,
}

impl Copier {
    /// Begins. What is in `into` already must be the beginning of what comes.
    pub(crate) async fn begin(into: &StateManager) -> Result<Self, CopyError> {
        Ok(Self {
            into: into.clone(),
            already: into.revision().await?,
            copied: Revision(0),
            states: 0,
            removed: HashMap::new(),
            given: Sha256::new(),
            found: Sha256::new(),
        })
    }

    pub(crate) fn already(&self) -> Revision {
        self.already
    }

    pub(crate) fn copied(&self) -> Revision {
        self.copied
    }

    /// How many states there are by now, deleted ones too: each began with a version 1.
    pub(crate) fn states(&self) -> u64 {
        self.states
    }

    /// The digests of what was given and of what was found, as hexadecimal text.
    pub(crate) fn digests(&self) -> (String, String) {
        let hex = |digest: &Sha256| format!("{:x}", digest.clone().finalize());
        (hex(&self.given), hex(&self.found))
    }

    /// Copies the changes that come next, and compares.
    pub(crate) async fn copy(&mut self, changes: &[Change]) -> Result<(), CopyError> {
        let Some(last) = changes.last().map(|change| change.revision) else {
            return Ok(());
        };
        let new = changes
            .iter()
            .skip_while(|change| change.revision <= self.already);
        self.write(new).await?;
        let mut found = Vec::with_capacity(changes.len());
        while found.len() < changes.len() {
            let after = Revision(self.copied.0 + found.len() as u64);
            found.extend(page(&self.into, after, last).await?);
        }
        compare::changes(changes, &found)?;
        for (given, found) in changes.iter().zip(&found) {
            chain(&mut self.given, given)?;
            // They are the same, but for content that is removed below.
            let is_removed = given.after.removed.is_some();
            chain(&mut self.found, if is_removed { given } else { found })?;
        }
        self.compare_states(changes).await?;
        for change in &found {
            self.remove_again(change).await?;
        }
        self.states += changes
            .iter()
            .filter(|change| change.after.version.0 == 1)
            .count() as u64;
        self.copied = last;
        Ok(())
    }

    /// Removes what a change says was removed, as far as it was copied whole.
    async fn remove_again(&mut self, change: &Change) -> Result<(), CopyError> {
        if let Some(removed) = &change.after.removed {
            *self.removed.entry(removed.by).or_default() += 1;
        }
        let Some(account) = Account::of(change) else {
            return Ok(());
        };
        let count = self.removed.remove(&change.revision).unwrap_or_default();
        // An account that is not true removes nothing.
        if count == account.revisions.len()
            || !self.into.remains(&account, change.revision).await?.0
        {
            return Ok(());
        }
        let mut thinned = Vec::new();
        for revision in &account.revisions {
            let before = Revision(revision.0.saturating_sub(1));
            let found = page(&self.into, before, *revision).await?;
            let whole = found.first().filter(|it| it.after.removed.is_none());
            thinned.extend(whole.and_then(|whole| account.thinned(whole, change)));
        }
        let thinned = self.into.backend().thin(&thinned);
        self.into.within("copy", thinned).await?;
        Ok(())
    }

    async fn write(&self, changes: impl Iterator<Item = &Change>) -> Result<(), CopyError> {
        let (mut batch, mut bytes, mut first) = (Vec::new(), 0, None);
        for change in changes {
            let write = self.into.replayed(change)?;
            if bytes + write.bytes > BATCH_BYTES && !batch.is_empty() {
                self.apply(std::mem::take(&mut batch), first.take()).await?;
                bytes = 0;
            }
            bytes += write.bytes;
            batch.push(write);
            first.get_or_insert(change.revision);
        }
        self.apply(batch, first).await
    }

    async fn apply(&self, batch: Vec<Write>, first: Option<Revision>) -> Result<(), CopyError> {
        let Some(first) = first else { return Ok(()) };
        let applied = self.into.backend().apply(batch.into());
        match self.into.within("copy", applied).await? {
            Outcome::Applied(changes)
                if changes
                    .first()
                    .is_some_and(|change| change.revision == first) =>
            {
                Ok(())
            }
            _ => Err(CopyError::Interfered { at: first }),
        }
    }

    /// What is given to a reader of each state that the changes led to.
    async fn compare_states(&self, changes: &[Change]) -> Result<(), CopyError> {
        let newest = changes.iter().map(|change| &change.after);
        let newest = newest.map(|state| ((&state.scope, &state.id), state));
        let newest: HashMap<(&Scope, &StateId), &Arc<State>> = newest.collect();
        for state in newest.into_values() {
            let found = self.into.backend().newest(&state.scope, &state.id);
            let found = self.into.within("copy", found).await?;
            // What was there already may be further.
            if found
                .as_ref()
                .is_none_or(|found| found.version <= state.version)
            {
                compare::state(state, found.as_deref())?;
            }
        }
        Ok(())
    }
}

fn chain(digest: &mut Sha256, change: &Change) -> Result<(), CopyError> {
    let Change {
        revision,
        transition,
        actor,
        at,
        after,
        ..
    } = change;
    let record = serde_json::to_vec(&(revision, transition, actor, at, after));
    let record = record.map_err(|error| Error::Failed {
        operation: "copy",
        source: error.into(),
    })?;
    let before = digest.clone().finalize();
    *digest = Sha256::new().chain_update(before).chain_update(record);
    Ok(())
}
