//! A run is cancelled at whichever server is asked: the one that simulates it hears of that through the log.

use std::time::Duration;

use futures::StreamExt as _;
use holdfast::{
    Error as StateError, Expected, Interest, Revision, Scope, State, StateId, Status, Transition,
    Update,
};
use serde_json::json;

use super::{
    Active, By, Runs, RunsError,
    process::TRIES,
    record::{Access, CANCEL_ASKED, Record, info},
};

/// How long a log is left alone that could not be read.
const PAUSE: Duration = Duration::from_secs(1);

impl Runs {
    /// Has a run end soon, whichever server simulates it. It is failed then, with the reason; where it is this one,
    /// [`Runs::wait`] waits for that.
    ///
    /// # Errors
    /// [`RunsError::Missing`], [`RunsError::Over`], [`RunsError::State`] where this actor may not.
    pub async fn cancel(&self, by: &By, id: &str) -> Result<(), RunsError> {
        let state = self.find(&by.scope, id).await?;
        check_pending(&state)?;
        // Drafted and never committed: what the engine's door would say to it.
        let mut draft = self.inner.states.transaction(&by.actor);
        draft
            .transition(&by.scope, &state.id, Transition::EXPIRE, Expected::Any)
            .await?;
        let reason = format!("cancelled by {}", by.name);
        match self.with_active(|all| all.get(id).cloned()) {
            Some(active) => active.end(reason),
            None => self.ask_to_cancel(by, &state.id, &reason).await?,
        }
        Ok(())
    }

    /// Asks the server that simulates it, in the run's state. The first who asks counts.
    async fn ask_to_cancel(&self, by: &By, id: &StateId, reason: &str) -> Result<(), RunsError> {
        let mut tries = 0;
        loop {
            let mut writes = self.inner.states.transaction(&by.actor);
            let state = writes.get(&by.scope, id).await?;
            let state = state.ok_or_else(|| RunsError::Missing(id.to_string()))?;
            check_pending(&state)?;
            if Record::read(&state)?.cancel_asked.is_some() {
                return Ok(());
            }
            let asked = Update::Merge(json!({ CANCEL_ASKED: reason }));
            writes.update(&by.scope, id, asked, Expected::Any).await?;
            match writes.commit().await {
                Ok(_) => return Ok(()),
                Err(StateError::Conflicts { .. }) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Hears what others do to a run of this process, from this place in the log on, and has it end where they asked for that or
    /// it is over already.
    pub(super) async fn listen(&self, scope: &Scope, id: &str, since: Revision, active: &Active) {
        let interest = Interest {
            ids: vec![StateId::new(id)],
            ..Interest::from(Some(scope.clone()))
        };
        let states = &self.inner.states;
        let mut seen = since;
        loop {
            let mut changes = states.watch(interest.clone(), seen);
            while let Some(Ok(change)) = changes.next().await {
                seen = change.revision;
                if let Some(why) = end_of(&change.after) {
                    active.end(why);
                    return;
                }
            }
            tokio::time::sleep(PAUSE).await;
            // The log may have gone back.
            if let Ok(newest) = states.revision().await {
                seen = seen.min(newest);
            }
        }
    }
}

/// Why a run that is being simulated is to end.
fn end_of(state: &State) -> Option<String> {
    if state.status != Status::PENDING {
        return Some("it is over already".into());
    }
    let reason = state.data.get(CANCEL_ASKED)?;
    reason.as_str().map(str::to_owned)
}

fn check_pending(state: &State) -> Result<(), RunsError> {
    if state.status == Status::PENDING {
        return Ok(());
    }
    Err(RunsError::Over {
        id: state.id.to_string(),
        status: info(state, Access::default())?.status,
    })
}
