//! On a phone: the way into the filters, and each filter with its way out.

use leptos::prelude::*;

use super::{
    sheet::SheetOpen,
    spec::{Active, active},
    state::{Query, Sheet},
};
use crate::components::icon::Icon;

/// The line of chips.
#[component]
pub(super) fn Chips(query: Query) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let filters = query.filters.get();
        let active = query.count.with(|report| active(&filters, report.as_ref()));
        active
            .into_iter()
            .map(|filter| (filter.label(&filters), filter))
            .collect::<Vec<_>>()
    });
    view! {
        <div class="hf-chips md:hidden flex gap-1.5 overflow-x-auto px-4 pb-3 bg-base-100 border-b border-line">
            <SheetOpen query sheet=Sheet::Filters class="hf-chip-button bg-soft text-primary font-medium">
                <Icon name="sliders-horizontal" small=true/>
                {move || match shown.with(Vec::len) {
                    0 => "Filters".to_owned(),
                    number => ["Filters ", &number.to_string()].concat(),
                }}
            </SheetOpen>
            {move || shown.get().into_iter().map(|(label, filter)| chip(query, label, filter)).collect_view()}
        </div>
    }
    .into_any()
}

fn chip(query: Query, label: String, filter: Active) -> impl IntoView {
    view! {
        <button
            type="button" class="hf-chip-button border border-line-strong"
            aria-label=["Remove ", &label].concat()
            on:click=move |_| query.change(|filters| filter.remove_from(filters))
        >
            {label.clone()}
            <Icon name="x" small=true class="text-faint"/>
        </button>
    }
}
