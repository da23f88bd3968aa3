//! The merged result as a grid that scrolls through a million rows: only those on screen are made,
//! and only pages around them are fetched.

mod head;
mod keyboard;
mod menu;
pub(super) mod pages;
mod place;
mod rows;
mod status;
mod widths;

use std::time::Duration;

use leptos::{html::Div, prelude::*};

use self::{
    head::Head, keyboard::Cursor, menu::ColumnMenu, pages::PLAIN_ROWS, place::Place, rows::Rows,
    status::Status,
};
use super::{
    dom,
    state::{GridSize, Query},
};
use crate::components::window::{Port, ROW, TALL_ROW, Window};

/// Height of the head, which lies over the rows: one line, or two in wide form.
const HEAD: f64 = 32.0;
const WIDE_HEAD: f64 = 56.0;

/// The grid and its status line.
#[component]
pub(super) fn Grid(query: Query) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    // Unknown until the page is alive: until then the first rows are shown as they came.
    let size = query.grid_size;
    let place = Place::new(query, element);
    let total = Memo::new(move |_| query.pages.with(|pages| pages.total));
    let head_height = move || {
        let is_wide = query
            .columns
            .with(|columns| columns.iter().any(|column| column.visit.is_some()));
        if is_wide { WIDE_HEAD } else { HEAD }
    };
    let port = Memo::new(move |_| {
        let GridSize { height, row, .. } = size.get()?;
        let height = (height - head_height()).max(row);
        Some(Port {
            top: place.top.get(),
            height,
            row,
            total: total.get(),
        })
    });
    let is_whole = whole_after_the_first_frame(query);
    let window = Memo::new(move |_| match port.get() {
        Some(port) if is_whole.get() => port.window(),
        Some(port) => port.in_sight(),
        None => query.pages.with(|pages| {
            let first = pages.first();
            Window {
                first,
                len: PLAIN_ROWS.min(pages.total.saturating_sub(first)),
            }
        }),
    });
    let measure = move || {
        if let Some(element) = element.try_get_untracked().flatten() {
            size.set(Some(GridSize {
                width: f64::from(element.client_width()),
                height: f64::from(element.client_height()),
                row: if dom::is_phone() { TALL_ROW } else { ROW },
            }));
        }
    };
    Effect::new(move |_| {
        element.track();
        measure();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    pages::keep_filled(query, window);

    let cursor = Cursor::new();
    let open = RwSignal::new(0);
    let in_sight = columns_in_sight(query, place.left());
    let made = Memo::new(move |_| if is_whole.get() { usize::MAX } else { in_sight });
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let page = port.get_untracked().map_or(1, |port| port.seen().len);
        let columns = query.columns.with_untracked(|columns| columns.len());
        let is_head =
            event_target::<leptos::web_sys::Element>(&event).has_attribute("popovertarget");
        if !is_head && cursor.follow(&event, total.get_untracked(), columns, page) {
            event.prevent_default();
        }
    };
    keep_in_sight(element, port, window, cursor);
    let is_stale = move || {
        let answered = query
            .merged
            .with(|merged| merged.as_ref() == query.question().as_ref());
        let previewed = query.result_id.with(Option::is_none)
            && query
                .previewed
                .with_value(|previewed| *previewed == query.question());
        (!answered && !previewed && query.is_merging.get()).then_some("")
    };
    let width = move || {
        let sum: u32 = query.columns.with(|columns| {
            columns
                .iter()
                .map(|column| widths::width(query, column))
                .sum()
        });
        ["min-width:", &sum.to_string(), "px"].concat()
    };
    let tracks = move || {
        query.columns.with(|columns| {
            let track =
                |column| ["width:", &widths::width(query, column).to_string(), "px"].concat();
            columns
                .iter()
                .map(|column| view! { <col style=track(column)/> })
                .collect_view()
        })
    };
    view! {
        <div
            class="hf-scroll flex-1 min-h-0 overflow-auto bg-base-100" node_ref=element on:scroll=move |_| place.look()
            data-stale=is_stale
        >
            <table
                class="hf-grid hf-result-grid" style=width role="grid" tabindex="0" aria-label="Merged result"
                aria-rowcount=move || total.get() + 1
                aria-colcount=move || query.columns.with(|columns| columns.len())
                aria-activedescendant=move || cursor.row.get().map(|_| "hf-cell")
                aria-busy=move || if query.is_merging.get() { "true" } else { "false" }
                on:keydown=on_key
            >
                <colgroup>{tracks}</colgroup>
                <Head query open made/>
                <Rows query port window cursor made/>
            </table>
        </div>
        <ColumnMenu query open/>
        <Status query port window/>
    }
    .into_any()
}

/// When the page is come back to, what can be seen of the grid is there in its first frame and the rest right after it:
/// most of a wide result's cells are out of sight.
fn whole_after_the_first_frame(query: Query) -> RwSignal<bool> {
    let is_whole = RwSignal::new(query.grid_size.with_untracked(Option::is_none));
    let the_rest = move || {
        is_whole.try_set(true);
    };
    Effect::new(move |_| {
        request_animation_frame(move || set_timeout(the_rest, Duration::ZERO));
    });
    is_whole
}

/// How many columns there are from the first to the last that can be seen, with so many pixels scrolled out of sight;
/// `usize::MAX` where that is all of them, or not known yet.
fn columns_in_sight(query: Query, scrolled: f64) -> usize {
    let columns = query.columns.get_untracked();
    let seen = query.grid_size.get_untracked().map(|size| {
        let mut right = 0.0;
        let starts_in_sight = columns.iter().take_while(|column| {
            let left = right;
            right += f64::from(untrack(|| widths::width(query, column)));
            left < scrolled + size.width
        });
        starts_in_sight.count()
    });
    seen.filter(|seen| *seen < columns.len())
        .unwrap_or(usize::MAX)
}

/// Scrolls to the current cell when it moves, and marks it again when its row is made anew.
fn keep_in_sight(
    element: NodeRef<Div>,
    port: Memo<Option<Port>>,
    window: Memo<Window>,
    cursor: Cursor,
) {
    Effect::new(move |before: Option<Option<u64>>| {
        let row = cursor.row.get();
        let column = cursor.column.get();
        window.track();
        let Some(at) = row else {
            return row;
        };
        let has_moved = before.flatten() != row;
        let target = port
            .get_untracked()
            .filter(|_| has_moved)
            .and_then(|port| port.top_for(at));
        if let (Some(target), Some(element)) = (target, element.get_untracked()) {
            #[expect(clippy::cast_possible_truncation, reason = "pixels of a table")]
            element.set_scroll_top(target.round() as i32);
        }
        request_animation_frame(move || dom::mark_cell(at, column));
        row
    });
}
