//! Questions kept under a name: asked again with one click, on every device, after any restart.

use leptos::{ev::SubmitEvent, prelude::*};
use serde::{Deserialize, Serialize};
use workbench::simulation::registry::Browse;

use super::{place, seek::Seek};
use crate::{
    components::{icon::Icon, toasts::use_toasts},
    stores::{table::SAVED_SEARCHES, use_server_store},
};

/// Characters of a name.
const MAX_NAME: usize = 80;
/// Searches kept: the list stays one that can be read.
const MAX_SAVED: usize = 50;

/// A question under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSearch {
    /// Its name.
    pub name: String,
    /// What is looked for.
    pub sought: Browse,
}

/// The saved searches, and a form that saves what is looked for now.
#[component]
pub(super) fn Saved(seek: Seek) -> impl IntoView {
    let toasts = use_toasts();
    let saved = use_server_store(SAVED_SEARCHES);
    let name = RwSignal::new(String::new());
    let is_something = move || seek.sought.with(|sought| *sought != Browse::default());
    let keep = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted: String = name.get_untracked().trim().chars().take(MAX_NAME).collect();
        if wanted.is_empty() {
            return;
        }
        if saved.with(|all| all.len() >= MAX_SAVED && all.iter().all(|one| one.name != wanted)) {
            return toasts.error("There are too many saved searches. Delete one first.".to_owned());
        }
        let sought = seek.sought.get_untracked();
        saved.update(|all| {
            all.retain(|one| one.name != wanted);
            all.push(SavedSearch {
                name: wanted.clone(),
                sought,
            });
            all.sort_by(|a, b| a.name.cmp(&b.name));
        });
        name.set(String::new());
        toasts.say(["Search saved as ", &wanted, "."].concat());
    };
    let delete = move |gone: SavedSearch| {
        saved.update(|all| all.retain(|one| one.name != gone.name));
        toasts.offer([&gone.name, " is deleted."].concat(), "Undo", move || {
            let back = gone.clone();
            saved.update(|all| {
                all.retain(|one| one.name != back.name);
                all.push(back);
                all.sort_by(|a, b| a.name.cmp(&b.name));
            });
        });
    };
    let line = move |one: SavedSearch| {
        let gone = one.clone();
        let sought = one.sought.clone();
        let is_now = move || seek.sought.with(|now| *now == sought).then_some("true");
        view! {
            <li class="flex items-center gap-1 text-xs">
                <a class="truncate flex-1 hover:underline aria-current:font-semibold" href=place::of(&one.sought) aria-current=is_now>{one.name.clone()}</a>
                <button class="btn btn-xs btn-ghost btn-square" aria-label=["Delete the search ", &one.name].concat() on:click=move |_| delete(gone.clone())><Icon name="x" small=true/></button>
            </li>
        }
    };
    let is_shown = move || is_something() || saved.with(|all| !all.is_empty());
    view! {
        <Show when=is_shown>
            <section class="hf-sec" aria-label="Saved searches">
                <h2 class="font-medium mb-1.5">"Saved searches"</h2>
                <ul class="flex flex-col">{move || saved.get().into_iter().map(line).collect_view()}</ul>
                <Show when=is_something>
                    <form class="flex gap-1 mt-1" on:submit=keep>
                        <input class="input input-xs flex-1 min-w-0" placeholder="Name" aria-label="Name of the search" maxlength="80" prop:value=move || name.get() on:input=move |event| name.set(event_target_value(&event))/>
                        <button class="btn btn-xs">"Save"</button>
                    </form>
                </Show>
            </section>
        </Show>
    }
    .into_any()
}
