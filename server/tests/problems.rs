//! Refusals of programs' requests are problem details (RFC 9457), whoever refused; pages get theirs as before.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

use crate::helpers::{Answer, TestApp};

/// A refusal in the one form, of this kind.
pub(crate) fn is_problem(answer: &Answer, status: StatusCode, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], status.as_u16(), "{problem}");
    assert_eq!(problem["error"], error, "{problem}");
    let kind = format!("/api/v1/docs#{error}");
    assert_eq!(problem["type"], kind.as_str(), "{problem}");
    for member in ["title", "detail"] {
        let text = problem[member].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{problem}");
    }
}

#[tokio::test]
async fn whatever_refuses_a_program_answers_in_one_form() {
    let app = TestApp::new().await;
    let mut ada = app.visitor().await;
    let json_type = "application/json";

    let unknown = ada.get("/api/v1/none").await;
    is_problem(&unknown, StatusCode::NOT_FOUND, "not_found");
    let method = ada.post("/api/v1/compare", json_type, "{}").await;
    is_problem(
        &method,
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
    );
    assert!(method.header("allow").contains("GET"));
    let nobody = app.browser().get("/api/v1/states").await;
    is_problem(&nobody, StatusCode::UNAUTHORIZED, "no_session");
    assert_eq!(nobody.header("www-authenticate"), "Bearer");
    let unreadable = ada.post("/api/v1/states", json_type, "{").await;
    is_problem(&unreadable, StatusCode::BAD_REQUEST, "bad_request");
    let path = ada.get("/api/v1/states/%ff").await;
    is_problem(&path, StatusCode::BAD_REQUEST, "bad_request");
    let large = format!("{{\"x\": \"{}\"}}", "x".repeat(3 << 20));
    let large = ada.post("/api/v1/states", json_type, large).await;
    is_problem(&large, StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    let invalid = ada.get("/api/v1/states?q=data.age+%3E").await;
    is_problem(&invalid, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(invalid.json()["path"], "q");
    let file = "/api/v1/configurations/aflibercept_te.yaml";
    let blind = ada.request("DELETE", file).body(Body::empty()).unwrap();
    let blind = app.send(blind).await;
    is_problem(&blind, StatusCode::PRECONDITION_REQUIRED, "stale");
    assert!(blind.json()["content"].is_string() && !blind.header("etag").is_empty());
    let upgrade = ada.get("/api/v1/live").await;
    is_problem(&upgrade, StatusCode::UPGRADE_REQUIRED, "bad_request");

    let foreign = Request::post("/api/v1/states").header("sec-fetch-site", "cross-site");
    let foreign = app.send(foreign.body(Body::empty()).unwrap()).await;
    is_problem(&foreign, StatusCode::FORBIDDEN, "bad_request");
    let token = Request::get("/api/v1/states").header("authorization", "Bearer hf_pat_no");
    let token = app.send(token.body(Body::empty()).unwrap()).await;
    is_problem(&token, StatusCode::UNAUTHORIZED, "no_session");
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back_in_the_same_form() {
    let app = TestApp::with(|settings| {
        settings.limits.address_per_second = 1;
        settings.limits.address_burst = 1;
    })
    .await;
    let browser = app.browser();
    browser.get("/api/v1/states").await;
    let refused = browser.get("/api/v1/states").await;
    is_problem(&refused, StatusCode::TOO_MANY_REQUESTS, "busy");
    assert_eq!(refused.json()["retry_after"], 1);
    assert_eq!(refused.header("retry-after"), "1");
}

#[tokio::test]
async fn what_pages_read_is_as_it_was() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let input = json!({"wanted": {"text": "kind = store"}, "after": null, "limit": 2});
    let refused = ada.call("find_states", input).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_ne!(refused.header("content-type"), "application/problem+json");
    let told = refused.json();
    assert!(told["detail"]["path"].is_string(), "{told}");
    assert_eq!(told.get("type"), None);
}

#[tokio::test]
async fn every_kind_is_explained_where_its_type_leads() {
    let app = TestApp::new().await;
    let refused = app.browser().get("/api/v1/none").await.json();
    let place = refused["type"].as_str().unwrap();
    let (page, kind) = place.split_once('#').unwrap();
    let page = app.browser().get(page).await.text();
    assert!(page.contains(&format!("id=\"{kind}\"")), "{page}");
}
