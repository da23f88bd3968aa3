//! The document around every page: theme, styles, scripts, icons, snapshot. Only on the server.

use std::collections::BTreeMap;

use axum::http::request::Parts;
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use serde::{Deserialize, Serialize};

use crate::{
    App,
    boot::{BOOT_ELEMENT, provide_boot},
    stores::table::{THEME, Theme},
};

/// Hashed names of what the site build made, from `site/assets.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assets {
    /// The stylesheet's path.
    pub stylesheet: String,
    /// Fonts to fetch early.
    pub preload_fonts: Vec<String>,
    /// JavaScript bundles by name (`chart`), loaded by the pages that use them.
    pub bundles: BTreeMap<String, String>,
}

/// Runs before the first paint, and whenever the system changes: a person who follows its theme gets it without a flash.
const SYSTEM_THEME: &str = "(dark=>{const root=document.documentElement.dataset,follow=()=>{if(root.follow)root.theme=dark.matches?'holdfast-dark':'holdfast-light'};follow();dark.addEventListener('change',follow)})(matchMedia('(prefers-color-scheme: dark)'))";
const ICONS: &str = include_str!("components/icons.svg");

/// The whole document. `assets` names the files; the page itself is [`App`].
pub fn shell(options: LeptosOptions, assets: &Assets) -> impl IntoView + use<> {
    let boot = provide_boot();
    let theme = boot.with_value(|boot| {
        let kept = boot.preferences.get(THEME.entry.key).cloned();
        kept.and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default()
    });
    let (name, follows) = match theme {
        Theme::Dark => ("holdfast-dark", None),
        Theme::Light => ("holdfast-light", None),
        Theme::System if prefers_dark() => ("holdfast-dark", Some("system")),
        Theme::System => ("holdfast-light", Some("system")),
    };
    let snapshot = boot.with_value(crate::Boot::to_script);
    let fonts = assets.preload_fonts.clone();
    let stylesheet = assets.stylesheet.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=name data-follow=follows>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=stylesheet/>
                {fonts
                    .into_iter()
                    .map(|href| {
                        view! { <link rel="preload" href=href r#as="font" r#type="font/woff2" crossorigin="anonymous"/> }
                    })
                    .collect_view()}
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <script nonce=use_nonce()>{SYSTEM_THEME}</script>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <script id=BOOT_ELEMENT r#type="application/json" nonce=use_nonce() inner_html=snapshot></script>
                <div inner_html=ICONS></div>
            </body>
        </html>
    }
}

/// Browsers that were asked (`Accept-CH`) say whether the system is dark.
fn prefers_dark() -> bool {
    use_context::<Parts>()
        .and_then(|parts| parts.headers.get("sec-ch-prefers-color-scheme").cloned())
        .is_some_and(|value| value.as_bytes() == b"dark")
}
