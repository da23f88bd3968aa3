//! Takes back what this browser prefers, with a way back.

use leptos::prelude::*;

use crate::{
    components::{icon::Icon, toasts::use_toasts},
    stores::{
        Content,
        table::{COLUMN_WIDTHS, PLOT_TOOL, QUERY_PANELS, RUN_VIEW, Store, THEME},
        use_browser_store,
    },
};

/// Brings a store's value back.
type Undo = Box<dyn Fn() + Send + Sync>;
/// Puts a store's default into force.
type TakeBack = Box<dyn Fn() -> Undo + Send + Sync>;

/// The button.
#[component]
pub(super) fn Reset() -> impl IntoView {
    let toasts = use_toasts();
    let preferences = [
        take_back(THEME),
        take_back(QUERY_PANELS),
        take_back(PLOT_TOOL),
        take_back(COLUMN_WIDTHS),
        take_back(RUN_VIEW),
    ];
    let reset = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        let undos: Vec<Undo> = preferences.iter().map(|take_back| take_back()).collect();
        let undo = move || undos.iter().for_each(|undo| undo());
        toasts.offer("Preferences are as at first.", "Undo", undo);
    };
    view! {
        <form method="post" action="/settings/reset" class="px-4 pb-4 flex flex-wrap items-center gap-x-3 gap-y-1">
            <button class="btn btn-sm" on:click=reset><Icon name="rotate-ccw" small=true/>"Reset preferences"</button>
            <span class="text-xs text-muted">
                "Theme, tool, folded parts, widths of columns and the view of a run, in this browser. Your study stays as it is."
            </span>
        </form>
    }
    .into_any()
}

fn take_back<T: Content>(store: Store<T>) -> TakeBack {
    let default = store.default;
    let handle = use_browser_store(store);
    Box::new(move || {
        let before = handle.get_untracked();
        handle.set(default());
        let undo: Undo = Box::new(move || handle.set(before.clone()));
        undo
    })
}
