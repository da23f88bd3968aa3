//! Runs that fit, the last changed first; live.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use super::{
    chosen::Chosen,
    going::Going,
    new::NewRun,
    place,
    rows::Rows,
    search::Search,
    server::{Page, Row, Sought, find_runs},
};
use crate::{
    components::{format, icon::Icon, live::Live, toasts::use_toasts},
    sharing::SharedRuns,
    stores::use_revision,
};

/// The list with everything around it.
#[component]
pub(super) fn List() -> impl IntoView {
    let map = use_location().query;
    let sought = Memo::new(move |_| map.with(place::sought));
    let revision = use_revision();
    let key = Memo::new(move |_| (sought.get(), revision.get()));
    let page = Live::new(key, |(sought, _)| find_runs(sought, None));
    let is_new = RwSignal::new(false);
    let summary = move || {
        page.good.with(|page| match page.as_ref() {
            Some(Page {
                total, is_exact, ..
            }) => {
                let runs = format::plural(*total, "run", "runs");
                if *is_exact {
                    runs
                } else {
                    ["more than ", &runs].concat()
                }
            }
            None => String::new(),
        })
    };
    view! {
        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100" aria-label="Simulations">
            <div class="hf-bar flex-wrap h-auto! min-h-11 py-1.5">
                <h1 class="sr-only">"Simulations"</h1>
                <Search sought/>
                <span class="text-xs text-muted num" role="status" data-testid="runs-found">{summary}</span>
                <span class="flex-1"></span>
                <button class="btn btn-sm btn-primary" aria-expanded=move || is_new.get().to_string() on:click=move |_| is_new.update(|is| *is = !*is)>
                    <Icon name="plus" small=true/>"New run"
                </button>
            </div>
            <Show when=move || is_new.get()><NewRun is_new/></Show>
            {page.show(move || view! { <Found page sought/> }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Found(page: Live<Page>, sought: Memo<Sought>) -> impl IntoView {
    let toasts = use_toasts();
    let chosen = RwSignal::new(Vec::<String>::new());
    // Pages behind the first, and where the next of them begins.
    let behind = RwSignal::new((Vec::<Row>::new(), None::<Option<String>>));
    Effect::new(move |before: Option<Sought>| {
        let sought = sought.get();
        if before.is_some_and(|before| before != sought) {
            behind.set((Vec::new(), None));
            chosen.set(Vec::new());
        }
        sought
    });
    let first = move || page.good.get().unwrap_or_default();
    let rows = Memo::new(move |_| {
        let mut rows = first().rows;
        behind.with(|(behind, _)| {
            let new: Vec<Row> = behind
                .iter()
                .filter(|row| rows.iter().all(|known| known.id != row.id))
                .cloned()
                .collect();
            rows.extend(new);
        });
        rows
    });
    let next = move || {
        behind
            .with(|(_, next)| next.clone())
            .unwrap_or_else(|| first().next)
    };
    let more = move |_| {
        let Some(after) = next() else { return };
        spawn_local(async move {
            let asked = sought.get_untracked();
            match find_runs(asked.clone(), Some(after)).await {
                Ok(page) if sought.try_get_untracked() == Some(asked) => {
                    behind.update(|(rows, next)| {
                        rows.extend(page.rows);
                        *next = Some(page.next);
                    });
                }
                Ok(_) => {}
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let is_all = Memo::new(move |_| sought.with(|sought| *sought == Sought::default()));
    view! {
        <Going page/>
        <SharedRuns/>
        <Chosen chosen/>
        <Show when=move || !rows.with(Vec::is_empty) fallback=move || view! { <Empty is_all/> }>
            <div class="flex-1 min-h-0 overflow-auto">
                <Rows rows chosen/>
                <Show when=move || next().is_some()>
                    <p class="p-4 text-center"><button class="btn btn-sm" on:click=more>"Show more"</button></p>
                </Show>
            </div>
        </Show>
    }
    .into_any()
}

/// What to do when there is nothing.
#[component]
fn Empty(is_all: Memo<bool>) -> impl IntoView {
    let text = move || match is_all.get() {
        true => {
            "No runs yet. A run simulates patients under a protocol: choose one of the configurations, say how many patients and years, and start. The same seed gives the same result, to the last byte."
        }
        false => "No run fits. Take words away, or choose another status.",
    };
    view! { <p class="m-auto max-w-md p-6 text-center text-muted">{text}</p> }.into_any()
}
