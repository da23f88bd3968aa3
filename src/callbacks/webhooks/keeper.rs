//! Keeps one endpoint going: a subscriber while it is enabled, none while it is disabled, and nothing
//! left of it when it is deleted.

use std::sync::Arc;

use reqwest::Client;
use tokio::sync::watch;

use super::{Courier, Deliveries, Endpoint, Settings, deliveries, roster::Entry};
use crate::{
    Error, Interest, State, StateManager, Status, Version,
    callbacks::{Begin, Subscriber, Subscription, later, worker::DATABASE_PAUSE},
};

/// What all keepers share.
pub(super) struct Office {
    pub(super) states: StateManager,
    pub(super) settings: Arc<Settings>,
    pub(super) client: Client,
    pub(super) is_stopping: watch::Receiver<bool>,
}

impl Office {
    /// Keeps an endpoint until it is deleted or everything stops. `newest` is the newest version of it that
    /// the log has told of.
    pub(super) async fn keep(&self, entry: &Entry, mut newest: watch::Receiver<Version>) {
        let mut is_stopping = self.is_stopping.clone();
        while !*is_stopping.borrow() {
            let (version, subscription) = match self.begin(entry).await {
                Ok(Some(begun)) => begun,
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, id = %entry.id, "an endpoint cannot be kept; again soon");
                    self.pause(&mut is_stopping).await;
                    continue;
                }
            };
            tokio::select! {
                _ = newest.wait_for(|newest| *newest > version) => {}
                _ = is_stopping.wait_for(|is_stopping| *is_stopping) => {}
            }
            if let Some(subscription) = subscription {
                subscription.stop().await;
            }
        }
    }

    /// Begins what there is to do for the endpoint as it is now: its version, and the subscriber if it is to have
    /// one; `None` when it is deleted.
    async fn begin(&self, entry: &Entry) -> Result<Option<(Version, Option<Subscription>)>, Error> {
        let name = Endpoint::subscriber(&entry.scope, &entry.id);
        let Some(state) = self.states.read(&entry.scope, &entry.id).await? else {
            deliveries::forget(&self.states, &name).await?;
            self.states.unsubscribe(&name).await?;
            return Ok(None);
        };
        if state.status != Status::ENABLED {
            return Ok(Some((state.version, None)));
        }
        let endpoint = match Endpoint::of(&state) {
            Ok(endpoint) => endpoint,
            // Nothing to repeat: it stays so until somebody writes it again.
            Err(error) => {
                tracing::warn!(%error, id = %entry.id, "is not told of anything");
                return Ok(Some((state.version, None)));
            }
        };
        let subscription = self.subscribe(name, entry, &state, endpoint).await?;
        Ok(Some((state.version, Some(subscription))))
    }

    async fn subscribe(
        &self,
        name: String,
        entry: &Entry,
        state: &State,
        endpoint: Endpoint,
    ) -> Result<Subscription, Error> {
        // Nobody hears of another scope.
        let interest = Interest {
            scope: Some(state.scope.clone()),
            ..endpoint.interest.clone()
        };
        let subscriber = Subscriber {
            begin: Begin::After(entry.since),
            schedule: self.settings.schedule.clone(),
            // Beside the request there is the delivery to be written down.
            timeout: self.settings.timeout + self.states.limits().timeout,
            ..Subscriber::new(name.clone(), interest)
        };
        let courier = Courier {
            states: self.states.clone(),
            scope: entry.scope.clone(),
            id: entry.id.clone(),
            endpoint,
            deliveries: Deliveries::of(self.states.clone(), &name),
            subscriber: name,
            settings: Arc::clone(&self.settings),
            client: self.client.clone(),
        };
        self.states.subscribe(subscriber, courier).await
    }

    pub(super) async fn pause(&self, is_stopping: &mut watch::Receiver<bool>) {
        let clock = self.states.clock();
        tokio::select! {
            () = clock.until(later(clock.now(), DATABASE_PAUSE)) => {}
            _ = is_stopping.wait_for(|is_stopping| *is_stopping) => {}
        }
    }
}
