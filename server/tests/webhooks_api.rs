//! Webhooks for programs: registered, changed, disabled, delivered to, sent again; a secret is told once.

use std::time::Duration;

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, time::timeout};

use crate::helpers::{
    Browser, TestApp,
    socket::{LiveApp, PATIENCE, body},
};

const ANY: [(&str, &str); 1] = [("if-match", "*")];

async fn registered(browser: &Browser<'_>) -> (String, String) {
    let order = json!({"name": "billing", "url": "https://example.org/hooks", "kinds": ["store"]});
    let made = browser.ask("POST", "/webhooks", &[], order).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let at = made.header("location").strip_prefix("/api/v1").unwrap();
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    (at.to_owned(), secret)
}

#[tokio::test]
async fn a_webhook_is_registered_changed_disabled_and_deleted_over_what_was_seen() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let (at, _) = registered(&browser).await;
    let one = browser.look(&at).await;
    assert_eq!(
        (&one.json()["name"], &one.json()["is_enabled"]),
        (&json!("billing"), &json!(true))
    );
    let tag = one.header("etag").to_owned();
    let seen = [("if-match", tag.as_str())];
    let edit = json!({"url": "https://example.org/other", "is_enabled": false});
    let blind = browser.ask("PATCH", &at, &[], edit.clone()).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let changed = browser.ask("PATCH", &at, &seen, edit.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let told = changed.json();
    assert_eq!(
        (&told["url"], &told["is_enabled"], &told["kinds"]),
        (
            &json!("https://example.org/other"),
            &json!(false),
            &json!(["store"])
        )
    );
    let late = browser.ask("PATCH", &at, &seen, edit).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let on = json!({"is_enabled": true});
    let on = browser.ask("PATCH", &at, &ANY, on).await;
    assert_eq!(on.json()["is_enabled"], true);
    for wrong in [
        json!({"url": "ftp://example.org"}),
        json!({"kinds": ["no such kind"]}),
        json!({"description": "x".repeat(401)}),
    ] {
        let refused = browser.ask("PATCH", &at, &ANY, wrong.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let gone = browser.ask("DELETE", &at, &ANY, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    assert_eq!(browser.look(&at).await.status, StatusCode::NOT_FOUND);
    let list = browser.look("/webhooks").await.json();
    assert_eq!(list["webhooks"], json!([]));
    assert!(list["kinds"].as_array().unwrap().contains(&json!("store")));
}

#[tokio::test]
async fn a_secret_is_told_once() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let (at, first) = registered(&browser).await;
    let secrets = format!("{at}/secrets");
    let rotated = browser.ask("POST", &secrets, &ANY, Value::Null).await;
    assert_eq!(rotated.status, StatusCode::CREATED, "{}", rotated.text());
    let second = rotated.json()["secret"].as_str().unwrap().to_owned();
    assert!(first.starts_with("whsec_") && second.starts_with("whsec_") && first != second);
    let blind = browser.ask("DELETE", &secrets, &[], Value::Null).await;
    let retired = browser.ask("DELETE", &secrets, &ANY, Value::Null).await;
    assert_eq!(retired.status, StatusCode::NO_CONTENT, "{}", retired.text());
    let id = at.strip_prefix("/webhooks/").unwrap();
    let mut told = vec![blind.text()];
    for path in [
        "/webhooks",
        &at,
        &format!("/states/{id}"),
        &format!("/states/{id}/history"),
    ] {
        let answer = browser.look(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        told.push(answer.text());
    }
    let once = [("idempotency-key", "hook of may")];
    let order = json!({"url": "https://example.org/may"});
    let made = browser.ask("POST", "/webhooks", &once, order.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let again = browser.ask("POST", "/webhooks", &once, order).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
    assert!(!again.text().contains("whsec_"), "{}", again.text());
    for text in told {
        assert!(!text.contains(&first) && !text.contains(&second), "{text}");
    }
}

#[tokio::test]
async fn a_strangers_webhook_is_not_there_and_nothing_was_sent_yet() {
    let app = TestApp::new().await;
    let (browser, stranger) = (app.visitor().await, app.visitor().await);
    let (at, _) = registered(&browser).await;
    for part in ["/deliveries", "/dead-letters"] {
        let path = format!("{at}{part}");
        assert_eq!(browser.look(&path).await.json(), json!([]));
        assert_eq!(stranger.look(&path).await.status, StatusCode::NOT_FOUND);
    }
    for (method, path, order) in [
        ("GET", at.clone(), Value::Null),
        ("PATCH", at.clone(), json!({"is_enabled": false})),
        ("DELETE", at.clone(), Value::Null),
        ("POST", format!("{at}/secrets"), Value::Null),
        ("POST", format!("{at}/replays"), json!({"first": 1})),
        ("POST", format!("{at}/dead-letters/1"), Value::Null),
        ("DELETE", format!("{at}/dead-letters/1"), Value::Null),
    ] {
        let theirs = stranger.ask(method, &path, &ANY, order).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{method} {path}");
    }
    for wrong in [json!({"first": 0}), json!({"first": 9, "last": 1})] {
        let path = format!("{at}/replays");
        let refused = browser.ask("POST", &path, &[], wrong.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let none = format!("{at}/dead-letters/1");
    let none = browser.ask("DELETE", &none, &[], Value::Null).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

/// Somebody else's server.
async fn receiver() -> (String, mpsc::UnboundedReceiver<Bytes>) {
    let (tell, heard) = mpsc::unbounded_channel();
    let take = async |State(tell): State<mpsc::UnboundedSender<Bytes>>, body: Bytes| {
        tell.send(body).unwrap();
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let router = Router::new().route("/hooks", post(take)).with_state(tell);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, heard)
}

#[tokio::test]
async fn deliveries_are_told_and_one_is_sent_again() {
    let (url, mut heard) = receiver().await;
    let app = LiveApp::new(|settings| {
        settings.webhooks.allow_private = true;
        settings.webhooks.allow_http = true;
    })
    .await;
    let cookie = app.session().await;
    let order = json!({"url": url, "kinds": ["store"]});
    let made = body(&app.call(&cookie, "v1/webhooks", &order).await);
    let id = made["id"].as_str().unwrap();
    let store = json!({"key": "study.name", "data": "\"Liver\"", "expected": 0, "client": "tab"});
    app.call(&cookie, "write_store", &store).await;
    let first = timeout(PATIENCE, heard.recv()).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("Liver"));

    let path = format!("/api/v1/webhooks/{id}/deliveries");
    let told = async {
        loop {
            let mut wire = app.connect().await;
            wire.send("GET", &path, &cookie, "connection: close\r\n")
                .await;
            let sent = body(&wire.rest().await);
            if let Some(sent) = sent.as_array().unwrap().first() {
                break sent.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let sent = timeout(PATIENCE, told).await.unwrap();
    assert_eq!(
        (&sent["status"], &sent["attempt"]),
        (&json!(200), &json!(1))
    );
    assert!(sent["at"].as_i64().unwrap() > 0);
    let replay = json!({"first": sent["revision"]});
    let replays = format!("v1/webhooks/{id}/replays");
    let asked = app.call(&cookie, &replays, &replay).await;
    assert!(asked.starts_with("HTTP/1.1 202"), "{asked}");
    let again = timeout(PATIENCE, heard.recv()).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&again).contains("Liver"));
    app.stop.cancel();
    app.running.await.unwrap().unwrap();
}
