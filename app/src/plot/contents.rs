//! The plot as a table, in the chart's place: rows behind points, or bins, or groups.

use leptos::prelude::*;
use workbench::{
    plot::{Panel, PlotData, PlotKind, PlotSpec, Region},
    query::Range,
};

use super::{
    model::use_plot,
    numbers::{decimals_for, fixed},
    rows::rows_in,
    table::RowsTable,
};
use crate::components::format::count;

/// The table.
#[component]
pub(super) fn Contents() -> impl IntoView {
    let plot = use_plot();
    let kind = plot.part(|spec| spec.kind);
    let has_points = move || matches!(kind.get(), PlotKind::Scatter | PlotKind::Density);
    let everything = Region::Box {
        x: Range::default(),
        y: Range::default(),
    };
    view! {
        <div class="absolute inset-0 bg-base-100" data-testid="plot-table">
            <Show
                when=has_points
                fallback=move || {
                    view! {
                        <div class="h-full overflow-auto" role="region" aria-label="The plot as a table" tabindex="0">
                            <Transition>{move || plot.with_data(table)}</Transition>
                        </div>
                    }
                }
            >
                <RowsTable rows=rows_in(plot, Signal::stored(Some(everything.clone()))) name="Rows of the plot"/>
            </Show>
        </div>
    }
    .into_any()
}

fn table(spec: &PlotSpec, data: &PlotData) -> AnyView {
    let (head, rows) = if spec.kind == PlotKind::Histogram {
        bins(spec, data)
    } else {
        groups(spec, data)
    };
    let head = head
        .into_iter()
        .map(|name| view! { <th scope="col" class="num">{name}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|row| view! { <tr>{row.into_iter().map(|cell| view! { <td class="num">{cell}</td> }).collect_view()}</tr> })
        .collect_view();
    view! {
        <table class="hf-grid">
            <thead><tr>{head}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

type Text = (Vec<String>, Vec<Vec<String>>);

fn panel_name(panel: &Panel) -> Vec<String> {
    panel.name.iter().cloned().collect()
}

fn bins(spec: &PlotSpec, data: &PlotData) -> Text {
    let mut head: Vec<String> = spec.facet.iter().cloned().collect();
    let x = spec.x.clone().unwrap_or_default();
    head.extend([format!("{x} from"), format!("{x} to")]);
    let first = data.panels.first();
    head.extend(
        first
            .into_iter()
            .flat_map(|panel| &panel.series)
            .map(|s| s.name.clone().unwrap_or_else(|| "rows".into())),
    );
    let decimals = decimals_for(
        data.panels
            .iter()
            .flat_map(|panel| panel.edges.iter().copied()),
    ) + 1;
    let rows = data.panels.iter().flat_map(|panel| {
        panel.edges.windows(2).enumerate().map(move |(bin, edges)| {
            let mut row = panel_name(panel);
            row.extend(edges.iter().map(|edge| fixed(*edge, decimals)));
            row.extend(
                panel
                    .series
                    .iter()
                    .map(|s| count(s.counts.get(bin).copied().unwrap_or(0))),
            );
            row
        })
    });
    (head, rows.collect())
}

fn groups(spec: &PlotSpec, data: &PlotData) -> Text {
    let mut head: Vec<String> = spec.facet.iter().cloned().collect();
    head.push(spec.x.clone().unwrap_or_else(|| "group".into()));
    head.extend(spec.colour.clone());
    let names = [
        "n",
        "missing",
        "mean",
        "95 % from",
        "95 % to",
        "sd",
        "median",
        "q25",
        "q75",
        "min",
        "max",
    ];
    head.extend(names.map(String::from));
    let all = data.panels.iter().flat_map(|panel| &panel.groups);
    let decimals = decimals_for(all.map(|group| group.description.max));
    let rows = data.panels.iter().flat_map(|panel| {
        panel.groups.iter().map(move |group| {
            let of = &group.description;
            let mut row = panel_name(panel);
            row.push(group.name.clone());
            row.extend(
                spec.colour
                    .is_some()
                    .then(|| group.colour.clone().unwrap_or_default()),
            );
            row.extend([count(of.n), count(of.missing)]);
            let [low, high] = group.interval;
            row.extend(
                [
                    of.mean, low, high, of.sd, of.median, of.q25, of.q75, of.min, of.max,
                ]
                .map(|v| fixed(v, decimals)),
            );
            row
        })
    });
    (head, rows.collect())
}
