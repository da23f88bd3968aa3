//! One session per browser.

use std::{collections::HashSet, sync::Arc, time::Duration};

use crate::helpers::TestApp;
use axum::{body::Body, http::StatusCode};
use futures::future::join_all;
use holdfast::{Clock, ManualClock, SystemClock};
use serde_json::json;

#[tokio::test]
async fn ten_tabs_that_come_one_after_the_other_share_one_session_and_one_workspace() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let mut cookies_set = 0;
    for _ in 0..10 {
        let answer = browser.open().await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        cookies_set += answer.headers.get_all("set-cookie").iter().count();
    }
    assert_eq!(cookies_set, 1);
    assert_eq!(app.sessions_kept().await, 1);
    let study = browser.call("get_study", json!({})).await.json();
    let names: Vec<_> = study["study"]["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|table| table["name"].as_str().unwrap())
        .collect();
    let different: HashSet<_> = names.iter().collect();
    assert!(
        !names.is_empty() && names.len() == different.len(),
        "{names:?}"
    );
}

#[tokio::test]
async fn ten_scripts_without_a_common_cookie_get_a_session_each() {
    let app = TestApp::new().await;
    let opened = join_all((0..10).map(|_| async {
        let mut browser = app.browser();
        assert_eq!(browser.open().await.status, StatusCode::NO_CONTENT);
        browser.cookie.unwrap()
    }));
    let cookies: HashSet<_> = opened.await.into_iter().collect();
    assert_eq!(cookies.len(), 10);
    assert_eq!(app.sessions_kept().await, 10);
}

#[tokio::test]
async fn ten_parallel_server_functions_without_a_session_are_refused_and_open_none() {
    let app = TestApp::new().await;
    let browser = app.browser();
    let calls = (0..10).map(|_| browser.call("read_store", json!({"key": "query.filters"})));
    for answer in join_all(calls).await {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.error(), "no_session");
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    assert_eq!(app.sessions_kept().await, 0);
}

#[tokio::test]
async fn pages_open_no_session_and_show_the_sample_study() {
    let app = TestApp::new().await;
    for path in ["/", "/data", "/plot"] {
        let page = app.browser().get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.headers.contains_key("set-cookie"));
        assert!(page.text().contains(r#"{"has_session":false"#), "{path}");
    }
    assert_eq!(app.sessions_kept().await, 0);
}

#[tokio::test]
async fn a_page_knows_its_visitors_session_from_the_first_byte() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    assert!(
        browser
            .get("/")
            .await
            .text()
            .contains(r#"{"has_session":true"#)
    );
}

#[tokio::test]
async fn a_forged_or_malformed_cookie_counts_as_none_and_gets_a_new_session() {
    let app = TestApp::new().await;
    for cookie in [
        "holdfast=AAAAAAAAAAAAAAAAAAAAAA",
        "holdfast=x",
        "holdfast=",
        "holdfast=%00;;=",
        "\u{7f}",
    ] {
        let mut browser = app.browser();
        browser.cookie = Some(cookie.to_owned());
        let request = browser.request("GET", "/");
        let Ok(request) = request.body(Body::empty()) else {
            continue;
        };
        let page = app.send(request).await;
        assert_eq!(page.status, StatusCode::OK, "{cookie}");
        // A late answer to an old cookie must not take away what another tab has just been given.
        assert!(!page.headers.contains_key("set-cookie"));
        let opened = browser.open().await;
        assert_eq!(opened.status, StatusCode::NO_CONTENT);
        assert!(
            opened.header("set-cookie").starts_with("holdfast="),
            "{cookie}"
        );
    }
}

#[tokio::test]
async fn an_expired_session_is_none_and_its_workspace_out_of_reach() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let app = TestApp::at(clock.clone(), |_| {}).await;
    let mut browser = app.visitor().await;
    let old = browser.cookie.clone();
    clock.advance(Duration::from_secs(31 * 24 * 3600));
    let answer = browser
        .call("read_store", json!({"key": "query.filters"}))
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_eq!(browser.open().await.status, StatusCode::NO_CONTENT);
    assert_ne!(browser.cookie, old);
}

#[tokio::test]
async fn a_session_survives_a_restart_of_the_server() {
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
        let answer = browser.open().await;
        assert_eq!(answer.headers.contains_key("set-cookie"), start == 0);
        cookie = browser.cookie;
    }
}

#[tokio::test]
async fn one_address_may_not_open_sessions_without_end() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let app = TestApp::at(clock.clone(), |settings| {
        settings.session.opened_per_minute = 3
    })
    .await;
    for _ in 0..3 {
        assert_eq!(app.browser().open().await.status, StatusCode::NO_CONTENT);
    }
    let refused = app.browser().open().await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.error(), "busy");
    clock.advance(Duration::from_secs(60));
    assert_eq!(app.browser().open().await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let app =
        TestApp::with(|settings| settings.server.public_url = "https://data.lab.org".into()).await;
    let answer = app.browser().open().await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-holdfast=") && cookie.contains("; Secure"),
        "{cookie}"
    );
    assert_eq!(
        answer.header("strict-transport-security"),
        "max-age=31536000; includeSubDomains"
    );
}

#[tokio::test]
async fn a_plain_form_opens_a_session_and_a_script_does_not() {
    let app = TestApp::new().await;
    let mut script = app.browser();
    let answer = script
        .post("/data/samples", "application/x-www-form-urlencoded", "")
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let mut browser = app.browser();
    let answer = browser.submit("/data/samples", "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/data");
    assert!(browser.cookie.is_some());
    assert_eq!(app.sessions_kept().await, 1);
}

#[tokio::test]
async fn without_isolation_everybody_works_on_one_study() {
    let app = TestApp::with(|settings| settings.state.enable_user_isolation = false).await;
    let (mut one, other) = (app.visitor().await, app.visitor().await);
    assert_ne!(one.cookie, other.cookie);
    one.submit("/data/remove", "name=labs").await;
    let third = app.visitor().await;
    for browser in [other, third] {
        let study = browser.call("get_study", json!({})).await.json();
        let tables = study["study"]["tables"].as_array().unwrap();
        assert!(tables.iter().all(|table| table["name"] != "labs"));
    }
}
