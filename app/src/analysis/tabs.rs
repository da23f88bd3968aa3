//! The ways between the views of a run: links, so that each has its address.

use leptos::prelude::*;

use super::{Place, View};

/// The links; the current one is marked. Of a run without results there are few.
#[component]
pub(crate) fn Tabs(
    id: Memo<String>,
    place: Memo<Place>,
    is_completed: Memo<bool>,
) -> impl IntoView {
    let link = move |(view, _, name): (View, &'static str, &'static str)| {
        let href = move || {
            Place {
                view,
                ..place.get()
            }
            .address(&id.get())
        };
        let is_current = move || (place.get().view == view).then_some("page");
        let is_there = move || is_completed.get() || matches!(view, View::History | View::About);
        view! {
            <Show when=is_there>
                <a href=href data-noscroll="" aria-current=is_current>{name}</a>
            </Show>
        }
    };
    view! {
        <nav class="shrink-0 overflow-x-auto px-4 py-2 border-b border-line bg-base-100" aria-label="Views of the run">
            <div class="hf-seg">{View::ALL.map(link).collect_view()}</div>
        </nav>
    }
    .into_any()
}
