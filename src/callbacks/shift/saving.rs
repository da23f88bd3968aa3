//! When and how a shift writes down where it is, and finds out whether it still has the lease.

use std::time::Duration;

use super::{Ending, Shift};
use crate::{
    Error, Timestamp,
    callbacks::{
        book::{self, Book},
        later,
        worker::LEASE,
    },
};

/// What a crash repeats at most, beside what was under way: results that are not yet written down.
const BATCH: usize = 256;

impl Shift<'_> {
    /// A full batch, or the end of what there is to do, or time to renew the lease.
    pub(super) fn is_to_be_saved(&self) -> bool {
        let is_idle = self.jobs.is_empty() && self.lanes.ready() == 0 && self.watcher.is_at_end();
        let is_due =
            self.unsaved >= BATCH || (self.unsaved > 0 && is_idle) || self.now() >= self.renewal();
        is_due && self.now() >= self.save_after
    }

    /// When the lease is to be renewed if nothing else is written before: soon enough for a second and a
    /// third attempt.
    pub(super) fn renewal(&self) -> Timestamp {
        let early = LEASE.mul_f64(2.0 / 3.0);
        let early = i64::try_from(early.as_millis()).unwrap_or_default();
        Timestamp(self.until.0.saturating_sub(early))
    }

    /// Writes everything down, renewing the lease, or giving it back when this is the last time. How the
    /// shift ends, if it does; while the database fails it goes on as long as the lease lasts.
    pub(super) async fn save(&mut self, is_last: bool) -> Option<Ending> {
        match self.try_save(is_last).await {
            Ok(ending) => ending,
            Err(error) => {
                self.worker
                    .warn("the position cannot be written down", &error);
                self.save_after = self.in_a_while();
                None
            }
        }
    }

    async fn try_save(&mut self, is_last: bool) -> Result<Option<Ending>, Error> {
        let name = &self.worker.subscriber.name;
        loop {
            let lease = if is_last { Duration::ZERO } else { LEASE };
            let book = Book {
                position: self.watcher.seen(),
                open: self.lanes.open(),
                again: self.again.iter().copied().collect(),
                asked: Vec::new(),
                holder: (!is_last).then(|| self.worker.me.clone()),
                until: later(self.now(), lease),
                tally: self.tally,
            };
            if book::store(&self.states, name, self.version, Some(&book)).await? {
                self.version += 1;
                self.until = book.until;
                self.unsaved = 0;
                return Ok(None);
            }
            // Somebody asked for a replay, or an earlier write arrived whose answer did not; or
            // the lease was over, and another worker has it.
            match book::load(&self.states, name).await? {
                None => return Ok(Some(Ending::Gone)),
                Some((book, version)) if book.holder.as_ref() == Some(&self.worker.me) => {
                    self.version = version;
                    self.again.extend(book.asked);
                }
                Some(_) => return Ok(Some(Ending::Lost)),
            }
        }
    }
}
