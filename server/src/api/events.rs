//! `GET /events`: what changes in the caller's scope, as server-sent events that resume.
//!
//! The id of an event is the log's revision; the browser names the last one it saw, and the
//! stream goes on behind it. Nobody hears of another's scope.

use std::{convert::Infallible, time::Duration};

use app::AppError;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use futures::{Stream, StreamExt, future::ready, stream};
use holdfast::{Change, Kind, Revision, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Asker, Shared, asked::Asked};
use crate::web::Refusal;

/// A silent stream says something this often, so that no proxy takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A stream ends after this and the browser opens it again: a session that is over does not go
/// on listening.
const LONGEST: Duration = Duration::from_secs(3600);
/// Larger content is not sent along: the other tab reads it when it needs it.
const MAX_DATA: usize = 64 * 1024;

#[derive(Debug, Deserialize)]
struct Place {
    /// The revision a page was rendered at; from now on, without it.
    after: Option<u64>,
}

/// One change, as a tab hears it. `app/src/stores/live.rs` reads it.
#[derive(Debug, Serialize)]
struct LiveChange<'a> {
    kind: &'a Kind,
    name: &'a str,
    version: u64,
    client: Option<&'a str>,
    data: Option<&'a Value>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/events", get(events))
}

async fn events(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(place): Asked<Place>,
) -> Result<Response, Refusal> {
    let scope = asker.visitor.scope().ok_or(AppError::NoSession)?;
    let after = match last_event(&asker.headers).or(place.after) {
        Some(revision) => Revision(revision),
        None => shared.app.manager.revision().await?,
    };
    let stopping = shared.stopping.clone();
    let events = changes(&shared, scope, after).take_until(async move {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = tokio::time::sleep(LONGEST) => {}
        }
    });
    let answer = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    let no_buffer = (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(([no_buffer, no_store], answer).into_response())
}

/// What the browser says when it comes back; it knows better than the address it came with.
fn last_event(headers: &HeaderMap) -> Option<u64> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}

/// An empty comment first, so that the browser knows at once that the stream is open.
fn changes(
    shared: &Shared,
    scope: Scope,
    after: Revision,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + use<> {
    let changes = shared.app.manager.watch(Some(scope), after);
    let events = changes.scan((), |(), change| {
        ready(match change {
            Ok(change) => Some(Ok(event(&change))),
            // The browser comes back by itself, with the last revision it saw.
            Err(error) => {
                tracing::warn!(%error, "a live stream broke off");
                None
            }
        })
    });
    stream::once(async { Ok(Event::default().comment("open")) }).chain(events)
}

fn event(change: &Change) -> Event {
    let state = &change.after;
    let data = (state.kind == Kind::STORE && state.data.to_string().len() <= MAX_DATA)
        .then_some(&state.data);
    let live = LiveChange {
        kind: &state.kind,
        name: &state.name,
        version: state.version.0,
        client: change.actor.client.as_deref(),
        data,
    };
    let text = serde_json::to_string(&live).unwrap_or_default();
    Event::default()
        .id(change.revision.0.to_string())
        .data(text)
}
