//! Runs that fit, in the order that is asked for; live.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use workbench::simulation::registry::Browse;

use super::{
    chosen::Chosen,
    filter::{Filter, FilterButton, NAMES},
    going::Going,
    import::Import,
    memory::{Foot, use_memory},
    new::NewRun,
    place,
    rows::Rows,
    search::Search,
    seek::Seek,
    server::choose_runs,
    shown::Shown,
};
use crate::{
    components::{
        format,
        icon::Icon,
        sheet::{Shade, Sheet},
        toasts::use_toasts,
    },
    sharing::SharedRuns,
};

/// The list with everything around it.
#[component]
pub(super) fn List() -> impl IntoView {
    let map = use_location().query;
    let sought = Memo::new(move |_| map.with(place::sought));
    let seek = Seek::new(sought);
    let shown = Shown::of(sought);
    let sheet = Sheet::new(&NAMES);
    let is_new = RwSignal::new(false);
    let is_import = RwSignal::new(false);
    let memory = use_memory();
    // What is outside the answer's own place, and made of it, is not sent with the page: it may be there already where the
    // browser takes the page over, and not yet where the server makes it.
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    let summary = move || {
        shown.with(|page| {
            let runs = format::plural(page.found.total, "run", "runs");
            let ms = format::count(page.found.took_us.div_ceil(1000));
            [&runs, ", ", &ms, " ms"].concat()
        })
    };
    view! {
        <Filter sheet shown seek memory is_alive/>
        <section id="hf-run-list" class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100" aria-label="Simulations">
            <div class="hf-bar flex-wrap h-auto! min-h-11 py-1.5">
                <h1 class="sr-only">"Simulations"</h1>
                <Search seek><FilterButton sheet seek/></Search>
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
            {shown.page.show(move || view! { <Found shown sought/> }.into_any())}
            <Show when=move || is_alive.get()><Foot memory/></Show>
        </section>
        <Shade sheet/>
    }
    .into_any()
}

#[component]
fn Found(shown: Shown, sought: Memo<Browse>) -> impl IntoView {
    let toasts = use_toasts();
    let chosen = RwSignal::new(Vec::<String>::new());
    Effect::new(move |before: Option<Browse>| {
        let sought = sought.get();
        if before.is_some_and(|before| before != sought) {
            chosen.set(Vec::new());
        }
        sought
    });
    let choose_all = Callback::new(move |is_chosen: bool| {
        if !is_chosen {
            return chosen.set(Vec::new());
        }
        spawn_local(async move {
            let asked = sought.get_untracked();
            let ids = match choose_runs(asked.clone()).await {
                Ok(ids) if sought.try_get_untracked() == Some(asked) => ids,
                Ok(_) => return,
                Err(error) => return toasts.error(error.to_string()),
            };
            let (count, total) = (ids.len() as u64, untrack(|| shown.total()));
            if count < total {
                let (count, total) = (format::count(count), format::count(total));
                let told = [
                    "The first ",
                    &count,
                    " of ",
                    &total,
                    " runs are chosen: so many can be changed together.",
                ];
                toasts.say(told.concat());
            }
            chosen.try_set(ids);
        });
    });
    let has_any = Memo::new(move |_| shown.total() > 0);
    let is_all = Memo::new(move |_| sought.with(|sought| *sought == Browse::default()));
    view! {
        <Going page=shown.page/>
        <SharedRuns/>
        <Chosen chosen/>
        <Show when=move || has_any.get() fallback=move || view! { <Empty is_all/> }>
            <Rows shown chosen choose_all/>
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
