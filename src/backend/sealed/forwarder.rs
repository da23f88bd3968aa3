//! Announces opened what the backend behind announces sealed, in the same order.

use tokio::{
    sync::broadcast::{Receiver, Sender, error::RecvError},
    task::JoinHandle,
};

use super::opener::Opener;
use crate::backend::Announcement;

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
            Err(error) => tracing::warn!(%error, "changes could not be opened to be announced"),
        }
    }
}
