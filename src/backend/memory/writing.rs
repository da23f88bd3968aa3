//! The way of a batch into memory: what takes time is made first, then writers take turns at the books.

use std::{mem, sync::Arc};

use super::{
    super::{Batch, Fault, Write, ledger::Verdict},
    Memory,
    books::Books,
    slot::{ByAddress, Slot},
};
use crate::{Change, Revision};

/// What a write needs, made before anybody has to wait for it.
struct Ready {
    json: Arc<str>,
    /// What it takes while it is warm.
    bytes: u32,
}

impl Ready {
    fn of(write: &Write) -> Result<Self, Fault> {
        let json = write.json()?;
        let bytes = write.weight();
        Ok(Self { json, bytes })
    }
}

impl Memory {
    /// Applies a batch, or says why not.
    pub(super) fn applied(&self, mut batch: Batch) -> Result<Result<Vec<Change>, Verdict>, Fault> {
        if batch.guards.is_empty() && batch.writes.len() == 1 {
            let write = batch.writes.pop();
            write.map_or(Ok(Ok(Vec::new())), |write| self.apply_one(write))
        } else {
            let ready = batch.writes.iter().map(Ready::of);
            let ready = ready.collect::<Result<_, _>>()?;
            Ok(self.apply_all(batch, ready))
        }
    }

    /// Applies a batch of one write, as most are, without the ledger that others need.
    fn apply_one(&self, write: Write) -> Result<Result<Vec<Change>, Verdict>, Fault> {
        let ready = Ready::of(&write)?;
        let Some(slot) = self.slot(&write.after.scope, &write.after.id) else {
            return Ok(self.apply_all(vec![write].into(), vec![ready]));
        };
        let mut books = self.books();
        if let Err(verdict) = books.admit_one(&slot, &write) {
            return Ok(Err(verdict));
        }
        let (change, became_warm) = self.keep(&mut books, Some(slot), write, ready);
        let changes = vec![change];
        self.announce(&changes);
        drop(books);
        self.warm.settle(became_warm);
        Ok(Ok(changes))
    }

    /// Applies any batch.
    fn apply_all(&self, batch: Batch, ready: Vec<Ready>) -> Result<Vec<Change>, Verdict> {
        let mut books = self.books();
        books.admit(&batch, |scope, id| self.slot(scope, id))?;
        let (mut changes, mut became_warm) = (Vec::with_capacity(ready.len()), Vec::new());
        for (write, ready) in batch.writes.into_iter().zip(ready) {
            let slot = self.slot(&write.after.scope, &write.after.id);
            let (change, slot) = self.keep(&mut books, slot, write, ready);
            changes.push(change);
            became_warm.extend(slot);
        }
        self.announce(&changes);
        drop(books);
        self.warm.settle(became_warm);
        Ok(changes)
    }

    /// Writes what was admitted: the change, and the slot if it became warm by it.
    fn keep(
        &self,
        books: &mut Books,
        slot: Option<Arc<Slot>>,
        write: Write,
        ready: Ready,
    ) -> (Change, Option<Arc<Slot>>) {
        let mut became_warm = false;
        let (revision, slot, is_made) = books.keep(slot, &write, ready.json, |stand| {
            self.warm.put(stand, &write.after, ready.bytes);
            became_warm = !mem::replace(&mut stand.is_queued, true);
        });
        if is_made {
            self.slots.insert(ByAddress(Arc::clone(&slot)));
        }
        let change = write.recorded(Revision(revision));
        (change, became_warm.then_some(slot))
    }

    /// Announces under the lock of the books: in the order of the log. Who subscribes after this look at
    /// the number of watchers finds the changes in the log.
    fn announce(&self, changes: &[Change]) {
        if self.announce.receiver_count() > 0 {
            let _ = self.announce.send(changes.into());
        }
    }
}
