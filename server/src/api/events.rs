//! What changes in the caller's scope, as server-sent events that resume: `GET /events` for pages, `GET /api/v1/events` for
//! programs.
//!
//! The id of an event is the log's revision; the browser names the last one it saw, and the
//! stream goes on behind it. Nobody hears of another's scope. What everybody shares is told in events of
//! their own: that a feature was switched, and who is in which configuration, without content.
//! What is told is the business of `news`, and how long a slow listener is waited for that of `paced`; `live` tells the same
//! over a WebSocket. The two addresses differ in one thing: for programs every event has its name, for pages a change of their own
//! has none, as `EventSource` hears those first.

mod paced;

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use futures::{StreamExt, future::ready, stream};
use tokio::sync::oneshot;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::paced::paced;
use super::{
    Asker, Shared,
    asked::Asked,
    listening::{Listening, Over, Place, Wanted, until_over},
    news::{About, News, news},
    openapi::{LastEventId, Refusals},
};
use crate::web::Refusal;

/// Where pages listen.
const PAGES: &str = "/events";
/// Where programs listen.
const PROGRAMS: &str = "/api/v1/events";

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .route(PAGES, get(for_pages))
        .routes(routes!(for_programs))
}

async fn for_pages(
    shared: State<Shared>,
    asker: Asker,
    place: Asked<Place>,
    wanted: Asked<Wanted>,
) -> Result<Response, Refusal> {
    events(shared, asker, place, wanted, PAGES).await
}

/// Listen to what happens, as server-sent events
///
/// The same as the live socket tells, in the form of `text/event-stream`: `event` is `change` (the caller's own states, or with `scope=shared` everybody's),
/// `configurations`, `features`, `shares` or, as the last of a stream, `account` (who came is not who they were); `id` is the
/// log's revision, `data` one JSON object. Come back with the last id, in `Last-Event-ID` or `after`, and nothing is missed. A
/// silent stream sends a comment every `live.keep_alive_seconds`. It ends after an hour at the latest.
#[utoipa::path(
    get, path = PROGRAMS, operation_id = "listen", tag = "live",
    params(Place, Wanted, LastEventId),
    responses(
        (status = 200, description = "Events, until somebody ends it.", body = String, content_type = "text/event-stream"),
        Refusals,
    ),
)]
async fn for_programs(
    shared: State<Shared>,
    asker: Asker,
    place: Asked<Place>,
    wanted: Asked<Wanted>,
) -> Result<Response, Refusal> {
    events(shared, asker, place, wanted, PROGRAMS).await
}

async fn events(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(place): Asked<Place>,
    Asked(wanted): Asked<Wanted>,
    path: &'static str,
) -> Result<Response, Refusal> {
    let after = last_event(&asker.headers).or(place.after);
    let Listening { ears, after, seat } = Listening::begin(&shared, &asker, after, &wanted).await?;
    let (tell, is_over) = oneshot::channel();
    let over = until_over(&shared, &asker, path);
    // A silent stream says something this often, so that no proxy takes it for dead.
    let silence = Duration::from_secs(shared.live.keep_alive_seconds);
    let events = news(&shared, ears, after)
        .map(move |news| event(&news, path))
        .take_until(async move { tell.send(over.await) });
    // An empty comment first, so that the browser knows at once that the stream is open. With a place, so that a
    // browser which comes back before it heard of a change says so.
    let open = Event::default().comment("open").id(after.0.to_string());
    // The last word of a stream whose listener is not who they were: the page asks who it is now.
    let last = stream::once(is_over).filter_map(|over| {
        let look = || Event::default().event("account").data("look");
        ready((over == Ok(Over::Account)).then(look))
    });
    let events = stream::once(ready(open)).chain(events).chain(last);
    let answer =
        Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::new().interval(silence));
    let patience = Duration::from_secs(shared.live.patience_seconds);
    let answer = answer
        .into_response()
        .map(|events| paced(events, patience, seat));
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

fn event(news: &News, path: &str) -> Event {
    let text = serde_json::to_string(&news.told()).unwrap_or_default();
    let event = Event::default().id(news.revision().0.to_string());
    match news.about() {
        About::Change if path == PAGES => event.data(text),
        about => event.event(about.event()).data(text),
    }
}
