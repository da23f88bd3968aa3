//! What of the log subscribers still need: a change that was not handled yet, or that is a dead letter, is
//! handled as it was written.

use std::collections::HashMap;

use super::{
    book::{self, Book},
    dead::{self, DeadLetter},
};
use crate::{Change, Error, Revision, Scope, StateId, StateManager, Version};

/// What was needed when it was read. Subscribers only move on, but for a replay: that is asked for in the
/// knowledge that old versions may be gone.
#[derive(Debug)]
pub(crate) struct Hold {
    /// Up to here every subscriber has taken everything; nothing when there is none.
    floor: Option<Revision>,
    /// From which version on a state's changes are still to be handled.
    lanes: HashMap<(Scope, StateId), Version>,
    /// The first dead letter of a state. What came after it was handled and stays with it.
    dead: HashMap<(Scope, StateId), Revision>,
}

impl Hold {
    /// Reads it from the notes of all subscribers.
    pub(crate) async fn read(states: &StateManager) -> Result<Self, Error> {
        let mut hold = Self {
            floor: None,
            lanes: HashMap::new(),
            dead: HashMap::new(),
        };
        let books = states.backend().notes(book::NOTES);
        for (_, note) in states.within("compact", books).await? {
            hold.add(book::read(note.value)?);
        }
        let letters = states.backend().notes(dead::NOTES);
        for (_, note) in states.within("compact", letters).await? {
            let letter: DeadLetter = dead::read(note.value)?;
            let place = (letter.scope, letter.id);
            let first = hold.dead.entry(place).or_insert(letter.revision);
            *first = letter.revision.min(*first);
        }
        Ok(hold)
    }

    fn add(&mut self, book: Book) {
        let again = book.again.iter().chain(&book.asked);
        let again = again.map(|span| Revision(span.first.0.saturating_sub(1)));
        let needs = again.chain([book.position, self.floor()]).min();
        self.floor = needs;
        for lane in book.open {
            if let Some(from) = [lane.from, lane.again].into_iter().flatten().min() {
                let known = self.lanes.entry((lane.scope, lane.id)).or_insert(from);
                *known = from.min(*known);
            }
        }
    }

    /// Up to here every subscriber has taken everything; the end of all logs when there is none.
    pub(crate) fn floor(&self) -> Revision {
        self.floor.unwrap_or(Revision(u64::MAX))
    }

    /// Whether somebody needs the version that this change replaced.
    pub(crate) fn needs(&self, change: &Change) -> bool {
        if change.revision > self.floor() {
            return true;
        }
        let place = (change.after.scope.clone(), change.after.id.clone());
        let lane = self.lanes.get(&place);
        let letter = self.dead.get(&place);
        // The version before this change may be the first to be handled, or what that one replaced.
        lane.is_some_and(|from| change.after.version >= *from)
            || letter.is_some_and(|letter| change.revision >= *letter)
    }
}
