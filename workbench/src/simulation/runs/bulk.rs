//! What is said of several runs, changed at once: all of them or none, in one transaction of the engine.
//!
//! Each run is read in the transaction, so it is changed as it stands now, and whoever writes one of them before the
//! commit has the whole change be refused, with the name of that run. What is in force of a run already is not written
//! again. Deleting and bringing back several, which move tables too, are `shelf`.

use std::{collections::HashSet, sync::Arc};

use holdfast::{Error, Expected, State, StateId, Transaction, transaction::MAX_STATES};

use super::{
    By, Runs, RunsError, SIMULATION,
    name::is_id,
    record::{Access, Record, info},
};
use crate::simulation::{
    Amendment, RunInfo,
    order::{check_words, refused},
};

/// Runs that are changed together at most: as many as one transaction reads.
pub const MAX_TOGETHER: usize = MAX_STATES;

/// What is to change about several runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Together {
    /// Tags that they get, if they do not have them.
    pub add_tags: Vec<String>,
    /// Tags that are taken from them first, if they have them.
    pub remove_tags: Vec<String>,
    /// Whether they are to be pinned; as they are without it.
    pub is_pinned: Option<bool>,
}

impl Runs {
    /// Gives each of these runs a tag, or takes it from them.
    ///
    /// # Errors
    /// [`RunsError::Missing`] with the first that is not here, [`RunsError::Order`] for what is no tag or one too many,
    /// [`RunsError::Changed`], [`RunsError::State`] where this actor may not. Nothing is changed then.
    pub async fn tag(
        &self,
        by: &By,
        ids: &[String],
        tag: &str,
        is_given: bool,
    ) -> Result<(), RunsError> {
        let tag = tag.trim();
        let change = |about: &mut Amendment| {
            let has = about.tags.iter().any(|known| known == tag);
            match is_given {
                true if !has => about.tags.push(tag.to_owned()),
                true => {}
                false => about.tags.retain(|known| known != tag),
            }
        };
        self.amend_all(by, ids, change).await
    }

    /// Pins these runs, or lets go of them.
    ///
    /// # Errors
    /// As [`Runs::tag`].
    pub async fn pin(&self, by: &By, ids: &[String], is_pinned: bool) -> Result<(), RunsError> {
        let change = |about: &mut Amendment| about.is_pinned = is_pinned;
        self.amend_all(by, ids, change).await
    }

    /// Gives these runs some tags, takes others from them, and pins them or lets go of them: all of it of all, or nothing.
    ///
    /// # Errors
    /// As [`Runs::tag`].
    pub async fn change_all(
        &self,
        by: &By,
        ids: &[String],
        together: &Together,
    ) -> Result<(), RunsError> {
        let change = |about: &mut Amendment| {
            about.tags.retain(|tag| !together.remove_tags.contains(tag));
            for tag in together.add_tags.iter().map(|tag| tag.trim()) {
                if !about.tags.iter().any(|known| known == tag) {
                    about.tags.push(tag.to_owned());
                }
            }
            about.is_pinned = together.is_pinned.unwrap_or(about.is_pinned);
        };
        self.amend_all(by, ids, change).await
    }

    async fn amend_all(
        &self,
        by: &By,
        ids: &[String],
        change: impl Fn(&mut Amendment) + Send + Sync,
    ) -> Result<(), RunsError> {
        let mut writes = self.inner.states.transaction(&by.actor);
        let mut amended = Vec::new();
        for id in distinct(ids)? {
            let state = look(&mut writes, by, &id).await?;
            let before = about(info(&state, Access::default())?);
            let mut after = before.clone();
            change(&mut after);
            if after == before {
                continue;
            }
            check_words(Some(&after.name), &after.tags, &after.notes).map_err(|error| {
                let problem = format!("{} ({id}): {}", after.name, error.problem);
                refused(error.field, problem)
            })?;
            let new = Record::read(&state)?.state(&id, &by.scope, &after)?;
            writes.put(new, Expected::Version(state.version)).await?;
            amended.push((id, after));
        }
        commit(writes).await?;
        for (id, about) in amended {
            let memory = &self.inner.memory;
            memory.changed(&id, &about.name, about.is_pinned);
        }
        Ok(())
    }
}

/// What people say of a run now.
fn about(run: RunInfo) -> Amendment {
    Amendment {
        name: run.name,
        tags: run.tags,
        notes: run.notes,
        is_pinned: run.is_pinned,
    }
}

/// Each once, and not too many.
pub(super) fn distinct(ids: &[String]) -> Result<Vec<String>, RunsError> {
    let mut known = HashSet::new();
    let distinct: Vec<String> = ids.iter().filter(|id| known.insert(*id)).cloned().collect();
    if distinct.len() > MAX_TOGETHER {
        let problem = format!(
            "{} runs are too many; at most {MAX_TOGETHER} are changed together",
            distinct.len()
        );
        return Err(refused("ids", problem).into());
    }
    Ok(distinct)
}

/// A run as this transaction sees it. It must still be so when it is committed.
pub(super) async fn look(
    writes: &mut Transaction,
    by: &By,
    id: &str,
) -> Result<Arc<State>, RunsError> {
    let missing = || RunsError::Missing(id.to_owned());
    if !is_id(id) {
        return Err(missing());
    }
    match writes.get(&by.scope, &StateId::new(id)).await {
        Ok(state) => state
            .filter(|state| state.kind == SIMULATION)
            .ok_or_else(missing),
        // With the session it belonged to.
        Err(Error::Expired { .. }) => Err(missing()),
        Err(error) => Err(error.into()),
    }
}

/// Writes all of it, or nothing: then it is told which runs somebody else was faster with.
pub(super) async fn commit(writes: Transaction) -> Result<(), RunsError> {
    let conflicts = match writes.commit().await {
        Ok(_) => return Ok(()),
        Err(Error::Conflicts { conflicts }) => conflicts,
        Err(error) => return Err(error.into()),
    };
    let told = conflicts.into_iter().map(|conflict| match conflict {
        Error::Conflict { id, current, .. } => match current {
            Some(state) => format!("{} ({id})", state.name),
            None => id.to_string(),
        },
        other => other.to_string(),
    });
    Err(RunsError::Changed(told.collect()))
}
