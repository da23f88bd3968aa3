//! What is looked for: words in names, protocols, tags and notes; a status. A plain form, then as one types.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    place::{self, STATUSES},
    server::Sought,
};
use crate::components::icon::Icon;

/// Quiet time before what is typed is looked for.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// The form.
#[component]
pub(super) fn Search(sought: Memo<Sought>) -> impl IntoView {
    let navigate = use_navigate();
    let seek = Callback::new(move |next: Sought| {
        if sought.with_untracked(|now| *now != next) {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&place::of(&next), options);
        }
    });
    let text = RwSignal::new(sought.get_untracked().text);
    // The number of the last key that was pressed: earlier ones no longer count.
    let typed = StoredValue::new(0_u32);
    let look = move || {
        seek.run(Sought {
            text: text.get_untracked().trim().to_owned(),
            ..sought.get_untracked()
        });
    };
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
        seek.run(Sought {
            status: place::status(&event_target_value(&event)),
            ..sought.get_untracked()
        });
    };
    let options = STATUSES.map(|(status, name)| {
        let is_chosen = move || sought.with(|sought| sought.status == Some(status));
        view! { <option value=name selected=is_chosen>{name}</option> }
    });
    let tag = move || sought.with(|sought| Some(sought.tag.clone()).filter(|tag| !tag.is_empty()));
    let without_tag = move |_| {
        seek.run(Sought {
            tag: String::new(),
            ..sought.get_untracked()
        });
    };
    view! {
        <form method="get" action="/simulations" role="search" class="flex flex-wrap items-center gap-2 max-md:w-full" on:submit=submit>
            <label class="input input-sm w-64 lg:w-84 max-md:flex-1">
                <Icon name="search" small=true class="text-faint"/>
                <input
                    type="search" name="q" placeholder="Search names, protocols, tags" aria-label="Search runs" autocomplete="off" spellcheck="false"
                    value=text.get_untracked() prop:value=move || text.get() on:input=type_in
                />
            </label>
            <select class="select select-sm w-32" name="status" aria-label="Status" on:change=choose>
                <option value="">"Any status"</option>
                {options}
            </select>
            {move || tag().map(|tag| view! {
                <span class="hf-chip"><Icon name="tag" small=true/>{tag.clone()}
                    <button type="button" class="cursor-pointer" aria-label=format!("Not only runs with the tag {tag}") on:click=without_tag><Icon name="x" small=true/></button>
                </span>
            })}
        </form>
    }
    .into_any()
}
