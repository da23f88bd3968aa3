//! `Idempotency-Key`: a request is done once, however often it is sent.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use holdfast::{Clock, ManualClock, SystemClock};
use serde_json::{Value, json};

use crate::{
    helpers::{Answer, Browser, TestApp},
    states::programs::{ask, parcel, parcels, with_parcels},
};

const STATES: &str = "/api/v1/states";

async fn order(browser: &Browser<'_>, key: &str, what: Value) -> Answer {
    ask(browser, "POST", STATES, &[("idempotency-key", key)], what).await
}

async fn kept(browser: &Browser<'_>) -> u64 {
    let found = ask(
        browser,
        "GET",
        "/api/v1/states?kind=parcel",
        &[],
        Value::Null,
    );
    found.await.json()["total"].as_u64().unwrap()
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer_and_another_is_refused() {
    let app = with_parcels().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let made = order(&ada, "order 17", parcel("books")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.header("idempotency-replayed"), "");
    let at = made.header("location").to_owned();
    let heavier = json!({"data": {"grams": 950}});
    let changed = ask(&ada, "PATCH", &at, &[("if-match", "*")], heavier).await;
    assert_eq!(changed.status, StatusCode::OK);

    // In quotes, as the draft has it, it is the same key.
    for key in ["order 17", "\"order 17\""] {
        let again = order(&ada, key, parcel("books")).await;
        assert_eq!(again.status, StatusCode::CREATED, "{}", again.text());
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.header("location"), at);
        assert_eq!(again.header("etag"), "\"1\"");
        assert_eq!(again.header("content-type"), "application/json");
        assert_eq!(again.json(), made.json(), "as it was answered then");
    }
    let other = order(&ada, "order 17", parcel("shoes")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.error(), "key_reused");
    assert_eq!(kept(&ada).await, 1);

    let theirs = order(&bob, "order 17", parcel("shoes")).await;
    assert_eq!(theirs.status, StatusCode::CREATED, "a key is one person's");
    let send = json!({"transition": "send"});
    let steps = format!("{at}/transitions");
    let headers = [("idempotency-key", "order 17"), ("if-match", "*")];
    for replayed in ["", "true"] {
        let sent = ask(&ada, "POST", &steps, &headers, send.clone()).await;
        assert_eq!(sent.status, StatusCode::OK, "a key is of one path");
        assert_eq!(sent.json()["status"], "sent");
        assert_eq!(sent.header("idempotency-replayed"), replayed);
    }
}

#[tokio::test]
async fn two_at_once_are_done_once() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    for round in 0..5 {
        let key = format!("round {round}");
        let (one, two) = tokio::join!(
            order(&ada, &key, parcel("books")),
            order(&ada, &key, parcel("books"))
        );
        let mut made = 0;
        for answer in [&one, &two] {
            match answer.status {
                StatusCode::CREATED => made += 1,
                status => {
                    assert_eq!(status, StatusCode::CONFLICT, "{}", answer.text());
                    assert_eq!(answer.error(), "in_progress");
                    assert_eq!(answer.header("retry-after"), "1");
                }
            }
        }
        assert!(made > 0, "one of them is the first");
        assert_eq!(kept(&ada).await, round + 1);
    }
}

#[tokio::test]
async fn who_hangs_up_at_whatever_moment_finds_it_done_once() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    for moments in 0..12_u64 {
        let key = format!("hung up after {moments}");
        {
            let mut first = Box::pin(order(&ada, &key, parcel("books")));
            for _ in 0..=moments {
                if futures::poll!(first.as_mut()).is_ready() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        let mut tries = 0;
        loop {
            let again = order(&ada, &key, parcel("books")).await;
            if again.status == StatusCode::CREATED {
                break;
            }
            assert_eq!(again.error(), "in_progress", "{key}");
            tries += 1;
            assert!(tries < 2000, "{key}: it is never done");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(kept(&ada).await, moments + 1, "{key}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_to_be_kept_is_told_once_and_nothing_is_done_twice() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    let mut large = parcel("books");
    large["data"]["list"] = "x".repeat(300 << 10).into();
    let made = order(&ada, "large", large.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let again = order(&ada, "large", large).await;
    assert_eq!(
        (again.status, again.error().as_str()),
        (StatusCode::CONFLICT, "answered")
    );
    let told = again.json();
    assert_eq!(told["answered"], 201);
    assert_eq!(told["location"], made.header("location"));
    assert_eq!(kept(&ada).await, 1);
}

#[tokio::test]
async fn a_refusal_is_kept_and_a_key_that_is_none_is_refused() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    let strange = json!({"kind": "nothing", "name": "x"});
    let first = order(&ada, "strange", strange.clone()).await;
    let again = order(&ada, "strange", strange).await;
    assert_eq!(first.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(again.status, first.status);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json(), first.json());
    for key in ["", "\"\"", &"k".repeat(256)] {
        let refused = order(&ada, key, parcel("books")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{key}");
    }
    let nobody = order(&app.browser(), "strange", parcel("books")).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(kept(&ada).await, 0);
}

#[tokio::test]
async fn a_key_that_came_from_one_editing_session_is_not_anothers() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    for (session, error) in [("a", "not_found"), ("a", "not_found"), ("b", "key_reused")] {
        let headers = [("idempotency-key", "ask"), ("x-session-id", session)];
        let path = "/api/v1/sessions/current/lock/ask";
        let answer = ask(&ada, "POST", path, &headers, Value::Null).await;
        assert_eq!(answer.error(), error, "{session}");
    }
}

#[tokio::test]
async fn an_answer_that_another_attempt_may_better_frees_the_key_and_a_day_later_it_is_free_too() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let app = TestApp::at(clock.clone(), |settings| {
        parcels(settings);
        settings.limits.address_per_second = 0;
        settings.state.writes_per_second = 1;
    })
    .await;
    let ada = app.visitor().await;
    let mut tried = 0;
    let key = loop {
        let key = format!("parcel {tried}");
        let answer = order(&ada, &key, parcel("books")).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break key;
        }
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        tried += 1;
        assert!(tried < 200, "there is no bound");
    };
    clock.advance(Duration::from_secs(30));
    let better = order(&ada, &key, parcel("books")).await;
    assert_eq!(better.status, StatusCode::CREATED, "{}", better.text());
    assert_eq!(better.header("idempotency-replayed"), "");
    assert_eq!(kept(&ada).await, tried + 1);

    clock.advance(Duration::from_secs(23 * 3600));
    let again = order(&ada, &key, parcel("books")).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    clock.advance(Duration::from_secs(2 * 3600));
    let anew = order(&ada, &key, parcel("books")).await;
    assert_eq!(anew.status, StatusCode::CREATED);
    assert_eq!(anew.header("idempotency-replayed"), "");
    assert_eq!(kept(&ada).await, tried + 2);
}
