//! Saved queries for programs: one by one, over what was seen, and the same list as on the page.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp};

fn women() -> Value {
    json!({"name": "Women", "notes": "for the talk", "spec": {"filters": {"sex": ["f"]}}})
}

async fn saved(browser: &Browser<'_>) -> (String, String) {
    let made = browser.ask("POST", "/queries", &[], women()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let at = made.header("location").strip_prefix("/api/v1").unwrap();
    (at.to_owned(), made.header("etag").to_owned())
}

#[tokio::test]
async fn a_query_is_kept_renamed_and_deleted_over_what_was_seen() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let (at, tag) = saved(&browser).await;
    let read = browser
        .call("read_store", json!({"key": "query.saved"}))
        .await;
    assert_eq!(
        read.json()["data"][0]["name"],
        "Women",
        "the page has it too"
    );
    let one = browser.look(&at).await;
    assert_eq!(one.json()["spec"]["filters"]["sex"], json!(["f"]));
    assert!(
        one.json()["spec"]["selection"]["labs"].is_array(),
        "what is not said is taken as the page begins"
    );

    let rename = json!({"name": "All women"});
    let blind = browser.ask("PATCH", &at, &[], rename.clone()).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    // Another query of the list is nobody's business here.
    saved(&browser).await;
    let seen = [("if-match", tag.as_str())];
    let renamed = browser.ask("PATCH", &at, &seen, rename.clone()).await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.text());
    assert_eq!(
        (&renamed.json()["name"], &renamed.json()["notes"]),
        (&json!("All women"), &json!("for the talk"))
    );
    let late = browser.ask("PATCH", &at, &seen, rename).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert!(late.text().contains("All women"), "{}", late.text());

    let list = browser.look("/queries").await.json()["queries"].clone();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let now = renamed.header("etag").to_owned();
    let gone = browser
        .ask("DELETE", &at, &[("if-match", &now)], Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    assert_eq!(browser.look(&at).await.status, StatusCode::NOT_FOUND);
    let list = browser.look("/queries").await.json()["queries"].clone();
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_query_without_a_name_or_about_nothing_is_refused() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    for (order, status) in [
        (
            json!({"name": " ", "spec": {}}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json!({"name": "x".repeat(81), "spec": {}}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (json!({"name": "x"}), StatusCode::BAD_REQUEST),
        (
            json!({"name": "x", "spec": {"selection": {"none": []}}}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let refused = browser.ask("POST", "/queries", &[], order.clone()).await;
        assert_eq!(refused.status, status, "{order}: {}", refused.text());
    }
    assert_eq!(
        browser.look("/queries").await.json(),
        json!({"queries": []})
    );
}

#[tokio::test]
async fn nothing_is_kept_while_the_feature_is_off_and_strangers_see_nothing() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let (at, _) = saved(&browser).await;
    let stranger = app.visitor().await;
    assert_eq!(stranger.look(&at).await.status, StatusCode::NOT_FOUND);
    let any = [("if-match", "*")];
    let theirs = stranger.ask("DELETE", &at, &any, Value::Null).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let off = json!({"is_on": false});
    let off = browser
        .ask("PATCH", "/flags/feature.saved-queries", &any, off)
        .await;
    assert_eq!(off.status, StatusCode::OK, "{}", off.text());
    let refused = browser.ask("POST", "/queries", &[], women()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let kept = browser.look(&at).await;
    assert_eq!(kept.json()["name"], "Women", "what was kept stays");
}

#[tokio::test]
async fn a_saved_query_goes_out_as_files_and_comes_in_whole_or_not_at_all() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let (at, _) = saved(&browser).await;
    let query = browser.look(&at).await.json();

    let summary = browser.look(&format!("{at}/summary")).await;
    assert_eq!(summary.status, StatusCode::OK, "{}", summary.text());
    assert_eq!(summary.header("content-type"), "application/zip");
    assert!(summary.text().contains("filtering_report.csv"));
    let file = browser.look(&format!("{at}/parameters")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text());
    assert_eq!(file.header("content-type"), "application/toml");

    let import = "/api/v1/queries/import?name=Again";
    let text = file.text();
    let again = browser.post(import, "application/toml", text.clone()).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.text());
    let again = again.json();
    assert_eq!(
        (&again["name"], &again["notes"], &again["spec"]),
        (&json!("Again"), &json!("for the talk"), &query["spec"])
    );

    let unfit = text.replace("\"f\"", "\"unknown\"");
    assert_ne!(unfit, text);
    let refused = browser.post(import, "application/toml", unfit).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("line "), "{}", refused.text());
    let large = browser
        .post(import, "application/toml", "#".repeat(2 << 20))
        .await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let list = browser.look("/queries").await.json()["queries"].clone();
    assert_eq!(list.as_array().unwrap().len(), 2);
}

/// Whom a card on a column takes.
fn of_card(table: &str, column: &str, rule: &Value) -> Value {
    json!({"filters": {"cards": [{"table": table, "column": column, "rule": rule}]}})
}

#[tokio::test]
async fn a_query_for_a_part_of_a_text_is_counted_kept_and_taken_home() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let notes = "id,note\n1,Mild oedema\n2,no OEDEMA seen\n3,ascites\n";
    let sent = browser.upload("notes.csv", notes).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
    let rule = json!({"kind": "text", "contains": "oedema", "without": "MILD"});
    let spec = of_card("notes", "note", &rule);
    let counted = browser
        .ask("POST", "/datasets/count", &[], spec.clone())
        .await
        .json();
    assert_eq!(counted["left"]["participants"], 1, "{counted}");
    assert_eq!(
        counted["steps"][1]["label"],
        "note contains \"oedema\" without \"MILD\""
    );
    let numbers = of_card("labs", "bili", &rule);
    let refused = browser.ask("POST", "/datasets", &[], numbers).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("bili holds no text"),
        "{}",
        refused.text()
    );

    let order = json!({"name": "Oedema", "spec": spec});
    let made = browser.ask("POST", "/queries", &[], order).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let at = made.header("location").strip_prefix("/api/v1").unwrap();
    let file = browser.look(&format!("{at}/parameters")).await.text();
    for line in [
        "filter_type = \"text\"",
        "contains = \"oedema\"",
        "without = \"MILD\"",
    ] {
        assert!(file.lines().any(|it| it == line), "{line} in\n{file}");
    }
    let import = "/api/v1/queries/import?name=Again";
    let again = browser.post(import, "application/toml", file).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.text());
    assert_eq!(again.json()["spec"]["filters"]["cards"][0]["rule"], rule);
}
