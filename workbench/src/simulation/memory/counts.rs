//! What is counted, and when it is worth an event.

use std::{collections::VecDeque, time::Duration};

use holdfast::Timestamp;

/// Loads whose times are remembered: enough for a median that follows what happens now.
const LOAD_TIMES: usize = 256;
/// A result that is read again so soon after it left should not have left.
pub(super) const SOON: Duration = Duration::from_secs(10 * 60);
/// So many of them within that time are no accident.
pub(super) const OFTEN: usize = 3;
/// Pinned results may fill this share of the budget; beyond it hardly any other finds room.
pub(super) const PINNED_PERCENT: u64 = 90;

/// Numbers since the program began.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) evictions: u64,
    pub(super) events: u64,
    load_ms: VecDeque<u64>,
    /// When results were read again soon after they left.
    again: VecDeque<Timestamp>,
    is_full_of_pins: bool,
    is_too_small: bool,
}

impl Counts {
    pub(super) fn loaded(&mut self, took_ms: u64) {
        if self.load_ms.len() == LOAD_TIMES {
            self.load_ms.pop_front();
        }
        self.load_ms.push_back(took_ms);
    }

    pub(super) fn median_load_ms(&self) -> Option<u64> {
        let mut times: Vec<u64> = self.load_ms.iter().copied().collect();
        times.sort_unstable();
        times.get(times.len().saturating_sub(1) / 2).copied()
    }

    /// A result is read again that left at `left`.
    pub(super) fn came_back(&mut self, left: Timestamp, now: Timestamp) {
        if is_soon(left, now) {
            self.again.push_back(now);
        }
        self.forget_old(now);
        let is_too_small = self.again.len() >= OFTEN;
        if is_too_small && !self.is_too_small {
            self.events += 1;
            tracing::warn!(
                again = self.again.len(),
                "results of runs are read again soon after they left memory; raise simulations.memory_bytes"
            );
        }
        self.is_too_small = is_too_small;
    }

    /// How many came back soon, lately.
    pub(super) fn again(&self, now: Timestamp) -> usize {
        let lately = self.again.iter().filter(|at| is_soon(**at, now));
        lately.count()
    }

    /// What is pinned takes so much of the budget.
    pub(super) fn pinned(&mut self, bytes: u64, budget: u64) {
        let is_full = is_full_of_pins(bytes, budget);
        if is_full && !self.is_full_of_pins {
            self.events += 1;
            tracing::warn!(
                bytes,
                budget,
                "pinned results fill the memory for runs; unpin some, or raise simulations.memory_bytes"
            );
        }
        self.is_full_of_pins = is_full;
    }

    /// A result was served that does not fit, whatever leaves.
    pub(super) fn too_large(&mut self, id: &str, bytes: u64, budget: u64) {
        self.events += 1;
        tracing::warn!(
            id,
            bytes,
            budget,
            "the result of a run is larger than the memory for runs; it is loaded each time it is read"
        );
    }

    fn forget_old(&mut self, now: Timestamp) {
        while self.again.front().is_some_and(|at| !is_soon(*at, now)) {
            self.again.pop_front();
        }
    }
}

/// Whether pinned results take more of the budget than they should.
pub(super) fn is_full_of_pins(bytes: u64, budget: u64) -> bool {
    bytes > 0 && bytes.saturating_mul(100) >= budget.saturating_mul(PINNED_PERCENT)
}

/// Whether `now` is no more than [`SOON`] after `at`.
pub(super) fn is_soon(at: Timestamp, now: Timestamp) -> bool {
    let passed = now.0.saturating_sub(at.0);
    u128::try_from(passed).is_ok_and(|passed| passed <= SOON.as_millis())
}
