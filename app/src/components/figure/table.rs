//! A figure as a table: what screen readers and readers without JavaScript get, and anybody who wants the numbers.

use leptos::prelude::*;

use super::{
    rows::{Cell, Row, called, rows},
    types::Figure,
};
use crate::components::format::{count, number, plural};

/// So many rows are there before anybody asks for the table, for those who do not see the picture.
const ALWAYS: usize = 60;
/// More rows than these are for the CSV.
const SHOWN: usize = 500;

/// The table; unless it is asked for, it is there for screen readers alone, and only where it is short.
#[component]
pub(super) fn FigureTable(figure: Signal<Figure>, is_shown: RwSignal<bool>) -> impl IntoView {
    let class = move || match is_shown.get() {
        true => "absolute inset-0 overflow-auto bg-base-100",
        false => "sr-only noscript:not-sr-only",
    };
    let name = move || figure.with(|figure| figure.name.clone());
    let focus = move || is_shown.get().then_some("0");
    view! {
        <div class=class role="group" aria-label=move || [&name(), ", as a table"].concat() tabindex=focus>
            {move || {
                let rows = figure.with(rows);
                (is_shown.get() || rows.len() <= ALWAYS).then(|| figure.with(|figure| table(figure, &rows)))
            }}
        </div>
    }
    .into_any()
}

fn table(figure: &Figure, rows: &[Row]) -> AnyView {
    let is_flow = figure.flow.is_some();
    let differs = |of: fn(&Row) -> &String| {
        rows.first()
            .is_some_and(|first| rows.iter().any(|row| of(row) != of(first)))
    };
    let columns = [
        differs(|row| &row.name).then_some((false, "Panel".to_owned())),
        (is_flow || differs(|row| &row.series))
            .then(|| (false, if is_flow { "From" } else { "Series" }.to_owned())),
        Some((
            !is_flow && figure.x.categories.is_empty(),
            if is_flow {
                "To".to_owned()
            } else {
                called(&figure.x)
            },
        )),
        Some((is_flow || figure.y.categories.is_empty(), called(&figure.y))),
        rows.iter()
            .any(|row| row.low.is_some())
            .then(|| (true, "95 % from".to_owned())),
        rows.iter()
            .any(|row| row.high.is_some())
            .then(|| (true, "to".to_owned())),
        rows.iter()
            .any(|row| row.n.is_some())
            .then(|| (true, "n".to_owned())),
    ];
    let class = |is_number: bool| if is_number { "num" } else { "" };
    let heads = columns.iter().flatten();
    let heads = heads.map(
        |(is_number, name)| view! { <th scope="col" class=class(*is_number)>{name.clone()}</th> },
    );
    let lines = rows.iter().take(SHOWN).map(|row| {
        let cells = cells(row);
        let kept = columns
            .iter()
            .zip(cells)
            .filter_map(|(column, text)| column.as_ref().map(|(is_number, _)| (*is_number, text)));
        let cells = kept.map(|(is_number, text)| view! { <td class=class(is_number)>{text}</td> });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let more = rows.len().saturating_sub(SHOWN) as u64;
    view! {
        <table class="hf-grid tight" aria-label=figure.name.clone()>
            <thead><tr>{heads.collect_view()}</tr></thead>
            <tbody>{lines.collect_view()}</tbody>
        </table>
        {(more > 0).then(|| view! { <p class="px-4 py-2 text-xs text-muted">{plural(more, "more row is", "more rows are")}" in the CSV."</p> })}
    }
    .into_any()
}

fn cells(row: &Row) -> [String; 7] {
    let place = |cell: &Cell| match cell {
        Cell::Missing => "–".to_owned(),
        Cell::Number(value) => shown(*value),
        Cell::Name(name) => name.clone(),
    };
    let optional = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), shown);
    [
        row.name.clone(),
        row.series.clone(),
        place(&row.x),
        place(&row.y),
        optional(row.low),
        optional(row.high),
        row.n.map_or_else(|| "–".to_owned(), count),
    ]
}

/// Digits that count; the CSV has them all.
fn shown(value: f64) -> String {
    let decimals = match value.abs() {
        1.0.. => 2,
        0.01.. => 4,
        _ => 6,
    };
    number(value, decimals)
}
