//! The last operations that took long: what somebody who looks for the cause of a slow afternoon begins with.

use std::{
    borrow::Cow,
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::Timestamp;

/// How many are remembered: some screens.
const KEPT: usize = 100;
/// What counts as long where nobody says otherwise.
const THRESHOLD: Duration = Duration::from_millis(500);

/// Something that took long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slow {
    /// What was done: an operation of the engine, or whatever the keeper of a list calls its own.
    pub operation: Cow<'static, str>,
    /// When it was over.
    pub at: Timestamp,
    /// How long its caller waited.
    pub took: Duration,
    /// Whether it ended well.
    pub is_done: bool,
}

/// Remembers the last of them.
#[derive(Debug)]
pub struct SlowList {
    threshold: Duration,
    kept: Mutex<VecDeque<Slow>>,
}

impl Default for SlowList {
    fn default() -> Self {
        Self::above(THRESHOLD)
    }
}

impl SlowList {
    /// Remembers what takes at least so long; of [`Duration::ZERO`], everything.
    pub fn above(threshold: Duration) -> Self {
        Self {
            threshold,
            kept: Mutex::default(),
        }
    }

    /// From where on something is slow.
    pub fn threshold(&self) -> Duration {
        self.threshold
    }

    /// Takes note of something that took so long, if that is long. `slow` is asked for only then.
    pub fn look(&self, took: Duration, slow: impl FnOnce() -> Slow) {
        if took < self.threshold {
            return;
        }
        let slow = slow();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(slow);
    }

    /// What is remembered, the newest first.
    pub fn read(&self) -> Vec<Slow> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_what_was_quick_is_not() {
        let list = SlowList::above(Duration::from_millis(10));
        for number in 0..300_u64 {
            let took = Duration::from_millis(number % 20);
            list.look(took, || Slow {
                operation: number.to_string().into(),
                at: Timestamp(0),
                took,
                is_done: true,
            });
        }
        let kept = list.read();
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept.first().map(|it| &*it.operation), Some("299"));
        assert!(kept.iter().all(|it| it.took >= list.threshold()));
    }
}
