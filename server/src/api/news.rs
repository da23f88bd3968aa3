//! What a listener hears, whichever wire carries it (`events`, `live`): one walk through the log, from one revision on.
//!
//! Of the listener's own scope everything, with the content of stores; of what everybody shares that a feature was
//! switched, and who is in which configuration, without content; of what people share, what concerns the listener.
//! Nobody hears of another's scope.

use std::sync::Arc;

use app::{
    people::{Account, SHARE, Share, Tenant},
    sharing::{Thing, With},
};
use futures::{Stream, StreamExt};
use holdfast::{Change, Interest, Kind, Revision, Scope, Status};
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
    /// Something was shared with the listener, or by them; or taken back.
    Shares,
}

impl About {
    /// The event's name on every wire.
    pub(super) fn event(self) -> &'static str {
        match self {
            Self::Own => "change",
            Self::Configurations => "configurations",
            Self::Features => "features",
            Self::Shares => "shares",
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
    /// What was shared, or is not any more: `query`, `table`, `result` or `run`, and which.
    Share {
        #[serde(flatten)]
        thing: Option<Thing>,
        is_over: bool,
    },
}

impl News {
    /// Its place in the log: who heard it goes on behind it.
    pub(super) fn revision(&self) -> Revision {
        self.0.revision
    }

    pub(super) fn about(&self) -> About {
        let state = &self.0.after;
        match (&state.scope, &state.kind) {
            (Scope::User(_) | Scope::Session(_), _) => About::Own,
            (_, kind) if kind.as_str() == SHARE => About::Shares,
            (_, kind) if *kind == Kind::FEATURE => About::Features,
            _ => About::Configurations,
        }
    }

    pub(super) fn told(&self) -> Told<'_> {
        let (change, state) = (&*self.0, &self.0.after);
        let (name, version) = (state.name.as_str(), state.version.0);
        match self.about() {
            About::Configurations => Told::Desk(desk::News::of(change)),
            About::Features => Told::Feature { name, version },
            About::Shares => Told::Share {
                thing: share_of(change).map(|share| share.thing),
                is_over: state.status == Status::DELETED,
            },
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

/// Who listens, and so what they may hear of.
#[derive(Debug, Clone)]
pub(super) struct Ears {
    /// Their own.
    pub(super) scope: Scope,
    /// Whom they are logged in as.
    pub(super) account: Option<Arc<Account>>,
}

impl Ears {
    /// What is of interest, before each is looked at.
    fn interests(&self) -> Vec<Interest> {
        let Interest { mut kinds, .. } = Desk::interest();
        kinds.push(Kind::FEATURE);
        let tenant = self.account.as_ref().map(|account| &account.tenant);
        let common = Interest {
            scope: Some(tenant.map_or(Scope::Shared, Tenant::common)),
            kinds,
            ..Interest::default()
        };
        let shares = tenant.map(|tenant| Interest {
            scope: Some(tenant.sharing()),
            kinds: vec![Kind::new(SHARE)],
            ..Interest::default()
        });
        let own = Interest::from(Some(self.scope.clone()));
        [own, common].into_iter().chain(shares).collect()
    }

    /// Whether this is theirs to hear: of what people share only what they share or are shared.
    fn may_hear(&self, change: &Change) -> bool {
        if change.after.kind.as_str() != SHARE {
            return true;
        }
        let share = share_of(change);
        share.is_some_and(|share| match (&self.account, share.with) {
            (None, _) => false,
            (Some(_), With::Everybody) => true,
            (Some(me), With::Person(id)) => id == me.id || share.owner == me.id,
        })
    }
}

/// What a change of a share is about: one that is over has no content any more.
fn share_of(change: &Change) -> Option<Share> {
    let before = change.before.as_deref();
    Share::of(&change.after).or_else(|| before.and_then(Share::of))
}

/// Everything that a listener hears behind a revision, in the order of the log. It ends when the log
/// cannot be read: the listener comes back by itself, with the last revision it saw.
pub(super) fn news(
    shared: &Shared,
    ears: Ears,
    after: Revision,
) -> impl Stream<Item = News> + Send + Unpin + use<> {
    let changes = shared.app.manager.watch_any(ears.interests(), after);
    let heard = changes.filter(move |change| {
        let may_hear = |change: &Arc<Change>| ears.may_hear(change);
        std::future::ready(change.as_ref().map_or(true, may_hear))
    });
    heard.scan((), |(), change| {
        std::future::ready(match change {
            Ok(change) => Some(News(change)),
            Err(error) => {
                tracing::warn!(%error, "a live stream broke off");
                None
            }
        })
    })
}
