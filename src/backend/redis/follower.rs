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
use crate::{Revision, log::MAX_PAGE, watch::Mark};

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
    /// The change there, if it was announced.
    pub(super) tail: Option<Mark>,
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
            self.look_again().await?;
            self.has_lost_sight = false;
        }
        let log = &self.reader.keys.log;
        self.bell.bell(log, self.seen.0, PATIENCE).await?;
        if self.announce.receiver_count() == 0 {
            // First where the log is, then whether anybody listens: so who comes later misses nothing.
            let newest = self.reader.revision().await?;
            if self.announce.receiver_count() == 0 {
                (self.seen, self.tail) = (newest, None);
                let _ = timeout(UNHEARD, self.subscribed.notified()).await;
                return Ok(());
            }
        }
        self.announce_all().await
    }

    /// Begins anew at the end of the log if it is not the one that was announced.
    async fn look_again(&mut self) -> Result<(), Fault> {
        let newest = self.reader.revision().await?;
        let is_same = match &self.tail {
            Some(tail) => tail
                .follow(self.reader.log(tail.before(), 1).await?)
                .is_ok(),
            None => true,
        };
        if is_same && newest >= self.seen {
            return Ok(());
        }
        let (seen, stands) = (self.seen.0, newest.0);
        tracing::error!(
            seen,
            newest = stands,
            "Redis came back without acknowledged writes"
        );
        (self.seen, self.tail) = (newest, None);
        let last = Revision(newest.0.saturating_sub(1));
        let last = self.reader.log(last, 1).await?;
        if !last.is_empty() {
            // Who watches finds out from it where the log is.
            let _ = self.announce.send(last.into());
        }
        Ok(())
    }

    async fn announce_all(&mut self) -> Result<(), Fault> {
        loop {
            let changes = self.reader.log(self.seen, MAX_PAGE).await?;
            let Some(last) = changes.last() else {
                return Ok(());
            };
            self.seen = last.revision;
            self.tail = Some(Mark::of(last));
            // The last listener may have left meanwhile.
            let _ = self.announce.send(changes.into());
        }
    }
}
