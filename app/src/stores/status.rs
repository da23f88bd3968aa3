//! What is saved and what is not, for the chip in the header.

use leptos::prelude::*;

use super::slot::{Stores, provide_stores};
use crate::boot::use_boot;

/// One store's standing, from best to worst.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SaveStatus {
    /// The server holds what the screen shows.
    #[default]
    Saved,
    /// A write is on its way.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    Saving,
    /// The server cannot be reached; the change waits in this tab.
    Waiting,
}

/// All stores together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SaveSummary {
    /// The worst of all.
    pub(crate) status: SaveStatus,
    /// Stores whose change waits.
    pub(crate) waiting: usize,
    /// Writes so far: the versions of all stores together.
    pub(crate) version: u64,
}

/// The sum over all stores, live.
pub(crate) fn use_save_summary() -> Memo<SaveSummary> {
    let stores = use_context::<Stores>().unwrap_or_else(provide_stores);
    let boot = use_boot();
    Memo::new(move |_| {
        stores.joined.track();
        stores.revision.track();
        let slots = stores.all();
        let mut summary = SaveSummary::default();
        // Stores that no page has asked for yet are as the server has them.
        boot.with_value(|boot| {
            let unasked = boot
                .stores
                .iter()
                .filter(|(key, _)| !slots.iter().any(|slot| slot.entry.key == key.as_str()));
            summary.version = unasked.map(|(_, stored)| stored.version).sum();
        });
        for slot in slots {
            let status = slot.status.get();
            summary.status = summary.status.max(status);
            summary.waiting += usize::from(status == SaveStatus::Waiting);
            summary.version += slot.version.get();
        }
        summary
    })
}
