//! Having changes handled again: asked for in the subscriber's note, so that it reaches whichever
//! server works on it and survives a crash.

use std::ops::RangeInclusive;

use super::book::{self, Span};
use crate::{Error, Revision, StateManager};

/// Replays that wait at the same time: they are in one note.
const SPANS: usize = 100;

impl StateManager {
    /// Has a subscriber handle the changes of these revisions again, as far as they are of interest
    /// to it, beside what it does anyway: in order for each state among themselves. On another
    /// server it begins within seconds. `false` when there is no such subscriber.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a hundred earlier replays are not done yet.
    pub async fn replay(
        &self,
        subscriber: &str,
        revisions: RangeInclusive<Revision>,
    ) -> Result<bool, Error> {
        let (first, last) = revisions.into_inner();
        loop {
            let Some((mut book, version)) = book::load(self, subscriber).await? else {
                return Ok(false);
            };
            if book.asked.len() + book.again.len() >= SPANS {
                let problem = format!("{SPANS} replays are not done yet; wait, or ask for a range");
                return Err(Error::invalid("replay", problem));
            }
            book.asked.push(Span { first, last });
            if book::store(self, subscriber, version, Some(&book)).await? {
                self.nudge_subscribers();
                return Ok(true);
            }
        }
    }
}
