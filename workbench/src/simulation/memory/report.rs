//! What is told of the memory.

use std::cmp::Reverse;

use holdfast::{Scope, Timestamp};

use super::{
    advice::advice,
    keeper::Keeper,
    types::{MemoryItem, MemoryReport},
};

impl Keeper {
    /// What is in memory, with the results of one scope, or of all.
    pub(crate) fn report(&self, scope: Option<&Scope>, now: Timestamp) -> MemoryReport {
        let held = self.lock();
        let mut report = MemoryReport {
            budget: held.budget,
            held: held.bytes,
            hits: held.counts.hits,
            misses: held.counts.misses,
            evictions: held.counts.evictions,
            median_load_ms: held.counts.median_load_ms(),
            events: held.counts.events,
            ..MemoryReport::default()
        };
        for (id, item) in &held.items {
            match item.is_held() {
                true if item.is_staying() => report.staying += item.bytes,
                false if item.is_open() => report.beside += item.bytes,
                _ => {}
            }
            if scope.is_none_or(|scope| *scope == item.owner.scope) {
                report.items.push(item.told(id));
            }
        }
        let by_use = |item: &MemoryItem| Reverse(held.items.get(&item.id).map(|item| item.used));
        report.items.sort_by_key(by_use);
        report.suggestions = advice(&report, held.pinned(), held.counts.again(now), now);
        report
    }
}
