//! On a phone the rail and the chooser are sheets over the page: what is behind is out of reach,
//! Escape closes, the focus goes back. From 768 px on, none of this applies.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{
    dom,
    state::{Query, Sheet},
};
use crate::components::{format::count, icon::Icon};

/// What lies behind a sheet.
const BEHIND: &[&str] = &[".hf-top", ".hf-dock", ".hf-result"];

impl Sheet {
    fn id(self) -> &'static str {
        match self {
            Self::Columns => "columns",
            Self::Filters | Self::Closed => "filters",
        }
    }

    fn close_id(self) -> &'static str {
        match self {
            Self::Columns => "hf-close-columns",
            Self::Filters | Self::Closed => "hf-close-filters",
        }
    }

    /// The button that opens it.
    pub(super) fn opener_id(self) -> &'static str {
        match self {
            Self::Columns => "hf-open-columns",
            Self::Filters | Self::Closed => "hf-open-filters",
        }
    }
}

/// Opens a sheet, and moves the focus into it.
pub(super) fn open(query: Query, sheet: Sheet) {
    query.sheet.set(sheet);
    dom::set_inert(BEHIND, true);
    request_animation_frame(move || dom::focus(sheet.close_id()));
}

/// Closes it, and gives the focus back.
pub(super) fn close(query: Query) {
    let sheet = query.sheet.get_untracked();
    if sheet == Sheet::Closed {
        return;
    }
    query.sheet.set(Sheet::Closed);
    dom::set_inert(BEHIND, false);
    dom::focus(sheet.opener_id());
}

/// Whether this part of the page is open as a sheet.
pub(super) fn is_open(query: Query, sheet: Sheet) -> Signal<bool> {
    Signal::derive(move || query.sheet.get() == sheet)
}

/// Escape closes.
pub(super) fn close_on_escape(query: Query) -> impl Fn(KeyboardEvent) + Copy + 'static {
    move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            close(query);
        }
    }
}

/// The cross at a sheet's head. Without WASM it is a link away from the sheet.
#[component]
pub(super) fn SheetClose(query: Query, sheet: Sheet) -> impl IntoView {
    let label = match sheet {
        Sheet::Columns => "Close columns",
        Sheet::Filters | Sheet::Closed => "Close filters",
    };
    view! {
        <a
            id=sheet.close_id()
            class="btn btn-ghost btn-square size-10 -mr-2 md:hidden"
            role="button"
            href="#main"
            aria-label=label
            on:click=move |event| {
                event.prevent_default();
                close(query);
            }
        >
            <Icon name="x"/>
        </a>
    }
    .into_any()
}

/// The button that opens a sheet. Without WASM it is a link to it.
#[component]
pub(super) fn SheetOpen(
    query: Query,
    sheet: Sheet,
    class: &'static str,
    #[prop(optional, into)] label: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            id=sheet.opener_id()
            class=class
            role="button"
            href=["#", sheet.id()].concat()
            aria-label=label
            on:click=move |event| {
                event.prevent_default();
                open(query, sheet);
            }
        >
            {children()}
        </a>
    }
    .into_any()
}

/// The foot of the filter sheet: the live count is the way back to the rows.
#[component]
pub(super) fn SheetFoot(query: Query) -> impl IntoView {
    let everyone = move || {
        query.count.with(|report| {
            let all = report.as_ref()?.steps.first()?.left;
            Some(
                [
                    "of ",
                    &count(all.participants),
                    " participants, ",
                    &count(all.rows),
                    " rows",
                ]
                .concat(),
            )
        })
    };
    let left = move || {
        query.count.with(|report| {
            report
                .as_ref()
                .map(|report| report.left)
                .unwrap_or_default()
        })
    };
    view! {
        <div class="hf-sheet-foot border-t border-line p-4 pt-3 bg-base-100 shrink-0">
            <p class="text-xs text-muted mb-2 num">{everyone}</p>
            <button type="button" class="btn btn-primary h-12 w-full text-base!" on:click=move |_| close(query)>
                "Show " <span class="num">{move || count(left().participants)}</span> " participants · "
                <span class="num">{move || count(left().rows)}</span> " rows"
            </button>
        </div>
    }
    .into_any()
}

/// The shade over what is behind.
#[component]
pub(super) fn Shade(query: Query) -> impl IntoView {
    let is_open = move || query.sheet.get() != Sheet::Closed;
    view! {
        <div class="hf-shade" hidden=move || !is_open() on:click=move |_| close(query)></div>
    }
}
