//! Gathers what many callers want written into groups, so that the price of a round trip and of a
//! durable commit is shared. While one group is being written the next one gathers; nobody waits
//! for a timer.

use tokio::{sync::mpsc, task::yield_now};

/// Batches that wait for the writer. Beyond that a caller waits before its batch is even queued.
const QUEUE: usize = 1024;

/// Batches in one group: enough to share a commit, few enough to keep it short for everybody else.
const GROUP: usize = 512;

/// Bytes in one group, but for a single larger batch: they travel as one message.
const GROUP_BYTES: usize = 16 * 1024 * 1024;

/// One caller's batch on its way to the writer.
pub(super) trait Waiting {
    /// Its size on that way.
    fn bytes(&self) -> usize;

    /// Whether its caller has stopped waiting, and does not want it written any more.
    fn is_given_up(&self) -> bool;
}

/// The writer's end of the queue.
#[derive(Debug)]
pub(super) struct Gatherer<B> {
    batches: mpsc::Receiver<B>,
    /// One that was too large for the last group.
    held: Option<B>,
}

/// A queue of batches: the callers' end and the writer's.
pub(super) fn queue<B: Waiting>() -> (mpsc::Sender<B>, Gatherer<B>) {
    let (sender, batches) = mpsc::channel(QUEUE);
    let held = None;
    (sender, Gatherer { batches, held })
}

/// Batches that stand in the queue at this moment: those that were taken into a group do not any more.
pub(super) fn waiting<B>(callers: &mpsc::Sender<B>) -> u64 {
    let free = callers.capacity();
    callers.max_capacity().saturating_sub(free) as u64
}

impl<B: Waiting> Gatherer<B> {
    /// Waits for a batch, and takes what else is there by then, in the order of asking. Never
    /// empty; `None` once all callers are gone and everything was given out. Can be dropped and asked
    /// again: what it took is held until the group is whole.
    pub(super) async fn next(&mut self) -> Option<Vec<B>> {
        loop {
            if self.held.is_none() {
                self.held = Some(self.batches.recv().await?);
                // Whoever is about to ask goes first: those who were answered together come again
                // together, and a group of the first of them alone would keep all others waiting.
                yield_now().await;
            }
            let Some(first) = self.held.take() else {
                continue;
            };
            let mut size = first.bytes();
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(batch) = self.batches.try_recv()
            {
                size += batch.bytes();
                if size > GROUP_BYTES {
                    self.held = Some(batch);
                    break;
                }
                group.push(batch);
            }
            group.retain(|batch| !batch.is_given_up());
            if !group.is_empty() {
                return Some(group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use super::{GROUP, GROUP_BYTES, Waiting, queue, waiting};

    #[derive(Debug, PartialEq)]
    struct Sized(usize, bool);

    impl Waiting for Sized {
        fn bytes(&self) -> usize {
            self.0
        }
        fn is_given_up(&self) -> bool {
            self.1
        }
    }

    #[tokio::test]
    async fn who_waits_is_counted_until_taken_into_a_group() {
        let (sender, mut gatherer) = queue();
        assert_eq!(waiting(&sender), 0);
        for _ in 0..GROUP + 3 {
            sender.send(Sized(1, false)).await.unwrap();
        }
        assert_eq!(waiting(&sender), GROUP as u64 + 3);
        gatherer.next().await.unwrap();
        assert_eq!(waiting(&sender), 3);
        gatherer.next().await.unwrap();
        assert_eq!(waiting(&sender), 0);
    }

    #[tokio::test]
    async fn a_group_is_what_is_there_within_its_bounds_less_what_was_given_up() {
        let (sender, mut gatherer) = queue();
        for number in 0..GROUP + 1 {
            sender.send(Sized(1, number % 2 == 1)).await.unwrap();
        }
        sender.send(Sized(GROUP_BYTES, false)).await.unwrap();
        sender.send(Sized(7, true)).await.unwrap();
        drop(sender);
        assert_eq!(gatherer.next().await.unwrap().len(), GROUP / 2);
        assert_eq!(gatherer.next().await.unwrap(), [Sized(1, false)]);
        assert_eq!(gatherer.next().await.unwrap(), [Sized(GROUP_BYTES, false)]);
        assert!(
            gatherer.next().await.is_none(),
            "given up, and then the end"
        );
    }
}
