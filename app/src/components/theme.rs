//! Light, dark, or as the system has it.

use leptos::prelude::*;

use super::icon::Icon;
use crate::stores::{
    table::{THEME, Theme},
    use_browser_store,
};

/// The button that goes through system, light and dark. On a phone there is no room for it: the settings have the choice.
#[component]
pub(crate) fn ThemeButton() -> impl IntoView {
    let theme = use_browser_store(THEME);
    let next = move |_| {
        theme.update(|theme| {
            *theme = match theme {
                Theme::System => Theme::Light,
                Theme::Light => Theme::Dark,
                Theme::Dark => Theme::System,
            };
        });
    };
    let icon = Signal::derive(move || match theme.get() {
        Theme::System => "monitor",
        Theme::Light => "sun",
        Theme::Dark => "moon",
    });
    let label = move || match theme.get() {
        Theme::System => "Theme: as the system",
        Theme::Light => "Theme: light",
        Theme::Dark => "Theme: dark",
    };
    #[cfg(feature = "hydrate")]
    // The first run finds the document as the server rendered it; later ones follow the choice.
    Effect::new(move |before: Option<Theme>| {
        let theme = theme.get();
        if before.is_some_and(|before| before != theme) {
            apply(theme);
        }
        theme
    });
    view! {
        <button class="btn btn-sm btn-ghost btn-square max-md:hidden" aria-label=label title=label on:click=next>
            <Icon name=icon/>
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn apply(theme: Theme) {
    let is_dark = match theme {
        Theme::Dark => true,
        Theme::Light => false,
        Theme::System => window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches()),
    };
    if let Some(root) = document().document_element() {
        let name = if is_dark {
            "holdfast-dark"
        } else {
            "holdfast-light"
        };
        drop(root.set_attribute("data-theme", name));
        // `shell` follows the system where this is said.
        let follows = match theme {
            Theme::System => "system",
            Theme::Light | Theme::Dark => "",
        };
        drop(root.set_attribute("data-follow", follows));
    }
}
