//! The frame's head: the mark, the study, the pages, what is saved, the theme, the way to the settings.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use super::{icon::Icon, save_chip::SaveChip, theme::ThemeButton};
use crate::account::Who;
use crate::boot::use_boot;
use crate::stores::{table::STUDY_NAME, use_server_store};

/// The pages, in the header's order: address, name.
pub(crate) const PAGES: [(&str, &str); 9] = [
    ("/", "Query"),
    ("/data", "Data"),
    ("/plot", "Plot"),
    ("/profile", "Profile"),
    ("/simulations", "Simulations"),
    ("/compare", "Compare"),
    ("/configurations", "Configurations"),
    ("/states", "States"),
    ("/monitor", "Monitor"),
];

/// What makes links to pages leave this one, so that the server is asked and can lead to where one logs in.
pub(crate) fn leaving() -> Option<&'static str> {
    use_boot().with_value(|boot| boot.must_log_in.then_some("external"))
}

/// Whether an address belongs to a page: it is the page's own, or one of its parts'.
fn is_at(path: &str, page: &str) -> bool {
    let rest = path.strip_prefix(page);
    rest.is_some_and(|rest| rest.is_empty() || (page != "/" && rest.starts_with('/')))
}

/// The mark: a holdfast, the root by which kelp keeps its place.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 20 20" class="size-5 text-primary" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" aria-hidden="true">
            <path d="M10 2.2v6.6M10 8.8c0 3.4-1.2 5-4.6 6.4M10 8.8c0 3.4 1.2 5 4.6 6.4M10 8.8v6.6"></path>
            <path d="M2.8 17.8h14.4" stroke-width="1.5"></path>
        </svg>
    }
}

/// The header. On a phone it has the page's name; the pages themselves are in the dock, and the theme among the settings.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let (location, rel) = (use_location(), leaving());
    let page = move || {
        let path = location.pathname.get();
        PAGES
            .iter()
            .chain(&[("/settings", "Settings"), ("/account", "Account")])
            .find(|(href, _)| is_at(&path, href))
            .map_or("Holdfast", |(_, name)| *name)
    };
    view! {
        <header class="hf-top">
            <a class="flex items-center gap-1.5 pr-2 font-semibold tracking-[-0.01em]" href="/" rel=rel aria-label="Holdfast, to Query">
                <Mark/>
                <span class="hidden md:inline">"Holdfast"</span>
            </a>
            <span class="lg:hidden min-w-0 truncate text-lg font-semibold" aria-hidden="true">{page}</span>
            <StudyName/>
            <nav class="hf-nav hidden lg:flex items-center ml-1" aria-label="Pages">
                {PAGES.map(|(href, name)| view! { <A href=href exact={href == "/"} attr:rel=rel>{name}</A> })}
            </nav>
            <span class="flex-1"></span>
            <SaveChip/>
            <ThemeButton/>
            <a class="btn btn-sm btn-ghost btn-square" href="/settings" rel=rel aria-label="Settings" title="Settings"><Icon name="settings"/></a>
            <Who/>
        </header>
    }
}

/// The study's name, changed in place.
#[component]
fn StudyName() -> impl IntoView {
    let name = use_server_store(STUDY_NAME);
    let rename = move |event| {
        let typed = event_target_value(&event);
        let trimmed: String = typed.trim().chars().take(80).collect();
        if !trimmed.is_empty() {
            name.set(trimmed);
        }
    };
    view! {
        <input
            class="hidden md:block input input-sm w-36 font-medium truncate"
            aria-label="Study name"
            maxlength="80"
            prop:value=move || name.get()
            value=name.get_untracked()
            on:change=rename
        />
    }
}
