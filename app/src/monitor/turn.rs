//! Whose turn it is to make the backup that is due: one of the servers on the same states has it. Only on the server.
//!
//! A note beside the log says when the newest turn began, and until when its holder is left alone, who renews that while it
//! works. When the holder is gone another server takes the same turn over. When the backup is there, or somebody gave it up, the
//! turn is over for all of them, until the next one is due.

use std::{sync::Arc, time::Duration};

use holdfast::{Clock, Error, Ids as _, StateManager, Timestamp, UuidV7};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const NOTE: &str = "backup-begun";
/// How long a holder is left alone: after a crash nobody makes the backup for so long.
const LEASE: Duration = Duration::from_secs(120);
/// A backup that could not be made is tried again after so long, by whichever server looks first.
const AGAIN: Duration = Duration::from_secs(600);
/// How far apart the clocks of servers may be before one does not believe another's lease.
const APART: Duration = Duration::from_secs(600);
/// How long to leave a database alone that has just failed.
const PAUSE: Duration = Duration::from_secs(1);

/// The turns that this server may take.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    states: StateManager,
    clock: Arc<dyn Clock>,
    every: Duration,
    /// What no other server is called.
    me: String,
}

/// A turn that this server took.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    noted: Noted,
    /// The version of the note that this server wrote.
    version: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Noted {
    begun: Timestamp,
    /// Until when the holder is left alone; `None` when the turn is over.
    until: Option<Timestamp>,
    holder: String,
}

impl Turns {
    /// One turn every so often, on these states.
    pub(super) fn new(states: StateManager, clock: Arc<dyn Clock>, every: Duration) -> Self {
        Self {
            me: UuidV7::seeded_by_system(Arc::clone(&clock))
                .next()
                .to_string(),
            states,
            clock,
            every,
        }
    }

    /// Takes the turn that is due, if there is one and no other server has it.
    pub(super) async fn take(&self) -> Result<Option<Turn>, Error> {
        let (last, version) = self.last().await?;
        let Some(begun) = self.due(last.as_ref()) else {
            return Ok(None);
        };
        let mut turn = Turn {
            turns: self.clone(),
            noted: Noted {
                begun,
                until: None,
                holder: self.me.clone(),
            },
            version,
        };
        let is_mine = turn.note(Some(self.after(LEASE))).await?;
        Ok(is_mine.then_some(turn))
    }

    /// When the turn began that may be taken now.
    fn due(&self, last: Option<&Noted>) -> Option<Timestamp> {
        let now = self.clock.now();
        let Some(last) = last else { return Some(now) };
        // Nobody takes a lease for that long: one that ends later was taken by a clock that was ahead.
        let longest = self.after(LEASE + APART);
        if last
            .until
            .is_some_and(|until| now < until && until <= longest)
        {
            return None;
        }
        let age = u64::try_from(now.0.saturating_sub(last.begun.0)).unwrap_or_default();
        if Duration::from_millis(age) >= self.every {
            return Some(now);
        }
        // It is not over, and its holder is gone.
        last.until.map(|_| last.begun)
    }

    /// What is noted, and in which version.
    async fn last(&self) -> Result<(Option<Noted>, u64), Error> {
        let note = self.states.note(NOTE).await?;
        Ok(note.map_or((None, 0), |note| (read(note.value), note.version)))
    }

    fn after(&self, time: Duration) -> Timestamp {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.clock.now().0.saturating_add(time))
    }
}

impl Turn {
    /// Renews the lease for as long as this is waited for. It comes back when another server has taken the turn over.
    pub(super) async fn lost(&mut self) {
        let mut pause = LEASE / 3;
        loop {
            let clock = Arc::clone(&self.turns.clock);
            clock.until(self.turns.after(pause)).await;
            let until = self.turns.after(LEASE);
            pause = match self.note(Some(until)).await {
                Ok(true) => LEASE / 3,
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(%error, "that a backup is being made could not be noted; tried again");
                    PAUSE
                }
            };
        }
    }

    /// It is over, for all servers.
    pub(super) async fn finish(self) {
        self.leave(None).await;
    }

    /// Nothing came of it, and it is tried again in a while.
    pub(super) async fn put_off(self) {
        let until = self.turns.after(AGAIN);
        self.leave(Some(until)).await;
    }

    /// Tries for as long as the lease lasts.
    async fn leave(mut self, until: Option<Timestamp>) {
        let lease = self.noted.until;
        while let Err(error) = self.note(until).await {
            let now = self.turns.clock.now();
            if lease.is_none_or(|lease| lease <= now) {
                tracing::warn!(%error, "what came of a backup could not be noted; it may be made once more");
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Notes until when it is this server's, or that it is over. `false` where another server has it by now.
    async fn note(&mut self, until: Option<Timestamp>) -> Result<bool, Error> {
        self.noted.until = until;
        let value = json!(self.noted);
        let turns = &self.turns;
        loop {
            let written = turns.states.write_note(NOTE, self.version, Some(&value));
            if written.await? {
                self.version += 1;
                return Ok(true);
            }
            // An earlier write arrived whose answer did not, or another server was faster.
            let (Some(last), version) = turns.last().await? else {
                return Ok(false);
            };
            let is_mine = last.holder == self.noted.holder && last.begun == self.noted.begun;
            if !is_mine || version <= self.version {
                return Ok(false);
            }
            self.version = version;
        }
    }
}

/// Earlier versions noted only when they began, and took no turn over.
fn read(value: Value) -> Option<Noted> {
    match value.as_i64() {
        Some(begun) => Some(Noted {
            begun: Timestamp(begun),
            until: None,
            holder: String::new(),
        }),
        None => serde_json::from_value(value).ok(),
    }
}
