//! The work of a subscriber while it holds the lease: takes changes from the log, has them handled, and
//! writes down how far it is.
//!
//! One task owns all of it. Handlers and reads run beside it as jobs, a bounded number at a time
//! (`shift::jobs`); results are gathered before they are written down (`shift::saving`).

mod jobs;
mod saving;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use rand::{SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use tokio::{sync::watch, task::JoinSet};

use self::jobs::News;
use super::{
    Progress, Tally,
    book::{Book, Span},
    lanes::{Key, Lanes},
    later,
    worker::{DATABASE_PAUSE, Worker},
};
use crate::{
    Change, Error, Revision, StateManager, Timestamp,
    watch::{AnotherLog, Watcher},
};

/// Results wait so long at most for the end of what there is to do, when nothing else happens.
const QUIET: Duration = Duration::from_millis(100);

/// Changes that are handled again when the log went back: more than a database loses of its last second.
const SET_BACK: u64 = 1000;

/// How a shift ended.
pub(super) enum Ending {
    /// It was asked to stop.
    Stopped,
    /// Another worker has the lease.
    Lost,
    /// The subscriber was forgotten.
    Gone,
}

/// What a shift wakes for.
enum Event {
    /// It was asked to stop, or a moment has come that it was waiting for.
    Moment,
    /// Somebody may have asked for something in the note.
    Nudge,
    /// Nothing happened for a while, and there are results that are not in the note.
    Quiet,
    Took(Result<Arc<Change>, Error>),
    Done(Key, News),
}

pub(super) struct Shift<'a> {
    worker: &'a Worker,
    states: StateManager,
    is_stopping: watch::Receiver<bool>,
    nudges: watch::Receiver<u64>,
    watcher: Watcher,
    lanes: Lanes,
    jobs: JoinSet<(Key, News)>,
    /// What is to be handled again, and the part of it that was read already.
    again: VecDeque<Span>,
    read_again: VecDeque<Arc<Change>>,
    tally: Tally,
    /// The version of the note that this worker wrote.
    version: u64,
    /// Until when it holds the lease.
    until: Timestamp,
    /// Results that are not in the note.
    unsaved: usize,
    /// The receiver asked for a pause until then.
    quiet_until: Timestamp,
    /// The database is left alone until then.
    read_after: Timestamp,
    save_after: Timestamp,
    random: StdRng,
}

impl<'a> Shift<'a> {
    pub(super) fn new(worker: &'a Worker, book: Book, version: u64) -> Self {
        let states = worker.states.clone();
        let interest = worker.subscriber.interest.clone();
        // Jitter needs no secret, and a worker's name is as random as the engine's ids.
        let seed = Sha256::digest(worker.me.as_bytes());
        Self {
            watcher: Watcher::new(states.clone(), interest, book.position),
            lanes: Lanes::restored(book.open),
            jobs: JoinSet::new(),
            again: book.again.into(),
            read_again: VecDeque::new(),
            tally: book.tally,
            version,
            until: book.until,
            unsaved: 0,
            quiet_until: Timestamp(0),
            read_after: Timestamp(0),
            save_after: Timestamp(0),
            random: StdRng::from_seed(seed.into()),
            is_stopping: worker.is_stopping.clone(),
            nudges: states.nudges(),
            states,
            worker,
        }
    }

    pub(super) async fn work(mut self) -> Ending {
        loop {
            let is_stopping = *self.is_stopping.borrow();
            let is_over = is_stopping && self.jobs.is_empty();
            if is_over || self.is_to_be_saved() {
                if let Some(ending) = self.save(is_over).await {
                    return ending;
                }
                if is_over {
                    return Ending::Stopped;
                }
            }
            // After the lease was renewed: nothing begins without one.
            if !is_stopping {
                self.begin().await;
            }
            self.show();
            match self.event(is_stopping).await {
                Event::Moment => {}
                Event::Nudge | Event::Quiet => {
                    if let Some(ending) = self.save(false).await {
                        return ending;
                    }
                }
                Event::Took(Ok(change)) => self.lanes.take(change),
                Event::Took(Err(error)) => {
                    if AnotherLog::is_behind(&error) {
                        self.set_back().await;
                    }
                    self.worker.warn("the log cannot be read", &error);
                    self.read_after = self.in_a_while();
                }
                Event::Done(key, news) => self.settle(key, news),
            }
        }
    }

    /// Goes back in a log that went back itself: what it lost and what came instead is not known, so some of it is
    /// handled again.
    async fn set_back(&mut self) {
        let Ok(newest) = self.states.revision().await else {
            return;
        };
        let position = self.watcher.seen().min(newest);
        let position = Revision(position.0.saturating_sub(SET_BACK));
        tracing::error!(
            position = position.0,
            "the log went back, and a subscriber with it"
        );
        let interest = self.worker.subscriber.interest.clone();
        self.watcher = Watcher::new(self.states.clone(), interest, position);
        self.unsaved += 1;
    }

    async fn event(&mut self, is_stopping: bool) -> Event {
        let now = self.now();
        let can_take = !is_stopping && now >= self.read_after && self.has_room();
        let moment = self.next_moment(now, is_stopping);
        let is_unsaved = self.unsaved > 0 && self.jobs.is_empty() && now >= self.save_after;
        tokio::select! {
            biased;
            _ = self.is_stopping.changed(), if !is_stopping => Event::Moment,
            Some(done) = self.jobs.join_next() => match done {
                Ok((key, news)) => Event::Done(key, news),
                // Jobs catch panics; only the end of the runtime ends them from outside.
                Err(_) => Event::Moment,
            },
            _ = self.nudges.changed(), if !is_stopping => Event::Nudge,
            () = self.states.clock().until(moment) => Event::Moment,
            change = self.watcher.next(), if can_take => Event::Took(change),
            // The end of the log may come without news, and then results are to be written down.
            () = tokio::time::sleep(QUIET), if is_unsaved => Event::Quiet,
        }
    }

    /// The next moment at which there is something to do, whatever happens.
    fn next_moment(&self, now: Timestamp, is_stopping: bool) -> Timestamp {
        let save = self.renewal().max(self.save_after);
        if is_stopping {
            return save;
        }
        let still = |time: Timestamp| Some(time).filter(|time| *time > now);
        let others = [
            self.lanes.due(),
            still(self.quiet_until),
            still(self.read_after),
        ];
        others.into_iter().flatten().fold(save, Timestamp::min)
    }

    fn show(&self) {
        self.worker.progress.send_replace(Progress {
            is_working: true,
            position: self.watcher.seen(),
            in_flight: self.jobs.len(),
            waiting: self.lanes.waiting(),
            tally: self.tally,
        });
    }

    fn now(&self) -> Timestamp {
        self.states.clock().now()
    }

    fn in_a_while(&self) -> Timestamp {
        later(self.now(), DATABASE_PAUSE)
    }
}
