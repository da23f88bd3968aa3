//! The chooser of the six kinds.

use leptos::prelude::*;

use crate::{
    components::icon::Icon,
    plot::{model::use_plot, roles::KINDS},
};

/// Six buttons, the chosen one pressed.
#[component]
pub(super) fn Kinds() -> impl IntoView {
    let plot = use_plot();
    let chosen = plot.part(|spec| spec.kind);
    view! {
        <div class="hf-sec grid grid-cols-3 gap-1" role="group" aria-label="Kind of plot">
            {KINDS
                .map(|(kind, name, icon)| {
                    let is_chosen = move || chosen.get() == kind;
                    let class = move || {
                        let tone = if is_chosen() {
                            "bg-base-100 border-line-strong text-primary font-medium"
                        } else {
                            "border-transparent text-muted hover:bg-hover"
                        };
                        format!("rounded-field py-1.5 flex flex-col items-center gap-1 text-2xs border {tone}")
                    };
                    view! {
                        <button
                            class=class
                            aria-pressed=move || is_chosen().to_string()
                            on:click=move |_| plot.change(|spec| spec.kind = kind)
                        >
                            <Icon name=icon/>
                            {name}
                        </button>
                    }
                })}
        </div>
    }
    .into_any()
}
