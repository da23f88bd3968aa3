//! A figure as a table: its name, what it says, and every value.

use leptos::prelude::*;

use super::{Figure, Panel, Point, Series};
use crate::components::format;

/// The figure.
#[component]
pub(crate) fn FigureView(#[prop(into)] figure: Signal<Figure>) -> impl IntoView {
    let shown = move || {
        let figure = figure.get();
        let row = |panel: &Panel, series: &Series, point: &Point| {
            let number = |value: Option<f64>| {
                value.map_or_else(|| "–".to_owned(), |value| format::number(value, 2))
            };
            let name = [panel.title.as_str(), series.name.as_str()].join(" ");
            view! { <tr><td>{name}</td><td class="num">{number(Some(point.x))}</td><td class="num">{number(point.y)}</td><td class="num">{number(point.low)}</td><td class="num">{number(point.high)}</td></tr> }
        };
        let row = &row;
        let rows = figure.panels.iter().flat_map(|panel| {
            panel.series.iter().flat_map(move |series| {
                series
                    .points
                    .iter()
                    .map(move |point| row(panel, series, point))
            })
        });
        let rows = rows.collect_view();
        view! {
            <figure aria-label=figure.name.clone()>
                <figcaption class="font-semibold">{figure.name.clone()}</figcaption>
                <p class="text-xs text-muted">{figure.summary.clone()}</p>
                <div class="max-h-80 overflow-auto" tabindex="0" role="group" aria-label=figure.name.clone()>
                    <table class="hf-grid tight"><thead><tr><th>"Series"</th><th class="num">{figure.x.name}</th><th class="num">{figure.y.name}</th><th class="num">"low"</th><th class="num">"high"</th></tr></thead><tbody>{rows}</tbody></table>
                </div>
            </figure>
        }
    };
    view! { {shown} }.into_any()
}
