//! Keeps an index behind the log: at leisure while others write, at once when a search waits for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::{Instant, sleep},
};

use crate::{
    Revision,
    backend::{Fault, PostgresFault, SqliteFault},
};

/// Searches that wait for the index; further ones wait for their turn to wait.
const WAITING: usize = 64;

/// How long nobody must have written to be called quiet: then the index catches up without a pause.
const QUIET: Duration = Duration::from_millis(20);

/// While others write the index works one part of the time, and in few large steps: they share the processor and
/// the disk with it, and hardly notice.
const SHARE: u32 = 25;
const PAUSE: Duration = Duration::from_millis(250);

/// What an index is brought forward by.
#[async_trait]
pub(in crate::backend) trait Feed: Send + 'static {
    /// Brings the index a step forward. Up to where it then is whole; `None` while it is under way.
    async fn step(&mut self) -> Result<Option<Revision>, Fault>;
}

struct Waiting {
    until: Revision,
    reply: oneshot::Sender<Result<(), Fault>>,
}

/// The way to the task that brings an index forward. It ends when this is dropped.
#[derive(Debug)]
pub(in crate::backend) struct Follower {
    asks: mpsc::Sender<Waiting>,
    /// The first revision that may not be found yet; 0 as long as nothing is known of the index.
    ahead: Arc<AtomicU64>,
}

impl Follower {
    /// `written` is told after every commit.
    pub(in crate::backend) fn start(feed: impl Feed, written: Arc<Notify>) -> Self {
        let (asks, asked) = mpsc::channel(WAITING);
        let ahead = Arc::new(AtomicU64::new(0));
        let task = Task {
            feed,
            written,
            asked,
            waiting: Vec::new(),
            ahead: Arc::clone(&ahead),
        };
        tokio::spawn(task.run());
        Self { asks, ahead }
    }

    /// Whether everything up to `until` could be found when the index was last brought forward. It may have been thrown
    /// away since: who reads it sees how far it is.
    pub(in crate::backend) fn has_reached(&self, until: Revision) -> bool {
        until < self.ahead()
    }

    /// The first revision that may not be found yet, as of then.
    pub(in crate::backend) fn ahead(&self) -> Revision {
        Revision(self.ahead.load(Relaxed))
    }

    /// Waits until everything up to `until` can be found.
    pub(in crate::backend) async fn reach(&self, until: Revision) -> Result<(), Fault> {
        const GONE: &str = "the index of this database has stopped; open it again";
        let (reply, answer) = oneshot::channel();
        let sent = self.asks.send(Waiting { until, reply }).await;
        sent.map_err(|_| GONE)?;
        answer.await.map_err(|_| GONE)?
    }
}

struct Task<F> {
    feed: F,
    written: Arc<Notify>,
    asked: mpsc::Receiver<Waiting>,
    waiting: Vec<Waiting>,
    ahead: Arc<AtomicU64>,
}

impl<F: Feed> Task<F> {
    async fn run(mut self) {
        // What was written before the start is caught up with like everything else.
        let mut is_behind = true;
        loop {
            let started = Instant::now();
            if is_behind || !self.waiting.is_empty() {
                is_behind = self.step().await;
            }
            if self.waiting.is_empty() {
                let pause = (started.elapsed() * SHARE).max(PAUSE);
                let goes_on = if is_behind {
                    self.rest(pause).await
                } else {
                    self.idle(pause).await
                };
                if !goes_on {
                    return;
                }
                is_behind = true;
            }
            while let Ok(waiting) = self.asked.try_recv() {
                self.waiting.push(waiting);
            }
        }
    }

    /// One step; whether there is more to do.
    async fn step(&mut self) -> bool {
        self.waiting.retain(|waiting| !waiting.reply.is_closed());
        match self.feed.step().await {
            Ok(None) => true,
            Ok(Some(whole)) => {
                self.ahead.store(whole.0.saturating_add(1), Relaxed);
                for waiting in self
                    .waiting
                    .extract_if(.., |waiting| waiting.until <= whole)
                {
                    let _ = waiting.reply.send(Ok(()));
                }
                !self.waiting.is_empty()
            }
            Err(error) => {
                self.ahead.store(0, Relaxed);
                tracing::debug!(%error, "the index of the search does not follow");
                for waiting in self.waiting.drain(..) {
                    let _ = waiting.reply.send(Err(again(&error)));
                }
                // The next write or search tries again.
                false
            }
        }
    }

    /// Until somebody writes or searches; `false` at the end.
    async fn idle(&mut self, pause: Duration) -> bool {
        tokio::select! {
            asked = self.asked.recv() => self.take(asked),
            () = self.written.notified() => self.pause(pause).await,
        }
    }

    /// Between two steps: long while others write, short else, not at all once somebody searches.
    async fn rest(&mut self, pause: Duration) -> bool {
        tokio::select! {
            asked = self.asked.recv() => self.take(asked),
            () = sleep(QUIET) => true,
            () = self.written.notified() => self.pause(pause).await,
        }
    }

    async fn pause(&mut self, pause: Duration) -> bool {
        tokio::select! {
            asked = self.asked.recv() => self.take(asked),
            () = sleep(pause) => true,
        }
    }

    fn take(&mut self, asked: Option<Waiting>) -> bool {
        let is_open = asked.is_some();
        self.waiting.extend(asked);
        is_open
    }
}

/// The same fault for one more of those who wait.
fn again(fault: &Fault) -> Fault {
    if let Some(fault) = fault.downcast_ref::<SqliteFault>() {
        return fault.clone().into();
    }
    if let Some(fault) = fault.downcast_ref::<PostgresFault>() {
        return fault.clone().into();
    }
    fault.to_string().into()
}
