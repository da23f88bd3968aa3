//! What a listener hears, whichever wire carries it (`events`, `live`): one walk through the log, from one revision on.
//!
//! Of the listener's own scope everything, with the content of stores, or of what everybody shares everything, without
//! content; that a feature was switched, and who is in which configuration; of what people share, what concerns the
//! listener. Nobody hears of another's scope.

use std::sync::Arc;

use app::{
    people::{Account, SHARE, Share, Tenant},
    sharing::{Thing, With},
};
use futures::{Stream, StreamExt};
use holdfast::{Change, Interest, Kind, Revision, Scope, State, StateId, Status, Transition};
use serde::Serialize;
use serde_json::Value;
use workbench::configurations::desk::{self, Desk};

use super::Shared;

/// Larger content is not sent along: the other tab reads it when it needs it.
const MAX_DATA: usize = 64 * 1024;

/// One piece of news.
#[derive(Debug, Clone)]
pub(super) struct News {
    change: Arc<Change>,
    about: About,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// A state of the listener's own scope, or of everybody's for who wants to hear of that.
    Change,
    /// A configuration: its file, who is in it, its lock.
    Configurations,
    /// A feature was switched.
    Features,
    /// Something was shared with the listener, or by them; or taken back.
    Shares,
}

impl About {
    pub(super) const ALL: [Self; 4] = [
        Self::Change,
        Self::Configurations,
        Self::Features,
        Self::Shares,
    ];

    /// The event's name on every wire.
    pub(super) fn event(self) -> &'static str {
        match self {
            Self::Change => "change",
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
        id: &'a StateId,
        kind: &'a Kind,
        name: &'a str,
        version: u64,
        transition: &'a Transition,
        status: &'a Status,
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
        self.change.revision
    }

    pub(super) fn about(&self) -> About {
        self.about
    }

    pub(super) fn told(&self) -> Told<'_> {
        let (change, state) = (&*self.change, &self.change.after);
        let (name, version) = (state.name.as_str(), state.version.0);
        match self.about {
            About::Configurations => Told::Desk(desk::News::of(change)),
            About::Features => Told::Feature { name, version },
            About::Shares => Told::Share {
                thing: share_of(change).map(|share| share.thing),
                is_over: state.status == Status::DELETED,
            },
            About::Change => Told::Change {
                id: &state.id,
                kind: &state.kind,
                name,
                version,
                transition: &change.transition,
                status: &state.status,
                client: change.actor.client.as_deref(),
                data: is_sent_along(state).then_some(&state.data),
            },
        }
    }
}

/// Whether the content of a state is told with its change.
fn is_sent_along(state: &State) -> bool {
    matches!(state.scope, Scope::User(_) | Scope::Session(_))
        && state.kind == Kind::STORE
        && state.data.to_string().len() <= MAX_DATA
}

/// Who listens, and so what they may hear of.
#[derive(Debug, Clone)]
pub(super) struct Ears {
    /// The changes of states that they want to hear of.
    pub(super) changes: Interest,
    /// The events that they want to hear.
    pub(super) events: Vec<About>,
    /// Whom they are logged in as.
    pub(super) account: Option<Arc<Account>>,
}

impl Ears {
    /// What is of interest, before each is looked at.
    fn interests(&self) -> Vec<Interest> {
        let wants = |about: About| self.events.contains(&about);
        let tenant = self.account.as_ref().map(|account| &account.tenant);
        let Interest { kinds: desk, .. } = Desk::interest();
        let mut common = Interest {
            scope: Some(tenant.map_or(Scope::Shared, Tenant::common)),
            ..Interest::default()
        };
        if wants(About::Configurations) {
            common.kinds.extend(desk);
        }
        if wants(About::Features) {
            common.kinds.push(Kind::FEATURE);
        }
        let shares = tenant.map(|tenant| Interest {
            scope: Some(tenant.sharing()),
            kinds: vec![Kind::new(SHARE)],
            ..Interest::default()
        });
        let changes = wants(About::Change).then(|| self.changes.clone());
        // An interest in no kind is one in all of them.
        let common = Some(common).filter(|common| !common.kinds.is_empty());
        let shares = shares.filter(|_| wants(About::Shares));
        [changes, common, shares].into_iter().flatten().collect()
    }

    /// What a change is about, for this listener. One that they want to hear of as a change is told as that.
    fn about(&self, change: &Change) -> About {
        let kind = &change.after.kind;
        if self.events.contains(&About::Change) && self.changes.wants(change) {
            About::Change
        } else if kind.as_str() == SHARE {
            About::Shares
        } else if *kind == Kind::FEATURE {
            About::Features
        } else {
            About::Configurations
        }
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
    let unbroken = changes.scan((), |(), change| {
        let broken = |error: &holdfast::Error| tracing::warn!(%error, "a live stream broke off");
        std::future::ready(change.inspect_err(broken).ok())
    });
    unbroken.filter_map(move |change| {
        let about = ears.about(&change);
        std::future::ready(ears.may_hear(&change).then_some(News { change, about }))
    })
}
