//! Queries that others share, in the menu of saved queries: taken up as one's own are, and kept where that is allowed.

use leptos::{prelude::*, task::spawn_local};
use workbench::query::SavedQuery;

use super::{
    heard::shown,
    server::{QueryRow, copy_shared, shared_queries},
};
use crate::components::{icon::Icon, toasts::use_toasts};

/// The part of the menu; nothing while nobody shares a query.
#[component]
pub(crate) fn SharedQueries(
    /// Makes one the query.
    load: Callback<SavedQuery>,
) -> impl IntoView {
    let rows = shown(shared_queries);
    let entries = move || {
        let rows = rows.get();
        if rows.is_empty() {
            return None;
        }
        let entries = rows.into_iter().map(|row| view! { <Entry row load/> });
        Some(view! {
            <h3 class="px-3 pt-2 text-2xs font-semibold text-muted border-t border-line">"Shared with you"</h3>
            <ul class="p-1 max-h-72 overflow-auto" aria-label="Queries shared with you">{entries.collect_view()}</ul>
        })
    };
    entries.into_any()
}

#[component]
fn Entry(row: QueryRow, load: Callback<SavedQuery>) -> impl IntoView {
    let toasts = use_toasts();
    let QueryRow { mark, query } = row;
    let (name, notes) = (query.name.clone(), query.notes.clone());
    let label = ["Keep a copy of ", &name].concat();
    let share = mark.share.clone();
    let copy = move |_| {
        let share = share.clone();
        spawn_local(async move {
            match copy_shared(share).await {
                Ok(name) => toasts.say([&name, " is among your own queries now."].concat()),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <li class="flex items-center rounded-selector hover:bg-hover">
            <button type="button" class="flex-1 min-w-0 px-2 py-1.5 text-left" on:click=move |_| load.run(query.clone())>
                <span class="block font-medium text-sm truncate">{name}</span>
                <span class="flex text-2xs text-muted">
                    <span class="truncate">{notes}</span>
                    <span class="ml-auto pl-2 whitespace-nowrap">"from "{mark.owner}</span>
                </span>
            </button>
            {mark.may_copy.then(|| view! {
                <button type="button" class="btn btn-xs btn-ghost btn-square mr-1" aria-label=label on:click=copy><Icon name="copy" small=true/></button>
            })}
        </li>
    }
    .into_any()
}
