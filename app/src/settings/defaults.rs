//! What the pages begin with. Each is the store that the page itself writes.

use leptos::prelude::*;

use super::{
    choice::{Choice, Tick},
    reset::Reset,
    words::{KINDS, SHAPES, TOOLS, value_of, word_of, words},
};
use crate::stores::{
    table::{CONSOLIDATE, PLOT, PLOT_TOOL, QUERY_PANELS, SHAPE},
    use_browser_store, use_server_store,
};

/// For `<noscript>`. A constant, as a literal would be written as an attribute of that name.
const PLAIN_USE: &str = r#"<button class="btn btn-sm">Use these defaults</button>"#;

/// The region.
#[component]
pub(super) fn Defaults() -> impl IntoView {
    view! {
        <section class="border-t border-line" aria-labelledby="settings-defaults">
            <div class="flex flex-wrap items-baseline gap-x-2 px-4 pt-3">
                <h2 id="settings-defaults" class="font-semibold">"Defaults"</h2>
                <span class="text-xs text-muted">"The same as on the pages themselves: a change here is a change there."</span>
            </div>
            <form method="post" action="/settings/defaults" class="px-4 pt-2 pb-3 flex flex-col gap-2">
                <OfQuery/>
                <OfPlot/>
                <noscript inner_html=PLAIN_USE></noscript>
            </form>
            <Reset/>
        </section>
    }
    .into_any()
}

#[component]
fn OfQuery() -> impl IntoView {
    let shape = use_server_store(SHAPE);
    let consolidate = use_server_store(CONSOLIDATE);
    let panels = use_browser_store(QUERY_PANELS);
    let shape_word = Signal::derive(move || word_of(&SHAPES, &shape.get()));
    let pick_shape = Callback::new(move |word: String| {
        if let Some(chosen) = value_of(&SHAPES, &word) {
            shape.set(chosen);
        }
    });
    let is_folded = Signal::derive(move || panels.with(|panels| panels.is_chooser_folded));
    let fold = Callback::new(move |()| {
        panels.update(|panels| panels.is_chooser_folded = !panels.is_chooser_folded);
    });
    let toggle = Callback::new(move |()| consolidate.update(|on| *on = !*on));
    view! {
        <Choice label="Rows of the merged result" name="shape" options=words(&SHAPES) value=shape_word pick=pick_shape/>
        <Tick
            label="Consolidate baselines" about="Visits named BAS1, BAS2 become one."
            name="consolidate" value=consolidate.signal() pick=toggle
        />
        <Tick
            label="Fold the column chooser" about="Query shows it as a button."
            name="folded" value=is_folded pick=fold
        />
    }
    .into_any()
}

#[component]
fn OfPlot() -> impl IntoView {
    let plot = use_server_store(PLOT);
    let tool = use_browser_store(PLOT_TOOL);
    let kind_word = Signal::derive(move || plot.with(|spec| word_of(&KINDS, &spec.kind)));
    let pick_kind = Callback::new(move |word: String| {
        if let Some(kind) = value_of(&KINDS, &word) {
            plot.update(|spec| spec.kind = kind);
        }
    });
    let tool_word = Signal::derive(move || tool.with(|tool| word_of(&TOOLS, &tool.as_str())));
    let pick_tool = Callback::new(move |word: String| {
        if value_of(&TOOLS, &word).is_some() {
            tool.set(word);
        }
    });
    view! {
        <Choice label="Kind of plot" name="plot_kind" options=words(&KINDS) value=kind_word pick=pick_kind/>
        <Choice label="Tool on a plot" name="plot_tool" options=words(&TOOLS) value=tool_word pick=pick_tool/>
    }
    .into_any()
}
