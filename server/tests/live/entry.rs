//! Who is let in. What is refused is refused before the connection becomes a socket, with a status and a typed error.

use axum::http::StatusCode;

use crate::helpers::{TestApp, socket::LiveApp};

#[tokio::test]
async fn another_sites_page_opens_no_socket_in_a_persons_name() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let own = format!("http://{}", app.address);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("x", "neither"),
    ] {
        let headers = [("cookie", cookie.as_str()), (name, value)];
        let (status, _) = app.try_live("", &headers).await.err().unwrap();
        assert_eq!(status, 403, "{name}: {value}");
    }
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", own.as_str())] {
        let headers = [("cookie", cookie.as_str()), (name, value)];
        assert!(app.try_live("", &headers).await.is_ok(), "{name}: {value}");
    }
}

#[tokio::test]
async fn without_a_session_or_with_a_forged_one_nothing_is_opened() {
    let app = LiveApp::new(|_| {}).await;
    let own = format!("http://{}", app.address);
    for cookie in ["a=b", "holdfast=AAAAAAAAAAAAAAAAAAAAAA", "holdfast=x"] {
        let headers = [("cookie", cookie), ("origin", &own)];
        let (status, _) = app.try_live("", &headers).await.err().unwrap();
        assert_eq!(status, 401, "{cookie}");
    }
    let cookie = app.session().await;
    let headers = [("cookie", cookie.as_str()), ("origin", &own)];
    let (status, _) = app.try_live("?after=x", &headers).await.err().unwrap();
    assert_eq!(status, 400);
}

#[tokio::test]
async fn who_asks_by_plain_http_is_told_what_this_address_speaks() {
    let app = TestApp::new().await;
    let answer = app.visitor().await.get("/api/v1/live").await;
    assert_eq!(answer.status, StatusCode::UPGRADE_REQUIRED);
    assert_eq!(answer.header("upgrade"), "websocket");
    assert_eq!(answer.error(), "bad_request");
}

#[tokio::test]
async fn one_session_has_so_many_sockets_and_streams_and_another_is_not_held_up() {
    let app = LiveApp::new(|settings| settings.live.listeners_per_session = 2).await;
    let (one, other) = (app.session().await, app.session().await);
    let own = format!("http://{}", app.address);
    let headers = [("cookie", one.as_str()), ("origin", &own)];
    let mut stream = app.connect().await;
    stream.send("GET", "/events", &one, "").await;
    stream.until(": open").await;
    let socket = app.live(&one, "").await;
    assert_eq!(app.try_live("", &headers).await.err().unwrap().0, 429);
    let mut refused = app.connect().await;
    refused
        .send("GET", "/events", &one, "connection: close\r\n")
        .await;
    let refused = refused.rest().await;
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    assert!(refused.contains("live.listeners_per_session"), "{refused}");
    app.live(&other, "").await;
    drop(socket);
    // The server hears of it a moment later.
    while app.try_live("", &headers).await.is_err() {
        tokio::task::yield_now().await;
    }
}
