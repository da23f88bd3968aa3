//! Announces every change in the order of the log, those of other servers too.
//!
//! A blocking read of the stream, on a connection of its own, is the bell; what it rings for is read
//! from the log, behind the last change that was announced. So nothing is skipped or repeated,
//! however often the connection breaks in between.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, broadcast},
    time::{sleep, timeout},
};

use super::{Announcement, Fault, reader::Reader, server::Connection};
use crate::{Revision, log::MAX_PAGE};

/// How long one read of the stream blocks: then the connection has shown that it is alive.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the follower rests after a fault. The connection itself comes back by its own rules.
const AGAIN: Duration = Duration::from_millis(200);

/// How often the follower looks where the log is while nobody listens.
const UNHEARD: Duration = Duration::from_millis(100);

pub(super) struct Follower {
    pub(super) bell: Connection,
    pub(super) reader: Reader,
    pub(super) announce: broadcast::Sender<Announcement>,
    /// Somebody listens from now on.
    pub(super) subscribed: Arc<Notify>,
    /// The last change that was announced, or that nobody wanted to hear.
    pub(super) seen: Revision,
    /// Redis was away: what comes back may be another log.
    pub(super) has_lost_sight: bool,
}

impl Follower {
    pub(super) async fn run(mut self) {
        loop {
            if let Err(error) = self.step().await {
                if !self.has_lost_sight {
                    tracing::warn!(%error, "changes are announced again when Redis is back");
                }
                self.has_lost_sight = true;
                sleep(AGAIN).await;
            }
        }
    }

    async fn step(&mut self) -> Result<(), Fault> {
        if self.has_lost_sight {
            let newest = self.reader.revision().await?;
            if newest < self.seen {
                let (seen, newest) = (self.seen.0, newest.0);
                tracing::error!(seen, newest, "Redis came back without acknowledged writes");
                self.seen = Revision(newest);
            }
            self.has_lost_sight = false;
        }
        let log = &self.reader.keys.log;
        self.bell.bell(log, self.seen.0, PATIENCE).await?;
        if self.announce.receiver_count() == 0 {
            // First where the log is, then whether anybody listens: so who comes later misses nothing.
            let newest = self.reader.revision().await?;
            if self.announce.receiver_count() == 0 {
                self.seen = newest;
                let _ = timeout(UNHEARD, self.subscribed.notified()).await;
                return Ok(());
            }
        }
        self.announce_all().await
    }

    async fn announce_all(&mut self) -> Result<(), Fault> {
        loop {
            let changes = self.reader.log(self.seen, MAX_PAGE).await?;
            let Some(last) = changes.last() else {
                return Ok(());
            };
            self.seen = last.revision;
            // The last listener may have left meanwhile.
            let _ = self.announce.send(changes.into());
        }
    }
}
