//! Hands each watcher of an engine its own changes, so that a thousand of them do not each wake for
//! every change and throw most of them away.
//!
//! One task follows the backend's announcements and puts each change into the queues of those who
//! want it. It waits for nobody: whose queue is full loses its seat, and joins again with what was handed out
//! meanwhile. Who is further behind than that reads the log, and takes a seat when it has caught up.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{
        Semaphore, SemaphorePermit,
        broadcast::{Receiver, error::RecvError},
        mpsc,
    },
    time::timeout,
};

use super::{
    index::{Index, Seat},
    mark::Mark,
    recent::{Part, Recent},
};
use crate::{
    Change, Interest, Revision,
    backend::{Announcement, Backend, Fault},
    log::MAX_PAGE,
};

/// Changes that wait for one watcher: two seconds of a watcher that wants a hundred a second. Watchers
/// share them, so a thousand slow ones hold little more than one.
const QUEUE: usize = 256;

/// Watchers that read the log at the same time. The others wait: most of them will find what they want in the hub by then.
const READERS: usize = 4;
/// How long one waits for them: a backend that hangs must not keep a thousand from finding out one after another.
const TURN: Duration = Duration::from_secs(2);

/// How often the log is looked at although nothing is announced.
const LOOK: Duration = Duration::from_secs(5);

/// The dispatcher of one engine. It runs while somebody watches.
#[derive(Debug)]
pub(crate) struct Hub {
    desk: Mutex<Desk>,
    reading: Semaphore,
    /// Every change up to here was put into the queues of the seated watchers who want it.
    handed_out: AtomicU64,
}

#[derive(Debug, Default)]
struct Desk {
    is_running: bool,
    seats: Index,
    recent: Recent,
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

impl Default for Hub {
    fn default() -> Self {
        Self {
            desk: Mutex::default(),
            reading: Semaphore::new(READERS),
            handed_out: AtomicU64::default(),
        }
    }
}

impl Hub {
    /// Leave to read the log, for as long as it is held; who has waited too long reads without.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let turn = timeout(TURN, self.reading.acquire()).await;
        turn.ok().and_then(Result::ok)
    }

    /// Takes a seat. Every change that is committed after this comes through the queue.
    pub(super) fn sit(
        self: &Arc<Self>,
        backend: &Arc<dyn Backend>,
        interests: &Arc<[Interest]>,
    ) -> Place {
        let (sender, queue) = mpsc::channel(QUEUE);
        let mut desk = self.desk();
        let number = desk.seat(interests, sender);
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

    /// Takes a seat with everything behind `read` that was handed out, if all of it is remembered. `tail` is the change
    /// at `read`, if it was seen.
    pub(super) fn join(
        self: &Arc<Self>,
        backend: &dyn Backend,
        interests: &Arc<[Interest]>,
        read: Revision,
        tail: Option<&Mark>,
    ) -> Option<(Place, Vec<Announcement>)> {
        let mut desk = self.desk();
        desk.recent.forget(backend.forgotten());
        let missed = desk.recent.behind(read, tail)?;
        let (sender, queue) = mpsc::channel(QUEUE);
        let number = desk.seat(interests, sender);
        drop(desk);
        let hub = Arc::clone(self);
        Some((Place { hub, number, queue }, missed))
    }

    fn hand_out(&self, changes: Announcement) {
        let part = Part::new(changes);
        let mut desk = self.desk();
        let mut late = Vec::new();
        for change in part.changes() {
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
        if let Some(last) = part.changes().last() {
            self.handed_out
                .fetch_max(last.revision.0, Ordering::Release);
        }
        desk.recent.add(part);
    }

    // The books of the seats are changed by code that cannot panic halfway through.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Gives somebody a seat; its number.
    fn seat(&mut self, interests: &Arc<[Interest]>, queue: mpsc::Sender<Arc<Change>>) -> u64 {
        self.taken += 1;
        self.seats.add(Seat {
            number: self.taken,
            interests: Arc::clone(interests),
            queue,
        });
        self.taken
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
        desk.recent = Recent::default();
        // The next one may follow a log that went back.
        self.0.handed_out.store(0, Ordering::Release);
    }
}

async fn dispatch(
    hub: Arc<Hub>,
    backend: Weak<dyn Backend>,
    mut announcements: Receiver<Announcement>,
) {
    let mut dispatcher = Dispatcher {
        ending: Ending(hub),
        seen: None,
        is_ahead: false,
    };
    loop {
        let is_behind = match timeout(LOOK, announcements.recv()).await {
            Ok(Ok(changes)) => !dispatcher.follow(changes),
            Ok(Err(RecvError::Lagged(_))) => true,
            Ok(Err(RecvError::Closed)) => return,
            // The last announcement may have been lost, and the log may have gone back.
            Err(_) => dispatcher.seen.is_some(),
        };
        if is_behind {
            let Some(backend) = backend.upgrade() else {
                return;
            };
            if let Err(error) = dispatcher.catch_up(&*backend).await {
                tracing::debug!(error, "watchers read the log by themselves");
                return;
            }
        }
        // Who sits down between this look and the ending is sent to the log once more.
        if dispatcher.ending.0.desk().seats.is_empty() {
            return;
        }
    }
}

struct Dispatcher {
    ending: Ending,
    /// The last change that was handed out. Unknown until the first announcement: what was committed before it is
    /// the watchers' to read.
    seen: Option<Mark>,
    /// Something was read from the log that is still to be announced.
    is_ahead: bool,
}

impl Dispatcher {
    /// Hands out an announcement that continues where the last one ended; `false` when it does not.
    fn follow(&mut self, changes: Announcement) -> bool {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return true;
        };
        let Some(seen) = &self.seen else {
            self.seen = Some(Mark::of(last));
            self.ending.0.hand_out(changes);
            return true;
        };
        if first.revision.0 > seen.revision.0 + 1 {
            return false;
        }
        let known = changes.partition_point(|change| change.revision <= seen.revision);
        let (old, new) = changes.split_at(known);
        let is_same = match old.last() {
            None => true,
            Some(same) if same.revision == seen.revision => Mark::of(same) == *seen,
            // Older than what was seen: it was read before it came, or the log went back.
            Some(_) => return self.is_ahead,
        };
        if !is_same {
            return false;
        }
        self.is_ahead = false;
        if let Some(last) = new.last() {
            self.seen = Some(Mark::of(last));
        }
        let new = match old {
            [] => changes,
            _ => new.into(),
        };
        self.ending.0.hand_out(new);
        true
    }

    /// Reads the log from what was handed out last, which must still be there, to where it ended when it was asked. What
    /// is written meanwhile is announced.
    async fn catch_up(&mut self, backend: &dyn Backend) -> Result<(), Fault> {
        let seen = self.seen.as_ref();
        let seen = seen.ok_or("nothing was handed out yet")?;
        let end = backend.revision().await?;
        let mut new = seen.follow(backend.log(seen.before(), MAX_PAGE).await?)?;
        let mut at = seen.revision;
        loop {
            if new.is_empty() {
                new = backend.log(at, MAX_PAGE).await?;
            }
            let Some(last) = new.last() else {
                return Ok(());
            };
            at = last.revision;
            self.is_ahead = true;
            self.seen = Some(Mark::of(last));
            self.ending.0.hand_out(std::mem::take(&mut new).into());
            if at >= end {
                return Ok(());
            }
        }
    }
}
