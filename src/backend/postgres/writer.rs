//! The one writer of this server: concurrent writes are gathered and sent together, so the price
//! of a round trip and of a durable commit is shared.
//!
//! While one group is being written the next one gathers; nobody waits for a timer. A lost
//! connection is made again and the group is asked about under its number, so it is written once.
//! A group that is refused is done again write by write, so that one bad write never fails its
//! neighbours.

use std::sync::Arc;

use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::{Instant, timeout},
};

use super::{
    Batch, Fault, Outcome, PostgresFault, Recent,
    announcer::Own,
    fault::{Tries, Trouble, unanswered},
    group::{Answer, Group, Row},
    link,
};
use crate::{
    Change,
    backend::gather::{self, Gatherer, Waiting, queue},
};

/// One caller's batch on its way to the writer.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) batch: Batch,
    pub(super) rows: Vec<Row>,
    /// The scopes of the guards as text.
    pub(super) guarded: Vec<String>,
    asked: Instant,
    reply: oneshot::Sender<Result<Outcome, Fault>>,
}

impl Waiting for Request {
    fn bytes(&self) -> usize {
        self.rows.iter().map(|row| row.state.len()).sum()
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
        id: i64,
        options: PgConnectOptions,
        recent: Arc<Recent>,
        own: Own,
        written: Arc<Notify>,
    ) -> Self {
        let (sender, requests) = queue();
        let task = Task {
            id,
            number: 0,
            options,
            connection: None,
            recent,
            own,
            written,
        };
        tokio::spawn(task.run(requests));
        Self(sender)
    }

    pub(super) async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
        let rows = batch.writes.iter().map(Row::of).collect::<Result<_, _>>()?;
        let guarded = batch.guards.iter().map(|guard| guard.scope.to_string());
        let guarded = guarded.collect();
        let (reply, answer) = oneshot::channel();
        let request = Request {
            batch,
            rows,
            guarded,
            asked: Instant::now(),
            reply,
        };
        let sent = self.0.send(request).await;
        sent.map_err(|_| PostgresFault::Stopped)?;
        answer.await.map_err(|_| PostgresFault::Stopped)?
    }

    /// Batches that wait for it.
    pub(super) fn waiting(&self) -> u64 {
        gather::waiting(&self.0)
    }
}

struct Task {
    /// This server's row in `writers`.
    id: i64,
    /// The number of the group that was begun last.
    number: i64,
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    recent: Arc<Recent>,
    own: Own,
    /// Told after every commit.
    written: Arc<Notify>,
}

impl Task {
    async fn run(mut self, mut requests: Gatherer<Request>) {
        while let Some(group) = requests.next().await {
            self.commit(group).await;
        }
    }

    async fn commit(&mut self, requests: Vec<Request>) {
        // The oldest is the first: they came in the order of asking.
        let Some(first) = requests.first() else {
            return;
        };
        let asked = first.asked;
        let answer = self.write(&Group::of(&requests), asked).await;
        match answer {
            Ok(answer) => {
                let outcomes = answer.outcomes(&requests);
                self.acknowledge(requests, outcomes);
            }
            Err(PostgresFault::Refused(error)) if requests.len() > 1 => {
                tracing::debug!(%error, "a group was refused; its writes are done one by one");
                for request in requests {
                    Box::pin(self.commit(vec![request])).await;
                }
            }
            Err(fault) => {
                for request in requests {
                    let _ = request.reply.send(Err(fault.clone().into()));
                }
            }
        }
    }

    /// Asks until there is an answer, within bounds.
    async fn write(&mut self, group: &Group<'_>, asked: Instant) -> Result<Answer, PostgresFault> {
        self.number += 1;
        let mut tries = Tries::since(asked);
        // An earlier try may have been done, or may still be under way in the server.
        let mut is_in_doubt = false;
        loop {
            let error = match self.once(group, &mut is_in_doubt).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let trouble = Trouble::of(&error);
            if trouble.may_pass() && tries.again().await {
                continue;
            }
            let error = Arc::new(error);
            return Err(match trouble {
                _ if is_in_doubt => PostgresFault::InDoubt(error),
                Trouble::Lost | Trouble::Standby => PostgresFault::Unreachable(error),
                Trouble::Slow => PostgresFault::Slow(link::STATEMENT),
                Trouble::Full => PostgresFault::Full(error),
                Trouble::Clash | Trouble::Refused => PostgresFault::Refused(error),
            });
        }
    }

    /// Asks once. A connection that fails is not used again.
    async fn once(
        &mut self,
        group: &Group<'_>,
        is_in_doubt: &mut bool,
    ) -> Result<Answer, sqlx::Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => link::connect_to_write(&self.options).await?,
        };
        let writing = group.write(&mut connection, self.id, self.number);
        let answer = timeout(link::ANSWER, writing).await;
        let answer = answer.unwrap_or_else(|_| Err(unanswered()));
        match answer.as_ref().map_err(Trouble::of) {
            Err(Trouble::Lost) => *is_in_doubt = true,
            Err(Trouble::Standby) => {}
            _ => self.connection = Some(connection),
        }
        answer
    }

    /// Tells everybody, after the commit: first those who write, so that they go on.
    fn acknowledge(&self, requests: Vec<Request>, outcomes: Vec<Result<Outcome, Fault>>) {
        // Who subscribes after this look finds the changes in the log: they are committed.
        let is_watched = self.own.is_watched();
        let mut announced: Vec<Change> = Vec::new();
        for (request, outcome) in requests.into_iter().zip(outcomes) {
            if let Ok(Outcome::Applied(changes)) = &outcome {
                self.written.notify_one();
                let bytes = request.batch.writes.iter().map(|write| write.bytes);
                self.recent
                    .remember(changes.iter().map(|change| &change.after).zip(bytes));
                if is_watched {
                    announced.extend(changes.iter().cloned());
                }
            }
            // A caller that no longer listens finds the change in the log.
            let _ = request.reply.send(outcome);
        }
        if !announced.is_empty() {
            self.own.announce(announced.into());
        }
    }
}
