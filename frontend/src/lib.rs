//! The WASM entry: takes over the page that the server has rendered. Everything else is in the crate `app`.

// The whole page is one type, and hydration nests a layer for each element.
#![recursion_limit = "256"]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's own script when this module is loaded.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    app::ensure_session().await;
    app::take_over().await;
}
