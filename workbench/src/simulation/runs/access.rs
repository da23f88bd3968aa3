//! When the tables of runs were read, and how often: notes beside the log, as reading is no change of a run.
//!
//! Reading is far more frequent than it is interesting, so accesses are gathered and written down a little later, all
//! of a run in one note. What is gathered counts at once in this process; a server that dies loses the last second.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    Runs, RunsError,
    record::{self, Access},
};

/// How long accesses are gathered.
const GATHERED: Duration = Duration::from_secs(1);
/// How often an access is written down against other servers that do so at the same moment.
const TRIES: usize = 5;

/// Accesses that are not written down yet.
#[derive(Default)]
pub(super) struct Accesses(Mutex<Gathered>);

#[derive(Default)]
struct Gathered {
    of_run: HashMap<String, Access>,
    /// Somebody will write them down.
    is_awaited: bool,
}

impl Accesses {
    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, id: &str) -> Access {
        let known = self.lock().of_run.get(id).copied();
        known.unwrap_or_default()
    }
}

impl Runs {
    /// When and how often a run's tables were read.
    pub(super) async fn access(&self, id: &str) -> Result<Access, RunsError> {
        let written = self.written_access(id).await?.0;
        Ok(written.and(self.inner.accesses.of(id)))
    }

    /// One more access.
    pub(super) fn note_access(&self, id: &str) {
        let now = self.inner.clock.now().0;
        let once = Access {
            last: Some(now),
            count: 1,
        };
        let mut gathered = self.inner.accesses.lock();
        let known = gathered.of_run.entry(id.to_owned()).or_default();
        *known = known.and(once);
        if mem::replace(&mut gathered.is_awaited, true) {
            return;
        }
        drop(gathered);
        let runs = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(GATHERED).await;
            runs.inner.accesses.lock().is_awaited = false;
            runs.write_accesses().await;
        });
    }

    /// Writes down what was gathered.
    pub(super) async fn write_accesses(&self) {
        let gathered = mem::take(&mut self.inner.accesses.lock().of_run);
        for (id, access) in gathered {
            if let Err(error) = self.write_access(&id, access).await {
                // No result rests on it.
                tracing::warn!(id, %error, "that a run was read could not be written down");
            }
        }
    }

    async fn write_access(&self, id: &str, new: Access) -> Result<(), RunsError> {
        for _ in 0..TRIES {
            let (before, seen) = self.written_access(id).await?;
            let value = record::json(&before.and(new))?;
            let (states, name) = (&self.inner.states, note_of(id));
            if states.write_note(&name, seen, Some(&value)).await? {
                break;
            }
        }
        Ok(())
    }

    async fn written_access(&self, id: &str) -> Result<(Access, u64), RunsError> {
        let note = self.inner.states.note(&note_of(id)).await?;
        Ok(note.map_or_else(Default::default, |note| {
            let access = serde_json::from_value(note.value).unwrap_or_default();
            (access, note.version)
        }))
    }
}

impl Access {
    /// Both together.
    fn and(self, other: Self) -> Self {
        Self {
            last: self.last.max(other.last),
            count: self.count + other.count,
        }
    }
}

fn note_of(id: &str) -> String {
    format!("simulation/{id}/access")
}
