//! Webhooks: other people's servers that are told of changes, by Standard Webhooks 1.0.0.
//!
//! An endpoint is a state of the kind `webhook` (`endpoint`), so who made it, changed it or disabled it is in
//! its history. While it is enabled it is a subscriber (`keeper`) whose handler signs and sends
//! (`courier`, `message`, `secret`) to addresses that may be sent to (`address`), and notes what came back
//! (`deliveries`). Replays, dead letters and status are those of the subscriber that
//! [`Endpoint::subscriber`] names.
//!
//! An endpoint's secrets are data like any other: `Sensitive::fields(Kind::WEBHOOK, ["/secrets"])` has them
//! sealed at rest ([`Sealed`](crate::backend::Sealed)).
//!
//! There are at most [`Limits::ENDPOINTS`](crate::Limits::ENDPOINTS) of them: one more is refused when it is made.
//!
//! A disabled endpoint keeps its place in the log: enabled again it hears what happened meanwhile. Who
//! wants that skipped deletes it and makes another, which begins where it is made.

mod address;
mod courier;
mod dates;
mod deliveries;
mod endpoint;
mod keeper;
mod message;
mod roster;
mod secret;

use std::{collections::HashMap, sync::Arc, time::Duration};

use reqwest::{Client, redirect::Policy};
use tokio::{sync::watch, task::JoinSet};

use self::{
    address::Guarded,
    courier::Courier,
    deliveries::Deliveries,
    keeper::Office,
    roster::{Entry, Roster},
};
pub use self::{deliveries::Delivery, endpoint::Endpoint, secret::Secret};
use super::{Schedule, Work};
use crate::{Error, Kind, Scope, StateId, StateManager, Version, watch::Watcher};

/// Idle connections kept to one receiver: its messages come in bursts.
const IDLE_CONNECTIONS: usize = 2;

/// How messages are delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether to send to addresses that are not on the public internet (setting `webhooks.allow_private`).
    pub allow_private: bool,
    /// Whether to send without encryption (setting `webhooks.allow_http`).
    pub allow_http: bool,
    /// Larger messages are sent without the state's data and metadata (setting `webhooks.payload_bytes`).
    pub payload_bytes: usize,
    /// Kinds of which only is told what happened, without the state's data and metadata: those that are
    /// sealed at rest belong here, unless receivers may know them (setting `webhooks.withheld`).
    pub withheld: Vec<Kind>,
    /// How long one attempt may take (setting `webhooks.timeout`).
    pub timeout: Duration,
    /// When a message is sent again.
    pub schedule: Schedule,
}

/// What Standard Webhooks 1.0.0 recommends, to public https addresses only.
impl Default for Settings {
    fn default() -> Self {
        Self {
            allow_private: false,
            allow_http: false,
            payload_bytes: 20 * 1024,
            withheld: Vec::new(),
            timeout: Duration::from_secs(20),
            schedule: Schedule::standard_webhooks(),
        }
    }
}

impl StateManager {
    /// Delivers to every endpoint there is and will be, until the returned guard ends. On several servers all may
    /// do so: each endpoint is delivered to by one of them.
    ///
    /// # Errors
    /// [`Error::Failed`] when there are no certificates to know receivers by.
    pub fn deliver_webhooks(&self, settings: Settings) -> Result<Webhooks, Error> {
        let resolver = Guarded {
            allow_private: settings.allow_private,
        };
        let client = Client::builder()
            // A proxy would look names up by itself, and a redirect would lead anywhere.
            .no_proxy()
            .redirect(Policy::none())
            .dns_resolver(Arc::new(resolver))
            .timeout(settings.timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .user_agent(concat!("holdfast/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|error| Error::Failed {
            operation: "webhooks",
            source: error.into(),
        })?;
        let (stop, is_stopping) = watch::channel(false);
        let office = Arc::new(Office {
            states: self.clone(),
            settings: Arc::new(settings),
            client,
            is_stopping,
        });
        let work = Work(tokio::spawn(office.run()));
        Ok(Webhooks { stop, work })
    }
}

/// The deliveries of one process. When this is dropped they stop where they are, as in a crash;
/// [`Webhooks::stop`] ends them well.
#[derive(Debug)]
#[must_use = "deliveries stop when this is dropped"]
pub struct Webhooks {
    stop: watch::Sender<bool>,
    work: Work,
}

impl Webhooks {
    /// Lets what is under way finish, and writes down how far each endpoint is.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // As for a subscription: what was not written down is sent again.
        let _ = (&mut self.work.0).await;
    }
}

/// The endpoints that are kept, and how each is told that it changed.
#[derive(Default)]
struct Keepers {
    told: HashMap<(Scope, StateId), watch::Sender<Version>>,
    tasks: JoinSet<Entry>,
}

impl Keepers {
    fn tell(&mut self, office: &Arc<Office>, entry: Entry, version: Version) {
        let key = (entry.scope.clone(), entry.id.clone());
        if let Some(newest) = self.told.get(&key).filter(|newest| !newest.is_closed()) {
            newest.send_replace(version);
            return;
        }
        let (newest, heard) = watch::channel(version);
        self.told.insert(key, newest);
        let office = Arc::clone(office);
        self.tasks.spawn(async move {
            office.keep(&entry, heard).await;
            entry
        });
    }
}

impl Office {
    /// Keeps every endpoint that the log tells of.
    async fn run(self: Arc<Self>) {
        let mut is_stopping = self.is_stopping.clone();
        let mut keepers = Keepers::default();
        let mut roster = loop {
            match Roster::read(&self.states).await {
                Ok(roster) => break roster,
                Err(error) => tracing::warn!(%error, "endpoints cannot be found; again soon"),
            }
            self.pause(&mut is_stopping).await;
            if *is_stopping.borrow() {
                return;
            }
        };
        for entry in &roster.endpoints {
            keepers.tell(&self, entry.clone(), Version(0));
        }
        let mut watcher =
            Watcher::new(self.states.clone(), Kind::WEBHOOK.into(), roster.position());
        loop {
            let change = tokio::select! {
                _ = is_stopping.wait_for(|is_stopping| *is_stopping) => break,
                Some(Ok(entry)) = keepers.tasks.join_next() => {
                    match roster.cleaned(&entry) {
                        Some(again) => keepers.tell(&self, again, Version(0)),
                        None => drop(keepers.told.remove(&(entry.scope, entry.id))),
                    }
                    continue;
                }
                change = watcher.next() => change,
            };
            let told = match change {
                Ok(change) => {
                    let entry = roster.apply(&change);
                    keepers.tell(&self, entry, change.after.version);
                    roster.save(&self.states).await
                }
                Err(error) => Err(error),
            };
            if let Err(error) = told {
                tracing::warn!(%error, "endpoints cannot be followed; again soon");
                self.pause(&mut is_stopping).await;
            }
        }
        while keepers.tasks.join_next().await.is_some() {}
    }
}
