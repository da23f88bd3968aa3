//! What can be done with several runs at once: to all of them, or to none.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::components::A;
use workbench::compare::RUNS;

use super::server::{delete_runs, pin_runs, restore_runs, tag_runs};
use crate::{
    compare::of_runs,
    components::{format, icon::Icon, toasts::use_toasts},
};

/// The bar; nothing while no run is chosen.
#[component]
pub(super) fn Chosen(chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let toasts = use_toasts();
    let tag = RwSignal::new(None::<String>);
    let count = move || format::plural(chosen.with(Vec::len) as u64, "run chosen", "runs chosen");
    let is_comparable = move || RUNS.contains(&chosen.with(Vec::len));
    let say = move |is_given: bool| {
        let (ids, word) = (chosen.get_untracked(), tag.get_untracked());
        let Some(word) = word.filter(|word| !word.trim().is_empty()) else {
            return;
        };
        spawn_local(async move {
            match tag_runs(ids, word, is_given).await {
                Ok(()) => drop(tag.try_set(None)),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let give = move |event: SubmitEvent| {
        event.prevent_default();
        say(true);
    };
    let pin = move |is_pinned: bool| {
        let ids = chosen.get_untracked();
        spawn_local(async move {
            if let Err(error) = pin_runs(ids, is_pinned).await {
                toasts.error(error.to_string());
            }
        });
    };
    let delete = move |_| {
        let ids = chosen.get_untracked();
        spawn_local(async move {
            if let Err(error) = delete_runs(ids.clone()).await {
                return toasts.error(error.to_string());
            }
            chosen.try_set(Vec::new());
            let deleted = format::plural(ids.len() as u64, "run is deleted.", "runs are deleted.");
            toasts.offer(deleted, "Undo", move || {
                let ids = ids.clone();
                spawn_local(async move {
                    if let Err(error) = restore_runs(ids).await {
                        toasts.error(error.to_string());
                    }
                });
            });
        });
    };
    view! {
        <Show when=move || !chosen.with(Vec::is_empty)>
            <div class="min-h-9 py-1 shrink-0 flex flex-wrap items-center gap-2 px-4 border-b border-line bg-soft text-xs text-primary" role="group" aria-label="Chosen runs">
                <span class="font-medium num">{count}</span>
                <button class="btn btn-xs btn-ghost btn-square" aria-label="Choose none" on:click=move |_| chosen.set(Vec::new())><Icon name="x" small=true/></button>
                <span class="flex-1"></span>
                <Show when=is_comparable>
                    <A href=move || of_runs(&chosen.get()) attr:class="btn btn-xs">"Compare"</A>
                </Show>
                <Show
                    when=move || tag.with(Option::is_some)
                    fallback=move || view! { <button class="btn btn-xs" on:click=move |_| tag.set(Some(String::new()))><Icon name="tag" small=true/>"Tag"</button> }
                >
                    <form class="flex gap-1" on:submit=give>
                        <input class="input input-xs w-36 text-base-content" aria-label="Tag for the chosen runs" autofocus on:input=move |event| tag.set(Some(event_target_value(&event)))/>
                        <button class="btn btn-xs btn-primary">"Add"</button>
                        <button type="button" class="btn btn-xs" on:click=move |_| say(false)>"Remove"</button>
                    </form>
                </Show>
                <button class="btn btn-xs" on:click=move |_| pin(true)><Icon name="pin" small=true/>"Pin"</button>
                <button class="btn btn-xs" on:click=move |_| pin(false)>"Unpin"</button>
                <button class="btn btn-xs btn-ghost text-err-text" on:click=delete><Icon name="trash-2" small=true/>"Delete"</button>
            </div>
        </Show>
    }
    .into_any()
}
