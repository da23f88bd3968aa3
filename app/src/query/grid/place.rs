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
    /// Pixels from the left. Nobody follows it: all columns of a row are made.
    left: RwSignal<f64>,
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
            left: RwSignal::new(0.0),
        };
        // Who comes back has the rows in the first frame.
        let kept = untrack(|| place.kept());
        for (at, pixels) in [(place.top, kept.top), (place.left, kept.left)] {
            at.set(f64::from(pixels.unwrap_or_default()));
        }
        Effect::new(move |before: Option<String>| {
            let kept = place.kept();
            let is_new = before.is_none();
            let before = before.unwrap_or_default();
            // A result begins where its preview is.
            let begins = before.is_empty();
            if begins && kept.top.is_none() && kept.left.is_none() {
                place.look();
                return kept.rows;
            }
            let top = if begins {
                kept.top
            } else {
                Some(kept.top.unwrap_or_default())
            };
            place.go(top, kept.left, is_new);
            // Another result is looked at from the column where the last one was.
            if !begins && kept.left.is_none() && !before.starts_with(&kept.result) {
                place.keep(top.unwrap_or_default(), pixels(place.left()));
            }
            kept.rows
        });
        place
    }

    /// How far the columns are scrolled, in pixels, without being told of changes.
    pub(super) fn left(self) -> f64 {
        self.left.get_untracked()
    }

    /// Looks how far the rows are scrolled, and keeps it.
    pub(super) fn look(self) {
        let Some(element) = self.element.try_get_untracked().flatten() else {
            return;
        };
        let (top, left) = (element.scroll_top(), element.scroll_left());
        let (top, left) = (f64::from(top), f64::from(left));
        // Who scrolls to the side has the rows there already.
        if self.top.get_untracked() != top {
            self.top.set(top);
        }
        self.left.set(left);
        self.keep(pixels(top), pixels(left));
    }

    /// Keeps how far this result is scrolled, and forgets about the others.
    fn keep(self, top: u32, left: u32) {
        let (rows, result) = untrack(|| self.names());
        if rows.is_empty() {
            return;
        }
        self.store.update(|kept| {
            kept.clear();
            for (name, pixels) in [(rows, top), (result, left)] {
                if pixels > 0 {
                    kept.insert(name, pixels);
                }
            }
        });
    }

    /// Scrolls so far down and to the side, where that is said. The rows there are asked for at once; there is room to
    /// scroll once they are made.
    fn go(self, top: Option<u32>, left: Option<u32>, is_new: bool) {
        let moved = |at: RwSignal<f64>, pixels: Option<u32>| {
            let pixels = pixels.filter(|pixels| is_new || at.get_untracked() != f64::from(*pixels));
            if let Some(pixels) = pixels {
                at.set(f64::from(pixels));
            }
            pixels.and_then(|pixels| i32::try_from(pixels).ok())
        };
        let (top, left) = (moved(self.top, top), moved(self.left, left));
        if top.is_none() && left.is_none() {
            return;
        }
        // Both at once: looking between the two would forget one of them.
        request_animation_frame(move || {
            let Some(element) = self.element.try_get_untracked().flatten() else {
                return;
            };
            if let Some(top) = top {
                element.set_scroll_top(top);
            }
            if let Some(left) = left {
                element.set_scroll_left(left);
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

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels of a table"
)]
fn pixels(at: f64) -> u32 {
    at.max(0.0) as u32
}
