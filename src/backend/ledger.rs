//! Decides which batches of a group may be written: guards first, then quotas.
//!
//! A backend fills it with what is stored, offers one batch after the other, and writes what was
//! admitted. The ledger keeps the books as if it were written already, so that two writes of one
//! state, in one batch or in two batches of one group, are decided right. It does no I/O.

use std::collections::HashMap;

use super::{
    Bound, Write,
    address::{Address, Addressed},
};
use crate::{Scope, Status, Version};

/// What is stored of one state, as far as guards and quotas need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) version: Version,
    pub(super) is_live: bool,
    pub(super) bytes: u64,
}

impl Head {
    pub(super) fn of(write: &Write) -> Self {
        Self {
            version: write.after.version,
            is_live: write.after.status != Status::DELETED,
            bytes: write.bytes,
        }
    }
}

/// What a scope holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) states: u64,
    pub(super) bytes: u64,
}

impl Usage {
    /// After `old` gave way to `new`.
    fn with(self, old: Option<Head>, new: Head) -> Self {
        let (states, bytes) = old
            .filter(|head| head.is_live)
            .map_or((0, 0), |head| (1, head.bytes));
        let (more_states, more_bytes) = if new.is_live { (1, new.bytes) } else { (0, 0) };
        Self {
            states: self.states.saturating_sub(states) + more_states,
            bytes: self.bytes.saturating_sub(bytes) + more_bytes,
        }
    }
}

/// Why a batch was not admitted.
#[derive(Debug)]
pub(super) enum Verdict {
    Stale(Address),
    OverQuota { what: Bound, size: u64, limit: u64 },
}

/// The books of one group.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) heads: HashMap<Address, Head>,
    pub(super) usage: HashMap<Scope, Usage>,
}

impl Ledger {
    /// Admits all of `batch`, or nothing of it.
    pub(super) fn admit(&mut self, batch: &[Write]) -> Result<(), Verdict> {
        let mut undo = Vec::with_capacity(batch.len());
        for write in batch {
            let key = (&write.after.scope, &write.after.id);
            let old = self.heads.get(&key as &dyn Addressed).copied();
            let usage = self
                .usage
                .get(&write.after.scope)
                .copied()
                .unwrap_or_default();
            let verdict = decide(write, old, usage);
            match verdict {
                Ok(new_usage) => {
                    undo.push((write, old, usage));
                    self.heads
                        .insert(Address::of(&write.after), Head::of(write));
                    self.usage.insert(write.after.scope.clone(), new_usage);
                }
                Err(verdict) => {
                    self.take_back(undo);
                    return Err(verdict);
                }
            }
        }
        Ok(())
    }

    fn take_back(&mut self, undo: Vec<(&Write, Option<Head>, Usage)>) {
        for (write, old, usage) in undo.into_iter().rev() {
            let address = Address::of(&write.after);
            match old {
                Some(head) => drop(self.heads.insert(address, head)),
                None => drop(self.heads.remove(&address)),
            }
            self.usage.insert(write.after.scope.clone(), usage);
        }
    }
}

fn decide(write: &Write, old: Option<Head>, usage: Usage) -> Result<Usage, Verdict> {
    if old.map(|head| head.version) != write.before.as_ref().map(|state| state.version) {
        return Err(Verdict::Stale(Address::of(&write.after)));
    }
    let new = usage.with(old, Head::of(write));
    let quota = write.quota;
    for (what, size, before, limit) in [
        (Bound::ScopeStates, new.states, usage.states, quota.states),
        (Bound::ScopeBytes, new.bytes, usage.bytes, quota.bytes),
    ] {
        if size > limit && size > before {
            return Err(Verdict::OverQuota { what, size, limit });
        }
    }
    Ok(new)
}
