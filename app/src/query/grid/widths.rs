//! Widths of the result's columns: a guess from the column, until a person drags or presses.

use leptos::prelude::*;
use workbench::query::ResultColumn;

use crate::query::{dom, state::Query};

const NARROWEST: u32 = 48;
const WIDEST: u32 = 600;
/// One press of Narrower or Wider.
const STEP: i32 = 24;

/// The width of a column in pixels.
pub(super) fn width(query: Query, column: &ResultColumn) -> u32 {
    query
        .widths
        .with(|widths| widths.get(&column.name).copied())
        .unwrap_or_else(|| guess(column))
}

/// Room for its name with an icon, and for its values.
fn guess(column: &ResultColumn) -> u32 {
    let head = column
        .visit
        .as_ref()
        .map_or(column.name.chars().count(), |visit| {
            visit.chars().count() + 6
        });
    let values = if column.is_numeric { 7 } else { 10 };
    let letters = u32::try_from(head.max(values)).unwrap_or(WIDEST);
    (letters.saturating_mul(7) + 48).clamp(NARROWEST, 240)
}

/// Makes a column wider or narrower.
pub(super) fn change(query: Query, column: &ResultColumn, by: i32) {
    let now = untrack(|| width(query, column));
    set(query, &column.name, now.saturating_add_signed(by));
}

fn set(query: Query, name: &str, width: u32) {
    query.widths.update(|widths| {
        widths.insert(name.to_owned(), width.clamp(NARROWEST, WIDEST));
    });
}

/// By keys: for those who do not drag.
pub(super) fn steps() -> [(&'static str, i32); 2] {
    [("Narrower", -STEP), ("Wider", STEP)]
}

/// The edge of a head, to drag.
#[component]
pub(super) fn Edge(query: Query, column: StoredValue<ResultColumn>) -> impl IntoView {
    let start = RwSignal::new(None::<(f64, u32)>);
    let begin = move |event: leptos::ev::PointerEvent| {
        event.prevent_default();
        let x = dom::grab(&event);
        start.set(Some((
            x,
            column.with_value(|column| untrack(|| width(query, column))),
        )));
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "pixels on a screen"
    )]
    let drag = move |event: leptos::ev::PointerEvent| {
        if let Some((x, width)) = start.get_untracked() {
            let wanted = (f64::from(width) + f64::from(event.client_x()) - x).max(0.0) as u32;
            column.with_value(|column| set(query, &column.name, wanted));
        }
    };
    view! {
        <span
            class="hf-edge" aria-hidden="true"
            on:pointerdown=begin on:pointermove=drag
            on:pointerup=move |_| start.set(None) on:pointercancel=move |_| start.set(None)
        ></span>
    }
}
