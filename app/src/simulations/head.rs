//! The top of a run's page: its name and where it stands, and the facts that every result depends on.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use workbench::simulation::{Recruitment, RunStatus, registry::Browse};

use super::{
    line::duration,
    place,
    server::{Opened, pin_runs},
};
use crate::{
    components::{format, icon::Icon, toasts::use_toasts},
    sharing::{Share, Thing},
};

/// The bar and the strip of facts.
#[component]
pub(super) fn Head(run: Opened) -> impl IntoView {
    view! {
        <Bar run=run.clone()/>
        <Facts run/>
    }
    .into_any()
}

#[component]
fn Bar(run: Opened) -> impl IntoView {
    let toasts = use_toasts();
    let is_own = run.shared.is_none();
    let row = run.row;
    let state = match row.status {
        RunStatus::Completed => ("hf-chip hf-chip-ok", "completed"),
        RunStatus::Pending => ("hf-chip hf-chip-warn", "going"),
        RunStatus::Failed => ("hf-chip hf-chip-err", "failed"),
    };
    let (id, is_pinned) = (StoredValue::new(row.id.clone()), row.is_pinned);
    let pin = move |_| {
        spawn_local(async move {
            if let Err(error) = pin_runs(vec![id.get_value()], !is_pinned).await {
                toasts.error(error.to_string());
            }
        });
    };
    let tags = row.tags.into_iter().map(|tag| {
        let only = Browse {
            tags: vec![tag.clone()],
            ..Browse::default()
        };
        view! { <A href=place::of(&only) attr:class="hf-chip hf-chip-line">{tag}</A> }
    });
    let export = (row.status == RunStatus::Completed).then(|| {
        let href = place::package(&row.id);
        view! { <a class="btn btn-sm" href=href rel="external" download><Icon name="download" small=true/>"Export"</a> }
    });
    let compare = (row.status == RunStatus::Completed).then(|| {
        let href = ["/compare?runs=", &row.id].concat();
        view! { <A href=href attr:class="btn btn-sm btn-primary"><Icon name="chart-spline" small=true/>"Compare with …"</A> }
    });
    view! {
        <div class="hf-bar flex-wrap h-auto! min-h-11 py-1.5">
            <A href="/simulations" exact=true attr:class="text-muted">"Simulations"</A>
            <span class="text-faint" aria-hidden="true">"/"</span>
            <h1 class="hf-title min-w-0 truncate">{row.name.clone()}</h1>
            <span class=state.0 data-testid="run-status">{state.1}</span>
            {is_own.then(|| view! {
                <button class="btn btn-xs" aria-pressed=is_pinned.to_string() title="Kept in memory before others" on:click=pin>
                    <Icon name="pin" small=true class=if is_pinned { "text-primary" } else { "text-faint" }/>
                    {if is_pinned { "Pinned" } else { "Pin" }}
                </button>
            })}
            {tags.collect_view()}
            <span class="flex-1"></span>
            {is_own.then(|| view! { <Share thing=Thing::Run(id.get_value()) title=row.name.clone()/> })}
            {export}
            {compare}
        </div>
    }
    .into_any()
}

/// The protocol with its version; what was not made here has none.
pub(super) fn protocol(name: &str, version: &str) -> String {
    match version {
        "" => name.to_owned(),
        version => format!("{name}, version {version}"),
    }
}

/// What every result depends on, in one strip.
#[component]
fn Facts(run: Opened) -> impl IntoView {
    let row = run.row;
    let came = match run.patients.filter(|came| *came != row.patients) {
        Some(came) => format!(
            "{} of {}",
            format::count(came.into()),
            format::count(row.patients.into())
        ),
        None => format::count(row.patients.into()),
    };
    let follow_up = match run.recruitment {
        Recruitment::AllAtOnce => "whole run, everyone",
        Recruitment::OverTheRun => "from arrival to the end",
    };
    let fact = |name: &'static str, value: String| {
        view! { <div class="min-w-0"><dt class="text-2xs text-muted">{name}</dt><dd class="num truncate">{value}</dd></div> }
    };
    view! {
        <dl class="shrink-0 flex flex-wrap gap-x-8 gap-y-1 px-4 py-2 border-b border-line bg-base-200 text-xs">
            {fact("Protocol", protocol(&row.protocol, &row.protocol_version))}
            {fact("Patients × years", format!("{came} × {}", format::number(row.years, 2)))}
            {fact("Follow-up", follow_up.to_owned())}
            {fact("Seed", run.seed.to_string())}
            {fact("Run", row.id)}
            {row.visits.map(|visits| fact("Visits", format::count(visits)))}
            {row.runtime_ms.map(|ms| fact("Took", duration(ms)))}
            {run.result_checksum.map(|sum| view! {
                <div class="min-w-0 max-w-56"><dt class="text-2xs text-muted">"Result's SHA-256"</dt><dd class="truncate font-mono text-2xs leading-5" title=sum.clone() data-testid="result-checksum">{sum.clone()}</dd></div>
            })}
        </dl>
    }
    .into_any()
}
