//! The way of all writes: concurrent ones are gathered and travel as one call, so the price of a
//! round trip and of Redis's fsync is shared.
//!
//! While some groups are on their way the next one gathers; nobody waits for a timer. Which of two
//! groups comes first is decided by Redis, and does not matter here: announcements come out of the log.

use std::{mem, sync::Arc};

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::sync::{mpsc, oneshot};

use super::{
    Batch, Fault, Outcome, Recent,
    fault::RedisFault,
    group::{self, Encoded},
    keys::Keys,
    server::Connection,
};
use crate::backend::gather::{self, Gatherer, Waiting, queue};

/// Groups on their way at once: while Redis does one, the next is packed and the last one's answer is read.
const ON_THEIR_WAY: usize = 2;

/// One caller's batch on its way to the writer.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) batch: Batch,
    /// Encoded in the caller's task: the writer is the narrow place.
    encoded: Encoded,
    reply: oneshot::Sender<Result<Outcome, RedisFault>>,
}

impl Waiting for Request {
    fn bytes(&self) -> usize {
        self.encoded.bytes()
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
        tokio::spawn(task.run(requests));
        Self {
            keys,
            requests: sender,
        }
    }

    pub(super) async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
        let encoded = Encoded::of(&batch, &self.keys)?;
        let (reply, answer) = oneshot::channel();
        let request = Request {
            batch,
            encoded,
            reply,
        };
        self.requests.send(request).await.map_err(|_| GONE)?;
        Ok(answer.await.map_err(|_| GONE)??)
    }

    /// Batches that wait for it.
    pub(super) fn waiting(&self) -> u64 {
        gather::waiting(&self.requests)
    }
}

const GONE: &str = "the writer of this backend has stopped; connect again";

struct Task {
    connection: Connection,
    keys: Arc<Keys>,
    recent: Arc<Recent>,
}

impl Task {
    async fn run(self, mut requests: Gatherer<Request>) {
        // All in this task: a lone writer's group has one door less to pass.
        let mut on_their_way = FuturesUnordered::new();
        loop {
            tokio::select! {
                biased;
                Some(()) = on_their_way.next() => {}
                // First a free way, then what has gathered by then.
                group = requests.next(), if on_their_way.len() < ON_THEIR_WAY => match group {
                    Some(group) => on_their_way.push(self.commit(group)),
                    None => break,
                },
            }
        }
        // What was accepted is still written; then the connection is not needed any more.
        while on_their_way.next().await.is_some() {}
        drop(on_their_way);
        self.connection.close();
    }

    async fn commit(&self, mut requests: Vec<Request>) {
        let group = requests
            .iter_mut()
            .map(|request| mem::take(&mut request.encoded));
        let (keys, args) = group::call(&self.keys, group.collect());
        let answered = self.connection.tell("holdfast_2_apply", keys, args).await;
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
                let bytes = request.batch.writes.iter().map(|write| write.bytes);
                self.recent
                    .remember(changes.iter().map(|change| &change.after).zip(bytes));
            }
            // A caller that no longer listens finds the change in the log.
            let _ = request.reply.send(Ok(outcome));
        }
    }
}
