//! A cache in front of any backend: the newest states in this process, within so many bytes.
//!
//! This file answers readers and passes everything else on. `entries` holds what is cached and
//! decides what may take whose place, `follower` keeps it as the log says, `weight` says how
//! large a state is in memory. Whoever reads through a cache is behind by no more than this:
//!
//! | what happened | a cached answer is |
//! |---|---|
//! | a write through this cache was acknowledged | never older than it |
//! | a change was announced by this cache, or read from it (log, history, list) | never older than it |
//! | another server wrote | as old as its announcement takes, a few milliseconds; a second if that is lost |
//! | a reader comes from another server and says what it saw there ([`Cache::reach`]) | never older than it |
//! | the backend cannot be reached | given for [`CacheSettings::stale`], then no more |
//!
//! What a refusal rests on is never cached: [`Backend::newest`] asks the backend.

mod entries;
mod follower;
mod weight;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::Value;
use tokio::{sync::broadcast, task::JoinHandle};

use self::{entries::Entries, follower::Follower};
use super::{
    ANNOUNCEMENTS, Announcement, Backend, Batch, Due, Fault, Finding, Held, Note, Outcome, Queues,
    Thinned,
};
use crate::{
    Change, Kind, Revision, Scope, State, StateId, Timestamp, Version,
    log::MAX_PAGE,
    search::{Ask, Found},
};

/// How much is cached, and how long it may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSettings {
    /// Bytes of memory for states.
    pub bytes: u64,
    /// How long cached states are given out after the log could last be followed: what an outage
    /// of the backend may take before readers notice, and the oldest answer that a server cut off
    /// from the others gives.
    pub stale: Duration,
}

impl Default for CacheSettings {
    /// 64 MiB; a minute, in which most databases come back or are replaced.
    fn default() -> Self {
        Self {
            bytes: 64 * 1024 * 1024,
            stale: Duration::from_secs(60),
        }
    }
}

/// What a cache did since it was made, and what it holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheCounts {
    /// Reads that were answered here.
    pub hits: u64,
    /// Reads that the backend was asked for.
    pub misses: u64,
    /// Bytes in use.
    pub bytes: u64,
    /// States, and ids known to have none.
    pub entries: u64,
    /// Entries that made room for others.
    pub evicted: u64,
}

/// A backend with a cache in front.
#[derive(Debug)]
pub struct Cache {
    shared: Arc<Shared>,
    follower: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    inner: Arc<dyn Backend>,
    entries: Entries,
    /// Whether the entries may be given out. Only the follower knows.
    is_serving: AtomicBool,
    /// What the backend said of it ([`Backend::forgotten`]) when the entries were last in order.
    forgotten: AtomicU64,
    announce: broadcast::Sender<Announcement>,
    horizon: Horizon,
}

/// How new what readers were told can be.
#[derive(Debug, Default)]
struct Horizon {
    /// Everything up to this revision is in the entries.
    followed: AtomicU64,
    /// The newest revision that was written through this cache.
    written: AtomicU64,
    /// How often the backend answered: it may have told something newer than both.
    answers: AtomicU64,
    /// Where the log stood after so many answers.
    asked: Mutex<(u64, Revision)>,
}

impl Cache {
    /// A cache in front of `inner`. It follows the log from here on.
    ///
    /// # Errors
    /// When `inner` does not say where its log stands.
    pub async fn before(inner: Arc<dyn Backend>, settings: CacheSettings) -> Result<Self, Fault> {
        let shared = Arc::new(Shared {
            forgotten: AtomicU64::new(inner.forgotten()),
            inner,
            entries: Entries::within(settings.bytes),
            is_serving: AtomicBool::new(true),
            announce: broadcast::Sender::new(ANNOUNCEMENTS),
            horizon: Horizon::default(),
        });
        let follower = Follower::start(Arc::clone(&shared), settings.stale).await?;
        let follower = tokio::spawn(follower.run());
        Ok(Self { shared, follower })
    }

    /// What it did and holds.
    pub fn counts(&self) -> CacheCounts {
        self.shared.entries.counts()
    }

    /// A revision that nothing read here so far is newer than. A reader who goes on elsewhere takes it along, so that
    /// no state goes back for them ([`Cache::reach`]). The backend is asked only when it answered a reader since it was
    /// asked last.
    ///
    /// # Errors
    /// When the backend has to be asked and does not answer.
    pub async fn horizon(&self) -> Result<Revision, Fault> {
        let horizon = &self.shared.horizon;
        let answers = horizon.answers.load(Ordering::Acquire);
        let (at, mut revision) = *lock(&horizon.asked);
        if at < answers {
            revision = self.shared.inner.revision().await?;
            let mut newest = lock(&horizon.asked);
            *newest = (*newest).max((answers, revision));
        }
        Ok(horizon.heard().max(revision))
    }

    /// From here on nothing is told that is older than this revision, which a reader saw elsewhere. What is missing is
    /// read from the log; a revision that the log does not have yet is as good as its end.
    ///
    /// # Errors
    /// When the log has to be read and cannot be. Who saw nothing that is newer than the entries reads on while the backend
    /// is away.
    pub async fn reach(&self, revision: Revision) -> Result<(), Fault> {
        let horizon = &self.shared.horizon;
        let mut at = Revision(horizon.followed.load(Ordering::Acquire));
        while at < revision {
            match self.log(at, MAX_PAGE).await?.last() {
                Some(last) => at = last.revision,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// What is stored now, remembered unless something newer was heard of meanwhile.
    async fn look(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        let entries = &self.shared.entries;
        let ticket = entries.ticket(scope, id);
        let found = self.shared.inner.newest(scope, id).await?;
        self.shared.horizon.answered();
        entries.fill(ticket, scope, id, found.as_ref());
        Ok(found)
    }

    /// Drops what can no longer be read behind. It happens once in years, so everything goes.
    fn forget_with_the_backend(&self) {
        let forgotten = self.shared.inner.forgotten();
        if self.shared.forgotten.load(Ordering::Acquire) != forgotten {
            // First the entries: who sees the new number finds none of the old.
            self.shared.entries.forget();
            self.shared.forgotten.store(forgotten, Ordering::Release);
        }
    }

    /// Lets nobody read something older here after having seen these.
    fn seen<'a>(&self, states: impl IntoIterator<Item = &'a Arc<State>>) {
        self.shared.horizon.answered();
        for state in states {
            self.shared.entries.notice(state);
        }
    }
}

impl Horizon {
    /// The backend answered a reader, perhaps with something newer than was heard of. Counted before the reader knows.
    fn answered(&self) {
        self.answers.fetch_add(1, Ordering::AcqRel);
    }

    /// The newest revision that came by without being asked for.
    fn heard(&self) -> Revision {
        let heard = [&self.followed, &self.written];
        let heard = heard.map(|revision| Revision(revision.load(Ordering::Acquire)));
        heard[0].max(heard[1])
    }

    /// Changes that were written through this cache are in the entries. Where they continue what was followed, all of the log
    /// up to them is, before their announcement has come.
    fn wrote(&self, first: Revision, last: Revision) {
        let Self {
            written, followed, ..
        } = self;
        written.fetch_max(last.0, Ordering::AcqRel);
        let before = first.0.saturating_sub(1);
        // In vain where somebody else wrote in between: then the follower tells.
        let _ = followed.compare_exchange(before, last.0, Ordering::AcqRel, Ordering::Relaxed);
    }
}

/// A revision is whole, whoever panicked while holding it.
fn lock(asked: &Mutex<(u64, Revision)>) -> MutexGuard<'_, (u64, Revision)> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

#[async_trait]
impl Backend for Cache {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        self.forget_with_the_backend();
        if self.shared.is_serving.load(Ordering::Acquire)
            && let Some(known) = self.shared.entries.hit(scope, id)
        {
            return Ok(known);
        }
        self.shared.entries.missed();
        self.look(scope, id).await
    }

    async fn newest(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        self.look(scope, id).await
    }

    fn recent(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        self.forget_with_the_backend();
        let known = self.shared.entries.find(scope, id).flatten();
        known.or_else(|| self.shared.inner.recent(scope, id))
    }

    async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
        let outcome = self.shared.inner.apply(batch).await?;
        match &outcome {
            Outcome::Applied(changes) => {
                for change in changes {
                    self.shared.entries.keep(&change.after);
                }
                if let (Some(first), Some(last)) = (changes.first(), changes.last()) {
                    self.shared.horizon.wrote(first.revision, last.revision);
                }
            }
            Outcome::Stale(current) => self.seen(current),
            Outcome::OverQuota { .. } => {}
        }
        Ok(outcome)
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        let found = self.shared.inner.scan(scope, kind, after, limit).await?;
        self.seen(&found);
        Ok(found)
    }

    async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        let found = self.shared.inner.search(ask).await?;
        self.seen(&found.states);
        Ok(found)
    }

    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault> {
        self.shared.inner.due(now, passed, limit).await
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let found = self.shared.inner.history(scope, id, before, limit).await?;
        self.seen(found.first().map(|newest| &newest.after));
        Ok(found)
    }

    /// All of it is older than `last`, which was read here.
    async fn history_behind(&self, last: &Change, limit: usize) -> Result<Vec<Change>, Fault> {
        self.shared.inner.history_behind(last, limit).await
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        let found = self.shared.inner.log(after, limit).await?;
        self.seen(found.iter().map(|change| &change.after));
        Ok(found)
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        self.shared.inner.revision().await
    }

    /// No entry is touched: what a state stands at is never thinned.
    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault> {
        self.shared.inner.thin(records).await
    }

    fn forgotten(&self) -> u64 {
        self.shared.inner.forgotten()
    }

    /// Announced once the cache knows of it: who hears of a change and reads, reads it or newer.
    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.shared.announce.subscribe()
    }

    async fn held(&self) -> Result<Held, Fault> {
        self.shared.inner.held().await
    }

    async fn queues(&self) -> Result<Queues, Fault> {
        self.shared.inner.queues().await
    }

    async fn findings(&self) -> Result<Vec<Finding>, Fault> {
        self.shared.inner.findings().await
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, Fault> {
        self.shared.inner.note(name).await
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        self.shared.inner.notes(prefix).await
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Fault> {
        self.shared.inner.write_note(name, seen, value).await
    }
}
