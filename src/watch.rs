//! The log as a stream that can be resumed anywhere: nothing is skipped, nothing repeated.
//!
//! A watcher joins the engine's [`Hub`], which remembers what it handed out lately, and from then on brings it what it
//! wants. One that left off before that reads the log until it is near the end, takes a seat, and reads what is
//! left. Whenever it loses its seat it does the same again. So the hub is only a quick way to what the log says.

mod hub;
mod index;
mod mark;
mod recent;

use std::{collections::VecDeque, sync::Arc};

use futures::{StreamExt, stream, stream::BoxStream};

pub(crate) use self::hub::Hub;
use self::hub::Place;
pub use self::mark::AnotherLog;
pub(crate) use self::mark::Mark;
use crate::{
    Change, Error, Interest, Revision, StateManager, backend::Announcement, log::MAX_PAGE,
};

impl StateManager {
    /// Every change behind `after`, past and future, that is of interest: of one scope
    /// (`Some(scope)`), of everything (`None`), or whatever an [`Interest`] says. After an error
    /// the stream ends; watch again from the last revision seen. With [`AnotherLog`] as its source the log went back:
    /// then what was seen may be undone, and is to be read anew.
    pub fn watch(
        &self,
        interest: impl Into<Interest>,
        after: Revision,
    ) -> BoxStream<'static, Result<Arc<Change>, Error>> {
        self.watch_any([interest.into()], after)
    }

    /// Every change behind `after` that is of interest to at least one of these, each once and all in the order
    /// of the log: whoever hears of several scopes can go on from the last revision it saw.
    pub fn watch_any(
        &self,
        interests: impl Into<Arc<[Interest]>>,
        after: Revision,
    ) -> BoxStream<'static, Result<Arc<Change>, Error>> {
        let watcher = Watcher::of_any(self.clone(), interests.into(), after);
        let changes = stream::try_unfold(watcher, |mut watcher| async move {
            let change = watcher.next().await?;
            Ok(Some((change, watcher)))
        });
        changes.boxed()
    }
}

/// One reader of the log, with a memory of where it is.
pub(crate) struct Watcher {
    states: StateManager,
    interests: Arc<[Interest]>,
    /// Every change up to here was given out, waits in `ready`, or is of no interest.
    read: Revision,
    /// The change there, if this reader has seen it.
    tail: Option<Mark>,
    ready: VecDeque<Arc<Change>>,
    /// What the hub remembered, and was not looked at yet.
    missed: VecDeque<Announcement>,
    /// Whether there may be something in the log that no queue will bring.
    is_behind: bool,
    place: Option<Place>,
    /// Where the log stood when the place was taken.
    end: Revision,
}

impl Watcher {
    pub(crate) fn new(states: StateManager, interest: Interest, after: Revision) -> Self {
        Self::of_any(states, Arc::from([interest]), after)
    }

    fn of_any(states: StateManager, interests: Arc<[Interest]>, after: Revision) -> Self {
        Self {
            states,
            interests,
            read: after,
            tail: None,
            ready: VecDeque::new(),
            missed: VecDeque::new(),
            is_behind: true,
            place: None,
            end: Revision(0),
        }
    }

    /// The next change of interest. Dropping this future loses nothing; after an error it may be
    /// asked again.
    pub(crate) async fn next(&mut self) -> Result<Arc<Change>, Error> {
        loop {
            if let Some(change) = self.ready.pop_front() {
                return Ok(change);
            }
            if let Some(part) = self.missed.pop_front() {
                self.look_at(&part);
                continue;
            }
            if self.is_behind {
                self.catch_up().await?;
                continue;
            }
            let news = match &mut self.place {
                Some(place) => place.next().await,
                None => None,
            };
            match news {
                Some(change) if change.revision > self.read => {
                    self.read = change.revision;
                    self.tail = Some(Mark::of(&change));
                    return Ok(change);
                }
                // Was read from the log before it came through the queue, or was wanted twice.
                Some(_) => {}
                None => {
                    self.place = None;
                    self.is_behind = true;
                }
            }
        }
    }

    /// Every change of interest up to here was given out. It moves on while others' changes pass by.
    pub(crate) fn seen(&self) -> Revision {
        if let Some(waiting) = self.ready.front() {
            return Revision(waiting.revision.0 - 1);
        }
        let is_there = !self.is_behind && self.missed.is_empty();
        let passed = self.place.as_ref().filter(|_| is_there);
        let passed = passed.and_then(Place::seen).unwrap_or_default();
        self.read.max(passed)
    }

    /// Whether nothing is there to be given out at once.
    pub(crate) fn is_at_end(&self) -> bool {
        let is_quiet = self.place.as_ref().is_some_and(|it| it.seen().is_some());
        !self.is_behind && self.ready.is_empty() && self.missed.is_empty() && is_quiet
    }

    /// What follows in the log; it must still have what was read last.
    async fn page(&self) -> Result<Vec<Change>, Error> {
        let Some(tail) = &self.tail else {
            return self.states.log(self.read, MAX_PAGE).await;
        };
        let page = self.states.log(tail.before(), MAX_PAGE).await?;
        let page = tail.follow(page).map_err(|source| Error::Failed {
            operation: "watch",
            source: source.into(),
        })?;
        if page.is_empty() {
            // A heavy record leaves no room beside it on a page.
            return self.states.log(self.read, MAX_PAGE).await;
        }
        Ok(page)
    }

    /// Joins the hub with what it remembers, if that is all that is missing.
    fn join(&mut self) -> bool {
        let (hub, backend) = (self.states.hub(), self.states.backend());
        let joined = hub.join(&**backend, &self.interests, self.read, self.tail.as_ref());
        let Some((place, missed)) = joined else {
            return false;
        };
        self.place = Some(place);
        self.missed = missed.into();
        self.is_behind = false;
        true
    }

    /// What of this part was not read yet, and is wanted.
    fn look_at(&mut self, part: &[Change]) {
        let missed = part.iter().filter(|change| change.revision > self.read);
        let wanted = missed.filter(|change| wants(&self.interests, change));
        self.ready.extend(wanted.cloned().map(Arc::new));
        if let Some(last) = part.last() {
            self.read = last.revision;
            self.tail = Some(Mark::of(last));
        }
    }

    async fn catch_up(&mut self) -> Result<(), Error> {
        if self.place.is_none() && self.join() {
            return Ok(());
        }
        let hub = Arc::clone(self.states.hub());
        let turn = hub.turn().await;
        // Whoever had the turn before may have set the hub going.
        if self.place.is_none() && self.join() {
            return Ok(());
        }
        let page = self.page().await?;
        drop(turn);
        let is_near = page.len() < MAX_PAGE - 1;
        let is_end = page.is_empty();
        if let Some(last) = page.last() {
            self.read = last.revision;
            self.tail = Some(Mark::of(last));
        }
        let wanted = page
            .into_iter()
            .filter(|change| wants(&self.interests, change));
        self.ready.extend(wanted.map(Arc::new));
        if self.place.is_none() && is_near {
            // What is committed after a seat was taken comes through its queue, and what was committed
            // before is in the log up to where that stands then.
            let backend = self.states.backend();
            let place = hub.sit(backend, &self.interests);
            self.end = self.states.revision().await?;
            if self.end < self.read && self.tail.is_none() {
                // It comes with a place in a log that went back since. What the end is now is its place.
                tracing::warn!(
                    read = self.read.0,
                    end = self.end.0,
                    "a watcher is ahead of the log"
                );
                self.read = self.end;
            }
            self.place = Some(place);
            self.is_behind = self.read < self.end;
        } else if self.place.is_some() {
            self.is_behind = !is_end && self.read < self.end;
        }
        Ok(())
    }
}

/// Whether a change is of interest to one of these.
fn wants(interests: &[Interest], change: &Change) -> bool {
    interests.iter().any(|interest| interest.wants(change))
}
