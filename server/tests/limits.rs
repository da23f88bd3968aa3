//! How often requests may come: bounds, what answers say of them, and when it goes on.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::connect_info::MockConnectInfo,
    http::{Request, StatusCode},
};
use holdfast::{Clock, ManualClock, SystemClock};
use serde_json::json;
use server::Settings;
use tower::ServiceExt;

use crate::helpers::{Answer, TestApp, application};

/// Two a second from one address, four at once.
fn few(settings: &mut Settings) {
    settings.limits.address_per_second = 2;
    settings.limits.address_burst = 4;
}

/// The numbers of an answer: how many at once, how many left, when all are there again.
fn told(answer: &Answer) -> [&str; 3] {
    ["limit", "remaining", "reset"].map(|name| answer.header(&format!("x-ratelimit-{name}")))
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_when_to_come_back_and_then_let_in() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let app = TestApp::at(clock.clone(), few).await;
    let browser = app.browser();
    for expected in [
        ["4", "3", "1"],
        ["4", "2", "1"],
        ["4", "1", "2"],
        ["4", "0", "2"],
    ] {
        let answer = browser.get("/events").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(told(&answer), expected);
    }
    for function in ["/events", "/api/read_store", "/account", "/none"] {
        let refused = browser.get(function).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{function}");
        assert_eq!(told(&refused), ["4", "0", "2"]);
        assert_eq!(refused.header("retry-after"), "1");
        let body = refused.json();
        assert_eq!(
            (&body["error"], &body["retry_after"]),
            (&json!("busy"), &json!(1))
        );
        assert!(
            body["detail"].as_str().unwrap().contains("this address"),
            "{body}"
        );
    }
    clock.advance(Duration::from_millis(500));
    assert_eq!(
        browser.get("/events").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        browser.get("/events").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    clock.advance(Duration::from_secs(60));
    assert_eq!(told(&browser.get("/events").await), ["4", "3", "1"]);
}

#[tokio::test]
async fn another_address_is_not_held_up_and_a_network_of_ipv6_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let application = application(&folder, clock, |settings| {
        few(settings);
        settings.limits.address_burst = 1;
    });
    let router = application.await.router();
    for (address, status) in [
        ("10.0.0.1:1", StatusCode::UNAUTHORIZED),
        ("10.0.0.1:2", StatusCode::TOO_MANY_REQUESTS),
        ("10.0.0.2:1", StatusCode::UNAUTHORIZED),
        ("[2001:db8::1]:1", StatusCode::UNAUTHORIZED),
        ("[2001:db8::2]:1", StatusCode::TOO_MANY_REQUESTS),
        ("[2001:db8:0:1::1]:1", StatusCode::UNAUTHORIZED),
    ] {
        let from: SocketAddr = address.parse().unwrap();
        let router = router.clone().layer(MockConnectInfo(from));
        let request = Request::get("/events").body(Body::empty()).unwrap();
        assert_eq!(
            router.oneshot(request).await.unwrap().status(),
            status,
            "{address}"
        );
    }
}

#[tokio::test]
async fn health_and_files_of_the_site_are_not_counted() {
    let app = TestApp::at(Arc::new(ManualClock::new(SystemClock.now())), |settings| {
        few(settings);
        let packages = settings.site_dir.join("pkg");
        std::fs::create_dir_all(&packages).unwrap();
        std::fs::write(packages.join("a.0f.js"), "1").unwrap();
        std::fs::write(settings.site_dir.join("favicon.svg"), "<svg/>").unwrap();
    })
    .await;
    let browser = app.browser();
    for _ in 0..10 {
        for path in ["/health", "/pkg/a.0f.js", "/favicon.svg"] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert_eq!(told(&answer), ["", "", ""], "{path}");
        }
    }
    assert_eq!(told(&browser.get("/events").await), ["4", "3", "1"]);
}

#[tokio::test]
async fn without_a_bound_nothing_is_counted() {
    let app = TestApp::with(|settings| settings.limits.address_per_second = 0).await;
    let answer = app.browser().get("/events").await;
    assert_eq!(
        (answer.status, told(&answer)),
        (StatusCode::UNAUTHORIZED, ["", "", ""])
    );
}
