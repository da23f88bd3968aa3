//! Tells watchers of every change, here or on another server, once and in the order of the log.
//!
//! All announcements pass through one task that knows the last revision it announced. What this
//! server wrote comes straight from its writer and is passed on if it is next in order; otherwise,
//! and on each notification of something newer, the log is read from there. Notifications
//! are only a wake-up call: one that is lost costs time, never a change.

use std::{sync::Arc, time::Duration};

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::{
    sync::{broadcast, mpsc},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    Announcement, Fault,
    fault::unanswered,
    link::{self, Readers},
    row,
};
use crate::{Revision, log::MAX_PAGE, watch::Mark};

/// What `holdfast_write` notifies.
const CHANNEL: &str = "holdfast";

/// How often the log and the connection are looked at although nobody calls: a connection can
/// fall silent without breaking.
const LOOK: Duration = Duration::from_secs(5);

/// Between two attempts to listen again.
const PAUSE: Duration = Duration::from_millis(100);

/// Groups of our own that wait to be announced. What is beyond is read from the log.
const QUEUE: usize = 64;

/// The writer's way to tell what it wrote.
#[derive(Debug)]
pub(super) struct Own {
    changes: mpsc::Sender<Announcement>,
    announce: broadcast::Sender<Announcement>,
}

impl Own {
    pub(super) fn is_watched(&self) -> bool {
        self.announce.receiver_count() > 0
    }

    pub(super) fn announce(&self, changes: Announcement) {
        // Where there is no room the server's notification brings it.
        let _ = self.changes.try_send(changes);
    }
}

pub(super) struct Announcer {
    options: PgConnectOptions,
    readers: Readers,
    announce: broadcast::Sender<Announcement>,
    /// Everything up to here was announced, or had nobody to be announced to.
    seen: Revision,
    /// The change there, if it was announced.
    tail: Option<Mark>,
}

impl Announcer {
    pub(super) fn new(
        options: PgConnectOptions,
        readers: Readers,
        announce: broadcast::Sender<Announcement>,
    ) -> Self {
        Self {
            options,
            readers,
            announce,
            seen: Revision(0),
            tail: None,
        }
    }

    /// Begins at the end of the log. It ends with the writer, who holds what is returned.
    pub(super) async fn start(mut self) -> Result<Own, Fault> {
        let listener = self.listen().await?;
        self.seen = row::revision(&self.readers).await?;
        let (changes, written) = mpsc::channel(QUEUE);
        let announce = self.announce.clone();
        tokio::spawn(self.run(listener, written));
        Ok(Own { changes, announce })
    }

    async fn listen(&self) -> Result<PgListener, Fault> {
        // A pool of its own, because a listener keeps its connection.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(link::ANSWER)
            .idle_timeout(None)
            .max_lifetime(None);
        let pool = pool.connect_lazy_with(self.options.clone());
        let listening = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok(listener)
        };
        timeout(link::ANSWER, listening)
            .await
            .map_err(|_| unanswered())?
    }

    async fn run(mut self, listener: PgListener, mut written: mpsc::Receiver<Announcement>) {
        let mut listening = Ok(listener);
        loop {
            let ended = match listening {
                Ok(listener) => self.follow(listener, &mut written).await,
                Err(error) => Err(error),
            };
            let Err(error) = ended else { return };
            tracing::debug!(%error, "not listening to PostgreSQL; trying again");
            sleep(PAUSE).await;
            if written.is_closed() {
                return;
            }
            listening = self.listen().await;
        }
    }

    /// Announces until the connection is lost (an error) or the writer has ended.
    async fn follow(
        &mut self,
        mut listener: PgListener,
        written: &mut mpsc::Receiver<Announcement>,
    ) -> Result<(), Fault> {
        // What was written while nobody listened.
        self.look_again().await?;
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // Our own first: then the notification of the same is no news.
                biased;
                own = written.recv() => match own {
                    Some(changes) => self.take(changes).await?,
                    None => return Ok(()),
                },
                called = listener.try_recv() => {
                    let call = called?.ok_or_else(unanswered)?;
                    let newest = Revision(call.payload().parse()?);
                    while let Ok(changes) = written.try_recv() {
                        self.take(changes).await?;
                    }
                    self.hear_of(newest).await?;
                }
                _ = looks.tick() => {
                    let look = sqlx::query_scalar(row::REVISION).fetch_one(&mut listener);
                    let look = timeout(link::ANSWER, look).await;
                    let newest: i64 = look.map_err(|_| unanswered())??;
                    self.hear_of(Revision(u64::try_from(newest)?)).await?;
                }
            }
        }
    }

    /// Begins anew at the end of the log if it is not the one that was announced: a standby that took over may not have
    /// had everything.
    async fn look_again(&mut self) -> Result<(), Fault> {
        let newest = row::revision(&self.readers).await?;
        let is_same = match &self.tail {
            Some(tail) => {
                let page = row::log(&self.readers, tail.before(), 1).await?;
                tail.follow(page).is_ok()
            }
            None => true,
        };
        if is_same && newest >= self.seen {
            return self.hear_of(newest).await;
        }
        let (seen, stands) = (self.seen.0, newest.0);
        tracing::error!(
            seen,
            newest = stands,
            "PostgreSQL came back without acknowledged writes"
        );
        (self.seen, self.tail) = (newest, None);
        let last = Revision(newest.0.saturating_sub(1));
        let last = row::log(&self.readers, last, 1).await?;
        if !last.is_empty() {
            // Who watches finds out from it where the log is.
            let _ = self.announce.send(last.into());
        }
        Ok(())
    }

    /// What this server wrote; the changes of one group follow each other.
    async fn take(&mut self, changes: Announcement) -> Result<(), Fault> {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return Ok(());
        };
        if first.revision.0 == self.seen.0 + 1 {
            (self.seen, self.tail) = (last.revision, Some(Mark::of(last)));
            let _ = self.announce.send(Arc::clone(&changes));
            return Ok(());
        }
        self.hear_of(last.revision).await
    }

    /// There are changes up to `newest`.
    async fn hear_of(&mut self, newest: Revision) -> Result<(), Fault> {
        if newest <= self.seen {
            return Ok(());
        }
        if self.announce.receiver_count() == 0 {
            // Who subscribes after this look finds them in the log: they are committed.
            (self.seen, self.tail) = (newest, None);
            return Ok(());
        }
        self.catch_up().await
    }

    async fn catch_up(&mut self) -> Result<(), Fault> {
        loop {
            let page = row::log(&self.readers, self.seen, MAX_PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            (self.seen, self.tail) = (last.revision, Some(Mark::of(last)));
            let _ = self.announce.send(page.into());
        }
    }
}
