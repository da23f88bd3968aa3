//! Runs that fit, in the order that is asked for; live.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use workbench::simulation::registry::Browse;

use super::{
    chosen::Chosen,
    facets::Facets,
    going::Going,
    import::Import,
    memory::{Foot, MemoryPart, use_memory},
    new::NewRun,
    place,
    rows::Rows,
    saved::Saved,
    search::Search,
    seek::Seek,
    server::{Page, Row, find_runs},
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
    let seek = Seek::new(sought);
    let revision = use_revision();
    let key = Memo::new(move |_| (sought.get(), revision.get()));
    let page = Live::new(key, |(sought, _)| find_runs(sought, 0));
    let is_new = RwSignal::new(false);
    let is_import = RwSignal::new(false);
    let memory = use_memory();
    // What is outside the answer's own place, and made of it, is not sent with the page: it may be there already where the
    // browser takes the page over, and not yet where the server makes it.
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    let summary = move || {
        page.good.with(|page| {
            let Some(Page { found, .. }) = page else {
                return String::new();
            };
            let runs = format::plural(found.total, "run", "runs");
            let ms = format::count(found.took_us.div_ceil(1000));
            [&runs, ", ", &ms, " ms"].concat()
        })
    };
    view! {
        <aside class="hf-rail w-56 shrink-0 max-md:hidden" aria-label="Filter and memory">
            <Show when=move || is_alive.get()><Facets page seek/></Show>
            <Saved seek/>
            <MemoryPart memory/>
        </aside>
        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100" aria-label="Simulations">
            <div class="hf-bar flex-wrap h-auto! min-h-11 py-1.5">
                <h1 class="sr-only">"Simulations"</h1>
                <Search seek/>
                <span class="text-xs text-muted num" role="status" data-testid="runs-found">{summary}</span>
                <span class="flex-1"></span>
                <button class="btn btn-sm" aria-expanded=move || is_import.get().to_string() on:click=move |_| is_import.update(|is| *is = !*is)>
                    <Icon name="package-open" small=true/>"Import"
                </button>
                <button class="btn btn-sm btn-primary" aria-expanded=move || is_new.get().to_string() on:click=move |_| is_new.update(|is| *is = !*is)>
                    <Icon name="plus" small=true/>"New run"
                </button>
            </div>
            <Show when=move || is_import.get()><Import is_import/></Show>
            <Show when=move || is_new.get()><NewRun is_new/></Show>
            {page.show(move || view! { <Found page sought/> }.into_any())}
            <Show when=move || is_alive.get()><Foot memory/></Show>
        </section>
    }
    .into_any()
}

#[component]
fn Found(page: Live<Page>, sought: Memo<Browse>) -> impl IntoView {
    let toasts = use_toasts();
    let chosen = RwSignal::new(Vec::<String>::new());
    // Runs behind the first page, as far as somebody went.
    let behind = RwSignal::new(Vec::<Row>::new());
    Effect::new(move |before: Option<Browse>| {
        let sought = sought.get();
        if before.is_some_and(|before| before != sought) {
            behind.set(Vec::new());
            chosen.set(Vec::new());
        }
        sought
    });
    let rows = Memo::new(move |_| {
        let first = |page: &Option<Page>| page.as_ref().map(|page| page.found.rows.clone());
        let mut rows = page.good.with(first).unwrap_or_default();
        behind.with(|behind| {
            let new = behind.iter();
            let new = new.filter(|row| rows.iter().all(|known| known.id != row.id));
            let new: Vec<Row> = new.cloned().collect();
            rows.extend(new);
        });
        rows
    });
    let total = move || {
        page.good
            .with(|page| page.as_ref().map_or(0, |page| page.found.total))
    };
    let has_more = move || (rows.with(Vec::len) as u64) < total();
    let more = move |_| {
        spawn_local(async move {
            let asked = sought.get_untracked();
            let offset = u32::try_from(rows.with_untracked(Vec::len)).unwrap_or(u32::MAX);
            match find_runs(asked.clone(), offset).await {
                Ok(page) if sought.try_get_untracked() == Some(asked) => {
                    behind.update(|rows| rows.extend(page.found.rows));
                }
                Ok(_) => {}
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let is_all = Memo::new(move |_| sought.with(|sought| *sought == Browse::default()));
    view! {
        <Going page/>
        <SharedRuns/>
        <Chosen chosen/>
        <Show when=move || !rows.with(Vec::is_empty) fallback=move || view! { <Empty is_all/> }>
            <div class="flex-1 min-h-0 overflow-auto">
                <Rows rows chosen/>
                <Show when=has_more>
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
