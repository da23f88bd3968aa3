//! One change of a file at a time: a turn among this program's tasks, then the folder's lock among servers.
//!
//! Who waits holds no thread: whoever has the file needs threads to go on, and there are only so many.

use std::{
    collections::HashMap,
    fs::File,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Turn, OwnedMutexGuard},
    time::{sleep, timeout},
};

use super::{Desk, DeskError};

/// Who does not get a file within this time is told so. A save takes milliseconds; all editors of a file fit in.
const PATIENCE: Duration = Duration::from_secs(10);
/// What another server has locked is tried again after this time.
const AGAIN: Duration = Duration::from_millis(10);

/// The right to change one file, until it is dropped. The folder's lock goes first, then the turn.
pub(super) struct Held {
    _file: File,
    _turn: OwnedMutexGuard<()>,
}

/// Whose turn it is, by file.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<String, Arc<Turn<()>>>>);

impl Turns {
    fn of(&self, name: &str) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Only files that somebody has or waits for are remembered.
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(turns.entry(name.to_owned()).or_default())
    }
}

impl Desk {
    /// Keeps everybody else, on any server, from changing this file until it is dropped.
    pub(super) async fn hold(&self, name: &str) -> Result<Held, DeskError> {
        let held = timeout(PATIENCE, self.wait_for(name)).await;
        held.unwrap_or_else(|_| Err(DeskError::Busy(name.to_owned())))
    }

    async fn wait_for(&self, name: &str) -> Result<Held, DeskError> {
        let turn = self.turns().of(name).lock_owned().await;
        loop {
            let asked = name.to_owned();
            let locked = self.blocking(move |folder| Ok(folder.try_lock(&asked)?));
            if let Some(file) = locked.await? {
                return Ok(Held {
                    _file: file,
                    _turn: turn,
                });
            }
            sleep(AGAIN).await;
        }
    }
}
