//! What the log says about what it has lost: each batch is one change of the state `compaction`, which
//! names the versions and has a digest over all that is left of them. That change is chained like any
//! other, so what is left of a version can be changed as little as what is whole.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    Actor, Change, Digest, Error, Expected, Kind, New, Removed, Revision, Scope, State, StateId,
    StateManager, Ttl, Version, backend::Thinned, manager::step::Step,
};

/// The state that says what was removed.
pub(crate) const NAME: &str = "compaction";

/// The data of that state: one batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// The policy by which each kind lost something.
    pub(crate) policies: BTreeMap<Kind, String>,
    /// How many versions of each kind.
    pub(crate) removed: BTreeMap<Kind, u64>,
    /// Where in the log they are, in its order.
    pub(crate) revisions: Vec<Revision>,
    /// Over all that is left of them.
    pub(crate) remains: Digest,
}

impl Account {
    /// What a change of the log says was removed, if that is what it is about.
    pub(crate) fn of(change: &Change) -> Option<Self> {
        let state = &change.after;
        let is_one = state.kind == Kind::COMPACTION && state.id.as_str() == NAME;
        if !is_one || state.scope != Scope::Shared {
            return None;
        }
        Self::deserialize(&state.data).ok()
    }

    /// One of its versions as it is once the content is gone; `by` is the change that has this account.
    pub(crate) fn thinned(&self, change: &Change, by: &Change) -> Option<Thinned> {
        let policy = self.policies.get(&change.after.kind)?.clone();
        let (at, by) = (by.at, by.revision);
        let removed = Some(Arc::new(Removed { at, policy, by }));
        Some(Thinned {
            revision: change.revision,
            state: Arc::new(State {
                removed,
                ..change.after.without_content()
            }),
        })
    }
}

impl State {
    /// What is left of a version whose content is removed, before it says by whom.
    pub(crate) fn without_content(&self) -> Self {
        Self {
            id: self.id.clone(),
            kind: self.kind.clone(),
            name: self.name.clone(),
            status: self.status.clone(),
            data: Value::Null,
            metadata: Value::Null,
            version: self.version,
            schema_version: self.schema_version,
            scope: self.scope.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
            expires_at: self.expires_at,
            digest: self.digest,
            removed: None,
        }
    }
}

/// A digest in the making over what is left of versions, in the order of the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    digest: Sha256,
    pub(crate) count: u64,
}

impl Tally {
    /// Adds what is left, or will be, of the version that a change led to. Its digest is not part of it: the
    /// version behind it is chained to that.
    pub(crate) fn add(&mut self, change: &Change) -> Result<(), Error> {
        let state = State {
            digest: Digest::default(),
            ..change.after.without_content()
        };
        let Change {
            revision,
            transition,
            actor,
            at,
            ..
        } = change;
        let left = serde_json::to_vec(&(revision, transition, actor, at, state));
        let left = left.map_err(failed)?;
        self.digest.update((left.len() as u64).to_le_bytes());
        self.digest.update(left);
        self.count += 1;
        Ok(())
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest(self.digest.clone().finalize().into())
    }
}

impl StateManager {
    /// Says in the log what is about to be removed. The change that says so.
    pub(super) async fn announce_removal(&self, account: &Account) -> Result<Change, Error> {
        let (scope, id, actor) = (Scope::Shared, StateId::new(NAME), Actor::system());
        let data = serde_json::to_value(account).map_err(failed)?;
        let new = New::of(Kind::COMPACTION, NAME, scope.clone(), data);
        let new = new.with_id(id.clone()).with_ttl(Ttl::Never);
        let mut step = Step::put(new, Expected::Any);
        let draft = |base: Option<&Arc<State>>| self.draft_step(&id, &mut step, &actor, base);
        let state = self.write("compact", &scope, &id, None, draft).await?;
        let behind = Some(Version(state.version.0 + 1));
        let found = self.backend().history(&scope, &id, behind, 1);
        let found = self.within("compact", found).await?.into_iter().next();
        found.ok_or_else(|| failed("what was just written is not in the history"))
    }

    /// Whether what is left of every version that an account names is as it was, read one by one; and how
    /// many of them say that they lost their content by the change `by`.
    pub(crate) async fn remains(
        &self,
        account: &Account,
        by: Revision,
    ) -> Result<(bool, u64), Error> {
        let (mut tally, mut lost) = (Tally::default(), 0);
        for revision in &account.revisions {
            let before = Revision(revision.0.saturating_sub(1));
            let page = self.backend().log(before, 1);
            let page = self.within("verify", page).await?;
            let Some(change) = page.first().filter(|change| change.revision == *revision) else {
                return Ok((false, lost));
            };
            let removed = change.after.removed.as_ref();
            lost += u64::from(removed.is_some_and(|removed| removed.by == by));
            tally.add(change)?;
        }
        Ok((tally.digest() == account.remains, lost))
    }
}

fn failed(source: impl Into<crate::backend::Fault>) -> Error {
    Error::Failed {
        operation: "compact",
        source: source.into(),
    }
}
