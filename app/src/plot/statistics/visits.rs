//! Means visit by visit, with their intervals and how many they are of.

use leptos::prelude::*;
use workbench::plot::{Panel, PlotSpec};

use super::{colours::upper_first, dot::Dots, table};
use crate::{
    components::format::count,
    plot::numbers::{decimals_for, fixed},
};

pub(super) fn view(spec: &PlotSpec, panel: &Panel, dots: &Dots) -> AnyView {
    let of = spec.x.as_deref().unwrap_or("visit");
    let decimals = decimals_for(panel.groups.iter().map(|group| group.description.mean));
    let head = vec![
        upper_first(of),
        "n".into(),
        "mean".into(),
        "95 % interval".into(),
    ];
    let rows = panel.groups.iter().map(|group| {
        let [low, high] = group.interval;
        let name = [Some(&group.name), group.colour.as_ref()];
        let name: Vec<&str> = name.into_iter().flatten().map(String::as_str).collect();
        // One value, or equal ones, have no interval.
        let interval = if low < high {
            format!("{} to {}", fixed(low, decimals), fixed(high, decimals))
        } else {
            "–".to_owned()
        };
        let cells = vec![
            name.join(", "),
            count(group.description.n),
            fixed(group.description.mean, decimals),
            interval,
        ];
        (dots.dot(group.colour.as_deref()), cells)
    });
    view! {
        <div class="hf-sec">
            <h3 class="hf-h mb-2">{format!("Mean {} by {of}", spec.y.as_deref().unwrap_or_default())}</h3>
            {table(head, rows.collect())}
        </div>
    }
    .into_any()
}
