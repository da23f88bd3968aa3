//! Completed runs to be compared: looked for as one types, chosen by checkbox.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use workbench::compare::{RUNS, Request};

use super::{
    modes::in_place,
    place,
    server::{Choice, runs_to_compare},
};
use crate::components::{icon::Icon, live::Live};

/// The panel.
#[component]
pub(super) fn Chooser(request: Memo<Request>, is_choosing: RwSignal<bool>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let key = Memo::new(move |_| text.get().trim().to_owned());
    let choices = Live::new(key, runs_to_compare);
    let list = move || {
        let rows = choices.good.get().unwrap_or_default();
        if rows.is_empty() {
            let nothing = "No completed run fits. Start one on Simulations, or take words away.";
            return view! { <p class="p-3 text-muted">{nothing}</p> }.into_any();
        }
        let row = |choice| view! { <Row request choice/> };
        view! { <ul class="max-h-64 overflow-auto" tabindex="-1">{rows.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    let close = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            is_choosing.set(false);
        }
    };
    view! {
        <div role="group" aria-label="Choose runs" class="shrink-0 border-b border-line bg-base-200 px-4 py-2 text-xs" on:keydown=close>
            <div class="flex items-center gap-2 pb-2">
                <label class="input input-sm w-72 max-w-full">
                    <Icon name="search" small=true class="text-faint"/>
                    <input type="search" placeholder="Search completed runs" aria-label="Search completed runs" autocomplete="off" spellcheck="false" autofocus on:input=move |event| text.set(event_target_value(&event))/>
                </label>
                <span class="text-muted num" role="status">{move || format!("{} of at most {} chosen", request.with(|asked| asked.ids.len()), RUNS.end())}</span>
                <span class="flex-1"></span>
                <button class="btn btn-sm" on:click=move |_| is_choosing.set(false)>"Done"</button>
            </div>
            {choices.show(move || list.into_any())}
        </div>
    }
    .into_any()
}

#[component]
fn Row(request: Memo<Request>, choice: Choice) -> impl IntoView {
    let navigate = use_navigate();
    let id = StoredValue::new(choice.id.clone());
    let is_chosen =
        Memo::new(move |_| id.with_value(|id| request.with(|asked| asked.ids.contains(id))));
    let is_full = move || request.with(|asked| asked.ids.len() >= *RUNS.end()) && !is_chosen.get();
    let choose = move |event| {
        let is = event_target_checked(&event);
        let mut asked = request.get_untracked();
        let id = id.get_value();
        asked.ids.retain(|known| *known != id);
        if is {
            asked.ids.push(id);
        }
        navigate(&place::of(&asked), in_place());
    };
    view! {
        <li>
            <label class="flex items-center gap-2 min-h-8 px-1 rounded-selector hover:bg-hover cursor-pointer">
                <input type="checkbox" class="checkbox checkbox-xs checkbox-primary" aria-label=choice.name.clone() prop:checked=move || is_chosen.get() disabled=is_full on:change=choose/>
                <span class="font-medium truncate">{choice.name}</span>
                <span class="text-muted truncate num">{choice.about}</span>
                <span class="font-mono text-2xs text-faint truncate max-md:hidden">{choice.id}</span>
            </label>
        </li>
    }
    .into_any()
}
