//! What is known of one run's result, whether it is held or not.

use std::sync::{Arc, Weak};

use holdfast::{Scope, Timestamp};
use tokio::sync::Mutex as Gate;

use super::types::MemoryItem;
use crate::simulation::tables::Tables;

/// Whose result it is, and what they say of it: as it was when it was last asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) scope: Scope,
    pub(crate) name: String,
    pub(crate) is_pinned: bool,
}

/// One result.
pub(super) struct Item {
    pub(super) owner: Owner,
    /// The result, while it is held.
    tables: Option<Arc<Tables>>,
    /// The result as long as anybody has it: held or not, nobody loads it twice.
    anywhere: Weak<Tables>,
    /// Who holds this loads; the others wait for it.
    pub(super) gate: Arc<Gate<()>>,
    pub(super) bytes: u64,
    /// The place of the last use among all uses.
    pub(super) used: u64,
    pub(super) used_at: Timestamp,
    /// When it left, if it is not held.
    pub(super) left_at: Option<Timestamp>,
    pub(super) hits: u64,
    pub(super) loads: u64,
    pub(super) evictions: u64,
    pub(super) load_ms: u64,
}

impl Item {
    pub(super) fn new(owner: Owner, now: Timestamp) -> Self {
        Self {
            owner,
            tables: None,
            anywhere: Weak::new(),
            gate: Arc::default(),
            bytes: 0,
            used: 0,
            used_at: now,
            left_at: None,
            hits: 0,
            loads: 0,
            evictions: 0,
            load_ms: 0,
        }
    }

    /// The result, wherever it is.
    pub(super) fn found(&self) -> Option<Arc<Tables>> {
        self.anywhere.upgrade()
    }

    pub(super) fn is_held(&self) -> bool {
        self.tables.is_some()
    }

    /// Whether anybody but the keeper has it.
    pub(super) fn is_open(&self) -> bool {
        self.anywhere.strong_count() > usize::from(self.is_held())
    }

    /// Whether it stays, whoever needs room.
    pub(super) fn is_staying(&self) -> bool {
        self.owner.is_pinned || self.is_open()
    }

    /// It was loaded.
    pub(super) fn loaded(&mut self, tables: &Arc<Tables>, bytes: u64) {
        self.anywhere = Arc::downgrade(tables);
        self.bytes = bytes;
        self.loads += 1;
    }

    pub(super) fn hold(&mut self, tables: Arc<Tables>) {
        self.tables = Some(tables);
        self.left_at = None;
    }

    /// It leaves; what somebody else has of it stays theirs.
    pub(super) fn leave(&mut self, now: Timestamp) {
        self.tables = None;
        self.evictions += 1;
        self.left_at = Some(now);
    }

    /// Whether nothing hangs on it: it can be forgotten.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_held() && !self.is_open() && Arc::strong_count(&self.gate) == 1
    }

    pub(super) fn told(&self, id: &str) -> MemoryItem {
        MemoryItem {
            id: id.to_owned(),
            name: self.owner.name.clone(),
            bytes: self.bytes,
            is_held: self.is_held(),
            is_pinned: self.owner.is_pinned,
            is_open: self.is_open(),
            hits: self.hits,
            loads: self.loads,
            evictions: self.evictions,
            load_ms: self.load_ms,
            last_used: self.used_at.0,
        }
    }
}
