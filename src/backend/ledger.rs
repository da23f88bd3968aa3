//! Decides which batches of a group may be written: guards first, then quotas.
//!
//! A backend fills it with what is stored, offers one batch after the other, and writes what was
//! admitted. The ledger keeps the books as if it were written already, so that two writes of one
//! state, in one batch or in two batches of one group, are decided right. It does no I/O.

use super::{
    Batch, Bound, Write,
    address::{Address, Addressed},
};
use crate::{Scope, Status, Version, hash::Map};

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
    pub(super) fn with(self, old: Option<Head>, new: Head) -> Self {
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
    pub(super) heads: Map<Address, Head>,
    pub(super) usage: Map<Scope, Usage>,
}

impl Ledger {
    /// Admits all of `batch`, or nothing of it.
    pub(super) fn admit(&mut self, batch: &Batch) -> Result<(), Verdict> {
        for guard in &batch.guards {
            let stored = self.heads.get(&(&guard.scope, &guard.id) as &dyn Addressed);
            if stored.map(|head| head.version) != guard.version {
                return Err(Verdict::Stale(Address::at(&guard.scope, &guard.id)));
            }
        }
        let mut undo = Vec::with_capacity(batch.writes.len());
        for write in &batch.writes {
            let key = (&write.after.scope, &write.after.id);
            let known = self.heads.get_mut(&key as &dyn Addressed);
            let held = self.usage.get_mut(&write.after.scope);
            let (old, usage) = (known.as_deref().copied(), held.as_deref().copied());
            let usage = usage.unwrap_or_default();
            match decide(write, old, usage) {
                Ok(new_usage) => {
                    undo.push((write, old, usage));
                    // Most are known, and need no key of their own.
                    match known {
                        Some(head) => *head = Head::of(write),
                        None => {
                            let address = Address::of(&write.after);
                            self.heads.insert(address, Head::of(write));
                        }
                    }
                    match held {
                        Some(held) => *held = new_usage,
                        None => {
                            self.usage.insert(write.after.scope.clone(), new_usage);
                        }
                    }
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

/// What the scope holds after a write, or why it cannot be done.
pub(super) fn decide(write: &Write, old: Option<Head>, usage: Usage) -> Result<Usage, Verdict> {
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
