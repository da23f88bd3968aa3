//! How the tables meet, as a sentence; the form of the result; on a phone, the result's toolbar.

use leptos::prelude::*;
use workbench::query::Shape;

use super::{
    chooser::taken,
    sheet::SheetOpen,
    state::{Query, Sheet},
};
use crate::components::{format::count, icon::Icon};

/// The line.
#[component]
pub(super) fn Join(query: Query) -> impl IntoView {
    let is_folded = move || query.panels.with(|panels| panels.is_chooser_folded);
    let figure = move || {
        let (taken, all) = taken(query);
        [&*count(taken as u64), " of ", &count(all as u64)].concat()
    };
    view! {
        <div class="hf-join h-9 shrink-0 flex items-center gap-1.5 px-4 border-b border-line bg-base-100 text-xs text-muted">
            <span class="md:hidden font-medium text-base text-base-content">"Result"</span>
            {move || is_folded().then(|| view! {
                <button
                    type="button" class="btn btn-xs -ml-1 max-md:hidden" aria-expanded="false"
                    on:click=move |_| query.panels.update(|panels| panels.is_chooser_folded = false)
                >
                    <Icon name="columns-3" small=true/>
                    "Columns"
                    <span class="text-muted num">{figure}</span>
                </button>
            })}
            <Sentence query/>
            <span class="flex-1"></span>
            <Form query/>
            <SheetOpen query sheet=Sheet::Columns class="btn btn-ghost btn-square size-10 md:hidden" label="Columns">
                <Icon name="columns-3"/>
            </SheetOpen>
        </div>
    }
    .into_any()
}

/// `demographics joined with labs and exams on id visit`.
#[component]
fn Sentence(query: Query) -> impl IntoView {
    let parts = move || {
        let keys = query.study.view.with(|view| view.keys.clone())?;
        let selection = query.selection_in_force();
        let others = query.study.view.with(|view| {
            let taken = view
                .tables
                .iter()
                .filter(|table| selection.tables.contains_key(&table.name));
            taken
                .map(|table| table.name.clone())
                .filter(|name| *name != keys.cohort_table)
                .collect::<Vec<_>>()
        });
        Some((keys, others))
    };
    let sentence = Memo::new(move |_| parts());
    move || {
        sentence.get().map(|(keys, others)| {
            let is_joined = !others.is_empty();
            let last = others.len().saturating_sub(1);
            let names = others.into_iter().enumerate().map(|(at, name)| {
                let before = match at {
                    0 => "joined with",
                    _ if at == last => "and",
                    _ => ",",
                };
                view! {
                    <span>{before}</span>
                    <span class="font-medium text-base-content">{name}</span>
                }
            });
            let session = is_joined.then_some(keys.session_id).flatten();
            view! {
                <span class="hf-sentence flex items-center gap-1.5 min-w-0 overflow-hidden whitespace-nowrap max-md:hidden">
                    <span class="font-medium text-base-content">{keys.cohort_table}</span>
                    {names.collect_view()}
                    <span>"on"</span>
                    <span class="hf-chip hf-chip-on font-mono">{keys.primary_id}</span>
                    {session.map(|session| view! { <span class="hf-chip hf-chip-on font-mono">{session}</span> })}
                </span>
            }
        })
    }
}

/// Visits that look like repeated baselines: BAS1, bas2.
fn is_baseline(visit: &str) -> bool {
    let mut letters = visit.trim().chars();
    let head: String = letters.by_ref().take(3).collect();
    let rest = letters.as_str();
    head.eq_ignore_ascii_case("bas")
        && !rest.is_empty()
        && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// Long or wide, and whether baselines become one.
#[component]
fn Form(query: Query) -> impl IntoView {
    let is_longitudinal = Memo::new(move |_| {
        query
            .study
            .view
            .with(|view| view.keys.as_ref().is_some_and(|keys| keys.is_longitudinal))
    });
    let has_baselines = Memo::new(move |_| {
        query.options.with(|options| {
            let visits = options.as_ref().map(|options| &options.filters.visits);
            visits.is_some_and(|visits| visits.iter().any(|visit| is_baseline(&visit.value)))
        })
    });
    let pressed = move |shape: Shape| {
        move || {
            if query.shape.get() == shape {
                "true"
            } else {
                "false"
            }
        }
    };
    let choose = move |shape: Shape| move |_| query.shape.set(shape);
    let consolidate = move || query.consolidate.get();
    move || {
        is_longitudinal.get().then(|| view! {
            {has_baselines.get().then(|| view! {
                <label class="flex items-center gap-2 mr-2 whitespace-nowrap">
                    <input
                        type="checkbox" class="checkbox checkbox-xs checkbox-primary" checked=untrack(consolidate)
                        prop:checked=consolidate on:change=move |_| query.consolidate.update(|on| *on = !*on)
                    />
                    "Consolidate baselines"
                </label>
            })}
            <span class="hf-seg p-0.5!" role="group" aria-label="Form">
                <button type="button" class="h-5.5!" aria-pressed=pressed(Shape::Long) on:click=choose(Shape::Long)>"Long"</button>
                <button type="button" class="h-5.5!" aria-pressed=pressed(Shape::Wide) on:click=choose(Shape::Wide)>"Wide"</button>
            </span>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::is_baseline;

    #[test]
    fn numbered_baselines_are_recognised() {
        assert!(is_baseline("BAS1") && is_baseline("bas12"));
        assert!(!is_baseline("BAS") && !is_baseline("1") && !is_baseline("BASE"));
    }
}
