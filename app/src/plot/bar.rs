//! The bar above the chart: what it shows, how much of it, the tools, the pictures.

use leptos::prelude::*;

use super::{
    bridge,
    model::{Plot, use_plot},
    words::{drawn, file_name, title},
};
use crate::components::{icon::Icon, toasts::use_toasts};

/// The tools: name in the store, label, icon.
const TOOLS: [(&str, &str, &str); 3] = [
    ("pan", "Pan", "hand"),
    ("box", "Box", "square-dashed"),
    ("lasso", "Lasso", "lasso"),
];

/// The bar. Below 1024 px it wraps and opens the statistics, below 768 px the settings.
#[component]
pub(super) fn Bar() -> impl IntoView {
    let plot = use_plot();
    view! {
        <div class="hf-bar max-lg:h-auto max-lg:flex-wrap max-lg:py-2">
            <button
                id="plot-settings-button"
                class="btn btn-sm md:hidden"
                aria-expanded=move || plot.is_rail_open.get().to_string()
                aria-controls="plot-settings"
                on:click=move |_| plot.is_rail_open.set(true)
            >
                <Icon name="sliders-horizontal" small=true/>
                "Plot settings"
            </button>
            <h1 class="font-semibold min-w-0 lg:truncate max-lg:order-last max-lg:w-full" data-testid="plot-title">
                {move || title(&plot.spec())}
            </h1>
            <span class="min-w-0 max-lg:order-last" role="status">
                <Transition>
                    {move || {
                        plot.with_data(|spec, data| {
                            let tone = if data.note.is_some() { "hf-chip-warn" } else { "" };
                            let text = drawn(spec, data);
                            view! {
                                <span class=format!("hf-chip num max-w-full {tone}") title=text.clone() data-testid="plot-drawn">
                                    <span class="truncate">{text.clone()}</span>
                                </span>
                            }
                        })
                    }}
                </Transition>
            </span>
            <span class="flex-1"></span>
            <Tools plot/>
            <button
                class="btn btn-sm btn-square"
                class:btn-active=move || plot.is_table.get()
                aria-label="Show as table"
                title="Show as table"
                aria-pressed=move || plot.is_table.get().to_string()
                on:click=move |_| plot.is_table.update(|is_table| *is_table = !*is_table)
            >
                <Icon name="table-2" small=true/>
            </button>
            <Picture plot kind="png" label="PNG"/>
            <Picture plot kind="svg" label="SVG"/>
            <button
                id="plot-statistics-button"
                class="btn btn-sm max-md:hidden lg:hidden"
                aria-expanded=move || plot.is_statistics_open.get().to_string()
                aria-controls="plot-statistics"
                on:click=move |_| plot.is_statistics_open.update(|is_open| *is_open = !*is_open)
            >
                "Statistics"
            </button>
        </div>
    }
    .into_any()
}

/// The tool in hand has its name beside it.
#[component]
fn Tools(plot: Plot) -> impl IntoView {
    view! {
        <span class="hf-seg shrink-0" role="group" aria-label="Selection tool">
            {TOOLS
                .map(|(name, label, icon)| {
                    let is_held = move || plot.tool.with(|tool| tool == name);
                    view! {
                        <button
                            aria-pressed=move || is_held().to_string()
                            aria-label=label
                            title=label
                            on:click=move |_| plot.tool.set(name.to_owned())
                        >
                            <Icon name=icon small=true/>
                            {move || is_held().then_some(label)}
                        </button>
                    }
                })}
        </span>
    }
}

/// Saves the chart as a picture.
#[component]
fn Picture(plot: Plot, kind: &'static str, label: &'static str) -> impl IntoView {
    let toasts = use_toasts();
    let save = move |_| {
        let name = file_name(&plot.spec_untracked());
        let handle = plot.handle.get_untracked();
        if !handle.is_some_and(|handle| bridge::download(handle, kind, &name)) {
            toasts.error("There is no chart to save yet. Wait until it is drawn, and try again.");
        }
    };
    view! {
        <button class="btn btn-sm" title=format!("Save the chart as {label}") on:click=save>
            {label}
        </button>
    }
}
