//! The pages at the foot of a phone or tablet.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    header::{PAGES, leaving},
    icon::Icon,
};

/// The dock; hidden from 1024 px on.
#[component]
pub(crate) fn Dock() -> impl IntoView {
    const ICONS: [&str; 9] = [
        "filter",
        "database",
        "chart-scatter",
        "chart-column",
        "chart-spline",
        "chart-candlestick",
        "file-text",
        "git-commit-horizontal",
        "monitor",
    ];
    let rel = leaving();
    let pages = PAGES.into_iter().zip(ICONS);
    view! {
        <nav class="hf-dock lg:hidden" aria-label="Pages at the foot">
            {pages
                .map(|((href, name), icon)| {
                    view! {
                        <A href=href exact={href == "/"} attr:rel=rel>
                            <Icon name=icon/>
                            <span>{name}</span>
                        </A>
                    }
                })
                .collect_view()}
        </nav>
    }
}
