//! The chart's place on the page: draws when choices or answers change, and takes selections.

use leptos::{html, prelude::*};
use serde::Serialize;
use workbench::plot::{PlotData, PlotSpec, Region};

use super::{
    bridge::{self, CHART},
    model::{Plot, use_plot},
    words::{Labels, labels, summary, title},
};

/// What the chart is told.
#[derive(Serialize)]
struct Drawing<'a> {
    data: &'a PlotData,
    spec: PlotSpec,
    labels: Labels,
}

/// The chart, with a line for those who do not see it, and what went wrong if something did.
///
/// **Server-side rendering.** The server renders everything but the picture itself.
#[component]
pub(super) fn Chart() -> impl IntoView {
    let plot = use_plot();
    let element = NodeRef::<html::Div>::new();
    let has_failed = RwSignal::new(false);
    start(plot, element, has_failed);
    let name = move || title(&plot.spec());
    let is_dimmed = RwSignal::new(false);
    Effect::new(move |_| is_dimmed.set(plot.is_stale()));
    view! {
        <div
            class="absolute inset-0 transition-opacity delay-150"
            class:opacity-50=is_dimmed
            class:invisible=move || plot.is_table.get()
            data-testid="plot-chart"
            role="img"
            aria-label=name
            aria-describedby="plot-summary"
            node_ref=element
        ></div>
        <div id="plot-summary" class="sr-only">
            <Transition>{move || plot.with_data(summary)}</Transition>
        </div>
        <Transition fallback=Waiting>{move || plot.answer.with(|answer| problem(answer.as_ref()))}</Transition>
        <Show when=move || has_failed.get()>
            <Problem text="The chart could not be loaded. Reload the page; the numbers beside it are right.".to_owned()/>
        </Show>
    }
    .into_any()
}

fn start(plot: Plot, element: NodeRef<html::Div>, has_failed: RwSignal<bool>) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        CHART.load(move |is_there| {
            let handle = is_there.then(|| plot.kept.chart()).flatten();
            // The page may have been left in the meantime.
            if plot.handle.try_set(handle).is_some() {
                return;
            }
            has_failed.try_set(handle.is_none());
            if let Some(handle) = handle {
                bridge::mount(handle, &element);
                bridge::on_select(handle, move |region| {
                    if let Ok(region) = crate::json::read::<Region>(&region) {
                        plot.region.set(Some(region));
                    }
                });
                bridge::on_zoom(handle, move |part| plot.zoom.set(part));
            }
        });
    });
    // Ahead of the drawing, which then is made once.
    Effect::new(move |_| {
        if let Some(handle) = plot.handle.get() {
            bridge::zoom(handle, &plot.zoom.get());
        }
    });
    Effect::new(move |_| {
        let Some(handle) = plot.handle.get() else {
            return;
        };
        if let Some(drawing) = drawing(plot) {
            bridge::draw(handle, &drawing);
        }
    });
    Effect::new(move |_| {
        let Some(handle) = plot.handle.get() else {
            return;
        };
        let region = plot
            .region
            .with(serde_json::to_string)
            .unwrap_or_else(|_| "null".into());
        bridge::show(handle, &region);
    });
    Effect::new(move |_| {
        let Some(handle) = plot.handle.get() else {
            return;
        };
        plot.tool.with(|tool| bridge::tool(handle, tool));
    });
}

/// The answer on screen, under the choices that need no new one.
fn drawing(plot: Plot) -> Option<String> {
    let PlotSpec {
        opacity,
        fit_interval,
        ..
    } = plot.spec();
    plot.with_data(|asked, data| {
        let spec = PlotSpec {
            opacity,
            fit_interval,
            ..asked.clone()
        };
        let labels = plot
            .study
            .result
            .with(|result| result.as_ref().map(|r| labels(&spec, r)))?;
        serde_json::to_string(&Drawing { data, spec, labels }).ok()
    })
    .flatten()
}

fn problem(answer: Option<&Option<super::model::Answer>>) -> Option<AnyView> {
    let answer = answer?.as_ref()?;
    match &answer.outcome {
        Err(error) => Some(view! { <Problem text=error.to_string()/> }.into_any()),
        Ok(data) if data.total == 0 => {
            let text = "No row has all the values this plot needs. Choose other columns, or a linear axis.";
            Some(view! { <Problem text=text.to_owned()/> }.into_any())
        }
        Ok(_) => None,
    }
}

/// Says what is wrong in the chart's place.
#[component]
fn Problem(text: String) -> impl IntoView {
    view! {
        <div class="absolute inset-0 grid place-items-center bg-base-100 p-6" role="alert">
            <p class="max-w-sm text-center text-muted">{text}</p>
        </div>
    }
}

/// The shape of what comes, if it takes a while.
#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="absolute top-11 right-5 bottom-12 left-14 skeleton rounded-none transition-opacity delay-200 duration-0 starting:opacity-0" aria-hidden="true"></div>
    }
}
