//! Hands each watcher of an engine its own changes, so that a thousand of them do not each wake for
//! every change and throw most of them away.
//!
//! One task follows the backend's announcements and puts each change into the queues of those who
//! want it. It waits for nobody: whose queue is full loses its seat, reads the log instead, and
//! takes another seat when it has caught up.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, Weak,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::{
    broadcast::{Receiver, error::RecvError},
    mpsc,
};

use super::index::{Index, Seat};
use crate::{
    Change, Interest, Revision,
    backend::{Announcement, Backend, Fault},
    log::MAX_PAGE,
};

/// Changes that wait for one watcher: two seconds of a watcher that wants a hundred a second. Watchers
/// share them, so a thousand slow ones hold little more than one. One that is further behind reads the log.
const QUEUE: usize = 256;

/// The dispatcher of one engine. It runs while somebody watches.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    desk: Mutex<Desk>,
    /// Every change up to here was put into the queues of the seated watchers who want it.
    handed_out: AtomicU64,
}

#[derive(Debug, Default)]
struct Desk {
    is_running: bool,
    seats: Index,
    /// How many seats were ever taken: the number of the next.
    taken: u64,
}

/// A watcher's end of its queue. The seat is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    hub: Arc<Hub>,
    number: u64,
    queue: mpsc::Receiver<Arc<Change>>,
}

impl Hub {
    /// Takes a seat. Every change that is committed after this comes through the queue.
    pub(super) fn sit(
        self: &Arc<Self>,
        backend: &Arc<dyn Backend>,
        interests: &Arc<[Interest]>,
    ) -> Place {
        let (sender, queue) = mpsc::channel(QUEUE);
        let mut desk = self.desk();
        desk.taken += 1;
        let number = desk.taken;
        desk.seats.add(Seat {
            number,
            interests: Arc::clone(interests),
            queue: sender,
        });
        if !desk.is_running {
            desk.is_running = true;
            // The task keeps no backend alive that its engine has dropped.
            let (hub, announcements) = (Arc::clone(self), backend.announcements());
            tokio::spawn(dispatch(hub, Arc::downgrade(backend), announcements));
        }
        drop(desk);
        Place {
            hub: Arc::clone(self),
            number,
            queue,
        }
    }

    fn hand_out(&self, changes: &[Change]) {
        let mut desk = self.desk();
        let mut late = Vec::new();
        for change in changes {
            let mut shared = None;
            for seat in desk.seats.wanting(change) {
                let change = shared.get_or_insert_with(|| Arc::new(change.clone()));
                if seat.queue.try_send(Arc::clone(change)).is_err() {
                    late.push(seat.number);
                }
            }
            for number in late.drain(..) {
                desk.seats.remove(number);
            }
        }
        if let Some(last) = changes.last() {
            self.handed_out
                .fetch_max(last.revision.0, Ordering::Release);
        }
    }

    // The books of the seats are changed by code that cannot panic halfway through.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The next change; `None` when the seat was lost.
    pub(super) async fn next(&mut self) -> Option<Arc<Change>> {
        self.queue.recv().await
    }

    /// Up to where nothing is missing, if nothing waits in the queue.
    pub(super) fn seen(&self) -> Option<Revision> {
        // First the mark, then the queue: whatever is below the mark was in the queue before.
        let mark = Revision(self.hub.handed_out.load(Ordering::Acquire));
        (self.queue.is_empty() && !self.queue.is_closed()).then_some(mark)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hub.desk().seats.remove(self.number);
    }
}

/// Whoever is still seated when the dispatcher ends hears of it, and reads the log.
struct Ending(Arc<Hub>);

impl Drop for Ending {
    fn drop(&mut self) {
        let mut desk = self.0.desk();
        desk.is_running = false;
        desk.seats = Index::default();
    }
}

async fn dispatch(
    hub: Arc<Hub>,
    backend: Weak<dyn Backend>,
    mut announcements: Receiver<Announcement>,
) {
    let ending = Ending(hub);
    // Unknown until the first announcement: what was committed before it is the watchers' to read.
    let mut seen: Option<Revision> = None;
    loop {
        let is_behind = match announcements.recv().await {
            Ok(changes) => !follow(&ending.0, &mut seen, &changes),
            Err(RecvError::Lagged(_)) => true,
            Err(RecvError::Closed) => return,
        };
        if is_behind {
            let (Some(seen), Some(backend)) = (&mut seen, backend.upgrade()) else {
                return;
            };
            if let Err(error) = catch_up(&ending.0, &*backend, seen).await {
                tracing::debug!(error, "watchers read the log by themselves");
                return;
            }
        }
        // Who sits down between this look and the ending is sent to the log once more.
        if ending.0.desk().seats.is_empty() {
            return;
        }
    }
}

/// Hands out an announcement that continues where the last one ended; `false` when it does not.
fn follow(hub: &Hub, seen: &mut Option<Revision>, changes: &[Change]) -> bool {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
        return true;
    };
    let before = seen.unwrap_or(Revision(first.revision.0.saturating_sub(1)));
    if first.revision.0 > before.0 + 1 {
        return false;
    }
    let known = changes.partition_point(|change| change.revision <= before);
    hub.hand_out(changes.get(known..).unwrap_or_default());
    *seen = Some(before.max(last.revision));
    true
}

async fn catch_up(hub: &Hub, backend: &dyn Backend, seen: &mut Revision) -> Result<(), Fault> {
    loop {
        let page = backend.log(*seen, MAX_PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        *seen = last.revision;
        hub.hand_out(&page);
    }
}
