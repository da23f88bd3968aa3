//! Webhooks over HTTP: made, shown without their secret, delivered by a running server, sent again.

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

use crate::helpers::{Browser, TestApp, socket::LiveApp};

const LONG_ENOUGH: Duration = Duration::from_secs(20);

async fn make(browser: &Browser<'_>, url: &str) -> Value {
    let told = json!({"name": "billing", "url": url, "description": "", "kinds": ["store"]});
    let made = browser.call("create_webhook", json!({"told": told})).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    made.json()
}

async fn detail(browser: &Browser<'_>, id: &Value) -> Value {
    browser.call("get_webhook", json!({"id": id})).await.json()
}

#[tokio::test]
async fn a_secret_is_shown_once_and_in_no_version() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let made = make(&browser, "https://example.org/hooks").await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let id = &made["id"];
    let version = detail(&browser, id).await["hook"]["version"].clone();
    let rotated = browser
        .call(
            "rotate_webhook_secret",
            json!({"id": id, "version": version}),
        )
        .await;
    let second = rotated.json().as_str().unwrap().to_owned();
    assert_ne!(secret, second);
    assert_eq!(detail(&browser, id).await["secrets"], 2);
    let which = json!({"id": id, "is_shared": false});
    for (function, input) in [
        ("get_webhook", json!({"id": id})),
        ("list_webhooks", json!({})),
        ("get_state", json!({"which": which})),
        (
            "compare_versions",
            json!({"which": which, "older": 1, "newer": 2}),
        ),
        (
            "find_states",
            json!({"wanted": {"text": "billing"}, "after": null, "limit": 9}),
        ),
    ] {
        let answer = browser.call(function, input).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "{function}: {}",
            answer.text()
        );
        for secret in [&secret, &second] {
            assert!(!answer.text().contains(secret.as_str()), "{function}");
        }
    }
    let version = detail(&browser, id).await["hook"]["version"].clone();
    let retired = browser
        .call(
            "retire_webhook_secrets",
            json!({"id": id, "version": version}),
        )
        .await;
    assert_eq!(retired.status, StatusCode::OK);
    assert_eq!(detail(&browser, id).await["secrets"], 1);
}

#[tokio::test]
async fn what_is_no_address_is_refused_with_its_field_and_strangers_find_nothing() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    for url in [
        "",
        "ftp://example.org",
        "no address",
        "https://me:secret@example.org",
    ] {
        let told = json!({"name": "x", "url": url, "description": "", "kinds": []});
        let refused = browser.call("create_webhook", json!({"told": told})).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert!(refused.text().contains("data.url"), "{}", refused.text());
    }
    let id = make(&browser, "https://example.org/").await["id"].clone();
    let stranger = app.visitor().await;
    assert_eq!(detail(&stranger, &id).await, Value::Null);
    for (function, input) in [
        ("rotate_webhook_secret", json!({"id": id, "version": 1})),
        ("retire_webhook_secrets", json!({"id": id, "version": 1})),
        ("replay_webhook", json!({"id": id, "first": 1, "last": 1})),
        (
            "settle_given_up",
            json!({"id": id, "revision": 1, "is_again": true}),
        ),
    ] {
        let refused = stranger.call(function, input).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{function}");
    }
    let backwards = json!({"id": id, "first": 9, "last": 1});
    let refused = browser.call("replay_webhook", backwards).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

type Heard = mpsc::UnboundedReceiver<(HeaderMap, Bytes)>;

/// Somebody else's server.
async fn receiver() -> (String, Heard) {
    let (tell, heard) = mpsc::unbounded_channel();
    let take =
        async |State(tell): State<mpsc::UnboundedSender<_>>, headers: HeaderMap, body: Bytes| {
            tell.send((headers, body)).unwrap();
        };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let router = Router::new().route("/hooks", post(take)).with_state(tell);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, heard)
}

/// The JSON of an answer from a socket.
fn body(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}"))
}

#[tokio::test]
async fn a_running_server_delivers_what_is_written_and_sends_it_again_when_asked() {
    let (url, mut heard) = receiver().await;
    let app = LiveApp::new(|settings| {
        settings.webhooks.allow_private = true;
        settings.webhooks.allow_http = true;
    })
    .await;
    let cookie = app.session().await;
    let told = json!({"name": "billing", "url": url, "description": "", "kinds": ["store"]});
    let made = body(
        &app.call(&cookie, "create_webhook", &json!({"told": told}))
            .await,
    );
    let id = &made["id"];
    let store = json!({"key": "study.name", "data": "\"Liver\"", "expected": 0, "client": "tab"});
    app.call(&cookie, "write_store", &store).await;
    let (headers, first) = tokio::time::timeout(LONG_ENOUGH, heard.recv())
        .await
        .unwrap()
        .unwrap();
    let message: Value = serde_json::from_slice(&first).unwrap();
    assert!(message.to_string().contains("Liver"), "{message}");
    assert!(headers.contains_key("webhook-signature"));

    let sent = loop {
        let detail = body(&app.call(&cookie, "get_webhook", &json!({"id": id})).await);
        if let Some(sent) = detail["sent"].as_array().unwrap().first() {
            break sent.clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(
        (&sent["status"], &sent["attempt"]),
        (&json!(200), &json!(1))
    );
    let place = sent["revision"].clone();
    let replay = json!({"id": id, "first": place, "last": place});
    app.call(&cookie, "replay_webhook", &replay).await;
    let again = tokio::time::timeout(LONG_ENOUGH, heard.recv())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        again.0["webhook-id"], headers["webhook-id"],
        "a repetition is known by its id"
    );
    app.stop.cancel();
    app.running.await.unwrap().unwrap();
}
