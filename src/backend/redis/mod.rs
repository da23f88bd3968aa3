//! States in Redis 7, for several servers at once.
//!
//! This file connects and is the backend. `lua/` is what happens inside Redis: a group of
//! writes is one call of one function there, which checks guards and quotas, gives revisions and
//! appends to a stream, so all servers share one order. `writer` gathers groups, `group` packs them,
//! `reader` asks, `follower` announces what anybody wrote, `server` owns connections and time limits.

mod fault;
mod follower;
mod group;
mod keys;
mod notes;
mod reader;
mod reply;
mod server;
mod thin;
mod tls;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tokio::{
    sync::{Notify, broadcast},
    task::JoinHandle,
};

pub use self::fault::RedisFault;
use self::{follower::Follower, keys::Keys, reader::Reader, server::Connection, writer::Writer};
use super::{
    ANNOUNCEMENTS, Announcement, Backend, Batch, Due, Fault, Finding, Held, Note, Outcome, Queues,
    Thinned, Write, recent::Recent,
};
use crate::{
    Change, Kind, Revision, Scope, State, StateId, Timestamp, Version,
    search::{Ask, Found},
};

/// The backend `redis`.
///
/// # Durability
/// What an acknowledged write survives is for Redis to say: with `appendonly yes` and
/// `appendfsync always` it is on disk before it is acknowledged, and survives `kill -9` and a power
/// cut. With anything less the last second or the last snapshot may be lost; connecting then logs a
/// warning, unless Redis does not let its settings be read.
///
/// # When Redis is gone
/// Every call ends within ten seconds with a [`RedisFault`], which tells whether a write may have
/// been done. The same object works again as soon as Redis is back; announcements go on where they
/// stopped.
///
/// # What it needs
/// One server of Redis 7 or newer, not a cluster. All keys begin with the prefix and
/// `/`; nothing else is touched, but for the function library `holdfast_2`.
#[derive(Debug)]
pub struct Redis {
    reader: Reader,
    writer: Writer,
    recent: Arc<Recent>,
    announce: broadcast::Sender<Announcement>,
    subscribed: Arc<Notify>,
    bell: Connection,
    follower: JoinHandle<()>,
}

impl Redis {
    /// Connects to `redis://[user:password@]host[:port][/database]` and gives Redis the functions. With
    /// `rediss://` the connection is encrypted and the server's certificate checked: against the system's
    /// authorities, or with `?sslrootcert=/path/to/ca.pem` against those.
    ///
    /// # Errors
    /// A [`RedisFault`]: the address or the prefix (empty, or with a `/`) cannot be used, nobody
    /// answers there, or what answers is older than Redis 7.
    pub async fn connect(url: &str, prefix: &str) -> Result<Self, Fault> {
        let keys = Arc::new(Keys::under(prefix)?);
        let writing = Connection::open(url).await?;
        writing.load().await?;
        writing.warn_if_forgetful().await;
        let reader = Reader {
            // Of its own, so that no write waits behind a long page.
            connection: writing.another().await?,
            keys: Arc::clone(&keys),
        };
        let bell = writing.another().await?;
        let recent = Arc::new(Recent::default());
        let announce = broadcast::Sender::new(ANNOUNCEMENTS);
        let subscribed = Arc::new(Notify::new());
        let follower = Follower {
            bell: bell.clone(),
            seen: reader.revision().await?,
            tail: None,
            reader: reader.clone(),
            announce: announce.clone(),
            subscribed: Arc::clone(&subscribed),
            has_lost_sight: false,
        };
        Ok(Self {
            reader,
            writer: Writer::start(writing, keys, Arc::clone(&recent)),
            recent,
            announce,
            subscribed,
            bell,
            follower: tokio::spawn(follower.run()),
        })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.follower.abort();
        self.bell.close();
        self.reader.connection.close();
    }
}

#[async_trait]
impl Backend for Redis {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        self.reader.get(scope, id).await
    }

    fn recent(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        self.recent.find(scope, id)
    }

    async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
        self.writer.apply(batch).await
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        self.reader.scan(scope, kind, after, limit).await
    }

    /// There is no index: all states of the scope are looked at, page by page.
    async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        self.reader.search(ask).await
    }

    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault> {
        self.reader.due(now, passed, limit).await
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        self.reader.history(scope, id, before, limit).await
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        self.reader.log(after, limit).await
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        self.reader.revision().await
    }

    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault> {
        thin::records(&self.reader.connection, &self.reader.keys, records).await
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        let receiver = self.announce.subscribe();
        self.subscribed.notify_one();
        receiver
    }

    async fn held(&self) -> Result<Held, Fault> {
        self.reader.held().await
    }

    /// A search looks at the states themselves, so nothing is behind.
    async fn queues(&self) -> Result<Queues, Fault> {
        Ok(Queues {
            writes: Some(self.writer.waiting()),
            search: None,
        })
    }

    async fn findings(&self) -> Result<Vec<Finding>, Fault> {
        Ok(self.reader.connection.findings().await?)
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, Fault> {
        notes::get(&self.reader.connection, &self.reader.keys, name).await
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        notes::list(&self.reader.connection, &self.reader.keys, prefix).await
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Fault> {
        let value = value.map(Value::to_string);
        notes::write(
            &self.reader.connection,
            &self.reader.keys,
            name,
            seen,
            value,
        )
        .await
    }
}
