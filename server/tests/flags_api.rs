//! Feature flags for programs.

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::settings::Administration;

use crate::helpers::TestApp;

const AT: &str = "/flags/feature.parquet-download";

#[tokio::test]
async fn a_flag_is_changed_over_what_was_seen_all_of_it_or_nothing() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let all = ada.look("/flags").await.json();
    assert_eq!(all["flags"].as_array().unwrap().len(), 2);
    assert_eq!(all["may_change"], true);
    let tag = ada.look(AT).await.header("etag").to_owned();
    let seen = [("if-match", tag.as_str())];
    let blind = ada.ask("PATCH", AT, &[], json!({"is_on": false})).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let wrong = json!({"is_on": false, "percentage": 101});
    let refused = ada.ask("PATCH", AT, &seen, wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ada.look(AT).await.json()["is_on"], true, "nothing of it");

    let for_ada = json!({"percentage": 0, "on": [all["me"]]});
    let changed = ada.ask("PATCH", AT, &seen, for_ada.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let has = async |browser: &crate::helpers::Browser<'_>| {
        let told = browser.look(&format!("{AT}/evaluation")).await;
        told.json()["is_on"].clone()
    };
    assert_eq!(
        (has(&ada).await, has(&bob).await),
        (json!(true), json!(false))
    );
    let late = ada.ask("PATCH", AT, &seen, for_ada).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let both = json!({"is_on": false, "percentage": 100, "on": []});
    let off = ada.ask("PATCH", AT, &[("if-match", "*")], both).await;
    assert_eq!(
        (&off.json()["is_on"], &off.json()["percentage"]),
        (&json!(false), &json!(100.0))
    );
    assert_eq!(
        (has(&ada).await, has(&bob).await),
        (json!(false), json!(false))
    );
}

#[tokio::test]
async fn a_state_of_another_kind_is_no_flag_and_only_administrators_change_one() {
    let app = TestApp::with(|settings| {
        settings.server.administration = Administration::Nobody;
    })
    .await;
    let browser = app.visitor().await;
    let any = [("if-match", "*")];
    let refused = browser
        .ask("PATCH", AT, &any, json!({"is_on": false}))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.look("/flags").await.json()["may_change"], false);
    for path in ["/flags/none", "/flags/none/evaluation"] {
        assert_eq!(browser.look(path).await.status, StatusCode::NOT_FOUND);
    }
    let unknown = browser.ask("PATCH", "/flags/none", &any, json!({})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let nobody = app.browser().ask("GET", AT, &[], Value::Null).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}
