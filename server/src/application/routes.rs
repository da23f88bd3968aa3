//! Every route behind what stands in front of it.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::{catch_panic::CatchPanicLayer, trace::TraceLayer};

use crate::{
    Settings,
    api::{self, Shared},
    sessions::visitor,
    web::{self, Gate, MostBytes, OwnHosts, RequestLimits, Seen, Traffic, Trusted},
};

/// From the outside in: what is said of the connection, headers, packages (compressed when they were built); then,
/// for everything a person's state has to do with, compression, how refusals look, what panicked, where it comes from,
/// what is turned away, how often the address asks, whether it comes from our own pages, what was seen before, who asks,
/// whether they are let in, and how often they ask.
pub(super) fn router(
    shared: Shared,
    limits: Arc<RequestLimits>,
    gate: Option<Gate>,
    traffic: Arc<Traffic>,
    settings: &Settings,
) -> Router {
    let trusted = Trusted::from(settings.server.trusted_proxies.as_slice());
    let own = OwnHosts(settings.server.public_host().map(Into::into));
    let door = shared.door.clone();
    let draining = shared.draining.clone();
    let has_metrics = settings.metrics.enabled && settings.metrics.addr.is_none();
    let packages = web::packages(&shared.app.leptos);
    // Where other servers write too, each a little ahead of this one's cache or behind it.
    let seen = shared
        .cache
        .clone()
        .filter(|_| settings.may_have_several_servers());
    let seen = seen.map(|cache| Seen {
        cache,
        cookie: door.cookie,
    });
    let most = MostBytes::of(settings.state.data_bytes);
    let routes = web::pages(&shared.app)
        .merge(web::functions(&shared.app))
        .merge(api::routes(shared, has_metrics))
        .layer(DefaultBodyLimit::max(most.0))
        .layer(Extension(most))
        .layer(from_fn_with_state(limits.clone(), web::limit_visitor));
    let routes = match gate {
        Some(gate) => routes.layer(from_fn_with_state(Arc::new(gate), web::gate)),
        None => routes,
    };
    let routes = routes.layer(from_fn_with_state(door, visitor));
    match seen {
        Some(seen) => routes.layer(from_fn_with_state(seen, web::no_older)),
        None => routes,
    }
    .layer(from_fn_with_state(own, web::own_origin))
    .layer(from_fn_with_state(limits, web::limit_address))
    .layer(from_fn(web::watch))
    .layer(from_fn_with_state(trusted, web::clients))
    .layer(CatchPanicLayer::custom(web::panicked))
    .layer(from_fn(web::problems))
    .layer(web::compression())
    .merge(packages)
    .layer(from_fn_with_state(traffic, web::measure))
    .layer(from_fn_with_state(settings.server.is_https(), web::headers))
    .layer(from_fn_with_state(draining, web::closing))
    .layer(
        TraceLayer::new_for_http()
            .make_span_with(web::span)
            .on_failure(web::failed),
    )
}
