//! A database without room: pages and programs are told what it is (507), read on, and are served once there is room.
//!
//! No disk is filled for that. SQLite gives the same answer, and takes the transaction back in the same way, where the
//! numbers of a table are used up.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tracing::Level;

use crate::{
    helpers::{Answer, Browser, TestApp},
    logging::Log,
    problems::is_problem,
    states::programs::{parcel, with_parcels},
};

const FILL: &str = "
    CREATE TABLE room (number INTEGER PRIMARY KEY AUTOINCREMENT);
    INSERT INTO room VALUES (9223372036854775807);
    CREATE TRIGGER full_log BEFORE INSERT ON log BEGIN INSERT INTO room VALUES (NULL); END;";

const CLEAR: &str = "DROP TRIGGER full_log; DROP TABLE room;";

/// What a page says.
const TOLD: &str = "The disk is full. Nothing was kept; make room and try again.";

/// Another program's doing, to the database of this server.
async fn run(app: &TestApp, sql: &str) {
    let file = app.folder.path().join("data/holdfast.db");
    let other = sqlx::SqlitePool::connect(file.to_str().unwrap()).await;
    let other = other.unwrap();
    sqlx::raw_sql(sql).execute(&other).await.unwrap();
    other.close().await;
}

/// A new name for the study.
async fn rename(browser: &Browser<'_>) -> Answer {
    let input = json!({"key": "study.name", "data": "\"A\"", "expected": 0, "client": "tab"});
    browser.call("write_store", input).await
}

#[tokio::test]
async fn programs_are_told_that_the_disk_is_full_and_the_same_request_passes_once_it_is_not() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    let made = ada.ask("POST", "/states", &[], parcel("books")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let at = made.header("location").strip_prefix("/api/v1").unwrap();
    let steps = format!("{at}/transitions");
    let (any, key) = (("if-match", "*"), ("idempotency-key", "order 17"));
    let heavier = || json!({"data": {"grams": 950}});
    let send = || json!({"transition": "send"});

    run(&app, FILL).await;
    let full = StatusCode::INSUFFICIENT_STORAGE;
    for refused in [
        ada.ask("POST", "/states", &[], parcel("shoes")).await,
        ada.ask("POST", "/states", &[key], parcel("shoes")).await,
        ada.ask("PATCH", at, &[any], heavier()).await,
        ada.ask("POST", &steps, &[any], send()).await,
        ada.ask("DELETE", at, &[any], Value::Null).await,
    ] {
        is_problem(&refused, full, "disk_full");
        assert_eq!(refused.json()["detail"], TOLD);
    }
    let read = ada.look(at).await;
    assert_eq!(
        (read.status, read.header("etag")),
        (StatusCode::OK, "\"1\"")
    );

    run(&app, CLEAR).await;
    let made = ada.ask("POST", "/states", &[key], parcel("shoes")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.header("idempotency-replayed"), "");
    let merged = ada.ask("PATCH", at, &[any], heavier()).await;
    assert_eq!(merged.header("etag"), "\"2\"", "{}", merged.text());
    let sent = ada.ask("POST", &steps, &[any], send()).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
}

#[tokio::test]
async fn pages_are_told_that_the_disk_is_full_and_the_same_write_is_kept_once_it_is_not() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    run(&app, FILL).await;
    let full = StatusCode::INSUFFICIENT_STORAGE;
    // By script, as a plain form, and as somebody who comes for the first time.
    let refused = rename(&browser).await;
    assert_eq!(
        (refused.status, refused.json()),
        (full, json!({"error": "disk_full"}))
    );
    let form = browser.submit("/data/remove", "name=labs").await;
    assert_eq!(form.status, full, "{}", form.text());
    assert!(form.text().contains(TOLD), "{}", form.text());
    let newcomer = app.browser().open().await;
    assert_eq!(
        (newcomer.status, newcomer.error().as_str()),
        (full, "disk_full")
    );
    let asked = json!({"key": "study.name"});
    let read = browser.call("read_store", asked).await;
    assert_eq!(read.json(), json!({"version": 0, "data": null}));

    run(&app, CLEAR).await;
    assert_eq!(rename(&browser).await.json(), json!(1));
    let form = browser.submit("/data/remove", "name=labs").await;
    assert_eq!(form.status, StatusCode::SEE_OTHER, "{}", form.text());
    assert_eq!(app.browser().open().await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_log_has_the_cause_once_under_no_reference() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    run(&app, FILL).await;
    let log = Log::of(Level::WARN, false);
    let refused = rename(&browser).await;
    assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE);
    let text = log.text();
    let told = text.lines().filter(|line| line.contains("no room left"));
    let told: Vec<&str> = told.collect();
    assert_eq!(told.len(), 1, "{text}");
    for word in ["WARN", "app::error", "database or disk is full"] {
        assert!(told[0].contains(word), "{text}");
    }
    assert!(!text.contains("reference"), "{text}");
}
