//! Feature flags over HTTP: everybody sees them, who administers the server changes them, and the server
//! itself refuses what is off.

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::settings::Administration;

use crate::helpers::{Browser, TestApp};

const PARQUET: &str = "feature.parquet-download";

async fn flag(browser: &Browser<'_>, id: &str) -> Value {
    let flags = browser.call("list_flags", json!({})).await.json();
    let found = flags["flags"]
        .as_array()
        .unwrap()
        .iter()
        .find(|flag| flag["id"] == id);
    found
        .unwrap_or_else(|| panic!("no flag {id}: {flags}"))
        .clone()
}

async fn change(browser: &Browser<'_>, rules: Value) -> StatusCode {
    let version = flag(browser, PARQUET).await["version"].clone();
    let input = json!({"id": PARQUET, "rules": rules, "version": version});
    browser.call("change_flag", input).await.status
}

#[tokio::test]
async fn every_feature_of_the_workbench_has_a_flag_and_starts_switched_on() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let features = browser.call("get_features", json!({})).await.json();
    assert_eq!(
        features,
        json!({PARQUET: true, "feature.saved-queries": true})
    );
    let flag = flag(&browser, PARQUET).await;
    assert_eq!(
        (&flag["status"], &flag["is_mine"]),
        (&json!("enabled"), &json!(true))
    );
}

#[tokio::test]
async fn a_flag_that_is_off_is_off_on_the_server_too() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let input =
        json!({"id": PARQUET, "is_on": false, "version": flag(&browser, PARQUET).await["version"]});
    assert_eq!(
        browser.call("switch_flag", input.clone()).await.status,
        StatusCode::OK
    );
    let refused = browser.get("/query/result.parquet?id=whatever").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let missing = browser.get("/query/result.csv?id=whatever").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "CSV is not switched");
    let stale = browser.call("switch_flag", input).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn rules_name_who_has_it_and_rubbish_is_refused_with_its_field() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let me = ada.call("list_flags", json!({})).await.json()["me"].clone();
    let rules = json!({"percentage": 0.0, "on": [me], "off": []});
    assert_eq!(change(&ada, rules).await, StatusCode::OK);
    let has = async |browser: &Browser<'_>| {
        browser.call("get_features", json!({})).await.json()[PARQUET].clone()
    };
    assert_eq!(
        (has(&ada).await, has(&bob).await),
        (json!(true), json!(false))
    );
    let rules = json!({"percentage": 101.0, "on": [], "off": []});
    assert_eq!(change(&ada, rules).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (has(&ada).await, has(&bob).await),
        (json!(true), json!(false))
    );
}

#[tokio::test]
async fn only_who_administers_the_server_changes_what_everybody_sees() {
    let app = TestApp::with(|settings| {
        settings.server.administration = Administration::Nobody;
    })
    .await;
    let browser = app.visitor().await;
    let rules = json!({"percentage": 0.0, "on": [], "off": []});
    assert_eq!(change(&browser, rules).await, StatusCode::FORBIDDEN);
    let which = json!({"id": PARQUET, "is_shared": true});
    let detail = browser
        .call("get_state", json!({"which": which}))
        .await
        .json();
    assert_eq!(
        (&detail["may_change"], &detail["allowed"]),
        (&json!(false), &json!([]))
    );
    for (function, input) in [
        (
            "transition_state",
            json!({"which": which, "transition": "delete", "version": 2}),
        ),
        (
            "roll_back_state",
            json!({"which": which, "to": 1, "version": 2}),
        ),
        (
            "switch_flag",
            json!({"id": PARQUET, "is_on": false, "version": 2}),
        ),
    ] {
        let refused = browser.call(function, input).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{function}");
    }
    assert_eq!(flag(&browser, PARQUET).await["status"], "enabled");
}
