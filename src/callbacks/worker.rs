//! Who works on a subscriber: whoever holds the lease in its note.
//!
//! The holder renews the lease with everything it writes down. One that lost it finds that its note
//! has another version, drops what it is doing, and stands by like the others.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    Handler, Progress, Subscriber,
    book::{self, Book},
    later,
    shift::{Ending, Shift},
};
use crate::{Error, StateManager, Timestamp};

/// How long a holder is left alone. After a crash nobody works for so long; a holder that hangs longer
/// may repeat what its successor does.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// How far apart the clocks of servers may be before one takes a subscriber over from another that works: more than clocks
/// are that somebody keeps right.
const APART: Duration = Duration::from_secs(600);

/// How long to leave a database alone that has just failed.
pub(super) const DATABASE_PAUSE: Duration = Duration::from_secs(1);

/// One subscriber in one process.
pub(super) struct Worker {
    pub(super) states: StateManager,
    /// What no other worker is called.
    pub(super) me: String,
    pub(super) subscriber: Subscriber,
    pub(super) handler: Arc<dyn Handler>,
    pub(super) is_stopping: watch::Receiver<bool>,
    pub(super) progress: watch::Sender<Progress>,
}

enum Claim {
    /// The lease is this worker's; the book, and the version it has.
    Mine(Book, u64),
    /// It is worth looking again then.
    Until(Timestamp),
    /// The subscriber was forgotten.
    Gone,
}

impl Worker {
    pub(super) async fn run(mut self) {
        loop {
            let claim = self.claim().await;
            self.progress.send_replace(Progress::default());
            let wait = match claim {
                Ok(Claim::Mine(book, version)) => {
                    match Shift::new(&self, book, version).work().await {
                        Ending::Stopped | Ending::Gone => return,
                        Ending::Lost => self.states.clock().now(),
                    }
                }
                Ok(Claim::Until(time)) => time,
                Ok(Claim::Gone) => return,
                Err(error) => {
                    self.warn("the note cannot be read", &error);
                    later(self.states.clock().now(), DATABASE_PAUSE)
                }
            };
            let clock = Arc::clone(self.states.clock());
            tokio::select! {
                () = clock.until(wait) => {}
                // Its other end is the `Subscription`, whose end is the end of this.
                _ = self.is_stopping.wait_for(|is_stopping| *is_stopping) => return,
            }
        }
    }

    async fn claim(&self) -> Result<Claim, Error> {
        let Some((mut book, version)) = book::load(&self.states, &self.subscriber.name).await?
        else {
            return Ok(Claim::Gone);
        };
        let now = self.states.clock().now();
        let is_anothers = book.holder.as_ref().is_some_and(|it| *it != self.me);
        // Nobody takes a lease for longer than that: one that ends later was taken by a clock that was ahead.
        let is_sound = book.until <= later(later(now, LEASE), APART);
        if is_anothers && is_sound && book.until > now {
            return Ok(Claim::Until(book.until));
        }
        let asked = std::mem::take(&mut book.asked);
        book.again.extend(asked);
        book.holder = Some(self.me.clone());
        book.until = later(now, LEASE);
        let name = &self.subscriber.name;
        if book::store(&self.states, name, version, Some(&book)).await? {
            return Ok(Claim::Mine(book, version + 1));
        }
        Ok(Claim::Until(now))
    }

    pub(super) fn warn(&self, what: &str, error: &Error) {
        let subscriber = &self.subscriber.name;
        tracing::warn!(%subscriber, %error, "{what}; goes on when the database is back");
    }
}
