//! Server stores over HTTP: guarded, declared, one's own, and there after a restart.

use std::sync::Arc;

use crate::helpers::{Answer, Browser, TestApp};
use axum::http::StatusCode;
use futures::future::join_all;
use holdfast::SystemClock;
use serde_json::{Value, json};

async fn write(browser: &Browser<'_>, key: &str, data: Value, expected: u64) -> Answer {
    let input =
        json!({"key": key, "data": data.to_string(), "expected": expected, "client": "tab"});
    browser.call("write_store", input).await
}

async fn read(browser: &Browser<'_>, key: &str) -> Value {
    browser.call("read_store", json!({"key": key})).await.json()
}

#[tokio::test]
async fn a_write_gives_the_version_and_a_read_the_content() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    assert_eq!(
        read(&browser, "study.name").await,
        json!({"version": 0, "data": null})
    );
    assert_eq!(
        write(&browser, "study.name", json!("A"), 0).await.json(),
        json!(1)
    );
    assert_eq!(
        write(&browser, "study.name", json!("B"), 1).await.json(),
        json!(2)
    );
    assert_eq!(
        read(&browser, "study.name").await,
        json!({"version": 2, "data": "B"})
    );
}

#[tokio::test]
async fn a_write_on_an_old_version_is_told_what_is_there_now() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    write(&browser, "study.name", json!("A"), 0).await;
    for expected in [0, 7] {
        let answer = write(&browser, "study.name", json!("B"), expected).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(
            answer.json(),
            json!({"error": "conflict", "detail": {"version": 1, "data": "\"A\""}})
        );
    }
}

#[tokio::test]
async fn of_ten_writers_at_once_exactly_one_wins() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    write(&browser, "study.name", json!("start"), 0).await;
    let writers = (0..10).map(|n| write(&browser, "study.name", json!(format!("writer {n}")), 1));
    let won = join_all(writers)
        .await
        .iter()
        .filter(|answer| answer.status == StatusCode::OK)
        .count();
    assert_eq!(won, 1);
    assert_eq!(read(&browser, "study.name").await["version"], 2);
}

#[tokio::test]
async fn only_declared_stores_with_json_in_them_can_be_written() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let answer = write(&browser, "admin.secrets", json!(1), 0).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (StatusCode::NOT_FOUND, "not_found")
    );
    let broken = json!({"key": "study.name", "data": "{", "expected": 0, "client": "t"});
    let answer = browser.call("write_store", broken).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
    );
    let large = write(&browser, "study.name", json!("x".repeat(1 << 20)), 0).await;
    assert_eq!(
        (large.status, large.error().as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, "too_large")
    );
}

#[tokio::test]
async fn one_sessions_store_is_not_anothers() {
    let app = TestApp::new().await;
    let (one, other) = (app.visitor().await, app.visitor().await);
    write(&one, "study.name", json!("mine"), 0).await;
    assert_eq!(read(&other, "study.name").await["version"], 0);
    assert!(!other.get("/").await.text().contains("mine"));
    assert!(one.get("/").await.text().contains("mine"));
}

#[tokio::test]
async fn stores_and_tables_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut cookie = None;
    for start in 0..2 {
        let application = crate::helpers::application(&folder, Arc::new(SystemClock), |_| {}).await;
        let app = TestApp {
            folder: tempfile::tempdir().unwrap(),
            router: application.router(),
        };
        let mut browser = app.browser();
        browser.cookie = cookie;
        if start == 0 {
            browser.open().await;
            write(&browser, "study.name", json!("kept"), 0).await;
            browser.submit("/data/remove", "name=labs").await;
        }
        assert_eq!(
            read(&browser, "study.name").await,
            json!({"version": 1, "data": "kept"})
        );
        let study = browser.call("get_study", json!({})).await.json();
        assert!(
            study["study"]["tables"]
                .as_array()
                .unwrap()
                .iter()
                .all(|table| table["name"] != "labs")
        );
        cookie = browser.cookie;
    }
}

#[tokio::test]
async fn a_tier_is_a_setting_and_the_page_is_told() {
    let app =
        TestApp::with(|settings| settings.state.backend = server::settings::Backend::Client).await;
    let page = app.visitor().await.get("/").await.text();
    assert!(
        page.contains(r#""query.filters":"browser""#),
        "every store is the browser's"
    );
    assert!(!page.contains(r#""query.filters":{"version""#));
}

#[tokio::test]
async fn a_query_as_a_plain_form_is_written_merged_and_shown_again() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let answer = browser
        .submit(
            "/query/apply",
            "rail=1&age_min=40&age_max=60&sex=f&shape=long",
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert_eq!(answer.header("location"), "/");
    let filters = read(&browser, "query.filters").await["data"].clone();
    assert_eq!(filters["age"], json!({"min": 40.0, "max": 60.0}));
    assert_eq!(filters["sex"], json!(["f"]));
    let result = browser.call("get_study", json!({})).await.json()["result"].clone();
    assert_eq!(result["participants"], 179);
    let id = result["id"].as_str().unwrap();
    let csv = browser.get(&format!("/query/result.csv?id={id}")).await;
    assert_eq!(csv.status, StatusCode::OK);
    assert!(
        csv.header("content-disposition")
            .starts_with("attachment; filename=\""),
        "{}",
        csv.header("content-disposition")
    );
    let rows = csv.text().lines().count() as u64;
    assert_eq!(rows, 1 + result["row_count"].as_u64().unwrap());
    let parquet = browser.get(&format!("/query/result.parquet?id={id}")).await;
    assert!(parquet.body.starts_with(b"PAR1") && parquet.body.ends_with(b"PAR1"));
}

#[tokio::test]
async fn a_wrong_number_in_a_plain_form_is_a_page_that_names_the_field() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let answer = browser.submit("/query/apply", "rail=1&age_min=forty").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text().contains("age_min"));
}

#[tokio::test]
async fn a_table_can_be_removed_and_restored_by_plain_forms() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let has_labs = async |browser: &Browser<'_>| {
        let study = browser.call("get_study", json!({})).await.json();
        study["study"]["tables"]
            .as_array()
            .unwrap()
            .iter()
            .any(|table| table["name"] == "labs")
    };
    assert!(has_labs(&browser).await);
    assert_eq!(
        browser.submit("/data/remove", "name=labs").await.status,
        StatusCode::SEE_OTHER
    );
    assert!(!has_labs(&browser).await);
    assert_eq!(
        browser.submit("/data/remove", "name=labs").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        browser.submit("/data/restore", "name=labs").await.status,
        StatusCode::SEE_OTHER
    );
    assert!(has_labs(&browser).await);
}

#[tokio::test]
async fn keys_chosen_in_a_plain_form_hold_until_they_are_reset() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let refused = browser
        .submit("/data/keys", "cohort_table=none&primary_id=id")
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let study = browser.call("get_study", json!({})).await.json()["study"].clone();
    let (table, id) = (
        study["keys"]["cohort_table"].as_str().unwrap(),
        study["keys"]["primary_id"].as_str().unwrap(),
    );
    let answer = browser
        .submit(
            "/data/keys",
            &format!("cohort_table={table}&primary_id={id}&session_id="),
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let keys = browser.call("get_study", json!({})).await.json()["study"]["keys"].clone();
    assert_eq!(
        (keys["session_id"].clone(), keys["is_longitudinal"].clone()),
        (Value::Null, json!(false))
    );
    browser.submit("/data/keys", "reset=1").await;
    let again = browser.call("get_study", json!({})).await.json()["study"]["keys"].clone();
    assert_eq!(again, study["keys"]);
}
