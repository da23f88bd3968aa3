//! How far the rows are scrolled. A refresh and a way back from another page find these rows where they were; other rows,
//! or another order, begin at the top.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hasher},
};

use leptos::{html::Div, prelude::*};

use crate::{
    query::state::Query,
    stores::{StoreHandle, table::RESULT_PLACE, use_browser_store},
};

/// The place. Copies share one.
#[derive(Clone, Copy)]
pub(super) struct Place {
    query: Query,
    element: NodeRef<Div>,
    store: StoreHandle<BTreeMap<String, u32>>,
    /// Pixels from the top.
    pub(super) top: RwSignal<f64>,
}

impl Place {
    /// Follows what scrolls, and leads it to where these rows were.
    pub(super) fn new(query: Query, element: NodeRef<Div>) -> Self {
        let place = Self {
            query,
            element,
            store: use_browser_store(RESULT_PLACE),
            top: RwSignal::new(0.0),
        };
        // Who comes back has the rows in the first frame.
        if let (_, Some(pixels)) = untrack(|| place.kept()) {
            place.top.set(f64::from(pixels));
        }
        Effect::new(move |before: Option<String>| {
            let (rows, kept) = place.kept();
            match kept {
                // A result begins where its preview is.
                None if before.as_deref().is_none_or(str::is_empty) => place.look(),
                _ => place.go(kept.unwrap_or_default(), before.is_none()),
            }
            rows
        });
        place
    }

    /// Looks how far the rows are scrolled, and keeps it.
    pub(super) fn look(self) {
        let Some(element) = self.element.try_get_untracked().flatten() else {
            return;
        };
        let top = element.scroll_top();
        self.top.set(f64::from(top));
        let rows = untrack(|| self.rows());
        if !rows.is_empty() {
            self.store.update(|kept| {
                kept.clear();
                if let Ok(top @ 1..) = u32::try_from(top) {
                    kept.insert(rows, top);
                }
            });
        }
    }

    /// Scrolls so far down. The rows there are asked for at once; there is room to scroll once they are made.
    fn go(self, pixels: u32, is_new: bool) {
        let top = f64::from(pixels);
        if !is_new && self.top.get_untracked() == top {
            return;
        }
        self.top.set(top);
        request_animation_frame(move || {
            if let Some(element) = self.element.try_get_untracked().flatten() {
                element.set_scroll_top(i32::try_from(pixels).unwrap_or(i32::MAX));
            }
        });
    }

    /// What the rows are, and how far they were scrolled.
    fn kept(self) -> (String, Option<u32>) {
        let rows = self.rows();
        let pixels = self.store.with(|kept| kept.get(&rows).copied());
        (rows, pixels)
    }

    /// The result whose rows are asked for, and the way it is looked at; empty while only a preview is there.
    fn rows(self) -> String {
        let Some(id) = self.query.result_id.get() else {
            return String::new();
        };
        let view = serde_json::to_string(&self.query.view_in_force()).unwrap_or_default();
        // A digest: what a person filters by is not for the browser's storage.
        let mut digest = DefaultHasher::new();
        digest.write(view.as_bytes());
        [id, digest.finish().to_string()].concat()
    }
}
