//! The one writer: concurrent writes are gathered and committed together (group commit), so the
//! price of a durable commit is shared.
//!
//! While one group is being written the next one gathers; nobody waits for a timer. A group that
//! fails is done again write by write, so that one bad write never fails its neighbours.

use std::sync::Arc;

use sqlx::SqliteConnection;
use tokio::sync::{broadcast, mpsc, oneshot};

use super::{Announcement, Fault, Outcome, Recent, Write, group};
use crate::{
    Change,
    backend::gather::{Batch, Gatherer, queue},
};

/// One caller's batch on its way to the writer.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) writes: Vec<Write>,
    /// The rows of the log, encoded in the caller's task: the writer is the narrow place.
    pub(super) rows: Vec<String>,
    reply: oneshot::Sender<Result<Outcome, Fault>>,
}

impl Batch for Request {
    fn bytes(&self) -> usize {
        self.rows.iter().map(String::len).sum()
    }

    fn is_given_up(&self) -> bool {
        self.reply.is_closed()
    }
}

/// The way to the writer. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Writer(mpsc::Sender<Request>);

impl Writer {
    pub(super) fn start(
        connection: SqliteConnection,
        recent: Arc<Recent>,
        announce: broadcast::Sender<Announcement>,
    ) -> Self {
        let (sender, requests) = queue();
        let task = Task {
            connection,
            recent,
            announce,
        };
        tokio::spawn(task.run(requests));
        Self(sender)
    }

    pub(super) async fn apply(&self, writes: Vec<Write>) -> Result<Outcome, Fault> {
        let rows = writes
            .iter()
            .map(group::encoded)
            .collect::<Result<_, _>>()?;
        let (reply, answer) = oneshot::channel();
        let request = Request {
            writes,
            rows,
            reply,
        };
        self.0.send(request).await.map_err(|_| GONE)?;
        answer.await.map_err(|_| GONE)?
    }
}

const GONE: &str = "the writer of this database has stopped; open it again";

struct Task {
    connection: SqliteConnection,
    recent: Arc<Recent>,
    announce: broadcast::Sender<Announcement>,
}

impl Task {
    async fn run(mut self, mut requests: Gatherer<Request>) {
        while let Some(group) = requests.next().await {
            self.commit(group).await;
        }
    }

    async fn commit(&mut self, requests: Vec<Request>) {
        match group::commit(&mut self.connection, &requests).await {
            Ok(outcomes) => self.acknowledge(requests, outcomes),
            Err(error) if requests.len() == 1 => {
                for request in requests {
                    let _ = request.reply.send(Err(error.to_string().into()));
                }
            }
            Err(error) => {
                tracing::debug!(%error, "a group failed; its writes are done one by one");
                for request in requests {
                    Box::pin(self.commit(vec![request])).await;
                }
            }
        }
    }

    /// Tells everybody, after the commit: first those who write, so that they go on.
    fn acknowledge(&self, requests: Vec<Request>, outcomes: Vec<Outcome>) {
        // Who subscribes after this look finds the changes in the log: they are committed.
        let is_watched = self.announce.receiver_count() > 0;
        let mut announced: Vec<Change> = Vec::new();
        for (request, outcome) in requests.into_iter().zip(outcomes) {
            if let Outcome::Applied(changes) = &outcome {
                let bytes = request.writes.iter().map(|write| write.bytes);
                self.recent
                    .remember(changes.iter().map(|change| &change.after).zip(bytes));
                if is_watched {
                    announced.extend(changes.iter().cloned());
                }
            }
            // A caller that no longer listens finds the change in the log.
            let _ = request.reply.send(Ok(outcome));
        }
        if !announced.is_empty() {
            // The last watcher may have left meanwhile.
            let _ = self.announce.send(announced.into());
        }
    }
}
