//! What merged by itself and what is open.

use leptos::prelude::*;
use workbench::configurations::{
    Conflicts,
    merge::{Conflict as Place, Merged, Side},
};

use super::{Answers, choice::short, open};
use crate::components::icon::Icon;

/// What merged by itself and what is open; each open one leads to its place.
#[component]
pub(super) fn Changes(
    met: StoredValue<Conflicts>,
    answers: Answers,
    current: RwSignal<usize>,
) -> impl IntoView {
    let (merged, places) = met.with_value(|met| (met.merged.clone(), met.conflicts.clone()));
    let about = format!("{} merged", merged.len());
    let place = move |(at, place): (usize, Place)| {
        let is_open = move || answers.with(|answers| answers.get(at).is_none_or(Option::is_none));
        let values = format!(
            "{}, theirs {}, mine {}",
            short(&place.base.text),
            short(&place.theirs.text),
            short(&place.mine.text)
        );
        view! {
            <li class="border-b border-line" class=("bg-chg", is_open)>
                <button class="w-full text-left px-4 py-2.5 flex gap-2 cursor-pointer" on:click=move |_| { current.set(at); current.notify() }>
                    <Icon name=Signal::derive(move || if is_open() { "git-merge-conflict" } else { "check" }) small=true class="mt-0.5 shrink-0"/>
                    <span class="min-w-0"><PathName path=place.path.to_string()/><span class="block text-xs text-muted break-words">{values}</span></span>
                </button>
            </li>
        }
    };
    let done = |one: Merged| {
        let by = match one.from {
            Side::Mine => "mine",
            Side::Theirs => "theirs",
            Side::Both => "both",
        };
        view! {
            <li class="border-b border-line px-4 py-2.5 flex gap-2">
                <Icon name="check" small=true class="text-ok-text mt-0.5 shrink-0"/>
                <span class="min-w-0"><PathName path=one.path.to_string()/><span class="block text-xs text-muted">{format!("{}, {by}", one.change.done())}</span></span>
            </li>
        }
    };
    view! {
        <aside class="w-64 shrink-0 hidden lg:block border-l border-line overflow-auto" aria-label="Changes">
            <div class="h-11 px-4 flex items-center gap-2 border-b border-line"><h2 class="font-semibold">"Changes"</h2><span class="text-xs text-muted">{about}{move || format!(", {} open", open(answers))}</span></div>
            <ul>{places.into_iter().enumerate().map(place).collect_view()}{merged.into_iter().map(done).collect_view()}</ul>
        </aside>
    }
    .into_any()
}

/// The name of a place, and below it where that is.
#[component]
fn PathName(path: String) -> impl IntoView {
    let (parent, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (Some(parent.to_owned()), name.to_owned()),
        None => (None, path),
    };
    view! {
        <span class="block font-mono text-xs break-words">{name}</span>
        {parent.map(|parent| view! { <span class="block font-mono text-2xs text-muted break-words">{format!("in {parent}")}</span> })}
    }
    .into_any()
}
