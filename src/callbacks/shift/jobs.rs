//! What runs beside the shift, and what becomes of it.

use std::sync::Arc;

use super::Shift;
use crate::{
    Change, Error, HistoryQuery, Revision, StateManager, Version,
    callbacks::{
        HandlerError,
        dead::DeadLetter,
        handler::attempt,
        lanes::{Key, PAGE, Task},
        later,
    },
};

/// States with something to do, waiting ones included: all of them are in the note. More states than this
/// that fail at the same time are a failing receiver: nothing more is taken until one of them is through.
const LANES: usize = 1000;

/// Records of the log read at once for a replay: two batches of the usual number of handlers and more.
const REPLAY_PAGE: usize = 100;

/// What became of a job.
pub(super) enum News {
    /// Which change, which attempt, and how it went.
    Tried(Arc<Change>, u32, Result<(), HandlerError>),
    Buried(Result<(), Error>),
    Fetched(Result<Vec<Change>, Error>),
}

impl Shift<'_> {
    /// Begins as many jobs as there may be.
    pub(super) async fn begin(&mut self) {
        self.lanes.wake(self.now());
        self.take_again().await;
        let worker = self.worker;
        loop {
            let now = self.now();
            let may_begin = now < self.until && now >= self.quiet_until;
            if !may_begin || self.jobs.len() >= worker.subscriber.at_once {
                return;
            }
            let Some((key, task)) = self.lanes.next() else {
                return;
            };
            match task {
                Task::Handle(change, number) => {
                    let (handler, within) =
                        (Arc::clone(&worker.handler), worker.subscriber.timeout);
                    self.jobs.spawn(async move {
                        let tried = attempt(&*handler, Arc::clone(&change), number, within).await;
                        (key, News::Tried(change, number, tried))
                    });
                }
                Task::Fetch(from) => {
                    let states = self.states.clone();
                    self.jobs.spawn(async move {
                        let fetched = fetch(&states, &key, from).await;
                        (key, News::Fetched(fetched))
                    });
                }
            }
        }
    }

    /// Whether another change may be taken.
    pub(super) fn has_room(&self) -> bool {
        self.lanes.ready() < self.worker.subscriber.at_once && self.lanes.len() < LANES
    }

    /// Does what follows from the result of a job.
    pub(super) fn settle(&mut self, key: Key, news: News) {
        self.unsaved += 1;
        match news {
            News::Tried(_, _, Ok(())) => {
                self.tally.handled += 1;
                self.lanes.handled(&key);
            }
            News::Tried(change, number, Err(error)) => self.failed(key, &change, number, &error),
            News::Buried(Ok(())) => {
                self.tally.buried += 1;
                self.lanes.handled(&key);
            }
            News::Fetched(Ok(page)) => {
                let interest = &self.worker.subscriber.interest;
                self.lanes
                    .fetched(&key, page, interest, self.watcher.seen());
            }
            News::Buried(Err(error)) | News::Fetched(Err(error)) => {
                self.worker.warn("a state has to wait", &error);
                self.lanes.postponed(&key, self.in_a_while());
            }
        }
    }

    fn failed(&mut self, key: Key, change: &Arc<Change>, number: u32, error: &HandlerError) {
        let (name, revision, why) = (&self.worker.subscriber.name, change.revision.0, error.why());
        let schedule = &self.worker.subscriber.schedule;
        let mut pause = match error {
            HandlerError::GiveUp { .. } => None,
            _ => schedule.pause(number, &mut self.random),
        };
        if let HandlerError::Busy { pause: asked, .. } = error {
            let end = later(self.now(), *asked);
            self.quiet_until = self.quiet_until.max(end);
            pause = pause.map(|pause| pause.max(*asked));
        }
        if let Some(pause) = pause {
            tracing::warn!(subscriber = %name, revision, number, why, ?pause, "tried again later");
            self.tally.retries += 1;
            self.lanes.failed(&key, later(self.now(), pause));
            return;
        }
        tracing::error!(subscriber = %name, revision, number, why, "became a dead letter");
        let letter = DeadLetter::of(change, number, why, self.now());
        let (states, name) = (self.states.clone(), name.clone());
        self.jobs.spawn(async move {
            let buried = states.bury(&name, &letter).await;
            (key, News::Buried(buried))
        });
    }

    /// Takes what is to be handled again, as far as there is room. What was not taken for the first time
    /// yet cannot be taken again.
    async fn take_again(&mut self) {
        while self.has_room()
            && let Some(span) = self.again.front_mut()
        {
            if let Some(change) = self.read_again.front() {
                if !self.lanes.take_again(change) {
                    return;
                }
                span.first = Revision(change.revision.0 + 1);
                self.read_again.pop_front();
                self.unsaved += 1;
                continue;
            }
            let last = span.last.min(self.watcher.seen());
            if span.first > last {
                self.again.pop_front();
                self.unsaved += 1;
                continue;
            }
            if self.states.clock().now() < self.read_after {
                return;
            }
            let behind = Revision(span.first.0.saturating_sub(1));
            let page = match self.states.log(behind, REPLAY_PAGE).await {
                Ok(page) => page,
                Err(error) => {
                    self.worker.warn("the log cannot be read", &error);
                    self.read_after = self.in_a_while();
                    return;
                }
            };
            // What is not of interest is passed over at once.
            let read = page.last().map_or(last, |change| change.revision);
            let interest = &self.worker.subscriber.interest;
            let wanted = page
                .into_iter()
                .filter(|it| it.revision <= last && interest.wants(it));
            self.read_again = wanted.map(Arc::new).collect();
            if self.read_again.is_empty() {
                span.first = Revision(read.0 + 1);
            }
        }
    }
}

/// A page of a state's changes from a version on, oldest first.
async fn fetch(states: &StateManager, key: &Key, from: Version) -> Result<Vec<Change>, Error> {
    let end = Version(from.0.saturating_add(PAGE));
    let query = HistoryQuery {
        before: Some(end),
        last: usize::try_from(PAGE).ok(),
        ..HistoryQuery::default()
    };
    let mut page = states.read_history(&key.0, &key.1, query).await?;
    page.retain(|change| change.after.version >= from);
    page.reverse();
    Ok(page)
}
