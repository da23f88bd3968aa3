//! What a person could change, out of what was counted.

use std::time::Duration;

use holdfast::Timestamp;

use super::{
    counts::{OFTEN, PINNED_PERCENT, is_soon},
    types::{MemoryItem, MemoryReport, Suggestion},
};

/// A run that was loaded so often: the first time is nobody's fault, and the second may be an accident.
const LOADS: u64 = 3;
/// A pinned run that nobody read for so long takes room for nothing.
const UNREAD: Duration = Duration::from_secs(24 * 3600);
/// Suggested budgets are whole steps of this: nobody tunes bytes.
const STEP: u64 = 64 << 20;
/// As many as a person reads.
const MOST: usize = 5;

/// What to do about what is in `report`, of which `pinned` bytes are pinned; `again` results came back soon, lately.
pub(super) fn advice(
    report: &MemoryReport,
    pinned: u64,
    again: usize,
    now: Timestamp,
) -> Vec<Suggestion> {
    let raise = (again >= OFTEN).then(|| Suggestion::Raise {
        to: raised(report, now),
        again: again as u64,
    });
    let unpin = report.items.iter().filter(|item| is_unread(item, now));
    let unpin = unpin.map(|item| Suggestion::Unpin {
        id: item.id.clone(),
        name: item.name.clone(),
        bytes: item.bytes,
    });
    let most = report.budget / 100 * PINNED_PERCENT;
    let is_worth = |item: &&MemoryItem| {
        !item.is_pinned && item.loads >= LOADS && pinned.saturating_add(item.bytes) <= most
    };
    let pin = report.items.iter().filter(is_worth);
    let pin = pin.map(|item| Suggestion::Pin {
        id: item.id.clone(),
        name: item.name.clone(),
        loads: item.loads,
    });
    raise
        .into_iter()
        .chain(unpin)
        .chain(pin)
        .take(MOST)
        .collect()
}

fn is_unread(item: &MemoryItem, now: Timestamp) -> bool {
    let passed = now.0.saturating_sub(item.last_used);
    let is_long = u128::try_from(passed).is_ok_and(|passed| passed >= UNREAD.as_millis());
    item.is_pinned && item.is_held && !item.is_open && is_long
}

/// A budget that would have held what was read lately, and at least a step more than there is.
fn raised(report: &MemoryReport, now: Timestamp) -> u64 {
    let lately = report.items.iter();
    let lately = lately.filter(|item| item.is_held || is_soon(Timestamp(item.last_used), now));
    let bytes: u64 = lately.map(|item| item.bytes).sum();
    bytes.max(report.budget + 1).next_multiple_of(STEP)
}
