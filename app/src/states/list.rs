//! The states of this workspace, found by name, kind and status; live.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    page::address,
    server::{Found, Listed, Wanted, find_states},
    words::{ago, tone},
};
use crate::{
    AppError,
    components::{format, icon::Icon},
    stores::use_revision,
};

/// The list; on a phone it makes room for an open state.
#[component]
pub(super) fn List(open: Memo<Option<String>>) -> impl IntoView {
    let wanted = RwSignal::new(Wanted::default());
    let revision = use_revision();
    let found = Resource::new(
        move || (wanted.get(), revision.get()),
        |(wanted, _)| find_states(wanted),
    );
    view! {
        <section
            class="w-full md:w-96 xl:w-110 shrink-0 flex flex-col min-h-0 bg-base-100 border-r border-line"
            class=("max-md:hidden", move || open.with(Option::is_some))
            aria-label="States"
        >
            <h1 class="sr-only">"States"</h1>
            <Transition fallback=Waiting>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Whole found wanted open/> }.into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
    .into_any()
}

#[component]
fn Whole(found: Found, wanted: RwSignal<Wanted>, open: Memo<Option<String>>) -> impl IntoView {
    let summary = match (found.rows.len() as u64, found.total) {
        (_, 0) => "No state".to_owned(),
        (shown, total) if shown < total => {
            format!(
                "The last changed {} of {}",
                format::count(shown),
                format::plural(total, "state", "states")
            )
        }
        (_, total) => format::plural(total, "state", "states"),
    };
    let now = found.now;
    let is_empty = found.rows.is_empty();
    let rows = found
        .rows
        .into_iter()
        .map(|state| view! { <Row state now open/> })
        .collect_view();
    let Wanted { text, kind, status } = wanted.get_untracked();
    view! {
        <div class="p-3 border-b border-line flex flex-col gap-2">
            <label class="input input-sm w-full">
                <Icon name="search" small=true class="text-faint"/>
                <input
                    type="search" placeholder="Search states" aria-label="Search states" value=text
                    on:change=move |event| wanted.update(|wanted| wanted.text = event_target_value(&event))
                />
            </label>
            <div class="flex gap-1.5">
                <Choice name="Kind" all="All kinds" options=found.kinds chosen=kind
                    choose=Callback::new(move |kind| wanted.update(|wanted| wanted.kind = kind))/>
                <Choice name="Status" all="Any status" options=found.statuses chosen=status
                    choose=Callback::new(move |status| wanted.update(|wanted| wanted.status = status))/>
            </div>
        </div>
        <div class="flex items-center h-8 shrink-0 px-3 border-b border-line bg-base-200 text-2xs text-muted">
            <span class="num" role="status" data-testid="states-found">{summary}</span>
            <span class="flex-1"></span>
            <span class="inline-flex items-center gap-1.5"><i class="hf-dot bg-success"></i>"live"</span>
        </div>
        <div class="flex-1 min-h-0 overflow-auto">
            <table class="hf-grid tall tight" aria-label="States found"><tbody>{rows}</tbody></table>
            <Show when=move || is_empty>
                <p class="p-8 text-center text-muted">
                    "Nothing is kept here yet, or nothing fits. What you choose on Query, Data and Plot becomes a state; clear the search to see all."
                </p>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Choice(
    name: &'static str,
    all: &'static str,
    options: Vec<String>,
    chosen: String,
    choose: Callback<String>,
) -> impl IntoView {
    let options = options.into_iter().map(|option| {
        let is_chosen = option == chosen;
        view! { <option value=option.clone() selected=is_chosen>{option.clone()}</option> }
    });
    view! {
        <select class="select select-sm flex-1 min-w-0" aria-label=name on:change=move |event| choose.run(event_target_value(&event))>
            <option value="">{all}</option>
            {options.collect_view()}
        </select>
    }
    .into_any()
}

#[component]
fn Row(state: Listed, now: i64, open: Memo<Option<String>>) -> impl IntoView {
    let id = state.id.clone();
    let is_open = move || {
        open.with(|open| open.as_deref() == Some(&*id))
            .then_some("true")
    };
    view! {
        <tr class="relative" aria-selected=is_open>
            <td class="pl-3! h-11! max-w-44 truncate">
                <A href=address(&state.id) attr:class="font-medium text-sm after:absolute after:inset-0" attr:title=state.id.clone()>{state.name}</A>
            </td>
            <td class="text-muted">{state.kind}</td>
            <td>
                <span class="inline-flex items-center gap-1.5"><i class="hf-dot" style=tone(&state.status)></i>{state.status.clone()}</span>
            </td>
            <td class="num font-mono text-2xs text-muted">{format!("v{}", state.version)}</td>
            <td class="num pr-3! text-faint">{ago(now, state.updated_at)}</td>
        </tr>
    }
    .into_any()
}

/// The list could not be had.
#[component]
pub(super) fn Problem(error: AppError) -> impl IntoView {
    view! { <p class="p-6 text-muted" role="alert">{error.to_string()}</p> }.into_any()
}

#[component]
fn Waiting() -> impl IntoView {
    let bar = || view! { <span class="hf-late skeleton block h-4 m-3 rounded-selector bg-base-300"></span> };
    view! { <div role="status" aria-label="Loading">{[(); 8].map(|()| bar())}</div> }.into_any()
}
