//! How far the rows are scrolled. A refresh and a way back from another page find these rows where they were; other rows,
//! or another order, begin at the top. To the side a result stays where it was in every order.

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
    /// Pixels from the left. No signal: all columns of a row are made, so nothing has to follow it.
    left: StoredValue<u32>,
}

/// What is known of the rows that are asked for.
struct Kept {
    /// The result and the way it is looked at; empty while only a preview is there.
    rows: String,
    /// The result, whatever its order; empty with a preview.
    result: String,
    top: Option<u32>,
    left: Option<u32>,
}

impl Place {
    /// Follows what scrolls, and leads it to where these rows were.
    pub(super) fn new(query: Query, element: NodeRef<Div>) -> Self {
        let place = Self {
            query,
            element,
            store: use_browser_store(RESULT_PLACE),
            top: RwSignal::new(0.0),
            left: StoredValue::new(0),
        };
        // Who comes back has the rows in the first frame.
        let Kept { top, left, .. } = untrack(|| place.kept());
        if let Some(pixels) = top {
            place.top.set(f64::from(pixels));
        }
        if let Some(pixels) = left {
            place.left.set_value(pixels);
        }
        Effect::new(move |before: Option<(String, String)>| {
            let Kept {
                rows,
                result,
                top,
                left,
            } = place.kept();
            let is_new = before.is_none();
            let (rows_before, result_before) = before.unwrap_or_default();
            // A result begins where its preview is.
            let begins = rows_before.is_empty();
            match (top, left) {
                (None, None) if begins => place.look(),
                (None, _) if begins => {}
                _ => place.go(top.unwrap_or_default(), is_new),
            }
            match left {
                Some(left) => place.go_aside(left, is_new),
                // Another result is looked at from the column where the last one was.
                None if !begins && result != result_before => {
                    place.keep(top.unwrap_or_default(), place.left.get_value());
                }
                None => {}
            }
            (rows, result)
        });
        place
    }

    /// How far the columns are scrolled, in pixels, without being told of changes.
    pub(super) fn left(self) -> f64 {
        f64::from(self.left.get_value())
    }

    /// Looks how far the rows are scrolled, and keeps it.
    pub(super) fn look(self) {
        let Some(element) = self.element.try_get_untracked().flatten() else {
            return;
        };
        let [top, left] = [element.scroll_top(), element.scroll_left()]
            .map(|pixels| u32::try_from(pixels).unwrap_or_default());
        // Who scrolls to the side has the rows there already.
        if self.top.get_untracked() != f64::from(top) {
            self.top.set(f64::from(top));
        }
        self.left.set_value(left);
        self.keep(top, left);
    }

    /// Keeps how far this result is scrolled, and forgets about the others.
    fn keep(self, top: u32, left: u32) {
        let (rows, result) = untrack(|| self.names());
        if !rows.is_empty() {
            self.store.update(|kept| {
                let places = [(rows, top), (result, left)].into_iter();
                *kept = places.filter(|(_, pixels)| *pixels > 0).collect();
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

    /// Scrolls so far to the side, in the same frame as down: looking between the two would forget one of them.
    fn go_aside(self, pixels: u32, is_new: bool) {
        if !is_new && self.left.get_value() == pixels {
            return;
        }
        self.left.set_value(pixels);
        request_animation_frame(move || {
            if let Some(element) = self.element.try_get_untracked().flatten() {
                element.set_scroll_left(i32::try_from(pixels).unwrap_or(i32::MAX));
            }
        });
    }

    /// What the rows are, and how far they were scrolled.
    fn kept(self) -> Kept {
        let (rows, result) = self.names();
        let [top, left] = self
            .store
            .with(|kept| [&rows, &result].map(|name| kept.get(name).copied()));
        Kept {
            rows,
            result,
            top,
            left,
        }
    }

    /// What [`Kept`] calls the rows and their result.
    fn names(self) -> (String, String) {
        let Some(id) = self.query.result_id.get() else {
            return <(String, String)>::default();
        };
        let view = serde_json::to_string(&self.query.view_in_force()).unwrap_or_default();
        // A digest: what a person filters by is not for the browser's storage.
        let mut digest = DefaultHasher::new();
        digest.write(view.as_bytes());
        let rows = [&*id, &digest.finish().to_string()].concat();
        (rows, id)
    }
}
