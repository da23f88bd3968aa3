//! Keeps the entries as the log says, and knows how far they can be trusted.
//!
//! Announcements are the quick way. Once in a while the follower asks where the log stands, so that
//! a lost announcement costs a second and not more; when it missed something it reads the log, and
//! until it has caught up readers ask the backend. While the backend cannot be reached nobody can
//! say what was missed: then readers are served what is known, for a time.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    select,
    sync::broadcast::{
        Receiver,
        error::RecvError::{self, Closed, Lagged},
    },
    time::{Instant, Interval, MissedTickBehavior, interval_at, timeout_at},
};

use super::{Announcement, Fault, Shared};
use crate::{Change, Revision, State, log::MAX_PAGE};

/// How often the follower asks where the log stands.
const LOOK: Duration = Duration::from_secs(1);

pub(super) struct Follower {
    shared: Arc<Shared>,
    news: Receiver<Announcement>,
    looks: Interval,
    stale: Duration,
    /// Everything up to here is in the entries, and was announced.
    seen: Revision,
    /// The state that the change `seen` led to: by it the log is known again after an outage.
    tail: Option<Arc<State>>,
    /// When the entries were last known to be as the log.
    current: Instant,
    /// Changes were missed.
    is_behind: bool,
    /// The backend cannot be reached.
    is_away: bool,
}

impl Follower {
    /// Begins at the end of the log.
    pub(super) async fn start(shared: Arc<Shared>, stale: Duration) -> Result<Self, Fault> {
        // Subscribed before the first look at the log: what is written in between is in both.
        let news = shared.inner.announcements();
        let current = Instant::now();
        let mut looks = interval_at(current + LOOK, LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut follower = Self {
            shared,
            news,
            looks,
            stale,
            seen: Revision(0),
            tail: None,
            current,
            is_behind: false,
            is_away: false,
        };
        follower.begin_anew().await?;
        Ok(follower)
    }

    pub(super) async fn run(mut self) {
        loop {
            let until = self.current + self.stale;
            let step = if self.is_serving() {
                timeout_at(until, self.step()).await
            } else {
                Ok(self.step().await)
            };
            match step {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    if !self.is_away {
                        let stale = self.stale;
                        tracing::warn!(%error, ?stale, "the log cannot be followed; cached states are given out for a time");
                    }
                    self.is_away = true;
                    self.serve(Instant::now() < until);
                }
                Err(_) => {
                    tracing::warn!("cached states are too old to be given out");
                    self.is_away = true;
                    self.serve(false);
                }
            }
        }
    }

    async fn step(&mut self) -> Result<(), Fault> {
        if self.is_away {
            // News are a sign that the backend is back; what they say is read from the log.
            select! {
                _ = self.looks.tick() => {}
                news = self.news.recv() => if matches!(news, Err(Closed)) { self.looks.tick().await; },
            }
        }
        if self.is_away || self.is_behind {
            return self.catch_up().await;
        }
        select! {
            news = self.news.recv() => self.follow(news),
            _ = self.looks.tick() => {
                let asked = Instant::now();
                if self.shared.inner.revision().await? == self.seen {
                    self.current = asked;
                } else {
                    self.catch_up().await?;
                }
            }
        }
        Ok(())
    }

    fn follow(&mut self, news: Result<Announcement, RecvError>) {
        match news {
            Ok(changes) => match changes.first() {
                Some(first) if first.revision.0 <= self.seen.0 + 1 => {
                    // A look at the log may have been quicker, with all of them or the first ones.
                    let is_known = |change: &Change| change.revision <= self.seen;
                    match changes.partition_point(is_known) {
                        0 => self.learn(changes),
                        known if known == changes.len() => {}
                        known => self.learn(changes.iter().skip(known).cloned().collect()),
                    }
                }
                Some(_) => self.fall_behind(),
                None => {}
            },
            Err(Lagged(_)) => self.fall_behind(),
            // Announcements end with the backend only, and that is held here.
            Err(Closed) => self.is_away = true,
        }
    }

    fn fall_behind(&mut self) {
        self.is_behind = true;
        self.serve(false);
    }

    /// Reads the log from where the follower stands to where it ended when it was asked. What is written meanwhile is
    /// announced, and waits: under load there is never nothing new.
    async fn catch_up(&mut self) -> Result<(), Fault> {
        loop {
            let asked = Instant::now();
            let end = self.shared.inner.revision().await?;
            let from = Revision(self.seen.0.saturating_sub(1));
            let mut page = self.shared.inner.log(from, MAX_PAGE).await?;
            let mut new = page.split_off(page.len().min(self.tail.is_some().into()));
            if !is_same(page.first().map(|change| &change.after), self.tail.as_ref()) {
                tracing::error!(
                    seen = self.seen.0,
                    "the backend came back with another log; the cache begins anew"
                );
                self.begin_anew().await?;
                continue;
            }
            if new.is_empty() {
                // A heavy record leaves no room beside it on a page.
                new = self.shared.inner.log(self.seen, MAX_PAGE).await?;
            }
            let last = new.last().map_or(self.seen, |change| change.revision);
            let is_there = new.is_empty() || last >= end;
            if !is_there {
                // There is more than a page.
                self.serve(false);
            }
            if !new.is_empty() {
                self.learn(new.into());
            }
            if is_there {
                (self.current, self.is_away, self.is_behind) = (asked, false, false);
                self.serve(true);
                return Ok(());
            }
        }
    }

    /// Takes the end of the log for the beginning.
    async fn begin_anew(&mut self) -> Result<(), Fault> {
        let inner = &self.shared.inner;
        self.seen = inner.revision().await?;
        let before = Revision(self.seen.0.saturating_sub(1));
        let last: Vec<Change> = inner.log(before, 1).await?;
        self.tail = last.first().map(|change| Arc::clone(&change.after));
        self.shared.entries.forget();
        // Also back, when the log is another one.
        let followed = &self.shared.horizon.followed;
        followed.store(self.seen.0, Ordering::Release);
        if !last.is_empty() {
            // Who watches finds out from it where the log is.
            let _ = self.shared.announce.send(last.into());
        }
        Ok(())
    }

    /// Changes that continue where the follower stands.
    fn learn(&mut self, changes: Announcement) {
        for change in changes.iter() {
            self.shared.entries.notice(&change.after);
        }
        if let Some(last) = changes.last() {
            self.seen = last.revision;
            self.tail = Some(Arc::clone(&last.after));
            let followed = &self.shared.horizon.followed;
            followed.fetch_max(self.seen.0, Ordering::AcqRel);
        }
        // Perhaps nobody listens.
        let _ = self.shared.announce.send(changes);
    }

    fn is_serving(&self) -> bool {
        self.shared.is_serving.load(Ordering::Acquire)
    }

    fn serve(&self, is_serving: bool) {
        self.shared.is_serving.store(is_serving, Ordering::Release);
    }
}

/// Whether both are the same version, be its content gone by now.
fn is_same(found: Option<&Arc<State>>, known: Option<&Arc<State>>) -> bool {
    match (found, known) {
        (Some(found), Some(known)) if found.removed.is_some() => {
            found.without_content() == known.without_content()
        }
        (found, known) => found == known,
    }
}
