//! The signature: whether everything is saved, how far the study has come, and the way to its history.

use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::Icon;
use crate::stores::{SaveStatus, use_save_summary};

/// `Saved | v41`, `Saving`, `3 not saved yet`.
#[component]
pub(crate) fn SaveChip() -> impl IntoView {
    let summary = use_save_summary();
    let icon = Signal::derive(move || match summary.get().status {
        SaveStatus::Saved => "check",
        SaveStatus::Saving => "loader-circle",
        SaveStatus::Waiting => "cloud-off",
    });
    let text = move || match summary.get().status {
        SaveStatus::Saved => "Saved".to_owned(),
        SaveStatus::Saving => "Saving".to_owned(),
        SaveStatus::Waiting => format!("{} not saved yet", summary.get().waiting),
    };
    let tone = move || match summary.get().status {
        SaveStatus::Saved => "text-ok-text font-medium",
        SaveStatus::Saving => "text-muted font-medium",
        SaveStatus::Waiting => "text-warn-text font-medium",
    };
    view! {
        <span class="hf-ver mr-1">
            <span class=tone role="status" data-testid="save-chip">
                <Icon name=icon small=true/>
                {text}
            </span>
            <A href="/states" attr:class="num" attr:title="Every change saved in this study, with its history">
                <span class="sr-only">"History, version "</span>
                {move || format!("v{}", summary.get().version)}
            </A>
        </span>
    }
}
