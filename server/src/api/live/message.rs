//! What a socket says: one JSON object a message.
//!
//! ```text
//! {"event":"open","revision":41}                                   first: everything behind this revision follows
//! {"event":"change","revision":42,"data":{"kind":"store",...}}     the listener's own scope
//! {"event":"configurations","revision":43,"data":{"kind":"lock",...}}
//! {"event":"features","revision":44,"data":{"name":"plot.export",...}}
//! {"event":"shares","revision":45,"data":{"what":"run","item":"...","is_over":false}}
//! ```
//! Revisions rise. Who comes back with `?after=` the last one it saw misses nothing and hears nothing twice.

use axum::extract::ws::Message;
use holdfast::Revision;
use serde::Serialize;

use super::super::news::{News, Told};

#[derive(Debug, Serialize)]
struct Said<'a> {
    event: &'static str,
    revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Told<'a>>,
}

/// The first message: where the listener begins.
pub(super) fn open(after: Revision) -> Message {
    say(&Said {
        event: "open",
        revision: after.0,
        data: None,
    })
}

pub(super) fn tell(news: &News) -> Message {
    say(&Said {
        event: news.about().event(),
        revision: news.revision().0,
        data: Some(news.told()),
    })
}

fn say(said: &Said<'_>) -> Message {
    // Plain data with string keys always becomes text.
    Message::text(serde_json::to_string(said).unwrap_or_default())
}
