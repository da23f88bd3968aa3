//! What is looked for. A plain form, so that it works before the page is alive.

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    place::Place,
    server::{Found, Question},
};
use crate::components::{icon::Icon, live::Live};

/// One field of the question.
type Field = fn(&mut Question) -> &mut String;

/// The form; what was found can be downloaded beside it.
#[component]
pub(super) fn Search(place: Memo<Place>, found: Live<Found>) -> impl IntoView {
    let navigate = use_navigate();
    let typed = RwSignal::new(place.with_untracked(|place| place.question.clone()));
    // The back button brings an earlier search back.
    Effect::new(move |_| typed.set(place.with(|place| place.question.clone())));
    let find = Callback::new(move |()| {
        let question = typed.get_untracked();
        let next = Place {
            question,
            open: None,
        };
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&next.address(), options);
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        find.run(());
    };
    let choose = Callback::new(move |(of, value): (Field, String)| {
        typed.update(|typed| *of(typed) = value);
        find.run(());
    });
    let options = move |of: fn(&Found) -> &Vec<String>| {
        Signal::derive(move || {
            let of_good = |good: &Option<Found>| good.as_ref().map(|found| of(found).clone());
            found.good.with(of_good).unwrap_or_default()
        })
    };
    let download =
        move |format: &'static str| move || place.with(|place| place.question.download(format));
    view! {
        <form method="get" action="/states/audit" role="search" class="p-3 flex flex-wrap gap-2 items-end" on:submit=submit>
            <Text typed name="q" label="State" hint="name or id" kind="search" of=|it| &mut it.q/>
            <Choice typed name="kind" label="Kind" options=options(|found| &found.kinds) of=|it| &mut it.kind choose/>
            <Choice typed name="did" label="What was done" options=options(|found| &found.deeds) of=|it| &mut it.did choose/>
            <Text typed name="who" label="Who" hint="email or name" kind="text" of=|it| &mut it.who/>
            <Text typed name="address" label="From" hint="192.0.2.7" kind="text" of=|it| &mut it.address/>
            <Text typed name="since" label="First day" hint="" kind="date" of=|it| &mut it.since/>
            <Text typed name="until" label="Last day" hint="" kind="date" of=|it| &mut it.until/>
            <div class="flex gap-1.5">
                <button class="btn btn-sm btn-primary"><Icon name="search" small=true/>"Find"</button>
                <a class="btn btn-sm" href=download("csv") download="" rel="external" aria-label="Download as CSV">"CSV"</a>
                <a class="btn btn-sm" href=download("jsonl") download="" rel="external" aria-label="Download as JSON lines, with what changed">"JSON"</a>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Text(
    typed: RwSignal<Question>,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: &'static str,
    of: Field,
) -> impl IntoView {
    let said = move || of(&mut typed.get()).clone();
    let type_in = move |event| typed.update(|typed| *of(typed) = event_target_value(&event));
    view! {
        <label class="flex flex-col gap-1 flex-1 min-w-34 max-w-52 text-2xs text-muted">
            {label}
            <input
                class="input input-sm w-full text-base-content" type=kind name=name placeholder=hint autocomplete="off" spellcheck="false"
                value=untrack(said) prop:value=said on:input=type_in
            />
        </label>
    }
    .into_any()
}

#[component]
fn Choice(
    typed: RwSignal<Question>,
    name: &'static str,
    label: &'static str,
    options: Signal<Vec<String>>,
    of: Field,
    choose: Callback<(Field, String)>,
) -> impl IntoView {
    let offered = move || {
        let chosen = of(&mut typed.get()).clone();
        let mut offered = options.get();
        // What is chosen is offered even where nothing was found that could offer it.
        if !chosen.is_empty() && !offered.contains(&chosen) {
            offered.push(chosen.clone());
        }
        let option = |option: String| {
            let is_chosen = option == chosen;
            view! { <option value=option.clone() selected=is_chosen>{option.clone()}</option> }
        };
        offered.into_iter().map(option).collect_view()
    };
    view! {
        <label class="flex flex-col gap-1 flex-1 min-w-34 max-w-52 text-2xs text-muted">
            {label}
            <select class="select select-sm w-full text-base-content" name=name on:change=move |event| choose.run((of, event_target_value(&event)))>
                <option value="">"All"</option>
                {offered}
            </select>
        </label>
    }
    .into_any()
}
