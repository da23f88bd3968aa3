//! A query that comes in as a file: what of it applies to the data and what does not, shown before it is put in force.
//! What the server found is all that is known here; the file itself is never read in the browser.

use leptos::{
    ev::{DragEvent, Event},
    prelude::*,
    task::spawn_local,
};
use workbench::query::{Imported, LeftOut, MAX_PARAMETERS_BYTES};

use super::{saved::take_up, state::Query};
use crate::components::{
    format::{bytes, plural},
    icon::Icon,
    toasts::use_toasts,
    upload::{Chosen, chosen, dropped, send},
};

/// The entry of the menu, and under it what came of a file.
#[component]
pub(super) fn Import(query: Query) -> impl IntoView {
    let found = RwSignal::new(None::<(String, Imported)>);
    let problem = RwSignal::new(None::<String>);
    let take = move |file: Option<Chosen>| {
        let Some(file) = file else { return };
        found.set(None);
        problem.set(None);
        if file.bytes() > MAX_PARAMETERS_BYTES as f64 {
            let most = bytes(MAX_PARAMETERS_BYTES as u64);
            let why = ": this is no query, a file of one has at most ";
            problem.set(Some([&*file.name, why, &most].concat()));
            return;
        }
        spawn_local(async move {
            match send::<Imported>("/query/import", &file).await {
                Ok(read) => drop(found.try_set(Some((file.name, read)))),
                Err(error) => drop(problem.try_set(Some(error.to_string()))),
            }
        });
    };
    let change = move |event: Event| take(chosen(&event).into_iter().next());
    let drop_here = move |event: DragEvent| {
        event.prevent_default();
        take(dropped(&event));
    };
    view! {
        <div class="p-1 border-t border-line" on:dragover=|event| event.prevent_default() on:drop=drop_here>
            <label class="relative h-8 px-2 rounded-selector flex items-center gap-2 hover:bg-hover focus-within:outline-2 focus-within:outline-primary cursor-pointer">
                <Icon name="file-up" small=true class="text-faint"/>
                <span>"Import TOML…"</span>
                <span class="ml-auto text-2xs text-muted">"choose or drop"</span>
                <input class="sr-only" type="file" accept=".toml" on:change=change/>
            </label>
            {move || problem.get().map(|text| view! { <p class="px-2 pb-1 text-err-text break-words" role="alert">{text}</p> })}
            {move || found.get().map(|(name, read)| view! { <Preview query name read found/> })}
        </div>
    }
    .into_any()
}

/// What a file would do.
#[component]
fn Preview(
    query: Query,
    name: String,
    read: Imported,
    found: RwSignal<Option<(String, Imported)>>,
) -> impl IntoView {
    let toasts = use_toasts();
    let left = [
        "Leaves ",
        &plural(read.left.participants, "participant", "participants"),
        " and ",
        &plural(read.left.rows, "row", "rows"),
    ]
    .concat();
    let items = |items: Vec<String>| {
        let items = items
            .into_iter()
            .map(|text| view! { <li class="break-words">{text}</li> });
        items.collect_view()
    };
    let applies = items(read.applies);
    let mut lost: Vec<String> = read.left_out.into_iter().map(sentence).collect();
    if read.more_left_out > 0 {
        lost.push(plural(read.more_left_out, "more part", "more parts"));
    }
    let lost = (!lost.is_empty()).then(|| {
        view! {
            <h4 class="font-medium">"Does not apply"</h4>
            <ul class="list-disc pl-4 max-h-40 overflow-auto" aria-label="Does not apply" tabindex="0">{items(lost)}</ul>
        }
    });
    let (spec, title) = (read.spec, name.clone());
    let apply = move |_| {
        found.set(None);
        take_up(query, toasts, spec.clone(), title.clone());
    };
    view! {
        <section class="px-2 py-1.5 flex flex-col gap-1.5" aria-label=["Import of ", &name].concat()>
            <h3 class="font-semibold break-words">{name.clone()}</h3>
            {(!read.notes.is_empty()).then(|| view! { <p class="text-muted break-words">{read.notes}</p> })}
            <p role="status" class="num">{left}</p>
            <h4 class="font-medium">"Applies"</h4>
            <ul class="list-disc pl-4 max-h-40 overflow-auto" aria-label="Applies" tabindex="0">{applies}</ul>
            {lost}
            <div class="flex gap-1.5">
                <button type="button" class="btn btn-sm btn-primary" on:click=apply>"Apply"</button>
                <button type="button" class="btn btn-sm" on:click=move |_| found.set(None)>"Cancel"</button>
            </div>
        </section>
    }
    .into_any()
}

fn sentence(part: LeftOut) -> String {
    let line = part.line.to_string();
    [&*part.what, ", line ", &line, ": ", &*part.why].concat()
}
