//! Announces opened what the backend behind announces sealed, in the same order.

use std::time::Duration;

use tokio::{
    sync::broadcast::{Receiver, Sender, error::RecvError},
    task::JoinHandle,
    time::sleep,
};

use super::opener::Opener;
use crate::{
    Revision,
    backend::{Announcement, Fault},
    log::MAX_PAGE,
};

/// Between two attempts to announce what could not be opened.
const AGAIN: Duration = Duration::from_secs(1);

/// So often it is tried: for as long as a database is away as a rule. Somebody's broken key must not silence others.
const TRIES: usize = 30;

/// Forwards until it is dropped.
#[derive(Debug)]
pub(super) struct Forwarder(JoinHandle<()>);

impl Forwarder {
    pub(super) fn start(
        opener: Opener,
        sealed: Receiver<Announcement>,
        opened: Sender<Announcement>,
    ) -> Self {
        Self(tokio::spawn(forward(opener, sealed, opened)))
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A gap, whatever its reason, is for watchers to notice: the next announcement does not continue
/// where they stand, and they read the log.
async fn forward(opener: Opener, mut sealed: Receiver<Announcement>, opened: Sender<Announcement>) {
    loop {
        let changes = match sealed.recv().await {
            Ok(changes) => changes,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        // Who subscribes after this look finds the changes in the log: they are committed.
        if opened.receiver_count() == 0 {
            continue;
        }
        match opener.changes(changes.to_vec()).await {
            // The last watcher may have left meanwhile.
            Ok(changes) => drop(opened.send(changes.into())),
            Err(error) => {
                tracing::warn!(%error, "changes could not be opened to be announced");
                let first = changes.first().map_or(0, |change| change.revision.0);
                let behind = Revision(first.saturating_sub(1));
                announce_late(&opener, behind, &opened).await;
            }
        }
    }
}

/// Announces from the log what is behind a place: nothing else may follow that would show that something is missing.
/// What comes by itself meanwhile is told twice, and watchers are used to that.
async fn announce_late(opener: &Opener, mut behind: Revision, opened: &Sender<Announcement>) {
    for _ in 0..TRIES {
        sleep(AGAIN).await;
        match catch_up(opener, &mut behind, opened).await {
            Ok(()) => return,
            Err(error) => tracing::debug!(error, "changes still cannot be opened"),
        }
    }
    tracing::error!(
        revision = behind.0,
        "what follows is not announced; watchers find it in the log"
    );
}

async fn catch_up(
    opener: &Opener,
    behind: &mut Revision,
    opened: &Sender<Announcement>,
) -> Result<(), Fault> {
    loop {
        let sealed = opener.0.behind.log(*behind, MAX_PAGE).await?;
        let Some(last) = sealed.last().map(|change| change.revision) else {
            return Ok(());
        };
        let changes = opener.changes(sealed).await?;
        *behind = last;
        // The last watcher may have left meanwhile.
        let _ = opened.send(changes.into());
    }
}
