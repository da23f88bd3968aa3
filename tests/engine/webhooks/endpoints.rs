//! Endpoints come, change and go while everything runs, on one server or on two.

use std::time::Duration;

use holdfast::{
    Bound, Error, Expected, Limits, Query, Revision, Scope, Transition, Update,
    callbacks::webhooks::{Endpoint, Webhooks},
};
use serde_json::json;

use super::{
    Receiver, arrived, engine, in_memory, number, payload, put, receiver, registered, secret,
    settings, until, until_arrived, well,
};
use crate::support::{ada, adas, memory, worlds};

async fn numbers(server: &Receiver, count: usize) -> Vec<u64> {
    let requests = until_arrived(server, count).await;
    let number = |payload: serde_json::Value| payload["data"]["state"]["data"]["n"].as_u64();
    requests
        .iter()
        .map(|it| number(payload(it)).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_found_after_a_restart_moved_disabled_enabled_and_deleted() {
    for world in worlds().await {
        let states = &world.states;
        let (first, second) = (receiver(well()).await, receiver(well()).await);
        let hook = registered(states, Endpoint::new(first.uri(), secret(1))).await;
        let name = Endpoint::subscriber(&hook.scope, &hook.id);
        put(states, adas(), "s", number(1)).await;
        let webhooks = states.deliver_webhooks(settings()).unwrap();
        assert_eq!(numbers(&first, 1).await, [1], "{}", world.name);
        webhooks.stop().await;
        put(states, adas(), "s", number(2)).await;

        let _webhooks = states.deliver_webhooks(settings()).unwrap();
        assert_eq!(numbers(&first, 2).await, [1, 2], "{}", world.name);
        let moved = Update::Merge(json!({"url": second.uri()}));
        let by = ada();
        states
            .update(&hook.scope, &hook.id, moved, Expected::Any, &by)
            .await
            .unwrap();
        until("moved", async || {
            put(states, adas(), "s", number(3)).await;
            !arrived(&second).await.is_empty()
        })
        .await;
        let step = async |transition| {
            states
                .transition(&hook.scope, &hook.id, transition, Expected::Any, &ada())
                .await
                .unwrap();
        };
        let status = async || {
            let all = states.subscribers().await.unwrap();
            all.into_iter().find(|it| it.name == name)
        };
        step(Transition::SUSPEND).await;
        until("let go", async || !status().await.unwrap().is_held).await;
        put(states, adas(), "s", number(4)).await;
        step(Transition::ACTIVATE).await;
        until("delivered what happened meanwhile", async || {
            numbers(&second, 1).await.last() == Some(&4)
        })
        .await;
        step(Transition::DELETE).await;
        until("forgotten", async || status().await.is_none()).await;
        let kept = states.deliveries(&hook.scope, &hook.id).await.unwrap();
        assert_eq!(kept, [], "{}", world.name);
    }
}

#[tokio::test]
async fn a_range_is_sent_again_with_the_same_ids() {
    let (states, _clock) = in_memory().await;
    let server = receiver(well()).await;
    let hook = registered(&states, Endpoint::new(server.uri(), secret(1))).await;
    let _webhooks = states.deliver_webhooks(settings()).unwrap();
    for n in 1..=4 {
        put(&states, adas(), "s", number(n)).await;
    }
    assert_eq!(numbers(&server, 4).await, [1, 2, 3, 4]);
    let name = Endpoint::subscriber(&hook.scope, &hook.id);
    let range = Revision(3)..=Revision(4);
    assert!(states.replay(&name, range).await.unwrap());
    assert_eq!(numbers(&server, 6).await, [1, 2, 3, 4, 2, 3]);
    let requests = arrived(&server).await;
    let id = |place: usize| requests[place].headers["webhook-id"].clone();
    assert_eq!((id(1), id(2)), (id(4), id(5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_one_delivers_to_an_endpoint_and_the_other_takes_over() {
    let (_folder, backend) = memory().await;
    let ((one, clock), server) = (engine(backend.clone()), receiver(well()).await);
    let other = holdfast::StateManager::builder(backend).clock(clock.clone());
    let other = other.build();
    registered(&one, Endpoint::new(server.uri(), secret(1))).await;
    let start = |states: &holdfast::StateManager| states.deliver_webhooks(settings()).unwrap();
    let servers: [Webhooks; 2] = [start(&one), start(&other)];
    for n in 1..=20 {
        put(&one, adas(), "s", number(n)).await;
    }
    let expected: Vec<u64> = (1..=20).collect();
    assert_eq!(numbers(&server, 20).await, expected);
    let [here, there] = servers;
    here.stop().await;
    put(&one, adas(), "s", number(21)).await;
    // Whichever it was: the lease of the one that stopped is free, or the other had it anyway.
    clock.advance(Duration::from_secs(60));
    let all = numbers(&server, 21).await;
    assert_eq!(all.last(), Some(&21));
    there.stop().await;
    assert_eq!(arrived(&server).await.len(), 21);
}

#[tokio::test]
async fn no_search_tells_what_signs_the_messages() {
    for world in worlds().await {
        let endpoint = Endpoint::new("https://data.lab.org/hook", secret(1));
        let hook = registered(&world.states, endpoint).await;
        let signs = hook.data["secrets"][0].as_str().unwrap().to_owned();
        let found = async |query: Query| {
            let page = world.states.search(&adas(), query).await.unwrap();
            page.states.len()
        };
        let with = |filter: &str| Query::default().filter(filter.parse().unwrap());
        assert_eq!(found(with("kind = \"webhook\"")).await, 1, "{}", world.name);
        for filter in [
            format!("data.secrets = \"{signs}\""),
            "data.secrets > \"a\"".into(),
        ] {
            assert_eq!(found(with(&filter)).await, 0, "{}: {filter}", world.name);
        }
        assert_eq!(
            found(Query::default().text(signs)).await,
            0,
            "{}",
            world.name
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_endpoint_is_left_out_and_beyond_the_limit_no_more_are_made() {
    let (states, _clock) = in_memory().await;
    let server = receiver(well()).await;
    let by = ada();
    let whose = |n: u64| Scope::User(format!("u{n}"));
    let made = async |scope: Scope| {
        let endpoint = Endpoint::new(server.uri(), secret(1));
        let new = endpoint.into_state("hook", scope).unwrap();
        states.register(new, &by).await
    };
    // Nobody delivers yet, so nobody counts. Those that are suspended are only kept.
    let mut hooks = Vec::new();
    for n in 0..=Limits::ENDPOINTS {
        let hook = made(whose(n)).await.unwrap();
        if n < Limits::ENDPOINTS {
            let suspend = Transition::SUSPEND;
            states
                .transition(&hook.scope, &hook.id, suspend, Expected::Any, &by)
                .await
                .unwrap();
        }
        hooks.push(hook);
    }
    let _webhooks = states.deliver_webhooks(settings()).unwrap();
    put(&states, whose(Limits::ENDPOINTS), "s", number(1)).await;
    assert_eq!(numbers(&server, 1).await, [1], "the last one is told");

    let refused = made(adas()).await;
    let Err(Error::TooLarge { what, size, limit }) = refused else {
        panic!("there are too many already: {refused:?}");
    };
    assert_eq!((what, size, limit), (Bound::Endpoints, 1002, 1000));
    let mut transaction = states.transaction(&by);
    let endpoint = Endpoint::new(server.uri(), secret(1));
    let refused = transaction
        .register(endpoint.into_state("hook", adas()).unwrap())
        .await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })));
    // Those that are there may change, and make room.
    let again = Endpoint::new(server.uri(), secret(2)).into_state("moved", whose(0));
    let again = again.unwrap().with_id(hooks[0].id.clone());
    states.put(again, Expected::Any, &by).await.unwrap();
    for hook in &hooks[..2] {
        let deleted = states.delete(&hook.scope, &hook.id, Expected::Any, &by);
        deleted.await.unwrap();
    }
    let two_more = async || {
        let mut transaction = states.transaction(&by);
        for _ in 0..2 {
            let endpoint = Endpoint::new(server.uri(), secret(1));
            let new = endpoint.into_state("hook", adas()).unwrap();
            transaction.register(new).await?;
        }
        Ok::<_, Error>(())
    };
    // 999 are left: those of one transaction count each other.
    until("room for another", async || made(adas()).await.is_ok()).await;
    let refused = two_more().await;
    assert!(
        matches!(refused, Err(Error::TooLarge { .. })),
        "{refused:?}"
    );
}
