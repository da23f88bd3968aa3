//! What a listener hears, whichever wire carries it (`events`, `live`): one walk through the log, from one revision on.
//!
//! Of the listener's own scope everything, with the content of stores; of what everybody shares that a feature was
//! switched, and who is in which configuration, without content. Nobody hears of another's scope.

use std::sync::Arc;

use futures::{Stream, StreamExt};
use holdfast::{Change, Interest, Kind, Revision, Scope};
use serde::Serialize;
use serde_json::Value;
use workbench::configurations::desk::{self, Desk};

use super::Shared;

/// Larger content is not sent along: the other tab reads it when it needs it.
const MAX_DATA: usize = 64 * 1024;

/// One piece of news.
#[derive(Debug, Clone)]
pub(super) struct News(Arc<Change>);

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The listener's own scope.
    Own,
    /// A configuration: its file, who is in it, its lock.
    Configurations,
    /// A feature was switched.
    Features,
}

impl About {
    /// The event's name on every wire.
    pub(super) fn event(self) -> &'static str {
        match self {
            Self::Own => "change",
            Self::Configurations => "configurations",
            Self::Features => "features",
        }
    }
}

/// What is told. Listeners may rely on the fields that are there; there may be more.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Told<'a> {
    /// One change, as a tab hears it. `app/src/stores/live.rs` reads it.
    Change {
        kind: &'a Kind,
        name: &'a str,
        version: u64,
        client: Option<&'a str>,
        data: Option<&'a Value>,
    },
    /// `app/src/configurations/heard.rs` reads it.
    Desk(desk::News<'a>),
    /// A feature by its name.
    Feature { name: &'a str, version: u64 },
}

impl News {
    /// Its place in the log: who heard it goes on behind it.
    pub(super) fn revision(&self) -> Revision {
        self.0.revision
    }

    pub(super) fn about(&self) -> About {
        let state = &self.0.after;
        match (&state.scope, &state.kind) {
            (Scope::Shared, kind) if *kind == Kind::FEATURE => About::Features,
            (Scope::Shared, _) => About::Configurations,
            _ => About::Own,
        }
    }

    pub(super) fn told(&self) -> Told<'_> {
        let (change, state) = (&*self.0, &self.0.after);
        let (name, version) = (state.name.as_str(), state.version.0);
        match self.about() {
            About::Configurations => Told::Desk(desk::News::of(change)),
            About::Features => Told::Feature { name, version },
            About::Own => Told::Change {
                kind: &state.kind,
                name,
                version,
                client: change.actor.client.as_deref(),
                data: (state.kind == Kind::STORE && state.data.to_string().len() <= MAX_DATA)
                    .then_some(&state.data),
            },
        }
    }
}

/// Everything that a listener of this scope hears behind a revision, in the order of the log. It ends when the log
/// cannot be read: the listener comes back by itself, with the last revision it saw.
pub(super) fn news(
    shared: &Shared,
    scope: Scope,
    after: Revision,
) -> impl Stream<Item = News> + Send + Unpin + use<> {
    let Interest { mut kinds, .. } = Desk::interest();
    kinds.push(Kind::FEATURE);
    let shared_by_all = Interest {
        scope: Some(Scope::Shared),
        kinds,
        ..Interest::default()
    };
    let interests = [Interest::from(Some(scope)), shared_by_all];
    let changes = shared.app.manager.watch_any(interests, after);
    changes.scan((), |(), change| {
        std::future::ready(match change {
            Ok(change) => Some(News(change)),
            Err(error) => {
                tracing::warn!(%error, "a live stream broke off");
                None
            }
        })
    })
}
