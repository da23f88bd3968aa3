//! Each colour's n and means.

use leptos::prelude::*;
use workbench::plot::{Panel, PlotSpec};

use super::{dot::Dots, table};
use crate::{
    components::format::count,
    plot::numbers::{decimals_for, fixed},
};

pub(super) fn view(spec: &PlotSpec, panel: &Panel, dots: &Dots) -> Option<AnyView> {
    let colour = spec.colour.as_ref()?;
    let all = |look: fn(&workbench::plot::Series) -> Option<f64>| {
        let values: Vec<Option<f64>> = panel.series.iter().map(look).collect();
        let decimals = decimals_for(values.iter().copied().flatten());
        let shown = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| fixed(value, decimals))
        };
        values.into_iter().map(shown).collect::<Vec<String>>()
    };
    let has_y = panel.series.iter().any(|series| series.mean_y.is_some());
    let mut head = vec![
        upper_first(colour),
        "n".to_owned(),
        spec.x.clone().unwrap_or_default(),
    ];
    head.extend(spec.y.clone().filter(|_| has_y));
    let (x, y) = (all(|series| series.mean_x), all(|series| series.mean_y));
    let rows = panel
        .series
        .iter()
        .zip(x.into_iter().zip(y))
        .map(|(series, (x, y))| {
            let mut cells = vec![series.name.clone().unwrap_or_default(), count(series.n), x];
            cells.extend(has_y.then_some(y));
            (dots.dot(series.name.as_deref()), cells)
        });
    Some(
        view! {
            <div class="hf-sec">
                <h3 class="hf-h mb-2">{format!("By {colour}")}</h3>
                {table(head, rows.collect())}
            </div>
        }
        .into_any(),
    )
}

/// `Stage`.
pub(super) fn upper_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
