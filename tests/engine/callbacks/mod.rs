//! Subscribers handle every change at least once and in order for each state, whatever fails.

mod failures;
mod leases;
mod order;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use holdfast::{
    Change, Expected, New, Revision, Scope, StateManager,
    callbacks::{Begin, HandlerError, Progress, Subscriber, Subscription},
};
use serde_json::json;

use crate::support::{ada, adas, store};

/// Longer than a lease, whatever that is exactly.
const LEASE_OVER: Duration = Duration::from_secs(60);

/// A subscriber to everything from the beginning of the log.
pub(crate) fn subscriber(name: &str) -> Subscriber {
    Subscriber {
        begin: Begin::After(Revision(0)),
        ..Subscriber::new(name, None)
    }
}

pub(crate) async fn put(states: &StateManager, name: &str, n: u32) {
    put_in(states, adas(), name, n).await;
}

async fn put_in(states: &StateManager, scope: Scope, name: &str, n: u32) {
    let new = New {
        scope,
        data: json!(n),
        ..store(name)
    };
    states.put(new, Expected::Any, &ada()).await.unwrap();
}

/// What handlers saw: the state's name and its number, in order.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<(String, u64)>>>);

impl Seen {
    /// Waits until nobody adds to it any more: who was dropped is at work for a moment longer.
    pub(crate) async fn is_left(&self) {
        while Arc::strong_count(&self.0) > 1 {
            tokio::task::yield_now().await;
        }
    }

    fn add(&self, change: &Change) {
        let seen = (change.after.name.clone(), number(change));
        self.0.lock().unwrap().push(seen);
    }

    fn all(&self) -> Vec<(String, u64)> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn of(&self, name: &str) -> Vec<u64> {
        let all = self.all().into_iter();
        all.filter(|(of, _)| of == name).map(|(_, n)| n).collect()
    }
}

fn number(change: &Change) -> u64 {
    change.after.data.as_u64().unwrap()
}

/// Notes what it sees, and fails where `verdict` says so.
pub(crate) async fn subscribed(
    states: &StateManager,
    subscriber: Subscriber,
    seen: &Seen,
    verdict: impl Fn(&Change) -> Result<(), HandlerError> + Send + Sync + 'static,
) -> Subscription {
    let (seen, verdict) = (seen.clone(), Arc::new(verdict));
    let handler = move |change: Arc<Change>| {
        let (seen, verdict) = (seen.clone(), Arc::clone(&verdict));
        async move {
            seen.add(&change);
            verdict(&change)
        }
    };
    states.subscribe(subscriber, handler).await.unwrap()
}

/// Waits until the subscriber stands so. The patience is only there so that a failure says where.
pub(crate) async fn until(
    subscription: &Subscription,
    is_so: impl Fn(&Progress) -> bool,
) -> Progress {
    let patience = Duration::from_secs(60);
    let found = tokio::time::timeout(patience, subscription.when(|it| is_so(it))).await;
    match found {
        Ok(progress) => progress.unwrap(),
        Err(_) => panic!("it stays at {:?}", subscription.progress()),
    }
}
