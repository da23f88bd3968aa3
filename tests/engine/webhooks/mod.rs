//! Endpoints are told of every change, signed, in order for each state, and only where they may be.

mod answers;
mod endpoints;
mod messages;
mod receiver;
mod refusals;

use std::{sync::Arc, time::Duration};

use holdfast::{
    Expected, Kind, ManualClock, New, Scope, State, StateManager, SystemClock,
    backend::Backend,
    callbacks::{
        Schedule,
        webhooks::{Delivery, Endpoint, Secret, Settings},
    },
    clock::Clock as _,
};
use rand::{SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use self::receiver::{Answer, Receiver, Request};
use crate::support::{ada, adas, memory, store};

const SECOND: Duration = Duration::from_secs(1);

/// An engine whose clock stands at the real time, as signatures are compared with that.
fn engine(backend: Arc<dyn Backend>) -> (StateManager, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let states = StateManager::builder(backend).clock(clock.clone()).build();
    (states, clock)
}

async fn in_memory() -> (StateManager, Arc<ManualClock>) {
    engine(memory().await.1)
}

/// Delivers to receivers on this machine too, with two more attempts after a minute each.
fn settings() -> Settings {
    Settings {
        allow_private: true,
        allow_http: true,
        schedule: Schedule::new([60 * SECOND; 2]),
        ..Settings::default()
    }
}

fn secret(seed: u64) -> Secret {
    Secret::generate(&mut StdRng::seed_from_u64(seed))
}

async fn registered(states: &StateManager, endpoint: Endpoint) -> Arc<State> {
    let new = endpoint.into_state("hook", adas()).unwrap();
    states.register(new, &ada()).await.unwrap()
}

/// A receiver that answers as `answer` says.
async fn receiver(answer: Answer) -> Receiver {
    Receiver::start([answer]).await
}

fn well() -> Answer {
    Answer::new(204)
}

async fn put(states: &StateManager, scope: Scope, name: &str, data: Value) {
    let new = New {
        scope,
        data,
        ..store(name)
    };
    states.put(new, Expected::Any, &ada()).await.unwrap();
}

/// What arrived at a receiver, in order.
async fn arrived(server: &Receiver) -> Vec<Request> {
    server.requests()
}

fn payload(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn is_signed_with(request: &Request, secret: &Secret) -> bool {
    let key = Webhook::new(secret.reveal()).unwrap();
    key.verify(&request.body, &request.headers).is_ok()
}

/// Looks again and again until it is so. The patience is only there so that a failure says where.
async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let patience = tokio::time::timeout(60 * SECOND, async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    patience.await.unwrap_or_else(|_| panic!("never: {what}"));
}

async fn until_arrived(server: &Receiver, count: usize) -> Vec<Request> {
    until("arrived", async || arrived(server).await.len() >= count).await;
    arrived(server).await
}

/// The attempts on the one endpoint of `hook`, the newest first, once there are so many.
async fn attempts(states: &StateManager, hook: &State, count: usize) -> Vec<Delivery> {
    let listed = async || states.deliveries(&hook.scope, &hook.id).await.unwrap();
    until("attempted", async || listed().await.len() >= count).await;
    listed().await
}

fn kind_of(request: &Request) -> Kind {
    let payload = payload(request);
    Kind::new(
        payload["data"]["state"]["kind"]
            .as_str()
            .unwrap()
            .to_owned(),
    )
}

fn number(n: u64) -> Value {
    json!({ "n": n })
}
