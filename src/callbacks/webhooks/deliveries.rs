//! What was sent to an endpoint lately and what came back: one note for each endpoint.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::Endpoint;
use crate::{Error, Revision, Scope, StateId, StateManager, Timestamp};

/// Attempts that are kept for each endpoint: a note of at most 60 kB.
const KEPT: usize = 50;

/// Bytes of an answer, or of what went wrong, that are kept.
pub(super) const ANSWER_BYTES: usize = 1024;

/// One attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The id of the message; the same for each attempt.
    pub message: String,
    /// The change it tells of.
    pub revision: Revision,
    /// Which attempt it was: 1, 2, ...
    pub attempt: u32,
    /// When it was sent.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// The first kB of the answer, or why there was none.
    pub answer: String,
}

impl StateManager {
    /// The last fifty attempts to deliver to an endpoint, on any server, the newest first.
    pub async fn deliveries(&self, scope: &Scope, id: &StateId) -> Result<Vec<Delivery>, Error> {
        let note = note(&Endpoint::subscriber(scope, id));
        let mut deliveries = read(self, &note).await?.0;
        deliveries.reverse();
        Ok(deliveries)
    }
}

/// Keeps the attempts of one endpoint.
pub(super) struct Deliveries {
    states: StateManager,
    note: String,
    /// At most one for each handler at work.
    unwritten: Mutex<Vec<Delivery>>,
    turn: tokio::sync::Mutex<()>,
}

impl Deliveries {
    pub(super) fn of(states: StateManager, subscriber: &str) -> Self {
        Self {
            states,
            note: note(subscriber),
            unwritten: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Writes an attempt down, with those of others who are waiting for their turn.
    pub(super) async fn add(&self, delivery: Delivery) {
        self.unwritten().push(delivery);
        let _turn = self.turn.lock().await;
        let new = mem::take(&mut *self.unwritten());
        if let Err(error) = self.write(&new).await {
            tracing::warn!(%error, note = self.note, "attempts are not written down");
        }
    }

    async fn write(&self, new: &[Delivery]) -> Result<(), Error> {
        while !new.is_empty() {
            // Read every time: before this server another one may have written.
            let (mut deliveries, seen) = read(&self.states, &self.note).await?;
            deliveries.extend_from_slice(new);
            deliveries.drain(..deliveries.len().saturating_sub(KEPT));
            let value = serde_json::to_value(&deliveries).map_err(failed)?;
            let backend = self.states.backend();
            let written = backend.write_note(&self.note, seen, Some(&value));
            if self.states.within("deliveries", written).await? {
                break;
            }
        }
        Ok(())
    }

    fn unwritten(&self) -> MutexGuard<'_, Vec<Delivery>> {
        self.unwritten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets what was sent to an endpoint.
pub(super) async fn forget(states: &StateManager, subscriber: &str) -> Result<(), Error> {
    let note = note(subscriber);
    let seen = read(states, &note).await?.1;
    let removed = states.backend().write_note(&note, seen, None);
    states.within("deliveries", removed).await.map(drop)
}

fn note(subscriber: &str) -> String {
    format!("deliveries/{subscriber}")
}

async fn read(states: &StateManager, note: &str) -> Result<(Vec<Delivery>, u64), Error> {
    let found = states.within("deliveries", states.backend().note(note));
    match found.await? {
        Some(note) => {
            let deliveries = serde_json::from_value(note.value).map_err(failed)?;
            Ok((deliveries, note.version))
        }
        None => Ok((Vec::new(), 0)),
    }
}

fn failed(error: serde_json::Error) -> Error {
    Error::Failed {
        operation: "deliveries",
        source: error.into(),
    }
}
