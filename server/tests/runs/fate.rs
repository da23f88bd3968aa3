//! What becomes of a run: changed over the version that was seen, cancelled, deleted, brought back.

use axum::{body::Body, http::StatusCode};
use serde_json::{Value, json};

use super::{RUNS, ask, completed, field, order, ordered, over};
use crate::helpers::TestApp;

#[tokio::test]
async fn what_people_say_of_a_run_changes_over_the_version_that_was_seen() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let place = completed(&ada, "Base").await;
    let read = ada.get(&place).await;
    let seen = read.header("etag").to_owned();
    assert_eq!(seen, format!("\"{}\"", read.json()["version"]));
    let change = json!({"tags": ["agreed"], "is_pinned": true});

    let blind = ask(&ada, "PATCH", &place, None, change.clone()).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    assert_eq!(blind.header("etag"), seen);
    let changed = ask(&ada, "PATCH", &place, Some(&seen), change.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let now = changed.json();
    assert_eq!(
        (&now["name"], &now["tags"], &now["is_pinned"]),
        (&json!("Base"), &json!(["agreed"]), &json!(true))
    );
    let late = ask(&ada, "PATCH", &place, Some(&seen), json!({"notes": "mine"})).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(
        (&late.json()["error"], &late.json()["run"]["tags"]),
        (&json!("stale"), &json!(["agreed"]))
    );
    let any = ask(&ada, "PATCH", &place, Some("*"), json!({"notes": "mine"})).await;
    assert_eq!(
        (any.status, &any.json()["notes"]),
        (StatusCode::OK, &json!("mine"))
    );
    let refused = ask(&ada, "PATCH", &place, Some("*"), json!({"name": ""})).await;
    assert_eq!(field(&refused), "name");

    let request = ada
        .request("GET", &place)
        .header("if-none-match", any.header("etag"));
    let same = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (same.status, same.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
}

#[tokio::test]
async fn a_run_is_cancelled_deleted_and_brought_back() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let mut long = order("Long");
    long["patients"] = json!(500_000);
    let place = ordered(&ada, long).await;
    let early = ada.get(&format!("{place}/outcomes")).await;
    assert_eq!(
        (early.status, early.error()),
        (StatusCode::CONFLICT, "refused".into())
    );
    let early = ask(&ada, "DELETE", &place, None, Value::Null).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "it is not over");
    let cancel = format!("{place}/cancel");
    let cancelled = ask(&ada, "POST", &cancel, None, Value::Null).await;
    assert_eq!(
        cancelled.status,
        StatusCode::ACCEPTED,
        "{}",
        cancelled.text()
    );
    let run = over(&ada, &place).await;
    assert_eq!(run["status"], "failed");
    assert!(
        run["reason"].as_str().unwrap().contains("cancelled by"),
        "{run}"
    );
    let again = ask(&ada, "POST", &cancel, None, Value::Null).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "it is over");
    let none = ada.get(&format!("{place}/visits")).await;
    assert_eq!(none.status, StatusCode::CONFLICT, "{}", none.text());

    let place = completed(&ada, "Base").await;
    let gone = ask(&ada, "DELETE", &place, None, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    assert_eq!(ada.get(&place).await.status, StatusCode::NOT_FOUND);
    let restore = format!("{place}/restore");
    let back = ask(&ada, "POST", &restore, None, Value::Null).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text());
    assert_eq!(
        ada.get(&format!("{place}/outcomes")).await.status,
        StatusCode::OK
    );
    let twice = ask(&ada, "POST", &restore, None, Value::Null).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND, "it is there");
}

#[tokio::test]
async fn a_workspace_that_is_full_takes_neither_runs_nor_tables_until_a_run_goes() {
    // A run of 100 patients and 2 years is expected to take 10,000 bytes, and takes more than 5,000.
    let app = TestApp::with(|settings| settings.data.scope_bytes = 15_000).await;
    let mut ada = app.visitor().await;
    let place = completed(&ada, "Base").await;
    let refused = ask(&ada, "POST", RUNS, None, order("One too many")).await;
    assert_eq!(
        (refused.status, refused.error()),
        (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into()),
        "{}",
        refused.text()
    );
    let told = refused.text();
    assert!(
        told.contains("data.scope_bytes") && told.contains("Delete runs or tables"),
        "{told}"
    );
    let table = format!("id,x\n{}", "1,22\n".repeat(2500));
    let refused = ada.upload("mine.csv", table.clone()).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text().contains("Delete runs or tables"));
    let bob = app.visitor().await;
    completed(&bob, "Base").await;

    let gone = ask(&ada, "DELETE", &place, None, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    let taken = ada.upload("mine.csv", table).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
}
