//! How far subscribers have come: at this moment here, and as last written down on any server.

use super::{
    Tally,
    book::{self, Book, NOTES},
};
use crate::{Error, Revision, StateManager};

/// How a subscriber stands in this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether it works here; otherwise another server does, or it is waiting for the database.
    pub is_working: bool,
    /// Every change up to here was taken.
    pub position: Revision,
    /// Changes at whose handling it is.
    pub in_flight: usize,
    /// States that wait for their next attempt.
    pub waiting: usize,
    /// What it has done since it was first heard of.
    pub tally: Tally,
}

/// How a subscriber stands, wherever it works, as of its last note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its name.
    pub name: String,
    /// Every change up to here was taken.
    pub position: Revision,
    /// How many changes, of interest or not, are behind that.
    pub lag: u64,
    /// States with a change under way or waiting for its first attempt.
    pub in_flight: usize,
    /// States that wait for their next attempt.
    pub waiting: usize,
    /// What it has done since it was first heard of.
    pub tally: Tally,
    /// Dead letters that nobody has dealt with.
    pub dead_letters: usize,
    /// Whether somebody works on it.
    pub is_held: bool,
}

impl StateManager {
    /// Every subscriber that was ever heard of and not forgotten, by name.
    pub async fn subscribers(&self) -> Result<Vec<Status>, Error> {
        let notes = self.within("subscribers", self.backend().notes(NOTES));
        let (notes, head) = (notes.await?, self.revision().await?);
        let mut found = Vec::with_capacity(notes.len());
        for (note, content) in notes {
            let name = note.strip_prefix(NOTES).unwrap_or(&note);
            let book = book::read(content.value)?;
            found.push(self.status(name, book, head).await?);
        }
        Ok(found)
    }

    /// One subscriber; `None` when it was never heard of, or is forgotten.
    pub async fn subscriber(&self, name: &str) -> Result<Option<Status>, Error> {
        let Some((book, _)) = book::load(self, name).await? else {
            return Ok(None);
        };
        let head = self.revision().await?;
        self.status(name, book, head).await.map(Some)
    }

    async fn status(&self, name: &str, book: Book, head: Revision) -> Result<Status, Error> {
        let waiting = book.open.iter().filter(|lane| lane.failed > 0).count();
        Ok(Status {
            name: name.to_owned(),
            position: book.position,
            lag: head.0.saturating_sub(book.position.0),
            in_flight: book.open.len() - waiting,
            waiting,
            tally: book.tally,
            dead_letters: self.dead_letters(name).await?.len(),
            is_held: book.holder.is_some() && book.until > self.clock().now(),
        })
    }
}
