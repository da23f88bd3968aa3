//! What is looked for: words in any field, a status, an order. A plain form, then as one types. A slash goes to it.

use std::time::Duration;

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    web_sys::Element,
};
use workbench::simulation::RunStatus;

use super::{
    place::{self, SORTS, STATUSES},
    seek::Seek,
};
use crate::components::icon::Icon;

/// Quiet time before what is typed is looked for.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// Where a slash is a letter.
const TYPED_IN: &str = "input, textarea, select, [contenteditable]";

/// The form, with what else narrows the list at its end.
#[component]
pub(super) fn Search(seek: Seek, children: Children) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let slash = window_event_listener(leptos::ev::keydown, move |event| {
        if let (true, Some(field)) = (is_slash(&event), field.try_get_untracked().flatten()) {
            event.prevent_default();
            drop(field.focus());
        }
    });
    on_cleanup(move || slash.remove());
    let sought = seek.sought;
    let text = RwSignal::new(sought.get_untracked().text);
    // The number of the last key that was pressed: earlier ones no longer count.
    let typed = StoredValue::new(0_u32);
    let look = move || {
        let words = text.get_untracked().trim().to_owned();
        seek.with(|sought| sought.text = words);
    };
    // A saved search brings words of its own.
    Effect::new(move |before: Option<String>| {
        let now = sought.with(|sought| sought.text.clone());
        if before.is_some_and(|before| before != now)
            && text.with_untracked(|text| text.trim() != now)
        {
            text.set(now.clone());
        }
        now
    });
    let type_in = move |event| {
        text.set(event_target_value(&event));
        let this = typed.get_value().wrapping_add(1);
        typed.set_value(this);
        set_timeout(
            move || {
                if typed.try_get_value() == Some(this) {
                    look();
                }
            },
            DEBOUNCE,
        );
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        look();
    };
    let choose = move |event| {
        let status = place::status(&event_target_value(&event));
        seek.with(|sought| sought.status = status);
    };
    let order = move |event| {
        let (sort, is_ascending) = place::sort(&event_target_value(&event));
        seek.with(|sought| (sought.sort, sought.is_ascending) = (sort, is_ascending));
    };
    let statuses = STATUSES.map(|status| {
        let is_chosen = move || sought.with(|sought| sought.status == Some(status));
        view! { <option value=RunStatus::word(status) selected=is_chosen>{status.word()}</option> }
    });
    let sorts = SORTS.map(|(sort, is_ascending, name, words)| {
        let is_chosen = move || {
            sought.with(|sought| (sought.sort, sought.is_ascending) == (sort, is_ascending))
        };
        view! { <option value=name selected=is_chosen>{words}</option> }
    });
    let tags = move || sought.with(|sought| sought.tags.clone());
    let tag = move |tag: String| {
        let (name, gone) = (format!("Not only runs with the tag {tag}"), tag.clone());
        let without = move |_| seek.with(|sought| sought.tags.retain(|known| *known != gone));
        view! {
            <span class="hf-chip"><Icon name="tag" small=true/>{tag}
                <button type="button" class="cursor-pointer" aria-label=name on:click=without><Icon name="x" small=true/></button>
            </span>
        }
    };
    view! {
        <form method="get" action="/simulations" role="search" class="flex flex-wrap items-center gap-2 max-md:w-full" on:submit=submit>
            <label class="input input-sm w-64 lg:w-72 max-md:w-full max-md:h-10 max-md:text-base">
                <Icon name="search" small=true class="text-faint"/>
                <input
                    node_ref=field type="search" name="q" placeholder="Search names, protocols, tags" aria-label="Search runs" autocomplete="off" spellcheck="false"
                    value=text.get_untracked() prop:value=move || text.get() on:input=type_in
                />
                <kbd class="kbd kbd-xs max-md:hidden" aria-hidden="true">"/"</kbd>
            </label>
            <select class="select select-sm w-32 max-md:w-auto max-md:flex-1 max-md:h-10" name="status" aria-label="Status" on:change=choose>
                <option value="">"Any status"</option>
                {statuses}
            </select>
            <select class="select select-sm w-36 max-md:w-auto max-md:flex-1 max-md:h-10" name="sort" aria-label="Order" on:change=order>{sorts}</select>
            {children()}
            {move || tags().into_iter().map(tag).collect_view()}
        </form>
    }
    .into_any()
}

/// A slash that is typed into nothing.
fn is_slash(event: &KeyboardEvent) -> bool {
    let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    let is_typed = || {
        let target = event_target::<Element>(event);
        !matches!(target.closest(TYPED_IN), Ok(None))
    };
    event.key() == "/" && is_plain && !is_typed()
}
