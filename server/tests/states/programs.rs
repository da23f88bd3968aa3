//! States for programs: made once, changed over the version that was seen, moved, brought back, searched page by page.

use axum::{body::Body, http::StatusCode};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp};

/// One request of a program, with headers.
pub(crate) async fn ask(
    browser: &Browser<'_>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Answer {
    let mut request = browser
        .request(method, path)
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    browser.app.send(request.body(body).unwrap()).await
}

/// A server that knows parcels, which are packed, then sent.
pub(crate) async fn with_parcels() -> TestApp {
    TestApp::with(parcels).await
}

pub(crate) fn parcels(settings: &mut server::Settings) {
    let parcel = json!({
        "first": "packed", "update": ["packed"],
        "steps": [{"transition": "send", "from": ["packed"], "to": "sent"}],
    });
    let parcel: server::settings::KindSettings = serde_json::from_value(parcel).unwrap();
    settings.kinds.insert("parcel".into(), parcel);
}

pub(crate) fn parcel(name: &str) -> Value {
    json!({"kind": "parcel", "name": name, "data": {"grams": 800}})
}

#[tokio::test]
async fn a_state_is_made_once_changed_over_what_was_seen_moved_and_brought_back() {
    let app = with_parcels().await;
    let browser = app.visitor().await;
    let once = [("idempotency-key", "order 17")];
    let made = ask(&browser, "POST", "/api/v1/states", &once, parcel("books")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.header("etag"), "\"1\"");
    let again = ask(&browser, "POST", "/api/v1/states", &once, parcel("books")).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.json(), made.json());

    let at = made.header("location").to_owned();
    let got = ask(&browser, "GET", &at, &[], Value::Null).await;
    assert_eq!((got.status, got.header("etag")), (StatusCode::OK, "\"1\""));
    let same = ask(
        &browser,
        "GET",
        &at,
        &[("if-none-match", "\"1\"")],
        Value::Null,
    )
    .await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);

    let heavier = json!({"data": {"grams": 950}});
    let blind = ask(&browser, "PATCH", &at, &[], heavier.clone()).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let seen = [("if-match", "\"1\"")];
    let merged = ask(&browser, "PATCH", &at, &seen, heavier.clone()).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text());
    let late = ask(&browser, "PUT", &at, &seen, heavier).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(late.json()["state"]["data"]["grams"], 950);
    assert_eq!(late.header("etag"), "\"2\"");

    let back = format!("{at}/rollback");
    let brought = ask(
        &browser,
        "POST",
        &back,
        &[("if-match", "\"2\"")],
        json!({"to": 1}),
    )
    .await;
    assert_eq!(brought.json()["data"]["grams"], 800, "{}", brought.text());
    let steps = format!("{at}/transitions");
    let (any, send) = ([("if-match", "*")], json!({"transition": "send"}));
    let sent = ask(&browser, "POST", &steps, &any, send.clone()).await;
    assert_eq!(sent.json()["status"], "sent", "{}", sent.text());
    let twice = ask(&browser, "POST", &steps, &any, send).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let twice = twice.json();
    assert_eq!(
        (&twice["allowed"], &twice["from"], &twice["status"]),
        (&json!(["delete"]), &json!("sent"), &json!(409))
    );

    let history = ask(
        &browser,
        "GET",
        &format!("{at}/history?limit=3"),
        &[],
        Value::Null,
    )
    .await;
    let history = history.json();
    assert_eq!(history["changes"][0]["transition"], "send");
    assert_eq!(history["next"], 2);
    let gone = ask(
        &browser,
        "DELETE",
        &at,
        &[("if-match", "\"4\"")],
        Value::Null,
    )
    .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    let absent = ask(&browser, "GET", &at, &[], Value::Null).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn states_are_searched_page_by_page_and_are_ones_own() {
    let app = with_parcels().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    for name in ["books", "shoes", "tea"] {
        let made = ask(&ada, "POST", "/api/v1/states", &[], parcel(name)).await;
        assert_eq!(made.status, StatusCode::CREATED);
    }
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/states?kind=parcel&sort=name&limit=2{after}");
        let page = ask(&ada, "GET", &path, &[], Value::Null).await.json();
        assert_eq!(
            (&page["total"], &page["is_exact"]),
            (&json!(3), &json!(true))
        );
        for state in page["states"].as_array().unwrap() {
            names.push(state["name"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["books", "shoes", "tea"]);
    let theirs = ask(&bob, "GET", "/api/v1/states?kind=parcel", &[], Value::Null).await;
    assert_eq!(theirs.json()["total"], 0);
    let shared = "/api/v1/states?scope=shared&kind=feature";
    assert_eq!(
        ask(&bob, "GET", shared, &[], Value::Null).await.json()["total"],
        2
    );
    let nobody = ask(&app.browser(), "GET", shared, &[], Value::Null).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let unclear = ask(
        &ada,
        "GET",
        "/api/v1/states?q=data.age+%3E",
        &[],
        Value::Null,
    )
    .await;
    assert_eq!(unclear.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unclear.json()["path"], "q");
    for limit in ["0", "501"] {
        let path = format!("/api/v1/states?limit={limit}");
        let refused = ask(&ada, "GET", &path, &[], Value::Null).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json()["path"], "limit");
    }
}

#[tokio::test]
async fn what_a_page_keeps_is_read_here_and_changed_there() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    for kind in ["store", "dataset", "simulation", "configuration"] {
        let order = json!({"kind": kind, "name": "x"});
        let refused = ask(&browser, "POST", "/api/v1/states", &[], order).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{kind}");
    }
    let strange = json!({"kind": "nothing", "name": "x"});
    let refused = ask(&browser, "POST", "/api/v1/states", &[], strange).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text()
    );
}
