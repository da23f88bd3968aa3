//! Seals what is written, and chains it to what is kept.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;

use super::{SealedFault, Sensitive, envelope, kept, ring::Ring, sensitive::Part};
use crate::{
    Revision, Scope, State, StateId, Version,
    backend::{Backend, Thinned, Write},
    manager::chain,
    text::Text,
};

#[derive(Debug)]
pub(super) struct Sealer {
    pub(super) behind: Arc<dyn Backend>,
    pub(super) ring: Arc<Ring>,
    pub(super) sensitive: Sensitive,
}

impl Sealer {
    /// The writes as they may be done, chained to what is kept.
    pub(super) async fn writes(&self, writes: &[Write]) -> Result<Vec<Write>, SealedFault> {
        let mut in_batch: HashMap<(&Scope, &StateId, Version), Arc<State>> = HashMap::new();
        let mut sealed = Vec::with_capacity(writes.len());
        for write in writes {
            let before = match &write.before {
                None => None,
                Some(before) => Some(match in_batch.get(&place(before)) {
                    Some(before) => Arc::clone(before),
                    None => self.kept(before).await?,
                }),
            };
            let (after, text) = self.sealed(write, before.as_deref()).await?;
            in_batch.insert(place(&write.after), Arc::clone(&after));
            sealed.push(Write {
                before,
                after,
                text,
                ..write.clone()
            });
        }
        Ok(sealed)
    }

    /// Records as they may be kept once their content is gone. What is not there any more, or is another
    /// version, is left out.
    pub(super) async fn all_thinned(
        &self,
        records: &[Thinned],
    ) -> Result<Vec<Thinned>, SealedFault> {
        let mut sealed = Vec::with_capacity(records.len());
        for record in records {
            let before = Revision(record.revision.0.saturating_sub(1));
            let found = self.behind.log(before, 1).await?;
            let kept = found
                .first()
                .filter(|kept| place(&kept.after) == place(&record.state));
            if let Some(kept) = kept {
                let state = self.thinned(&kept.after, &record.state).await?;
                sealed.push(Thinned { state, ..*record });
            }
        }
        Ok(sealed)
    }

    /// What may be kept of a version without its content: the digest tells of what was in it, so it
    /// goes into a box of its own, and what is kept stays chained as it was.
    async fn thinned(&self, kept: &State, given: &Arc<State>) -> Result<Arc<State>, SealedFault> {
        let bare = |data| {
            Arc::new(State {
                data,
                digest: kept.digest,
                ..State::clone(given)
            })
        };
        if !envelope::is_sealed(kept) {
            return Ok(bare(Value::Null));
        }
        let id = envelope::key_id(kept)?;
        Ok(match self.ring.find(&id).await? {
            Some(key) => bare(envelope::emptied(given, &id, &key)?),
            // Nobody can tell any more.
            None => bare(Value::Null),
        })
    }

    /// What is kept of a state that a write builds on. When there is something else by now, the write
    /// is going to be refused, and needs no more than the version.
    async fn kept(&self, state: &State) -> Result<Arc<State>, SealedFault> {
        let (scope, id) = (&state.scope, &state.id);
        let is_it = |kept: &Arc<State>| kept.version == state.version;
        if let Some(kept) = self.behind.recent(scope, id).filter(is_it) {
            return Ok(kept);
        }
        let kept = self.behind.newest(scope, id).await?.filter(is_it);
        Ok(kept.unwrap_or_else(|| Arc::new(envelope::hollow(state))))
    }

    /// What may be kept of a write. A state that is sealed stays sealed: its digests tell of what
    /// was in it.
    async fn sealed(
        &self,
        write: &Write,
        before: Option<&State>,
    ) -> Result<(Arc<State>, Text), SealedFault> {
        let state = &write.after;
        let part = match self.sensitive.part(&state.kind) {
            Some(part) => part,
            // Data that looks sealed must not be taken for it.
            None if envelope::is_sealed(state) => &Part::Whole,
            None if before.is_some_and(envelope::is_sealed) => &Part::Whole,
            None => return Ok((Arc::clone(state), write.text.clone())),
        };
        let (id, key) = self.ring.newest(&kept::owner(&state.scope)).await?;
        let sealed = envelope::sealed(state, part, &id, &key)?;
        // So what is kept can be verified by those who cannot open it.
        let chained = chain::chained(before, &write.transition, &write.actor, sealed)
            .map_err(|error| SealedFault::Behind(error.into()))?;
        Ok((chained.state, chained.text))
    }
}

fn place(state: &State) -> (&Scope, &StateId, Version) {
    (&state.scope, &state.id, state.version)
}
