//! The States page's questions over HTTP: one's own states only, guarded, each refusal typed.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp};

/// A browser whose store `study.name` was written twice, and the state's id.
async fn with_two_versions(app: &TestApp) -> (Browser<'_>, Value) {
    let browser = app.visitor().await;
    for (expected, name) in ["Liver", "Liver study"].into_iter().enumerate() {
        let data = json!(name).to_string();
        let input =
            json!({"key": "study.name", "data": data, "expected": expected, "client": "tab"});
        assert_eq!(
            browser.call("write_store", input).await.status,
            StatusCode::OK
        );
    }
    let wanted = json!({"wanted": {"text": "STUDY.name", "kind": "store", "status": "active"}});
    let found = browser.call("find_states", wanted).await.json();
    assert_eq!(found["total"], 1, "{found}");
    let id = found["rows"][0]["id"].clone();
    (browser, id)
}

#[tokio::test]
async fn a_state_comes_with_its_history_and_what_may_be_done() {
    let app = TestApp::new().await;
    let (browser, id) = with_two_versions(&app).await;
    let detail = browser.call("get_state", json!({"id": id})).await.json();
    let versions: Vec<_> = detail["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["version"])
        .collect();
    assert_eq!(versions, [2, 1]);
    assert_eq!(detail["changes"][0]["actor"], "this workspace");
    assert_eq!(detail["allowed"], json!(["expire", "delete"]));
    let both = browser
        .call(
            "compare_versions",
            json!({"id": id, "older": 1, "newer": 2}),
        )
        .await
        .json();
    assert_eq!(
        both["lines"],
        json!([{"sign": "-", "text": "\"Liver\""}, {"sign": "+", "text": "\"Liver study\""}])
    );
    let unknown = browser
        .call(
            "compare_versions",
            json!({"id": id, "older": 1, "newer": 9}),
        )
        .await;
    assert_eq!(
        (unknown.status, unknown.error().as_str()),
        (StatusCode::NOT_FOUND, "not_found")
    );
}

#[tokio::test]
async fn a_roll_back_is_guarded_by_the_version_it_saw() {
    let app = TestApp::new().await;
    let (browser, id) = with_two_versions(&app).await;
    let stale = browser
        .call("roll_back_state", json!({"id": id, "to": 1, "version": 1}))
        .await;
    assert_eq!(
        (stale.status, stale.error().as_str()),
        (StatusCode::CONFLICT, "conflict")
    );
    let done = browser
        .call("roll_back_state", json!({"id": id, "to": 1, "version": 2}))
        .await;
    assert_eq!(done.status, StatusCode::OK);
    let read = browser
        .call("read_store", json!({"key": "study.name"}))
        .await
        .json();
    assert_eq!(read, json!({"version": 3, "data": "Liver"}));
}

#[tokio::test]
async fn a_transition_that_the_lifecycle_has_not_is_refused() {
    let app = TestApp::new().await;
    let (browser, id) = with_two_versions(&app).await;
    for transition in ["resume", "", "no such thing"] {
        let input = json!({"id": id, "transition": transition, "version": 2});
        let refused = browser.call("transition_state", input).await;
        assert_eq!(
            (refused.status, refused.error().as_str()),
            (StatusCode::BAD_REQUEST, "bad_request")
        );
    }
}

#[tokio::test]
async fn another_browsers_states_are_as_if_they_were_not() {
    let app = TestApp::new().await;
    let (_, id) = with_two_versions(&app).await;
    let stranger = app.visitor().await;
    assert_eq!(
        stranger.call("get_state", json!({"id": id})).await.json(),
        Value::Null
    );
    let attempts = [
        (
            "compare_versions",
            json!({"id": id, "older": 1, "newer": 2}),
        ),
        (
            "transition_state",
            json!({"id": id, "transition": "delete", "version": 2}),
        ),
        ("roll_back_state", json!({"id": id, "to": 1, "version": 2})),
    ];
    for (function, input) in attempts {
        let refused = stranger.call(function, input).await;
        assert!(
            refused.status.is_client_error(),
            "{function}: {}",
            refused.text()
        );
        assert!(
            !refused.text().contains("Liver"),
            "{function}: {}",
            refused.text()
        );
    }
    let without = app.browser().call("get_state", json!({"id": id})).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);
}
