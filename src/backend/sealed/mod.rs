//! What is sensitive, encrypted at rest: a decorator in front of any backend. What is behind it never
//! holds, indexes, logs or announces plain text; what is above does not notice it.
//!
//! This file is the backend. `sensitive` says what is sealed, `envelope` how that looks, `ring` has
//! the data keys, `held` here and `kept` in notes, `master` is the key that wraps them, `rotation` changes keys,
//! `sealer` seals what is written, `opener` opens what is read, `forwarder` what is announced. What is behind may be backed up and moved
//! as it is; whoever copies what is read through here copies plain text.

mod envelope;
mod fault;
mod forwarder;
mod held;
mod kept;
mod key;
mod master;
mod opener;
mod ring;
mod rotation;
mod sealer;
mod sensitive;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::broadcast;

pub(crate) use self::kept::refuse_locked;
pub use self::{fault::SealedFault, master::MasterKey, sensitive::Sensitive};
use self::{forwarder::Forwarder, opener::Opener, ring::Ring, sealer::Sealer};
use super::{
    ANNOUNCEMENTS, Announcement, Backend, Batch, Due, Fault, Finding, Held, Note, Outcome, Queues,
    Thinned,
};
use crate::{
    Change, Clock, Kind, Revision, Scope, State, StateId, Status, Timestamp, Version,
    search::{Ask, Found},
};

/// A backend whose sensitive states are sealed in the backend behind it: XChaCha20-Poly1305, with a data
/// key for each tenant, wrapped by a master key (docs/decisions/0011).
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// use std::sync::Arc;
/// use holdfast::{Kind, StateManager, SystemClock, backend::{MasterKey, Sealed, Sensitive, Sqlite}};
///
/// let file = Arc::new(Sqlite::open("states.db").await?);
/// let masters = vec![MasterKey::from_file("/etc/holdfast/master.key")?];
/// let sensitive = Sensitive::default().kind(Kind::USER).fields(Kind::SUBSCRIPTION, ["/card/number"])?;
/// let sealed = Sealed::open(file, masters, sensitive, Arc::new(SystemClock)).await?;
/// let states = StateManager::builder(Arc::new(sealed)).open().await?;
/// # Ok(())
/// # }
/// ```
///
/// Records made before something was declared sensitive stay as they are until they are written
/// again; those made while it was stay readable, and sealed, after it no longer is.
#[derive(Debug)]
pub struct Sealed {
    behind: Arc<dyn Backend>,
    ring: Arc<Ring>,
    opener: Opener,
    sealer: Sealer,
    announce: broadcast::Sender<Announcement>,
    _forwarder: Forwarder,
}

impl Sealed {
    /// Stands in front of `behind`. The first of `masters` wraps new data keys; former ones only
    /// unwrap, until [`Sealed::rewrap`] made them superfluous.
    ///
    /// # Errors
    /// [`SealedFault::NoMaster`] without a key, [`SealedFault::WrongMaster`] when `behind` has keys that
    /// none of `masters` has wrapped.
    pub async fn open(
        behind: Arc<dyn Backend>,
        masters: Vec<MasterKey>,
        sensitive: Sensitive,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SealedFault> {
        let ring = Ring::open(Arc::clone(&behind), masters, clock).await?;
        let ring = Arc::new(ring);
        let opener = Opener(Arc::clone(&ring));
        let sealer = Sealer {
            behind: Arc::clone(&behind),
            ring: Arc::clone(&ring),
            sensitive,
        };
        let announce = broadcast::Sender::new(ANNOUNCEMENTS);
        let forwarder = Forwarder::start(opener.clone(), behind.announcements(), announce.clone());
        Ok(Self {
            behind,
            ring,
            opener,
            sealer,
            announce,
            _forwarder: forwarder,
        })
    }
}

#[async_trait]
impl Backend for Sealed {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        match self.behind.get(scope, id).await? {
            Some(state) => Ok(Some(self.opener.current(state).await?)),
            None => Ok(None),
        }
    }

    async fn newest(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        match self.behind.newest(scope, id).await? {
            Some(state) => Ok(Some(self.opener.current(state).await?)),
            None => Ok(None),
        }
    }

    fn recent(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        self.opener.at_once(self.behind.recent(scope, id)?)
    }

    async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
        let writes = self.sealer.writes(&batch.writes).await?;
        let guards = batch.guards;
        match self.behind.apply(Batch { guards, writes }).await? {
            Outcome::Applied(changes) => {
                let pairs = changes.into_iter().zip(batch.writes);
                let opened = pairs.map(|(change, write)| Change {
                    before: write.before,
                    after: write.after,
                    ..change
                });
                Ok(Outcome::Applied(opened.collect()))
            }
            Outcome::Stale(Some(state)) => {
                Ok(Outcome::Stale(Some(self.opener.current(state).await?)))
            }
            other => Ok(other),
        }
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        let (mut after, mut found) = (after.cloned(), Vec::new());
        // Of what was forgotten nothing may be left, so a page may take several scans.
        while found.len() < limit {
            let wanted = limit - found.len();
            let page = self
                .behind
                .scan(scope, kind, after.as_ref(), wanted)
                .await?;
            let is_last = page.len() < wanted;
            after = page.last().map(|state| state.id.clone());
            let mut page = self.opener.all_current(page).await?;
            page.retain(|state| state.status != Status::DELETED);
            found.append(&mut page);
            if is_last {
                break;
            }
        }
        Ok(found)
    }

    async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        let mut found = self.behind.search(ask).await?;
        let mut states = self.opener.all_current(found.states).await?;
        // Nothing is left of what was forgotten.
        states.retain(|state| state.status != Status::DELETED);
        found.states = states;
        Ok(found)
    }

    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault> {
        let mut due = Vec::new();
        for state in self.behind.due(now, passed, limit).await? {
            // As a record: a state of which nothing is left ends like any other.
            due.push(match state {
                Ok(state) => self.opener.record(state).await.map_err(Fault::from),
                Err(fault) => Err(fault),
            });
        }
        Ok(due)
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let sealed = self.behind.history(scope, id, before, limit).await?;
        Ok(self.opener.changes(sealed).await?)
    }

    /// What is opened keeps its place: only content is sealed.
    async fn history_behind(&self, last: &Change, limit: usize) -> Result<Vec<Change>, Fault> {
        let sealed = self.behind.history_behind(last, limit).await?;
        Ok(self.opener.changes(sealed).await?)
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        let sealed = self.behind.log(after, limit).await?;
        Ok(self.opener.changes(sealed).await?)
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        // Where everything is answered by a cache, this is all that is asked, and by it another server's forgetting is
        // heard of.
        self.ring.keep_fresh().await?;
        self.behind.revision().await
    }

    /// What is kept of a record that was sealed is a box with nothing but its digest.
    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault> {
        let sealed = self.sealer.all_thinned(records).await?;
        self.behind.thin(&sealed).await
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }

    fn forgotten(&self) -> u64 {
        self.ring.forgotten()
    }

    async fn held(&self) -> Result<Held, Fault> {
        self.behind.held().await
    }

    async fn queues(&self) -> Result<Queues, Fault> {
        self.behind.queues().await
    }

    async fn findings(&self) -> Result<Vec<Finding>, Fault> {
        self.behind.findings().await
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, Fault> {
        if kept::is_reserved(name) {
            return Ok(None);
        }
        self.behind.note(name).await
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        let mut notes = self.behind.notes(prefix).await?;
        notes.retain(|(name, _)| !kept::is_reserved(name));
        Ok(notes)
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Fault> {
        if kept::is_reserved(name) {
            let name = name.to_owned();
            return Err(SealedFault::Reserved { name }.into());
        }
        self.behind.write_note(name, seen, value).await
    }
}
