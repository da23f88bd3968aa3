//! What is looked for: one line of words and conditions, kind, status, order, whose. A plain form, so that it
//! works before the page is alive; then as one types.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    list::Shown,
    place::{EVERYONE, Place},
    server::Wanted,
};
use crate::components::icon::Icon;

/// Quiet time before what is typed is looked for.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Value and name of each order; the first is the one without a choice.
const ORDERS: [(&str, &str); 5] = [
    ("", "Changed"),
    ("-created_at", "Created"),
    ("name", "Name"),
    ("kind", "Kind"),
    ("status", "Status"),
];

/// The form.
#[component]
pub(super) fn Search(place: Memo<Place>, shown: Shown) -> impl IntoView {
    let navigate = use_navigate();
    let now = move || place.with_untracked(|place| place.wanted.clone());
    let seek = Callback::new(move |wanted: Wanted| {
        let open = place.with_untracked(|place| place.open.clone());
        let next = Place { wanted, open };
        if place.with_untracked(|place| *place != next) {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&next.address(), options);
        }
    });
    let text = RwSignal::new(now().text);
    // The number of the last key that was pressed; 0 when nothing waits to be looked for.
    let typing = StoredValue::new(0_u32);
    let look = move || {
        typing.set_value(0);
        let text = text.get_untracked().trim().to_owned();
        seek.run(Wanted { text, ..now() });
    };
    let type_in = move |event| {
        text.set(event_target_value(&event));
        let this = typing.get_value().wrapping_add(1).max(1);
        typing.set_value(this);
        set_timeout(
            move || {
                if typing.try_get_value() == Some(this) {
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
    // The back button brings an earlier search back; what is being typed is not overwritten.
    Effect::new(move |_| {
        let wanted = place.with(|place| place.wanted.text.clone());
        if typing.get_value() == 0 && text.with_untracked(|text| text.trim() != wanted) {
            text.set(wanted);
        }
    });
    let typed = now().text;
    let kinds = move || shown.with(|found| found.kinds.clone());
    let statuses = move || shown.with(|found| found.statuses.clone());
    let of_place = move |of: fn(&Wanted) -> String| {
        Signal::derive(move || place.with(|place| of(&place.wanted)))
    };
    view! {
        <form method="get" action="/states" role="search" class="p-3 flex flex-col gap-2" on:submit=submit>
            <label class="input input-sm w-full font-mono text-xs!">
                <Icon name="search" small=true class="text-faint"/>
                <input
                    id="hf-search" type="search" name="q" placeholder=r#"words, or data.status = "active""# aria-label="Search states"
                    autocomplete="off" spellcheck="false" value=typed prop:value=move || text.get() on:input=type_in
                />
            </label>
            <div class="grid grid-cols-2 gap-1.5">
                <Choice name="kind" label="Kind" all="All kinds" options=Signal::derive(kinds) chosen=of_place(|wanted| wanted.kind.clone())
                    choose=Callback::new(move |kind| seek.run(Wanted { kind, status: String::new(), ..now() }))/>
                <Choice name="status" label="Status" all="Any status" options=Signal::derive(statuses) chosen=of_place(|wanted| wanted.status.clone())
                    choose=Callback::new(move |status| seek.run(Wanted { status, ..now() }))/>
                <select class="select select-sm min-w-0" name="sort" aria-label="Order" on:change=move |event| seek.run(Wanted { sort: event_target_value(&event), ..now() })>
                    {ORDERS.map(|(value, name)| view! { <option value=value selected=move || place.with(|place| place.wanted.sort == value)>{name}</option> })}
                </select>
                <select class="select select-sm min-w-0" name="of" aria-label="Whose" on:change=move |event| seek.run(Wanted { is_shared: event_target_value(&event) == EVERYONE, ..now() })>
                    <option value="" selected=move || place.with(|place| !place.wanted.is_shared)>"This workspace"</option>
                    <option value=EVERYONE selected=move || place.with(|place| place.wanted.is_shared)>"Everyone"</option>
                </select>
            </div>
            <noscript><button class="btn btn-sm">"Search"</button></noscript>
        </form>
    }
    .into_any()
}

#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    options: Signal<Vec<String>>,
    chosen: Signal<String>,
    choose: Callback<String>,
) -> impl IntoView {
    let offered = move || {
        // What is chosen is offered even where nothing was found that could offer it.
        let mut offered = options.get();
        let chosen = chosen.get();
        if !chosen.is_empty() && !offered.contains(&chosen) {
            offered.push(chosen.clone());
        }
        offered
            .into_iter()
            .map(|option| {
                let is_chosen = option == chosen;
                view! { <option value=option.clone() selected=is_chosen>{option.clone()}</option> }
            })
            .collect_view()
    };
    view! {
        <select class="select select-sm min-w-0" name=name aria-label=label on:change=move |event| choose.run(event_target_value(&event))>
            <option value="">{all}</option>
            {offered}
        </select>
    }
    .into_any()
}
