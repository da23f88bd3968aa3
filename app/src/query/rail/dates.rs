//! What a card on a column of dates takes: its first and its last day, either of which may be left empty.

use leptos::{html, prelude::*};
use workbench::{
    data::{ColumnInfo, Day},
    query::{CardRule, DateRange},
};

use super::card::{rule_of, update};
use crate::query::state::Query;

/// The first day that can be asked for here: an earlier one may be a year of which the first digits are typed.
const FIRST: &str = "1000-01-01";

/// The two fields.
#[component]
pub(super) fn Dates(
    query: Query,
    key: StoredValue<String>,
    info: Option<ColumnInfo>,
    /// Names of the fields for a form.
    from: String,
    to: String,
    column: String,
) -> impl IntoView {
    let range = move || match rule_of(query, key) {
        Some(CardRule::Dates(range)) => range,
        _ => DateRange::default(),
    };
    let set = move |new: DateRange| update(query, key, |card| card.rule = CardRule::Dates(new));
    let set_from = Callback::new(move |from| {
        set(DateRange {
            from,
            ..untrack(range)
        })
    });
    let set_to = Callback::new(move |to| {
        set(DateRange {
            to,
            ..untrack(range)
        })
    });
    let offered = info.and_then(|info| info.dates);
    view! {
        <div class="flex flex-col gap-1 mt-2">
            <DateField
                name=from end="from" column=column.clone() offered
                value=Signal::derive(move || range().from) on_change=set_from
            />
            <DateField
                name=to end="to" column offered
                value=Signal::derive(move || range().to) on_change=set_to
            />
        </div>
    }
    .into_any()
}

/// A field for a day that may be left empty. A day goes out as soon as it is whole.
#[component]
fn DateField(
    name: String,
    /// Which end it is, in a word.
    end: &'static str,
    column: String,
    /// First and last day of the column.
    offered: Option<[Day; 2]>,
    /// The day; `None` for an open end.
    #[prop(into)]
    value: Signal<Option<Day>>,
    on_change: Callback<Option<Day>>,
) -> impl IntoView {
    let shown = move || value.get().map(String::from).unwrap_or_default();
    let field = NodeRef::<html::Input>::new();
    // A day that came from elsewhere (another tab, an undo) is put in. One that is being typed is left alone: the field is
    // empty to a program until it is whole, and setting it would take what is there.
    Effect::new(move |_| {
        let text = shown();
        if let Some(field) = field.get()
            && field.value() != text
        {
            field.set_value(&text);
        }
    });
    let type_in = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        // A day that is not whole, or is in no calendar, is an empty text to a program, too.
        let is_partial = event_target::<leptos::web_sys::Element>(&event)
            .matches(":invalid")
            .unwrap_or(false);
        match text.parse::<Day>() {
            // Of a year that is being typed the first digits are one as well.
            Ok(day) if *text >= *FIRST => on_change.run(Some(day)),
            Err(_) if text.is_empty() && !is_partial => on_change.run(None),
            _ => {}
        }
    };
    // What was begun and left is no day: the field says again what is asked for. Chromium says that a field is left, too, when it
    // is taken away, and what it belonged to may be gone by then.
    let leave = move |_| {
        let Some(field) = field.try_get_untracked().flatten() else {
            return;
        };
        field.set_value(&untrack(shown));
    };
    let [min, max] = offered.map_or([None, None], |days| days.map(|day| Some(String::from(day))));
    view! {
        <label class="flex items-center gap-2">
            <span class="text-faint text-xs w-8">{end}</span>
            <input
                type="date" class="input input-xs num flex-1 min-w-0"
                name=name aria-label=[&*column, " ", end].concat() min=min max=max
                value=untrack(shown) node_ref=field on:input=type_in on:blur=leave
            />
        </label>
    }
    .into_any()
}
