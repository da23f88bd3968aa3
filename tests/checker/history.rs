//! The record of a run: what was asked when, and what was answered when.

use std::{collections::HashSet, sync::Arc};

use holdfast::{Change, State, StateId};
use serde::{Deserialize, Serialize};

use crate::run::STAYS;

/// The moments of one call, by the clock that all clients share: when a call had returned before another
/// was made, its number is lower.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Span {
    pub asked: u64,
    pub answered: u64,
}

/// What a call learned of one state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Learned {
    /// A reader was given this.
    Read(Option<Arc<State>>),
    /// A writer was refused because this is there. Caches may not answer that.
    Stored(Option<Arc<State>>),
    /// A writer was told that it made this, on top of what it expected, if it expected anything.
    Wrote(Arc<State>, Option<u64>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    pub server: usize,
    pub span: Span,
    pub id: StateId,
    pub learned: Learned,
}

/// An acknowledged write of so many states; its changes carry the token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Done {
    pub token: String,
    pub states: usize,
    pub span: Span,
}

/// What clients and watchers say, as soon as they know it: it may be the last that is heard of them.
#[derive(Debug, Serialize, Deserialize)]
pub enum Line {
    /// A write is about to be asked for. Until more is heard it may be done or not.
    Asked(String),
    /// It was done.
    Done(Done),
    /// It was not.
    Refused(String),
    Learned(Event),
    /// The watcher of this number saw this.
    Saw(usize, Change),
}

impl Line {
    /// As it is recorded where the first server of whoever says it has this number among all.
    pub fn numbered_from(mut self, first: usize) -> Self {
        match &mut self {
            Self::Learned(event) => event.server += first,
            Self::Saw(watcher, _) => *watcher += first * STAYS.len(),
            Self::Asked(_) | Self::Done(_) | Self::Refused(_) => {}
        }
        self
    }
}

/// What a watcher saw behind the revision where it began.
#[derive(Debug, Clone)]
pub struct Watched {
    pub after: u64,
    pub changes: Vec<Change>,
}

impl Watched {
    pub fn from(after: u64) -> Self {
        let changes = Vec::new();
        Self { after, changes }
    }

    /// Where to watch on.
    pub fn seen(&self) -> u64 {
        self.changes
            .last()
            .map_or(self.after, |change| change.revision.0)
    }
}

/// What was said.
#[derive(Debug, Default)]
pub struct Record {
    pub events: Vec<Event>,
    pub done: Vec<Done>,
    /// Tokens of writes of which nobody knows what became.
    pub in_doubt: HashSet<String>,
    pub watched: Vec<Watched>,
}

impl Record {
    pub fn add(&mut self, line: Line) {
        match line {
            Line::Asked(token) => drop(self.in_doubt.insert(token)),
            Line::Done(done) => {
                self.in_doubt.remove(&done.token);
                self.done.push(done);
            }
            Line::Refused(token) => drop(self.in_doubt.remove(&token)),
            Line::Learned(event) => self.events.push(event),
            Line::Saw(watcher, change) => self.watched[watcher].changes.push(change),
        }
    }
}

#[derive(Debug)]
pub struct History {
    pub record: Record,
    /// The log at the end.
    pub log: Vec<Change>,
    /// Whether a server's readers may be behind the other servers' writers for a moment.
    pub is_cached: bool,
}
