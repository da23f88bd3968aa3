//! Takes back what this browser prefers, with a way back.

use leptos::prelude::*;

use crate::{
    components::{icon::Icon, toasts::use_toasts},
    stores::{
        Content,
        table::{SeePreferences, Store, see_preferences},
        use_browser_store,
    },
};

/// Brings a store's value back.
type Undo = Box<dyn Fn() + Send + Sync>;
/// Puts a store's default into force.
type TakeBack = Box<dyn Fn() -> Undo + Send + Sync>;

/// Those of all preferences.
#[derive(Default)]
struct TakeBacks(Vec<TakeBack>);

impl SeePreferences for TakeBacks {
    fn see<T: Content>(&mut self, store: Store<T>) {
        self.0.push(take_back(store));
    }
}

/// The button.
#[component]
pub(super) fn Reset() -> impl IntoView {
    let toasts = use_toasts();
    let mut preferences = TakeBacks::default();
    see_preferences(&mut preferences);
    let reset = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        let undos: Vec<Undo> = preferences.0.iter().map(|take_back| take_back()).collect();
        let undo = move || undos.iter().for_each(|undo| undo());
        toasts.offer("Preferences are as at first.", "Undo", undo);
    };
    view! {
        <form method="post" action="/settings/reset" class="px-4 pb-4 flex flex-wrap items-center gap-x-3 gap-y-1">
            <button class="btn btn-sm" on:click=reset><Icon name="rotate-ccw" small=true/>"Reset preferences"</button>
            <span class="text-xs text-muted">
                "Theme, tool, folded parts, widths of columns, a plot as a table and the view of a run, in this browser. Your study stays as it is."
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
