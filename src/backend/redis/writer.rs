//! The way of all writes: concurrent ones are gathered and travel as one call, so the price of a
//! round trip and of Redis's fsync is shared.
//!
//! While some groups are on their way the next one gathers; nobody waits for a timer. Which of two
//! groups comes first is decided by Redis, and does not matter here: announcements come out of the log.

use std::{mem, sync::Arc};

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::{
    Fault, Outcome, Recent, Write,
    fault::RedisFault,
    group::{self, Encoded},
    keys::Keys,
    server::Connection,
};
use crate::backend::gather::{Batch, Gatherer, queue};

/// Groups on their way at once: while Redis does one, the next is packed and the last one's answer is read.
const ON_THEIR_WAY: usize = 2;

/// One caller's batch on its way to the writer.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) writes: Vec<Write>,
    /// Encoded in the caller's task: the writer is the narrow place.
    encoded: Vec<Encoded>,
    reply: oneshot::Sender<Result<Outcome, RedisFault>>,
}

impl Batch for Request {
    fn bytes(&self) -> usize {
        self.encoded.iter().map(Encoded::bytes).sum()
    }

    fn is_given_up(&self) -> bool {
        self.reply.is_closed()
    }
}

/// The way to the writer. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Writer {
    keys: Arc<Keys>,
    requests: mpsc::Sender<Request>,
}

impl Writer {
    pub(super) fn start(connection: Connection, keys: Arc<Keys>, recent: Arc<Recent>) -> Self {
        let (sender, requests) = queue();
        let task = Task {
            connection,
            keys: Arc::clone(&keys),
            recent,
        };
        tokio::spawn(Arc::new(task).run(requests));
        Self {
            keys,
            requests: sender,
        }
    }

    pub(super) async fn apply(&self, writes: Vec<Write>) -> Result<Outcome, Fault> {
        let encoded = writes.iter().map(|write| Encoded::of(write, &self.keys));
        let encoded = encoded.collect::<Result<_, _>>()?;
        let (reply, answer) = oneshot::channel();
        let request = Request {
            writes,
            encoded,
            reply,
        };
        self.requests.send(request).await.map_err(|_| GONE)?;
        Ok(answer.await.map_err(|_| GONE)??)
    }
}

const GONE: &str = "the writer of this backend has stopped; connect again";

struct Task {
    connection: Connection,
    keys: Arc<Keys>,
    recent: Arc<Recent>,
}

impl Task {
    async fn run(self: Arc<Self>, mut requests: Gatherer<Request>) {
        let ways = Arc::new(Semaphore::new(ON_THEIR_WAY));
        // First a free way, then what has gathered by then.
        while let Ok(way) = Arc::clone(&ways).acquire_owned().await
            && let Some(group) = requests.next().await
        {
            let task = Arc::clone(&self);
            tokio::spawn(async move {
                task.commit(group).await;
                drop(way);
            });
        }
        // What was accepted is still written; then the connection is not needed any more.
        let _ = ways.acquire_many(ON_THEIR_WAY as u32).await;
        self.connection.close();
    }

    async fn commit(&self, mut requests: Vec<Request>) {
        let group = requests
            .iter_mut()
            .map(|request| mem::take(&mut request.encoded));
        let (keys, args) = group::call(&self.keys, group.collect());
        let answered = self.connection.tell("holdfast_1_apply", keys, args).await;
        let outcomes = answered.and_then(|mut reply| {
            // It was written, but not understood: two programs disagree about this function.
            group::outcomes(&mut reply, &requests)
                .map_err(|error| RedisFault::Unsure(error.to_string()))
        });
        match outcomes {
            Ok(outcomes) => self.acknowledge(requests, outcomes),
            Err(fault) => {
                for request in requests {
                    let _ = request.reply.send(Err(fault.clone()));
                }
            }
        }
    }

    fn acknowledge(&self, requests: Vec<Request>, outcomes: Vec<Outcome>) {
        for (request, outcome) in requests.into_iter().zip(outcomes) {
            if let Outcome::Applied(changes) = &outcome {
                let bytes = request.writes.iter().map(|write| write.bytes);
                self.recent
                    .remember(changes.iter().map(|change| &change.after).zip(bytes));
            }
            // A caller that no longer listens finds the change in the log.
            let _ = request.reply.send(Ok(outcome));
        }
    }
}
