//! Runs that others share: above one's own in the list, and marked where one is open.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use workbench::simulation::RunStatus;

use super::{
    heard::shown,
    server::{Mark, RunRow, copy_shared, shared_runs},
};
use crate::components::{format, icon::Icon, toasts::use_toasts};

/// The band above the list; nothing while nobody shares a run.
#[component]
pub(crate) fn SharedRuns() -> impl IntoView {
    let rows = shown(shared_runs);
    view! {
        <section aria-label="Runs shared with you" class="border-b border-line bg-softer" class=("hidden", move || rows.with(Vec::is_empty))>
            <h2 class="px-4 pt-2 text-2xs font-semibold text-muted">"Shared with you"</h2>
            <ul class="pb-1"><For each=move || rows.get() key=|row| row.shown_key() let:row><Line row/></For></ul>
        </section>
    }
    .into_any()
}

impl RunRow {
    /// What of it is on screen.
    fn shown_key(&self) -> (Mark, String, bool) {
        let is_over = self.status != RunStatus::Pending;
        (self.mark.clone(), self.name.clone(), is_over)
    }
}

#[component]
fn Line(row: RunRow) -> impl IntoView {
    let size = [
        &*format::count(row.patients.into()),
        " patients, ",
        &format::number(row.years, 2),
        " years",
    ]
    .concat();
    let RunRow {
        mark,
        id,
        name,
        protocol,
        status,
        ..
    } = row;
    let is_over = status == RunStatus::Completed;
    let status = match status {
        RunStatus::Completed => None,
        RunStatus::Pending => Some("going"),
        RunStatus::Failed => Some("failed"),
    };
    let shown = name.clone();
    view! {
        <li class="flex flex-wrap items-center gap-x-2 px-4 min-h-9">
            <A href=["/simulations/", &id].concat() attr:class="font-medium text-sm truncate max-w-72">{shown}</A>
            <span class="hf-chip h-4.5!"><Icon name="user" small=true/>{mark.owner.clone()}</span>
            {status.map(|status| view! { <span class="hf-chip hf-chip-warn h-4.5!">{status}</span> })}
            <span class="text-xs text-muted truncate">{protocol}</span>
            <span class="text-xs text-muted num ml-auto max-md:hidden">{size}</span>
            {is_over.then(|| view! { <Take mark name/> })}
        </li>
    }
    .into_any()
}

/// Where an open run is somebody else's.
#[component]
pub(crate) fn Owner(mark: Mark, name: String) -> impl IntoView {
    let told = [
        "Shared by ",
        &mark.owner,
        ". You read it; what is said of it is theirs.",
    ]
    .concat();
    view! {
        <section aria-label="Whose it is" class="flex flex-wrap items-center gap-2">
            <span class="hf-chip"><Icon name="user" small=true/>{mark.owner.clone()}</span>
            <p class="text-muted text-sm">{told}</p>
            <Take mark name/>
        </section>
    }
    .into_any()
}

/// Makes a copy one's own, where that is allowed.
#[component]
fn Take(mark: Mark, name: String) -> impl IntoView {
    let toasts = use_toasts();
    let label = ["Copy ", &name, " as yours"].concat();
    let share = mark.share;
    let take = move |_| {
        let share = share.clone();
        spawn_local(async move {
            match copy_shared(share).await {
                Ok(name) => {
                    toasts.say([&name, " is among your runs now, with the same tables."].concat());
                }
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    mark.may_copy
        .then(|| view! { <button type="button" class="btn btn-xs max-md:btn-sm" aria-label=label on:click=take><Icon name="copy" small=true/>"Copy as yours"</button> })
        .into_any()
}
