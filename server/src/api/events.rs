//! `GET /events`: what changes in the caller's scope, as server-sent events that resume.
//!
//! The id of an event is the log's revision; the browser names the last one it saw, and the
//! stream goes on behind it. Nobody hears of another's scope. What everybody shares is told in events of
//! their own: that a feature was switched, and who is in which configuration, without content.
//! What is told is the business of `news`; `live` tells the same over a WebSocket.

use std::{convert::Infallible, time::Duration};

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
use futures::{StreamExt, future::ready, stream};
use tokio::sync::oneshot;

use super::{
    Asker, Shared,
    asked::Asked,
    listening::{Listening, Over, Place, until_over},
    news::{About, News, news},
};
use crate::web::Refusal;

const PATH: &str = "/events";

pub(super) fn routes() -> Router<Shared> {
    Router::new().route(PATH, get(events))
}

async fn events(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(place): Asked<Place>,
) -> Result<Response, Refusal> {
    let after = last_event(&asker.headers).or(place.after);
    let Listening { ears, after, seat } = Listening::begin(&shared, &asker, after).await?;
    let (tell, is_over) = oneshot::channel();
    let over = until_over(&shared, &asker, PATH);
    // A silent stream says something this often, so that no proxy takes it for dead.
    let silence = Duration::from_secs(shared.live.keep_alive_seconds);
    let events = news(&shared, ears, after)
        .map(move |news| {
            let _seat = &seat;
            event(&news)
        })
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

fn event(news: &News) -> Event {
    let text = serde_json::to_string(&news.told()).unwrap_or_default();
    let event = Event::default().id(news.revision().0.to_string());
    match news.about() {
        About::Own => event.data(text),
        about => event.event(about.event()).data(text),
    }
}
