//! The Settings page over HTTP: its plain forms, what the study holds, and whom it tells of the server's settings.

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::settings::Administration;

use crate::helpers::{Answer, Browser, TestApp};

async fn told(browser: &Browser<'_>) -> Value {
    let answer = browser.call("get_settings", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn stored(browser: &Browser<'_>, key: &str) -> Value {
    let answer = browser.call("read_store", json!({ "key": key })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

/// Sends a form, and keeps the cookie that it gives beside the session's.
async fn choose(browser: &mut Browser<'_>, form: &str, fields: &str) -> Answer {
    let before = browser.cookie.clone().unwrap();
    let session = before.split(';').next().unwrap().to_owned();
    let answer = browser.submit(&format!("/settings/{form}"), fields).await;
    browser.cookie = Some(match answer.header("set-cookie").split_once(';') {
        Some((given, _)) => format!("{session}; {given}"),
        None => before,
    });
    answer
}

#[tokio::test]
async fn a_theme_chosen_by_a_plain_form_is_in_the_first_byte_until_it_is_reset() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let answer = choose(&mut browser, "theme", "theme=dark").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert_eq!(answer.header("location"), "/settings");
    assert!(answer.header("set-cookie").starts_with("hf_ui="));
    let dark = r#"data-theme="holdfast-dark""#;
    assert!(browser.get("/settings").await.text().contains(dark));
    let refused = choose(&mut browser, "theme", "theme=pink").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.get("/settings").await.text().contains(dark));
    choose(&mut browser, "reset", "").await;
    assert!(!browser.get("/settings").await.text().contains(dark));
}

#[tokio::test]
async fn defaults_chosen_by_a_plain_form_are_those_of_the_pages() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let fields = "shape=wide&consolidate=on&folded=on&plot_kind=box&plot_tool=pan";
    let answer = choose(&mut browser, "defaults", fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert_eq!(stored(&browser, "query.shape").await["data"], "wide");
    let consolidate = stored(&browser, "query.consolidate_baseline").await;
    assert_eq!(consolidate["data"], true);
    let plot = stored(&browser, "plot.spec").await;
    assert_eq!(plot["data"]["kind"], "box");
    assert_eq!(plot["data"]["fit"], true, "the rest is as it was");
    let given = answer.header("set-cookie").to_owned();
    assert!(given.contains("ui.plot_tool") && given.contains("is_chooser_folded"));

    let before = stored(&browser, "query.shape").await["version"].clone();
    choose(&mut browser, "defaults", fields).await;
    let after = stored(&browser, "query.shape").await["version"].clone();
    assert_eq!(after, before, "what is not another value is not written");
    let strange = "shape=long&plot_kind=pie&plot_tool=pan";
    let refused = choose(&mut browser, "defaults", strange).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stored(&browser, "query.shape").await["data"], "wide");
}

#[tokio::test]
async fn a_cookie_without_room_leaves_everything_as_it_was() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let session = browser.cookie.clone().unwrap();
    let wide = "x".repeat(2_900);
    browser.cookie = Some(format!("{session}; hf_ui=%7B%22old%22%3A%22{wide}%22%7D"));
    let fields = "shape=wide&folded=on&plot_kind=box&plot_tool=pan";
    let refused = browser.submit("/settings/defaults", fields).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text().contains("no room"), "{}", refused.text());
    assert_eq!(refused.header("set-cookie"), "");
    assert_eq!(stored(&browser, "query.shape").await["version"], 0);
    assert_eq!(stored(&browser, "plot.spec").await["version"], 0);
}

#[tokio::test]
async fn the_room_that_a_study_takes_is_told_without_the_sample_study() {
    let app = TestApp::with(|settings| settings.data.scope_bytes = 1 << 20).await;
    let mut browser = app.visitor().await;
    assert_eq!(told(&browser).await["held"], 0);
    let answer = browser.upload("mine.csv", "id,x\n1,2\n").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let told = told(&browser).await;
    assert!(told["held"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(told["most"], 1 << 20);
}

#[tokio::test]
async fn who_administers_the_server_sees_its_settings_and_no_secret() {
    let app = TestApp::with(|settings| {
        settings.state.redis_url = "redis://ada:hush@localhost:6379/0".into();
    })
    .await;
    // The first page of a browser, too: it has no session yet.
    for browser in [app.browser(), app.visitor().await] {
        let page = browser.get("/settings").await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        assert!(text.contains("redis://…@localhost:6379/0"));
        assert!(text.contains("holdfast.db"), "other values are told");
        assert!(text.contains(app.folder.path().to_str().unwrap()));
        assert!(!text.contains("hush"));
        let told = browser.call("get_settings", json!({})).await.text();
        assert!(told.contains("state.redis_url") && !told.contains("hush"));
    }
}

#[tokio::test]
async fn who_does_not_administer_the_server_is_told_who_does() {
    let app = TestApp::with(|settings| {
        settings.server.administration = Administration::Nobody;
    })
    .await;
    let browser = app.visitor().await;
    assert!(told(&browser).await["server"].is_null());
    let text = browser.get("/settings").await.text();
    assert!(text.contains("Administrators of this server see here"));
    assert!(!text.contains("state.database_url"));
    assert!(!text.contains(app.folder.path().to_str().unwrap()));
}
