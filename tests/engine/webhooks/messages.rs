//! What is sent: signed, told apart, bounded, and never a secret.

use std::sync::Arc;

use holdfast::{
    Expected, Interest, Kind, Revision, StateManager, SystemClock, Transition,
    backend::{MasterKey, Sealed, Sensitive},
    callbacks::webhooks::{Endpoint, Settings},
};
use serde_json::json;

use super::{
    arrived, attempts, engine, in_memory, is_signed_with, kind_of, number, payload, put, receiver,
    registered, secret, settings, until_arrived, well,
};
use crate::support::{ada, adas, bobs, id, memory, new, worlds};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_change_arrives_once_in_order_and_with_a_good_signature_on_every_backend() {
    for world in worlds().await {
        let (states, clock) = (&world.states, &world.clock);
        let now = holdfast::clock::Clock::now(&holdfast::SystemClock).0 - 1_000_000;
        clock.advance(std::time::Duration::from_millis(now as u64));
        let (server, key) = (receiver(well()).await, secret(1));
        put(states, adas(), "before", number(0)).await;
        registered(states, Endpoint::new(server.uri(), key.clone())).await;
        let webhooks = states.deliver_webhooks(settings()).unwrap();
        for n in 0..10 {
            put(states, adas(), "a", number(n)).await;
            put(states, adas(), "b", number(n)).await;
            put(states, bobs(), "c", number(n)).await;
        }
        let requests = until_arrived(&server, 20).await;
        webhooks.stop().await;
        let requests_in_all = arrived(&server).await.len();
        assert_eq!(requests_in_all, 20, "{}", world.name);
        let mut ids: Vec<&str> = Vec::new();
        for request in &requests {
            assert!(is_signed_with(request, &key) && !is_signed_with(request, &secret(2)));
            assert_eq!(request.headers["content-type"], "application/json");
            ids.push(request.headers["webhook-id"].to_str().unwrap());
        }
        assert!(ids.iter().all(|id| !id.contains('.')));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 20, "each message has its own id");
        for name in ["a", "b"] {
            let of = |it: &serde_json::Value| it["data"]["state"]["name"] == name;
            let payloads = requests.iter().map(payload).filter(of);
            let numbers = payloads.map(|it| it["data"]["state"]["data"]["n"].as_u64().unwrap());
            assert_eq!(numbers.collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
        }
    }
}

async fn moved(states: &StateManager, name: &str, transition: Transition) {
    let moved = async |by| {
        states
            .transition(&adas(), &id(name), transition, Expected::Any, by)
            .await
    };
    moved(&ada()).await.unwrap();
}

#[tokio::test]
async fn a_message_says_what_happened_when_and_to_what() {
    let (states, clock) = in_memory().await;
    let server = receiver(well()).await;
    let endpoint = Endpoint {
        interest: Kind::USER.into(),
        ..Endpoint::new(server.uri(), secret(1))
    };
    registered(&states, endpoint).await;
    let _webhooks = states.deliver_webhooks(settings()).unwrap();
    let user = new(Kind::USER, "ada", json!({"email": "ada@example.org"}));
    states.register(user, &ada()).await.unwrap();
    until_arrived(&server, 1).await;
    clock.advance(std::time::Duration::from_secs(7));
    moved(&states, "ada", Transition::ACTIVATE).await;
    put(&states, adas(), "not a user", number(1)).await;
    moved(&states, "ada", Transition::DELETE).await;

    let requests = until_arrived(&server, 3).await;
    let payloads: Vec<_> = requests.iter().map(payload).collect();
    let types: Vec<_> = payloads
        .iter()
        .map(|it| it["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["state.created", "state.activated", "state.deleted"]);
    let activated = &payloads[1];
    let change = states.log(Revision(2), 1).await.unwrap().remove(0);
    let data = json!({
        "revision": 3, "transition": "activate", "actor": "user:ada",
        "previous_status": "pending", "is_whole": true, "state": change.after,
    });
    assert_eq!(activated["data"], data);
    let time = activated["timestamp"].as_str().unwrap();
    assert!(
        time.len() == 24 && time.starts_with("20") && time.ends_with('Z'),
        "{time}"
    );
    assert_ne!(payloads[0]["timestamp"], activated["timestamp"]);
}

#[tokio::test]
async fn while_a_key_is_exchanged_receivers_with_the_old_and_with_the_new_one_accept() {
    let (states, _clock) = in_memory().await;
    let server = receiver(well()).await;
    let (old, new) = (secret(1), secret(2));
    let endpoint = Endpoint {
        secrets: vec![new.clone(), old.clone()],
        ..Endpoint::new(server.uri(), old.clone())
    };
    registered(&states, endpoint).await;
    let _webhooks = states.deliver_webhooks(settings()).unwrap();
    put(&states, adas(), "s", number(1)).await;
    let requests = until_arrived(&server, 1).await;
    let request = requests.first().unwrap();
    assert!(is_signed_with(request, &old) && is_signed_with(request, &new));
    assert!(!is_signed_with(request, &secret(3)));
}

#[tokio::test]
async fn a_large_state_is_announced_without_its_data_and_the_message_says_so() {
    let (states, _clock) = in_memory().await;
    let server = receiver(well()).await;
    registered(&states, Endpoint::new(server.uri(), secret(1))).await;
    let bounded = Settings {
        payload_bytes: 2000,
        ..settings()
    };
    let _webhooks = states.deliver_webhooks(bounded).unwrap();
    put(&states, adas(), "small", json!("x".repeat(100))).await;
    put(&states, adas(), "large", json!("x".repeat(2000))).await;
    let requests = until_arrived(&server, 2).await;
    for request in &requests {
        let data = &payload(request)["data"];
        let is_small = data["state"]["name"] == "small";
        assert_eq!(data["is_whole"], is_small);
        assert_eq!(data["state"].get("data").is_some(), is_small);
        assert_eq!(data["state"]["version"], 1);
        assert!(request.body.len() <= 2000);
    }
}

#[tokio::test]
async fn with_secrets_sealed_at_rest_messages_are_signed_and_a_withheld_kind_keeps_its_data() {
    let behind = memory().await.1;
    let masters = vec![MasterKey::parse(&"ab".repeat(32)).unwrap()];
    let sensitive = Sensitive::default().kind(Kind::USER);
    let sensitive = sensitive.fields(Kind::WEBHOOK, ["/secrets"]).unwrap();
    let clock = Arc::new(SystemClock);
    let sealed = Sealed::open(behind.clone(), masters, sensitive, clock);
    let (states, _clock) = engine(Arc::new(sealed.await.unwrap()));
    let (server, key) = (receiver(well()).await, secret(1));
    let hook = registered(&states, Endpoint::new(server.uri(), key.clone())).await;
    let stored = behind.get(&hook.scope, &hook.id).await.unwrap().unwrap();
    assert!(!stored.data.to_string().contains(key.reveal()));
    let discreet = Settings {
        withheld: vec![Kind::USER],
        ..settings()
    };
    let _webhooks = states.deliver_webhooks(discreet).unwrap();
    let user = new(Kind::USER, "ada", json!({"email": "ada@example.org"}));
    states.register(user, &ada()).await.unwrap();
    let requests = until_arrived(&server, 1).await;
    let request = requests.first().unwrap();
    assert!(is_signed_with(request, &key));
    let data = &payload(request)["data"];
    assert_eq!(
        (&data["is_whole"], data["state"].get("data")),
        (&json!(false), None)
    );
    assert_eq!(data["state"]["name"], "ada");
}

#[tokio::test]
async fn no_secret_is_shown_or_sent() {
    let (states, _clock) = in_memory().await;
    let server = receiver(well()).await;
    let key = secret(1);
    let endpoint = Endpoint {
        interest: Interest::default(),
        ..Endpoint::new(server.uri(), key.clone())
    };
    assert!(!format!("{endpoint:?}").contains(key.reveal()));
    let hook = registered(&states, endpoint.clone()).await;
    let _webhooks = states.deliver_webhooks(settings()).unwrap();
    // Another endpoint in the same scope: its registration is a change like any other.
    let other = Endpoint::new("https://example.org", key.clone());
    let other = other.into_state("other", adas()).unwrap();
    states.register(other, &ada()).await.unwrap();
    put(&states, adas(), "s", number(1)).await;
    for request in until_arrived(&server, 1).await {
        assert_eq!(kind_of(&request), Kind::STORE);
        assert!(
            !String::from_utf8(request.body)
                .unwrap()
                .contains(key.reveal())
        );
    }
    let attempts = attempts(&states, &hook, 1).await;
    assert!(!format!("{attempts:?}").contains(key.reveal()));
    let mut broken = (*hook).clone();
    broken.data["secrets"] = json!([key.reveal(), "whsec_x"]);
    let refused = Endpoint::of(&broken).unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains(key.reveal()));
    broken.data["secrets"] = json!(key.reveal());
    let refused = Endpoint::of(&broken).unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains(key.reveal()));
}
