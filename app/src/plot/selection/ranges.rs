//! The selection by number fields: the way without a pointer.

use leptos::prelude::*;
use workbench::{plot::Region, query::Range};

use crate::plot::{
    model::use_plot,
    roles::{Role, has_groups},
};

/// Fields for both axes; on a group axis only for the vertical one.
#[component]
pub(super) fn Ranges() -> impl IntoView {
    let plot = use_plot();
    let has_x = plot.part(|spec| !has_groups(spec.kind));
    let has_y = plot.part(|spec| Role::Y.is_used(spec.kind));
    let x = plot.part(|spec| spec.x.clone().unwrap_or_default());
    let y = plot.part(|spec| spec.y.clone().unwrap_or_default());
    view! {
        <div class="px-4 pb-2 flex flex-wrap gap-x-6 gap-y-2" role="group" aria-label="Choose by range">
            <Show when=move || has_x.get()>
                <Axis name=x axis=0/>
            </Show>
            <Show when=move || has_y.get()>
                <Axis name=y axis=1/>
            </Show>
        </div>
    }
    .into_any()
}

/// Two fields of one axis. Both empty on all axes selects nothing.
#[component]
fn Axis(name: Signal<String>, axis: usize) -> impl IntoView {
    let plot = use_plot();
    let range = Memo::new(move |_| plot.region.with(|region| ranges(region.as_ref())[axis]));
    let set = move |event, is_min: bool| {
        let text: String = event_target_value(&event);
        let end = text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|end| end.is_finite());
        let mut all = ranges(plot.region.get_untracked().as_ref());
        *(if is_min {
            &mut all[axis].min
        } else {
            &mut all[axis].max
        }) = end;
        let [x, y] = all;
        let is_open = all
            .iter()
            .all(|range| range.min.is_none() && range.max.is_none());
        plot.region.set((!is_open).then_some(Region::Box { x, y }));
    };
    let field = move |is_min: bool| {
        let value = Signal::derive(move || {
            let Range { min, max } = range.get();
            let end = if is_min { min } else { max };
            end.map(|end| end.to_string()).unwrap_or_default()
        });
        let label = move || format!("{} {}", name.get(), if is_min { "from" } else { "to" });
        view! {
            <input
                type="number"
                step="any"
                class="input input-sm w-24 num"
                aria-label=label
                value=value.get_untracked()
                prop:value=value
                on:change=move |event| set(event, is_min)
            />
        }
    };
    view! {
        <span class="flex items-center gap-2 text-xs">
            <span class="text-muted">{name}</span>
            {field(true)}
            <span class="text-muted">"to"</span>
            {field(false)}
        </span>
    }
    .into_any()
}

/// The ranges of a region; a lasso has none, as its corners would say less than it does.
fn ranges(region: Option<&Region>) -> [Range; 2] {
    match region {
        Some(Region::Box { x, y }) => [*x, *y],
        _ => [Range::default(); 2],
    }
}
