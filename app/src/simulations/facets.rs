//! The values that the runs found have, with how many: each narrows what is looked for.

use leptos::prelude::*;
use workbench::simulation::registry::{Browse, Facet};

use super::{seek::Seek, server::Page};
use crate::components::{format, live::Live};

/// Values of a facet that are shown before all are asked for.
const FEW: usize = 8;

/// Which list of the question a facet is about.
type List = fn(&mut Browse) -> &mut Vec<String>;

/// The facets of what was found.
#[component]
pub(super) fn Facets(page: Live<Page>, seek: Seek) -> impl IntoView {
    let of = move |values: fn(&Page) -> &Vec<Facet>| {
        Memo::new(move |_| {
            page.good
                .with(|page| page.as_ref().map(values).cloned().unwrap_or_default())
        })
    };
    view! {
        <Part title="Protocol" values=of(|page| &page.found.protocols) seek list=|sought| &mut sought.protocols/>
        <Part title="Model" values=of(|page| &page.found.models) seek list=|sought| &mut sought.models/>
        <Part title="Tag" values=of(|page| &page.found.tags) seek list=|sought| &mut sought.tags/>
    }
    .into_any()
}

#[component]
fn Part(title: &'static str, values: Memo<Vec<Facet>>, seek: Seek, list: List) -> impl IntoView {
    let is_whole = RwSignal::new(false);
    let chosen = Memo::new(move |_| {
        let mut sought = seek.sought.get();
        list(&mut sought).clone()
    });
    // What is chosen stays to be let go of, though nothing that was found has it.
    let shown = Memo::new(move |_| {
        let values = values.get();
        let none = chosen
            .get()
            .into_iter()
            .filter(|value| values.iter().all(|facet| facet.value != *value));
        let none = none.map(|value| Facet { value, count: 0 });
        let mut shown: Vec<Facet> = none.chain(values.clone()).collect();
        if !is_whole.get() {
            shown.truncate(FEW);
        }
        shown
    });
    let more = move || values.with(Vec::len) > FEW && !is_whole.get();
    view! {
        <Show when=move || !shown.with(Vec::is_empty)>
            <fieldset class="hf-sec min-w-0">
                <legend class="font-medium mb-1.5 float-left w-full">{title}</legend>
                <For each=move || shown.get() key=|facet| (facet.value.clone(), facet.count) let:facet>
                    <Value facet chosen seek list/>
                </For>
                <Show when=more>
                    <button class="btn btn-xs btn-ghost mt-1" on:click=move |_| is_whole.set(true)>"Show all"</button>
                </Show>
            </fieldset>
        </Show>
    }
    .into_any()
}

#[component]
fn Value(facet: Facet, chosen: Memo<Vec<String>>, seek: Seek, list: List) -> impl IntoView {
    let value = StoredValue::new(facet.value.clone());
    let is_chosen = move || value.with_value(|value| chosen.with(|chosen| chosen.contains(value)));
    let choose = move |event| {
        let is = event_target_checked(&event);
        let value = value.get_value();
        seek.with(|sought| {
            let list = list(sought);
            list.retain(|known| *known != value);
            if is {
                list.push(value);
            }
        });
    };
    view! {
        <label class="flex items-center gap-2 min-h-6.5 text-xs w-full">
            <input type="checkbox" class="checkbox checkbox-xs checkbox-primary" prop:checked=is_chosen on:change=choose/>
            <span class="truncate" title=facet.value.clone()>{facet.value.replace('_', " ")}</span>
            <span class="ml-auto num text-muted">{format::count(facet.count)}</span>
        </label>
    }
    .into_any()
}
