//! The registry: all runs of a scope in memory, brought up to date by the log before each answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use holdfast::{Change, Revision, Scope, State, Status};
use tokio::sync::Mutex as Turn;

use super::{
    By, MAX_TOGETHER, Runs, RunsError, SIMULATION,
    record::{Access, info},
};
use crate::{
    Error,
    simulation::registry::{Browse, Browsed, Catalogue},
};

/// Runs on one page at most.
pub const MAX_PAGE: u32 = 500;
/// States and records of one read.
const READ: usize = 1000;
/// So many changes are followed one by one; behind more, the runs are read anew.
const MAX_BEHIND: u64 = 20_000;
/// Scopes whose runs are in memory: as many as people look at their runs within an hour or so.
const SCOPES: usize = 200;

/// The runs of each scope that somebody looked at lately.
#[derive(Default)]
pub(super) struct Catalogues(Mutex<HashMap<Scope, Place>>);

struct Place {
    kept: Arc<Turn<Kept>>,
    used: u64,
}

#[derive(Default)]
struct Kept {
    catalogue: Catalogue,
    /// Everything up to here is in it; nothing is, before it was read.
    seen: Option<Revision>,
}

impl Runs {
    /// Runs that fit, from the one at `offset` on, with how many there are of each facet. It has every change that was
    /// made before it was asked.
    ///
    /// # Errors
    /// [`RunsError::State`] where the engine fails.
    pub async fn browse(
        &self,
        by: &By,
        asked: &Browse,
        offset: u32,
        limit: u32,
    ) -> Result<Browsed, RunsError> {
        self.browse_pinned(by, asked, None, offset, limit).await
    }

    /// The same among pinned runs only, or among all others.
    ///
    /// # Errors
    /// As [`Runs::browse`].
    pub async fn browse_pinned(
        &self,
        by: &By,
        asked: &Browse,
        is_pinned: Option<bool>,
        offset: u32,
        limit: u32,
    ) -> Result<Browsed, RunsError> {
        let (asked, limit) = (asked.clone(), limit.min(MAX_PAGE) as usize);
        let look = move |all: &Catalogue| all.browse(&asked, is_pinned, offset as usize, limit);
        self.catalogue(&by.scope, look).await
    }

    /// The ids of the first runs that fit, in order: as many as can be changed together.
    ///
    /// # Errors
    /// [`RunsError::State`] where the engine fails.
    pub async fn ids(&self, by: &By, asked: &Browse) -> Result<Vec<String>, RunsError> {
        let asked = asked.clone();
        self.catalogue(&by.scope, move |all| all.ids(&asked, MAX_TOGETHER))
            .await
    }

    /// Looks into the scope's runs as they are now, off the async threads.
    pub(super) async fn catalogue<T: Send + 'static>(
        &self,
        scope: &Scope,
        look: impl FnOnce(&Catalogue) -> T + Send + 'static,
    ) -> Result<T, RunsError> {
        let kept = self.inner.catalogues.of(scope);
        let mut kept = kept.lock_owned().await;
        self.catch_up(scope, &mut kept).await?;
        let found = tokio::task::spawn_blocking(move || look(&kept.catalogue)).await;
        Ok(found.map_err(|error| Error::Internal(error.to_string()))?)
    }

    async fn catch_up(&self, scope: &Scope, kept: &mut Kept) -> Result<(), RunsError> {
        let states = &self.inner.states;
        let newest = states.revision().await?;
        let mut seen = match kept.seen {
            Some(seen) if newest.0.saturating_sub(seen.0) <= MAX_BEHIND => seen,
            _ => {
                // What changes while it is read is read again.
                *kept = self.read_all(scope).await?;
                kept.seen = Some(newest);
                newest
            }
        };
        while seen < newest {
            let page = states.log(seen, READ).await?;
            let Some(last) = page.last() else { break };
            seen = last.revision;
            for change in &page {
                self.apply(scope, change, kept).await?;
            }
            kept.seen = Some(seen);
        }
        Ok(())
    }

    async fn read_all(&self, scope: &Scope) -> Result<Kept, RunsError> {
        let mut kept = Kept::default();
        let mut after = None;
        loop {
            let states = &self.inner.states;
            let page = states
                .list(scope, Some(&SIMULATION), after.as_ref(), READ)
                .await?;
            for state in &page {
                take(&mut kept.catalogue, state)?;
            }
            match page.last() {
                Some(last) if page.len() == READ => after = Some(last.id.clone()),
                _ => return Ok(kept),
            }
        }
    }

    async fn apply(
        &self,
        scope: &Scope,
        change: &Change,
        kept: &mut Kept,
    ) -> Result<(), RunsError> {
        let state = &change.after;
        if state.kind != SIMULATION || state.scope != *scope {
            return Ok(());
        }
        if state.status == Status::DELETED {
            kept.catalogue.remove(state.id.as_str());
            return Ok(());
        }
        // A policy may have removed what the record says; the state says what is so now.
        let now = match &state.removed {
            None => Some(self.inner.states.upgraded(state)?),
            Some(_) => self.state_of(scope, state.id.as_str()).await?,
        };
        match now {
            Some(state) => take(&mut kept.catalogue, &state),
            None => {
                kept.catalogue.remove(state.id.as_str());
                Ok(())
            }
        }
    }
}

fn take(catalogue: &mut Catalogue, state: &State) -> Result<(), RunsError> {
    catalogue.put(&info(state, Access::default())?, state.updated_at.0);
    Ok(())
}

impl Catalogues {
    /// The scope's; the longest unused of others makes room.
    fn of(&self, scope: &Scope) -> Arc<Turn<Kept>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = all.values().map(|place| place.used).max().unwrap_or(0) + 1;
        if all.len() >= SCOPES && !all.contains_key(scope) {
            let oldest = all.iter().min_by_key(|(_, place)| place.used);
            if let Some(scope) = oldest.map(|(scope, _)| scope.clone()) {
                all.remove(&scope);
            }
        }
        let place = all.entry(scope.clone()).or_insert_with(|| Place {
            kept: Arc::default(),
            used,
        });
        place.used = used;
        Arc::clone(&place.kept)
    }
}
