//! What is refused before it does harm, and what every answer carries.

mod hostile;
mod other_sites;

use crate::helpers::TestApp;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

#[tokio::test]
async fn another_site_can_change_nothing() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let cookie = browser.cookie.clone().unwrap();
    for path in [
        "/session",
        "/api/read_store",
        "/data/remove",
        "/data/upload?name=a.csv",
        "/query/apply",
    ] {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.example"),
            ("x", "y"),
        ] {
            let request = Request::post(path)
                .header(header::HOST, "localhost:3000")
                .header(header::COOKIE, &cookie)
                .header(name, value)
                .body(Body::empty())
                .unwrap();
            let answer = app.send(request).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path} {name} {value}"
            );
            assert_eq!(answer.error(), "bad_request");
        }
    }
    let own = Request::post("/session")
        .header(header::HOST, "localhost:3000")
        .header(header::ORIGIN, "http://localhost:3000");
    assert_eq!(
        app.send(own.body(Body::empty()).unwrap()).await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn nothing_that_changes_something_answers_to_get() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    for path in [
        "/session",
        "/data/remove",
        "/data/restore",
        "/data/samples",
        "/data/answer",
        "/data/keys",
        "/data/upload",
        "/query/apply",
        "/api/write_store",
    ] {
        let answer = browser.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_page_carries_a_policy_with_the_nonce_of_its_scripts() {
    let app = TestApp::new().await;
    let page = app.browser().get("/").await;
    let policy = page.header("content-security-policy").to_owned();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    assert!(nonce.len() >= 16);
    assert!(policy.contains("'wasm-unsafe-eval'") && policy.contains("frame-ancestors 'none'"));
    let text = page.text();
    let scripts = text.matches("<script").count();
    assert!(scripts >= 3, "{scripts} scripts");
    assert_eq!(scripts, text.matches(&format!("nonce=\"{nonce}\"")).count());
    let again = app.browser().get("/").await;
    assert_ne!(again.header("content-security-policy"), policy);
}

#[tokio::test]
async fn rubbish_for_a_server_function_is_a_typed_refusal() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{\"key\":7}",
        "{\"kye\":\"query.filters\"}",
        "\u{0}\u{1}",
    ] {
        let answer = browser
            .post("/api/read_store", "application/json", body.to_owned())
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:?}");
        assert_eq!(answer.error(), "bad_request", "{body:?}");
    }
    let deep = format!(
        "{{\"key\":\"query.filters\",\"data\":\"{}\",\"expected\":0,\"client\":\"t\"}}",
        "[".repeat(100_000)
    );
    let answer = browser
        .post("/api/write_store", "application/json", deep)
        .await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
}

#[tokio::test]
async fn an_over_long_body_is_refused_with_a_typed_error() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let answer = browser
        .post("/api/read_store", "application/json", vec![b' '; 2 << 20])
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.error(), "too_large");
}

#[tokio::test]
async fn another_sessions_result_looks_like_none() {
    let app = TestApp::new().await;
    let (owner, other) = (app.visitor().await, app.visitor().await);
    let spec = json!({"selection": {"labs": ["bili"]}});
    let merged = owner.call("merge_tables", json!({"spec": spec})).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text());
    let id = merged.json()["id"].as_str().unwrap().to_owned();
    let none = "0".repeat(id.len());
    let page = json!({"offset": 0, "limit": 5});
    for (path, csv) in [(&id, true), (&none, true), (&id, false), (&none, false)] {
        let answer = if csv {
            other.get(&format!("/query/result.csv?id={path}")).await
        } else {
            other
                .call("get_page", json!({"result_id": path, "request": page}))
                .await
        };
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(
            answer.json(),
            json!({"error": "not_found", "detail": "This result is not here any more."})
        );
    }
    assert_eq!(
        app.browser()
            .get(&format!("/query/result.csv?id={id}"))
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        owner
            .get(&format!("/query/result.csv?id={id}"))
            .await
            .status,
        StatusCode::OK
    );
}
