//! The pages and server functions of the crate `app`.
//!
//! Leptos' own route list is not used: which page an address means, or that none does, is decided
//! by the routes in `app`, once. A file of the site comes first.

use app::{AppState, shell};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodFilter, any, on},
};
use leptos::{nonce::use_nonce, prelude::*, server_fn::axum::server_fn_paths};
use leptos_axum::{ResponseOptions, handle_server_fns_with_context, render_app_async_with_context};
use tower_http::services::ServeDir;

use super::{boot, limited, not_found, policy};

/// Every page and file of the site, as the fallback of all other routes.
pub(crate) fn pages(state: &AppState) -> Router {
    let (context, document) = (state.clone(), state.clone());
    let context = move || {
        provide_context(context.clone());
        set_policy();
    };
    let document = move || shell(document.leptos.clone(), &document.assets);
    let page = Router::new()
        .fallback(render_app_async_with_context(context, document))
        .layer(from_fn_with_state(state.clone(), boot));
    let site = ServeDir::new(&*state.leptos.site_root)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .fallback(page);
    Router::new().fallback_service(site)
}

/// Every server function, each with its own method.
pub(crate) fn functions(state: &AppState) -> Router {
    let known = server_fn_paths().filter_map(|(path, method)| {
        let method = MethodFilter::try_from(method).ok()?;
        Some((path, method))
    });
    let routes = known.fold(Router::new(), |routes, (path, method)| {
        let state = state.clone();
        let handler = async move |request: Request| {
            let context = move || provide_context(state.clone());
            handle_server_fns_with_context(context, request).await
        };
        routes.route(path, on(method, handler))
    });
    routes
        .route("/api/{*function}", any(not_found))
        .layer(from_fn(limited))
}

/// Gives the page the policy that its nonce belongs to.
fn set_policy() {
    if let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(value) = HeaderValue::from_str(&policy(&nonce))
    {
        options.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}
