//! An order becomes a run.

use std::{path::PathBuf, sync::Arc};

use holdfast::Scope;
use tracing::Instrument;

use super::{
    Active, By, MAX_WAITING, Runs, RunsError,
    home::{Held, Marker},
    name,
    process::Job,
    record::{Access, Record, info},
    room::bytes_of_order,
};
use crate::{
    Error,
    simulation::{Amendment, Order, RunInfo, protocol::Protocol},
};

/// Ids that are tried: as many runs would have to be ordered in one second, by luck of the same words.
const ATTEMPTS: u32 = 1000;

impl Runs {
    /// Orders a run. It is simulated when its turn comes; its state is there at once, pending.
    ///
    /// # Errors
    /// [`RunsError::Protocol`] and [`RunsError::Order`] for what cannot be simulated, [`RunsError::Busy`],
    /// [`RunsError::Files`] with [`Error::NoRoom`] where the workspace is full, and [`RunsError::State`] where the engine
    /// refuses; nothing is left behind then.
    pub async fn start(&self, by: &By, order: Order) -> Result<RunInfo, RunsError> {
        let (runs, by) = (self.clone(), by.clone());
        // On its own: who hangs up in the midst of it leaves no run that nobody simulates.
        let begun = async move { runs.begin(&by, order).await };
        let begun = tokio::spawn(begun.in_current_span()).await;
        begun.map_err(|error| Error::Internal(error.to_string()))?
    }

    async fn begin(&self, by: &By, order: Order) -> Result<RunInfo, RunsError> {
        let protocol = Protocol::read(&order.protocol)?;
        order.check(&protocol)?;
        self.check_room(&by.scope, bytes_of_order(&order)).await?;
        let claim = self.claim(&by.scope, order.duration_years, order.seed);
        let (id, held, folder) = claim.await?;
        let active = Arc::new(Active::default());
        let is_taken = self.with_active(|all| {
            let has_room = all.len() < MAX_WAITING;
            if has_room {
                all.insert(id.clone(), Arc::clone(&active));
            }
            has_room
        });
        if !is_taken {
            self.give_up(id, held).await?;
            return Err(RunsError::Busy(MAX_WAITING));
        }
        let record = Record::of(&order, &protocol, &by.name);
        let about = Amendment {
            name: order
                .name
                .clone()
                .unwrap_or_else(|| name::words_of(&id).to_owned()),
            tags: order.tags.clone(),
            notes: order.notes.clone(),
            is_pinned: false,
        };
        let new = record.state(&id, &by.scope, &about)?;
        let registered = async {
            let since = self.inner.states.revision().await?;
            self.sign(&by.scope, &id).await?;
            let state = self.inner.states.register(new, &by.actor).await?;
            Ok::<_, RunsError>((since, state))
        };
        let (since, state) = match registered.await {
            Ok(registered) => registered,
            Err(refused) => {
                self.with_active(|all| all.remove(&id));
                // Its state may be there after all: the next sweep settles what this leaves.
                if matches!(&refused, RunsError::State(error) if error.is_in_doubt()) {
                    return Err(refused);
                }
                self.sign_off(&id).await;
                self.give_up(id, held).await?;
                return Err(refused);
            }
        };
        let job = Job {
            id,
            scope: by.scope.clone(),
            since,
            order,
            protocol,
            folder,
            held,
            active,
        };
        tokio::spawn(self.clone().process(job));
        Ok(info(&state, Access::default())?)
    }

    /// An id that nobody has, and an empty folder.
    pub(super) async fn claim(
        &self,
        scope: &Scope,
        years: f64,
        seed: u64,
    ) -> Result<(String, Held, PathBuf), RunsError> {
        let (now, scope) = (self.inner.clock.now(), scope.clone());
        self.blocking(move |home| {
            for attempt in 0..ATTEMPTS {
                let marker = Marker {
                    id: name::id(
                        now.0,
                        years,
                        seed,
                        home.storage.number().wrapping_add(attempt),
                    ),
                    scope: scope.clone(),
                };
                if let Some((held, folder)) = home.claim(&marker)? {
                    return Ok((marker.id, held, folder));
                }
            }
            Err(Error::Internal("no name is free for this run".into()))
        })
        .await
    }

    /// Nothing came of it.
    pub(super) async fn give_up(&self, id: String, held: Held) -> Result<(), RunsError> {
        self.blocking(move |home| {
            home.discard(&id)?;
            held.release()
        })
        .await
    }
}
