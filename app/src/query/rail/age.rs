//! The age filter: the distribution, two thumbs on it, two fields with the exact numbers.

use leptos::prelude::*;
use workbench::{data::ColumnInfo, query::Range};

use super::number_field::NumberField;
use crate::{
    components::{format::number, icon::Icon},
    query::{spec::plain, state::Query},
};

/// The section; nothing where the study has no ages.
#[component]
pub(super) fn Age(query: Query) -> impl IntoView {
    move || {
        let column = query
            .options
            .with(|options| options.as_ref()?.filters.age.clone());
        column.map(|column| view! { <AgeOf query column/> })
    }
}

/// The thumbs move in steps of 1, 0.1, ...: some fifty or more for the whole way.
fn step(span: f64) -> f64 {
    10_f64.powf((span / 50.0).log10().floor())
}

/// An end that is not inside the data is open.
fn inside(value: f64, low: f64, high: f64) -> Option<f64> {
    (value > low && value < high).then_some(value)
}

#[component]
fn AgeOf(query: Query, column: ColumnInfo) -> impl IntoView {
    let [low, high] = column.range.unwrap_or([0.0, 0.0]);
    let span = (high - low).max(f64::EPSILON);
    let range = Memo::new(move |_| {
        query
            .filters
            .with(|filters| filters.age.unwrap_or_default())
    });
    let from = move || range.get().min.unwrap_or(low).clamp(low, high);
    let to = move || range.get().max.unwrap_or(high).clamp(low, high);
    let set = move |new: Range| {
        query.change(|filters| filters.age = (new != Range::default()).then_some(new))
    };
    let set_min = Callback::new(move |min| {
        set(Range {
            min,
            ..range.get_untracked()
        })
    });
    let set_max = Callback::new(move |max| {
        set(Range {
            max,
            ..range.get_untracked()
        })
    });
    let rounded = move |text: String| {
        let step = step(span);
        text.parse::<f64>().ok().map(|value| {
            // Dividing by the inverse keeps 40.1 from becoming 40.1000000001.
            let inverse = (1.0 / step).round().max(1.0);
            let value = if step < 1.0 {
                (value * inverse).round() / inverse
            } else {
                (value / step).round() * step
            };
            value.clamp(low, high)
        })
    };
    let slide_min = move |event| {
        if let Some(value) = rounded(event_target_value(&event)) {
            set_min.run(inside(value.min(untrack(to)), low, high));
        }
    };
    let slide_max = move |event| {
        if let Some(value) = rounded(event_target_value(&event)) {
            set_max.run(inside(value.max(untrack(from)), low, high));
        }
    };
    let percent = move |value: f64| plain(((value - low) / span * 1000.0).round() / 10.0);
    let fill = move || {
        [
            "left:",
            &percent(from()),
            "%;right:calc(100% - ",
            &percent(to()),
            "%)",
        ]
        .concat()
    };
    let known = [
        number(low, column.decimals.max(2)),
        number(high, column.decimals.max(2)),
    ];
    view! {
        <div class="hf-sec" data-always="" role="group" aria-labelledby="l-age">
            <div class="flex items-center justify-between mb-2">
                <span class="font-medium" id="l-age">"Age"</span>
                <span class="text-2xs text-faint num">{known[0].clone()} " to " {known[1].clone()} " in the data"</span>
            </div>
            <Histogram sketch=column.sketch low span from=Signal::derive(from) to=Signal::derive(to)/>
            <div class="hf-range -mt-1.5">
                <span class="track"></span>
                <span class="fill" style=fill></span>
                <input type="range" aria-label="Lowest age" min=low max=high step="any" value=plain(untrack(from)) prop:value=move || plain(from()) on:input=slide_min/>
                <input type="range" aria-label="Highest age" min=low max=high step="any" value=plain(untrack(to)) prop:value=move || plain(to()) on:input=slide_max/>
            </div>
            <div class="flex items-center gap-2 mt-1.5">
                <NumberField
                    name="age_min".into() label="Age from" class="input-sm"
                    value=Signal::derive(move || range.get().min) placeholder=plain(low) on_change=set_min
                />
                <span class="text-faint">"to"</span>
                <NumberField
                    name="age_max".into() label="Age to" class="input-sm"
                    value=Signal::derive(move || range.get().max) placeholder=plain(high) on_change=set_max
                />
                <button
                    type="button" class="btn btn-sm btn-ghost btn-square" aria-label="Reset age"
                    disabled=move || query.filters.with(|filters| filters.age.is_none())
                    on:click=move |_| set(Range::default())
                >
                    <Icon name="rotate-ccw" small=true/>
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// One bar a bin; those inside the range in the accent.
#[component]
fn Histogram(
    sketch: Vec<u32>,
    low: f64,
    span: f64,
    from: Signal<f64>,
    to: Signal<f64>,
) -> impl IntoView {
    let highest = f64::from(sketch.iter().copied().max().unwrap_or(1).max(1));
    #[expect(clippy::cast_precision_loss, reason = "a few dozen bins")]
    let bins = sketch.len().max(1) as f64;
    let bar = move |(index, count): (u32, u32)| {
        let height = f64::from(count) / highest * 27.0;
        let middle = low + span * (f64::from(index) + 0.5) / bins;
        let is_in = move || (from.get()..=to.get()).contains(&middle);
        let fill = move || {
            if is_in() {
                "var(--color-primary)"
            } else {
                "var(--hf-line-strong)"
            }
        };
        let width = 240.0 / bins;
        view! {
            <rect
                x=plain((f64::from(index) * width * 100.0).round() / 100.0)
                y=plain(((28.0 - height) * 100.0).round() / 100.0)
                width=plain(((width - 1.0).max(0.5) * 100.0).round() / 100.0)
                height=plain((height * 100.0).round() / 100.0)
                style:fill=fill
            ></rect>
        }
    };
    view! {
        <svg viewBox="0 0 240 28" preserveAspectRatio="none" class="hf-sketch" aria-hidden="true">
            {(0_u32..).zip(sketch).map(bar).collect_view()}
        </svg>
    }
    .into_any()
}
