//! What people say of a run: its name, tags and notes.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use workbench::simulation::Amendment;

use super::{
    new::words,
    server::{Opened, amend_run},
};
use crate::components::toasts::use_toasts;

/// Name, tags and notes: what people say of a run, never what happened.
#[component]
pub(super) fn Words(run: Opened) -> impl IntoView {
    let toasts = use_toasts();
    let row = run.row;
    let name = RwSignal::new(row.name);
    let tags = RwSignal::new(row.tags.join(", "));
    let notes = RwSignal::new(run.notes);
    let id = StoredValue::new(row.id);
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let amendment = Amendment {
            name: name.get_untracked().trim().to_owned(),
            tags: words(&tags.get_untracked()),
            notes: notes.get_untracked(),
            is_pinned: row.is_pinned,
        };
        spawn_local(async move {
            match amend_run(id.get_value(), row.version, amendment).await {
                Ok(()) => toasts.say("Saved. The version before is in the history."),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <form aria-label="Name, tags and notes" class="flex flex-col gap-3 p-4" on:submit=save>
            <h2 class="font-semibold">"What you say of it"</h2>
            <label class="block"><span class="block text-xs font-medium mb-1">"Name"</span>
                <input class="input input-sm w-full" maxlength="120" required value=name.get_untracked() on:input=move |event| name.set(event_target_value(&event))/></label>
            <label class="block"><span class="block text-xs font-medium mb-1">"Tags, with commas between"</span>
                <input class="input input-sm w-full" value=tags.get_untracked() on:input=move |event| tags.set(event_target_value(&event))/></label>
            <label class="block"><span class="block text-xs font-medium mb-1">"Notes"</span>
                <textarea class="textarea textarea-sm w-full h-24" on:input=move |event| notes.set(event_target_value(&event))>{notes.get_untracked()}</textarea></label>
            <p><button class="btn btn-sm btn-primary">"Save"</button></p>
        </form>
    }
    .into_any()
}
