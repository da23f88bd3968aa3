//! Lines over time. The paths come from the server; here they are placed, named and told in a table.

use leptos::prelude::*;

use super::server::{Chart, Overview};

/// The charts side by side.
#[component]
pub(super) fn Charts(shown: Memo<Overview>) -> impl IntoView {
    let count = shown.with_untracked(|it| it.charts.len());
    let chart = move |index: usize| {
        let chart =
            Memo::new(move |_| shown.with(|it| it.charts.get(index).cloned().unwrap_or_default()));
        view! { <One chart/> }
    };
    view! { <div class="grid gap-3 lg:grid-cols-3">{(0..count).map(chart).collect_view()}</div> }
        .into_any()
}

#[component]
fn One(chart: Memo<Chart>) -> impl IntoView {
    let title = chart.with_untracked(|chart| chart.title.clone());
    let name = title.clone();
    let unit = chart.with_untracked(|chart| chart.unit.clone());
    let legend = chart.with_untracked(|chart| {
        let line = |line: &super::server::ChartLine| {
            let style = format!("background:var({})", line.colour);
            view! { <span class="flex items-center gap-1"><i class="w-3 h-0.5" style=style></i>{line.name.clone()}</span> }
        };
        chart.lines.iter().map(line).collect_view()
    });
    view! {
        <section class="hf-card flex flex-col min-w-0" aria-label=name>
            <div class="flex flex-wrap items-baseline gap-2 px-4 pt-3">
                <h2 class="font-semibold">{title}</h2>
                <span class="text-xs text-muted">{unit}</span>
                <span class="flex-1"></span>
                <span class="flex gap-3 text-2xs text-muted" aria-hidden="true">{legend}</span>
            </div>
            <div class="relative h-36 ml-12 mr-4 mt-3 mb-6" role="img" aria-label=move || chart.with(|chart| chart.summary.clone())>
                {move || chart.with(drawing)}
            </div>
            <details class="px-4 pb-2 text-xs">
                <summary class="cursor-pointer text-muted">"Show as table"</summary>
                <div class="overflow-x-auto">{move || chart.with(table)}</div>
            </details>
        </section>
    }
    .into_any()
}

fn drawing(chart: &Chart) -> AnyView {
    let across = chart.across.iter().map(|(top, label)| {
        let style = format!("top:{top:.1}%");
        view! {
            <span class="absolute inset-x-0 border-t" style=format!("{style};border-color:var(--hf-chart-grid)")></span>
            <span class="absolute right-full pr-2 -translate-y-1/2 text-2xs num whitespace-nowrap" style=format!("{style};color:var(--hf-chart-axis)")>{label.clone()}</span>
        }
    });
    let along = chart.along.iter().map(|(left, label)| {
        let style = format!("left:{left:.1}%;color:var(--hf-chart-axis)");
        view! { <span class="absolute top-full pt-1 -translate-x-full text-2xs num" style=style>{label.clone()}</span> }
    });
    let bar = chart.bar.as_ref().map(|(top, name)| {
        let style = format!("top:{top:.1}%;border-color:var(--hf-chart-axis);color:var(--hf-chart-axis)");
        view! { <span class="absolute inset-x-0 border-t border-dashed text-2xs text-right" style=style>{name.clone()}</span> }
    });
    let line = |line: &super::server::ChartLine| {
        let stroke = format!("var({})", line.colour);
        view! {
            <path d=line.path.clone() fill="none" stroke=stroke stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round" vector-effect="non-scaling-stroke"></path>
        }
    };
    view! {
        {across.collect_view()}
        {along.collect_view()}
        {bar}
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" class="absolute inset-0 size-full overflow-visible" aria-hidden="true">
            {chart.lines.iter().map(line).collect_view()}
        </svg>
    }
    .into_any()
}

fn table(chart: &Chart) -> AnyView {
    let head = |line: &super::server::ChartLine| view! { <th scope="col" class="num">{line.name.clone()}</th> };
    let row = |row: &Vec<String>| {
        let cell = |cell: &String| view! { <td class="num">{cell.clone()}</td> };
        view! { <tr>{row.iter().map(cell).collect_view()}</tr> }
    };
    view! {
        <table class="hf-grid tight">
            <thead><tr><th scope="col">"Time, UTC"</th>{chart.lines.iter().map(head).collect_view()}</tr></thead>
            <tbody>{chart.rows.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
