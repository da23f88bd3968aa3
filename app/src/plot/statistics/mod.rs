//! The statistics beside the chart: those of its kind, and what a reader must know of them.

mod colours;
pub(super) mod dot;
mod fit;
mod groups;
mod histogram;
mod visits;

use leptos::prelude::*;
use workbench::plot::{Panel, PlotData, PlotKind, PlotSpec};

use self::dot::dots_of;
use super::model::{Plot, use_plot};
use crate::components::{format::plural, icon::Icon};

/// The inspector; a drawer below 1024 px, below the chart on a phone.
#[component]
pub(super) fn Statistics() -> impl IntoView {
    let plot = use_plot();
    view! {
        <aside
            id="plot-statistics"
            class="hf-insp w-60 shrink-0 max-md:w-full max-md:border-l-0 max-md:border-t max-md:overflow-visible md:max-lg:fixed md:max-lg:top-12 md:max-lg:bottom-0 md:max-lg:right-0 md:max-lg:z-40 md:max-lg:w-72 md:max-lg:shadow-lg"
            class=("md:max-lg:hidden", move || !plot.is_statistics_open.get())
            aria-label="Statistics"
            tabindex="0"
            inert=move || plot.is_rail_open.get()
        >
            <div class="h-11 px-4 flex items-center border-b border-line">
                <h2 class="font-semibold">"Statistics"</h2>
                <span class="flex-1"></span>
                <button
                    class="btn btn-xs btn-ghost btn-square max-md:hidden lg:hidden"
                    aria-label="Close statistics"
                    on:click=move |_| {
                        plot.is_statistics_open.set(false);
                        super::rail::focus("plot-statistics-button");
                    }
                >
                    <Icon name="x" small=true/>
                </button>
            </div>
            <div data-testid="plot-statistics">
                <Transition fallback=Waiting>
                    {move || plot.with_data(|spec, data| contents(plot, spec, data))}
                </Transition>
            </div>
        </aside>
    }
    .into_any()
}

fn contents(plot: Plot, spec: &PlotSpec, data: &PlotData) -> AnyView {
    let dots = dots_of(plot, spec, data);
    let panels = data
        .panels
        .iter()
        .map(|panel| {
            let name = heading(spec, panel);
            let body = match spec.kind {
                PlotKind::Scatter | PlotKind::Density => (
                    fit::view(spec, panel, &dots),
                    colours::view(spec, panel, &dots),
                )
                    .into_any(),
                PlotKind::Histogram => (
                    histogram::view(spec, panel),
                    colours::view(spec, panel, &dots),
                )
                    .into_any(),
                PlotKind::Box | PlotKind::Violin => groups::view(spec, panel, &dots),
                PlotKind::Visits => visits::view(spec, panel, &dots),
            };
            view! { {name} {body} }
        })
        .collect_view();
    view! { {panels} {notes(plot, data)} }.into_any()
}

/// The facet's value above what is said of its panel.
fn heading(spec: &PlotSpec, panel: &Panel) -> Option<AnyView> {
    let name = format!("{} {}", spec.facet.as_deref()?, panel.name.as_deref()?);
    Some(view! { <h3 class="px-4 py-2 bg-base-200 border-b border-line text-xs font-semibold">{name}</h3> }.into_any())
}

/// What a reader must know: repeated participants, rows left out, how the points were reduced.
fn notes(plot: Plot, data: &PlotData) -> AnyView {
    let repeats = data.repeats_participants.then(|| {
        view! {
            <div class="px-4 py-3 text-xs text-muted flex gap-2">
                <Icon name="triangle-alert" small=true class="mt-0.5 text-warn-text"/>
                <p>
                    "Visits of one participant are not independent, so p is too small. "
                    <button
                        class="text-primary font-medium cursor-pointer text-left"
                        on:click=move |_| plot.change(|spec| spec.one_visit_each = true)
                    >
                        "Use one visit each"
                    </button>
                </p>
            </div>
        }
    });
    let left_out = (data.left_out > 0).then(|| {
        let rows = plural(data.left_out, "row is", "rows are");
        format!("{rows} left out: a value is missing, or not above 0 on a log axis.")
    });
    let further = data.note.iter().cloned().chain(left_out).map(|text| {
        view! {
            <p class="px-4 py-2 text-xs text-muted flex gap-2">
                <Icon name="info" small=true class="mt-0.5"/>
                <span class="min-w-0 break-words">{text}</span>
            </p>
        }
    });
    view! { {repeats} {further.collect_view()} }.into_any()
}

/// The shape of what comes, if it takes a while.
#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="p-4 flex flex-col gap-3 transition-opacity delay-200 duration-0 starting:opacity-0" aria-hidden="true">
            <div class="skeleton h-4 w-32"></div>
            <div class="skeleton h-24 w-full"></div>
            <div class="skeleton h-16 w-full"></div>
        </div>
    }
}

/// Names and values in two columns; the first value stands out where `leads`.
fn list(rows: Vec<(&'static str, String)>, leads: bool) -> AnyView {
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(at, (name, value))| {
            let class = if leads && at == 0 {
                "font-semibold"
            } else {
                ""
            };
            view! {
                <dt>{name}</dt>
                <dd class=class>{value}</dd>
            }
        })
        .collect_view();
    view! { <dl class="hf-kv mt-1">{rows}</dl> }.into_any()
}

/// A small table: its head, and rows of a name (with a dot, maybe) and numbers.
fn table(head: Vec<String>, rows: Vec<(Option<AnyView>, Vec<String>)>) -> AnyView {
    let align = |at: usize| {
        if at == 0 {
            "text-left pb-1 font-medium"
        } else {
            "text-right pb-1 pl-2 font-medium"
        }
    };
    let head = head
        .into_iter()
        .enumerate()
        .map(|(at, name)| view! { <th scope="col" class=align(at)>{name}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|(dot, cells)| {
            let mut cells = cells.into_iter();
            let first = cells.next();
            let rest = cells.map(
                |cell| view! { <td class="num text-right pl-2 whitespace-nowrap">{cell}</td> },
            );
            view! {
                <tr class="h-6">
                    <td><span class="inline-flex items-center gap-1.5">{dot} {first}</span></td>
                    {rest.collect_view()}
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="w-full text-xs">
            <thead><tr class="text-2xs text-muted">{head}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
