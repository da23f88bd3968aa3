//! The one writer: concurrent writes are gathered and committed together (group commit), so the
//! price of a durable commit is shared.
//!
//! While one group is being written the next one gathers; nobody waits for a timer. A group that
//! is refused is done again write by write, so that one bad write never fails its neighbours. When the
//! file itself fails, all of the group are told, and the next one begins on a new connection.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::{
    sync::{Notify, broadcast, mpsc, oneshot},
    task::spawn_blocking,
};

use super::{
    Announcement, Batch, Fault, Outcome, Recent, SqliteFault, Write,
    group::{self, Answer},
    link::Link,
};
use crate::{
    Change, Revision,
    backend::gather::{self, Gatherer, Waiting, queue},
};

/// One caller's batch on its way to the writer.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) batch: Batch,
    /// The states, encoded in the caller's task: the writer is the narrow place.
    pub(super) json: Vec<Arc<str>>,
    reply: oneshot::Sender<Result<Outcome, Fault>>,
}

impl Waiting for Request {
    fn bytes(&self) -> usize {
        self.json.iter().map(|json| json.len()).sum()
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
        link: Link,
        connection: Connection,
        recent: Arc<Recent>,
        announce: broadcast::Sender<Announcement>,
        written: Arc<Notify>,
    ) -> Self {
        let (sender, requests) = queue();
        let task = Task {
            link,
            connection: Some(connection),
            recent,
            announce,
            written,
        };
        tokio::spawn(task.run(requests));
        Self(sender)
    }

    pub(super) async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
        let json = batch.writes.iter().map(Write::json);
        let json = json.collect::<Result<_, _>>()?;
        let (reply, answer) = oneshot::channel();
        let request = Request { batch, json, reply };
        let sent = self.0.send(request).await;
        sent.map_err(|_| SqliteFault::Stopped)?;
        answer.await.map_err(|_| SqliteFault::Stopped)?
    }

    /// Batches that wait for it.
    pub(super) fn waiting(&self) -> u64 {
        gather::waiting(&self.0)
    }
}

type Written = Result<Vec<Answer>, Fault>;

struct Task {
    link: Link,
    /// `None` after the file failed: what such a connection still believes (a transaction that SQLite
    /// has ended, a file that may only be read) would stand in the way for ever.
    connection: Option<Connection>,
    recent: Arc<Recent>,
    announce: broadcast::Sender<Announcement>,
    /// Told after every commit.
    written: Arc<Notify>,
}

impl Task {
    async fn run(mut self, mut requests: Gatherer<Request>) {
        while let Some(group) = requests.next().await {
            self.commit(group).await;
        }
        // Whoever closes the last connection tidies up on the disk.
        let connection = self.connection.take();
        let _ = spawn_blocking(move || drop(connection)).await;
    }

    async fn commit(&mut self, requests: Vec<Request>) {
        let Some((requests, written)) = self.write(requests).await else {
            return;
        };
        let error = match written {
            Ok(answers) => return self.acknowledge(requests, answers),
            Err(error) => error,
        };
        if let Some(fault) = SqliteFault::of_all(&error) {
            for request in requests {
                let _ = request.reply.send(Err(fault.clone().into()));
            }
        } else if let [_, _, ..] = requests.as_slice() {
            tracing::debug!(%error, "a group was refused; its writes are done one by one");
            for request in requests {
                Box::pin(self.commit(vec![request])).await;
            }
        } else if let Some(request) = requests.into_iter().next() {
            let _ = request.reply.send(Err(error));
        }
    }

    /// Writes a group on a thread that may wait for the disk. `None` when the runtime ends: then
    /// nobody is left to be told.
    async fn write(&mut self, requests: Vec<Request>) -> Option<(Vec<Request>, Written)> {
        let (link, connection) = (self.link.clone(), self.connection.take());
        let work = move || {
            let opened = connection.map_or_else(|| link.open(), Ok);
            let mut connection = match opened {
                Ok(connection) => connection,
                Err(error) => return (requests, Err(SqliteFault::from(error).into()), None),
            };
            let written = group::commit(&mut connection, &requests);
            (requests, written, Some(connection))
        };
        let (requests, written, connection) = spawn_blocking(work).await.ok()?;
        let failed = written.as_ref().err().and_then(SqliteFault::of_all);
        if failed.is_none() {
            self.connection = connection;
        }
        Some((requests, written))
    }

    /// Tells everybody, after the commit: first those who write, so that they go on.
    fn acknowledge(&self, requests: Vec<Request>, answers: Vec<Answer>) {
        // Who subscribes after this look finds the changes in the log: they are committed.
        let is_watched = self.announce.receiver_count() > 0;
        let mut announced: Vec<Change> = Vec::new();
        let applied = |answer: &Answer| matches!(answer, Answer::Applied(_));
        if answers.iter().any(applied) {
            self.written.notify_one();
            let written = requests.iter().zip(&answers);
            let written = written.filter(|(_, answer)| applied(answer));
            let writes = written.flat_map(|(request, _)| &request.batch.writes);
            self.recent
                .remember(writes.map(|write| (&write.after, write.bytes)));
        }
        for (request, answer) in requests.into_iter().zip(answers) {
            let outcome = match answer {
                Answer::Refused(outcome) => outcome,
                Answer::Applied(first) => {
                    let writes = request.batch.writes.into_iter();
                    let places = (first..).map(Revision);
                    let changes: Vec<Change> = writes
                        .zip(places)
                        .map(|(write, place)| write.recorded(place))
                        .collect();
                    if is_watched {
                        announced.extend(changes.iter().cloned());
                    }
                    Outcome::Applied(changes)
                }
            };
            // A caller that no longer listens finds the change in the log.
            let _ = request.reply.send(Ok(outcome));
        }
        if !announced.is_empty() {
            // The last watcher may have left meanwhile.
            let _ = self.announce.send(announced.into());
        }
    }
}
