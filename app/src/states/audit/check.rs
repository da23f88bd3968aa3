//! Whether the log is as it was written: what a change by hand cannot hide from.

use leptos::{prelude::*, task::spawn_local};

use super::server::{Checked, check_log};
use crate::components::{format, icon::Icon, toasts::use_toasts};

/// The button, and what it found.
#[component]
pub(super) fn Check() -> impl IntoView {
    let toasts = use_toasts();
    let checked = RwSignal::new(None::<Checked>);
    let is_asking = RwSignal::new(false);
    let check = move |_| {
        is_asking.set(true);
        spawn_local(async move {
            let answer = check_log().await;
            if is_asking.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(found) => checked.set(Some(found)),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <div role="status" data-testid="log-checked">{move || checked.get().map(|checked| view! { <Outcome checked/> })}</div>
        <button class="btn btn-sm" disabled=move || is_asking.get() on:click=check>
            <Icon name=Signal::derive(move || if is_asking.get() { "loader-circle" } else { "check" }) small=true/>"Verify the log"
        </button>
    }
    .into_any()
}

#[component]
fn Outcome(checked: Checked) -> impl IntoView {
    let changes = format::plural(checked.changes, "change", "changes");
    if checked.flaws.is_empty() {
        let digest = format!("Digest of the whole log: {}", checked.digest);
        let removed = match checked.removed {
            0 => String::new(),
            removed => format!("; the content of {} went by policy", format::count(removed)),
        };
        return view! {
            <span class="hf-chip hf-chip-ok" title=digest><Icon name="check" small=true/>{format!("{changes}, each as it was written{removed}")}</span>
        }
        .into_any();
    }
    let count = format::plural(checked.flaws.len() as u64, "place is", "places are");
    let flaw = |flaw: super::server::Flaw| {
        view! {
            <li class="py-1"><b class="font-medium">{format!("Change {}: ", flaw.revision)}</b>{format!("{} v{}: {}", flaw.id, flaw.version, flaw.problem)}</li>
        }
    };
    view! {
        <details class="text-xs" open="">
            <summary class="hf-chip hf-chip-err cursor-pointer"><Icon name="triangle-alert" small=true/>{format!("{count} not as written, of {changes}")}</summary>
            <ul class="mt-1 max-h-40 overflow-auto">{checked.flaws.into_iter().map(flaw).collect_view()}</ul>
        </details>
    }
    .into_any()
}
