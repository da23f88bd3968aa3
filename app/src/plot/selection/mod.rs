//! The selection below the chart: what it holds, its rows, and what can be made of it.

mod filter;
mod link;
mod ranges;

use leptos::prelude::*;
use workbench::{
    plot::{PlotSpec, SelectedRows},
    query::CohortFilters,
};

use self::{filter::Made, link::csv_link, ranges::Ranges};
use super::{
    model::{Plot, use_plot},
    numbers::significant,
    rows::{Rows, rows_in},
    table::RowsTable,
};
use crate::{
    components::{format::plural, icon::Icon, toasts::use_toasts},
    stores::{StoreHandle, table::FILTERS, use_server_store},
};

/// The selection.
#[component]
pub(super) fn Selection() -> impl IntoView {
    let plot = use_plot();
    let rows = rows_in(plot, plot.region.signal());
    let is_ranging = RwSignal::new(false);
    let has_region = Memo::new(move |_| rows.wanted.with(Option::is_some));
    let said = move || {
        if !has_region.get() {
            return Some("Nothing is selected. Draw on the chart, or choose by range.".to_owned());
        }
        rows.with(|found| {
            let of = found.outcome.as_ref().ok()?;
            Some(sentence(&found.wanted.asked.spec, of))
        })
        .flatten()
    };
    view! {
        <div
            class="bg-base-100 border-t border-line shrink-0 flex flex-col"
            class=("md:h-56", has_region)
            role="region"
            aria-label="Selection"
        >
            <div class="flex flex-wrap items-center gap-x-2 gap-y-1 min-h-10 px-4 py-1">
                <h2 class="font-semibold">"Selection"</h2>
                <span class="text-xs text-muted num" role="status" data-testid="plot-selection">
                    <Transition>{said}</Transition>
                </span>
                <span class="flex-1"></span>
                <button
                    class="btn btn-xs btn-ghost"
                    aria-expanded=move || is_ranging.get().to_string()
                    on:click=move |_| is_ranging.update(|is_ranging| *is_ranging = !*is_ranging)
                >
                    "Choose by range"
                </button>
                <Show when=move || has_region.get()>
                    <Actions plot rows/>
                </Show>
            </div>
            <Show when=move || is_ranging.get()>
                <Ranges/>
            </Show>
            <Show when=move || has_region.get()>
                <div class="flex-1 min-h-0">
                    <RowsTable rows name="Selected rows"/>
                </div>
            </Show>
        </div>
    }
    .into_any()
}

/// `62 points, 46 participants; mean bili 14.5, albumin 2.55`.
fn sentence(spec: &PlotSpec, rows: &SelectedRows) -> String {
    let means = [(&spec.x, rows.mean_x), (&spec.y, rows.mean_y)];
    let means: Vec<String> = means
        .into_iter()
        .filter_map(|(name, mean)| Some(format!("{} {}", name.as_ref()?, significant(mean?, 3))))
        .collect();
    let what = format!(
        "{}, {}",
        plural(rows.points, "point", "points"),
        plural(rows.participants, "participant", "participants")
    );
    if means.is_empty() {
        what
    } else {
        format!("{what}; mean {}", means.join(", "))
    }
}

/// What can be made of a selection.
#[component]
fn Actions(plot: Plot, rows: Rows) -> impl IntoView {
    let toasts = use_toasts();
    let filters = use_server_store(FILTERS);
    let filter = move |_| {
        let made = filter::from_selection(plot);
        if made.cards.is_empty() {
            toasts.error(made.sentence());
            return;
        }
        let before = filters.get_untracked();
        add(filters, &made);
        plot.offer_undo(made.sentence(), move || {
            use_server_store(FILTERS).set(before.clone())
        });
    };
    view! {
        <button class="btn btn-xs btn-ghost" on:click=move |_| plot.clear_region()>"Clear"</button>
        <button class="btn btn-xs" on:click=filter>
            <Icon name="filter" small=true/>
            "Use as filter"
        </button>
        <a
            class="btn btn-xs"
            download=""
            rel="external"
            href=move || rows.wanted.with(|wanted| wanted.as_ref().map(csv_link))
        >
            <Icon name="download" small=true/>
            "CSV"
        </a>
    }
    .into_any()
}

/// Puts cards to the filters; one on the same column takes the new rule.
fn add(filters: StoreHandle<CohortFilters>, made: &Made) {
    filters.update(|filters| {
        for card in &made.cards {
            let same = filters.cards.iter_mut().find(|old| {
                old.table == card.table
                    && old.column == card.column
                    && std::mem::discriminant(&old.rule) == std::mem::discriminant(&card.rule)
            });
            match same {
                Some(old) => (old.rule, old.enabled) = (card.rule.clone(), true),
                None => filters.cards.push(card.clone()),
            }
        }
    });
}
