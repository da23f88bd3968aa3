//! The Plot page: where its regions are. What they do is theirs.

use leptos::{ev, prelude::*};
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

use crate::components::alive::mark_alive;

use super::{
    bar::Bar, chart::Chart, contents::Contents, model::provide_plot, rail::Rail,
    selection::Selection, statistics::Statistics,
};

/// From this width on nothing is folded away.
const WIDE: f64 = 1024.0;
/// From this width on the rail stands beside the chart.
const MEDIUM: f64 = 768.0;

/// The route.
pub(crate) struct PlotPage;

#[lazy_route]
impl LazyRoute for PlotPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! {
            <Title text="Plot"/>
            <PlotView/>
        }
        .into_any()
    }
}

#[component]
fn PlotView() -> impl IntoView {
    let plot = provide_plot();
    mark_alive();
    let has_result = Memo::new(move |_| plot.chosen.with(Option::is_some));
    Effect::new(move |_| fold_on_room(plot.is_rail_open, plot.is_statistics_open));
    view! {
        <Show when=move || has_result.get() fallback=Empty>
            <div class="flex min-h-0 min-w-0 flex-1 max-md:flex-col max-md:overflow-auto">
                <Rail/>
                <section
                    class="flex-1 min-w-0 flex flex-col max-md:flex-none"
                    aria-label="Plot"
                    inert=move || plot.is_rail_open.get()
                >
                    <Bar/>
                    <div class="relative bg-base-100 flex-1 min-h-0 max-md:h-88 max-md:flex-none">
                        <Chart/>
                        <Show when=move || plot.is_table.get()>
                            <Contents/>
                        </Show>
                    </div>
                    <Selection/>
                </section>
                <Statistics/>
            </div>
        </Show>
    }
    .into_any()
}

/// There is nothing to plot yet.
#[component]
fn Empty() -> impl IntoView {
    view! {
        <section class="m-auto max-w-sm p-6 text-center">
            <h1 class="hf-title">"Nothing to plot yet"</h1>
            <p class="mt-2 text-muted">"Merge tables on Query first. The merged result is what is plotted here."</p>
            <a class="btn btn-sm btn-primary mt-4" href="/">"Go to Query"</a>
        </section>
    }
    .into_any()
}

/// What was opened over the page for want of room is folded again: by Escape, or once there is room.
fn fold_on_room(is_rail_open: RwSignal<bool>, is_statistics_open: RwSignal<bool>) {
    let fold = move |is_open: RwSignal<bool>, opener: &str| {
        if is_open.get_untracked() {
            is_open.set(false);
            super::rail::focus(opener);
        }
    };
    let keys = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            fold(is_rail_open, "plot-settings-button");
            fold(is_statistics_open, "plot-statistics-button");
        }
    });
    let size = window_event_listener(ev::resize, move |_| {
        let width = window()
            .inner_width()
            .ok()
            .and_then(|width| width.as_f64())
            .unwrap_or(WIDE);
        if width >= MEDIUM && is_rail_open.get_untracked() {
            is_rail_open.set(false);
        }
        if width >= WIDE && is_statistics_open.get_untracked() {
            is_statistics_open.set(false);
        }
    });
    on_cleanup(move || {
        keys.remove();
        size.remove();
    });
}
