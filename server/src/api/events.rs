//! `GET /events`: what changes in the caller's scope, as server-sent events that resume.
//!
//! The id of an event is the log's revision; the browser names the last one it saw, and the
//! stream goes on behind it. Nobody hears of another's scope. What everybody shares is told in events of
//! their own without a revision: that a feature was switched, and who is in which configuration, without content.

use std::{convert::Infallible, sync::Arc, time::Duration};

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
use futures::{
    Stream, StreamExt,
    future::ready,
    stream::{self, select},
};
use holdfast::{Change, Interest, Kind, Revision, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use workbench::configurations::desk::Desk;

use super::{Asker, Shared, asked::Asked, standing::Standing};
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
    let events = select(changes(&shared, scope, after), everybodys(&shared, after));
    let standing = Standing::of(&shared, &asker);
    let (over, is_over) = oneshot::channel();
    let events = events.take_until(async move {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = tokio::time::sleep(LONGEST) => {}
            () = standing.until_over() => drop(over.send(())),
        }
    });
    // The last word of a stream whose listener is not who they were: the page asks who it is now.
    let last = stream::once(is_over).filter_map(|over| {
        let look = || Ok(Event::default().event("account").data("look"));
        ready(over.ok().map(|()| look()))
    });
    let events = events.chain(last);
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
    let events = until_broken(changes, event);
    // With a place, so that a browser which comes back before it heard of a change says so.
    let open = Event::default().comment("open").id(after.0.to_string());
    stream::once(ready(Ok(open))).chain(events)
}

/// What happened to what everybody shares, since the page was rendered. What is told twice is asked for twice.
fn everybodys(
    shared: &Shared,
    after: Revision,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + use<> {
    let Interest { mut kinds, .. } = Desk::interest();
    kinds.push(Kind::FEATURE);
    let interest = Interest {
        scope: Some(Scope::Shared),
        kinds,
        ..Interest::default()
    };
    until_broken(shared.app.manager.watch(interest, after), shared_event)
}

/// What happened to something that everybody shares; `app/src/configurations/heard.rs` reads the second.
fn shared_event(change: &Change) -> Event {
    let state = &change.after;
    if state.kind == Kind::FEATURE {
        // An event without data is not given to anybody.
        return Event::default().event("features").data("switched");
    }
    let news = json!({ "kind": state.kind, "name": state.name, "version": state.version.0 });
    Event::default()
        .event("configurations")
        .data(news.to_string())
}

/// The browser comes back by itself, with the last revision it saw.
fn until_broken(
    changes: impl Stream<Item = Result<Arc<Change>, holdfast::Error>> + Send,
    event: impl Fn(&Change) -> Event + Send,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    changes.scan((), move |(), change| {
        ready(match change {
            Ok(change) => Some(Ok(event(&change))),
            Err(error) => {
                tracing::warn!(%error, "a live stream broke off");
                None
            }
        })
    })
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
