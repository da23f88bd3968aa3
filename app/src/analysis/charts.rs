//! The charts of the current view.

use leptos::prelude::*;

use super::{Place, View, options::Options, server::analyse_run};
use crate::components::{
    figure::{Figure, FigureView},
    live::Live,
};

/// The options of the view, and its charts. The old ones stay until the new ones are there.
#[component]
pub(crate) fn Charts(id: Memo<String>, place: Memo<Place>) -> impl IntoView {
    let asked = Memo::new(move |_| (id.get(), place.get()));
    let answer = Live::new(asked, |(id, place)| analyse_run(id, place));
    let names = Memo::new(move |_| {
        answer.good.with(|figures| {
            let names = figures.iter().flatten().map(|figure| figure.name.clone());
            names.collect::<Vec<String>>()
        })
    });
    let spans = move |at: usize| span(names.with(Vec::len), at);
    view! {
        <Options id place/>
        <div class="flex-1 min-h-0 overflow-auto max-lg:overflow-visible max-lg:flex-none">
            {answer.show(move || view! {
                <div class="min-h-full grid lg:grid-cols-6 gap-px bg-line auto-rows-[minmax(20rem,1fr)]">
                    <ForEnumerate
                        each=move || names.get() key=|name| name.clone()
                        children=move |at, name| {
                            let figure = Memo::new(move |before: Option<&Figure>| {
                                answer.good.with(|figures| {
                                    let found = figures.iter().flatten().find(|figure| figure.name == name);
                                    found.or(before).cloned().unwrap_or_default()
                                })
                            });
                            view! { <div class=move || spans(at.get())><FigureView figure/></div> }
                        }
                    />
                </div>
            }.into_any())}
        </div>
    }
    .into_any()
}

/// How wide a chart is among so many, of six columns.
fn span(count: usize, at: usize) -> &'static str {
    match (count, at) {
        (1, _) | (3, 0) => "min-w-0 lg:col-span-6",
        (5, 0) => "min-w-0 lg:col-span-4",
        (2 | 3, _) => "min-w-0 lg:col-span-3",
        _ => "min-w-0 lg:col-span-2",
    }
}

impl View {
    /// Whether it is made of charts.
    pub(crate) fn has_charts(self) -> bool {
        !matches!(self, Self::History | Self::About)
    }
}
