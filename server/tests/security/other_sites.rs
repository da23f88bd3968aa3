//! Another site's page acts in nobody's name: not at any route, not by any server function, not by any socket. Routes and
//! functions are asked of the server itself, so that what is added is covered without being named.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use leptos::server_fn::axum::server_fn_paths;

use crate::helpers::{Browser, TestApp, routes::filled};

/// What a browser says of a request that another site's page made, and nothing at all.
const FOREIGN: [(&str, &str); 5] = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
    ("origin", "http://evil.example"),
    ("origin", "null"),
    ("x-neither", "x"),
];
/// How the refusal begins.
const REFUSAL: &str = "This request did not come from a page of this server.";

fn foreign(
    browser: &Browser<'_>,
    method: &Method,
    path: &str,
    sign: (&str, &str),
) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:3000")
        .header(header::COOKIE, browser.cookie.as_deref().unwrap())
        .header(header::CONTENT_TYPE, "application/json")
        .header(sign.0, sign.1);
    request.body(Body::from("{}")).unwrap()
}

/// The newest revision, and how many sessions there are.
async fn what_there_is(browser: &Browser<'_>) -> (u64, i64) {
    let health = browser.get("/health").await.json();
    let sessions = browser.app.sessions_kept().await;
    (health["revision"].as_u64().unwrap(), sessions)
}

#[tokio::test]
async fn no_route_and_no_server_function_does_anything_for_another_site() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let routes = app.routes();
    let functions: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
    assert!(functions.len() > 50, "{functions:?}");
    for function in functions {
        assert!(routes.iter().any(|route| route == function), "{function}");
    }
    let before = what_there_is(&browser).await;
    for path in routes
        .iter()
        .map(|route| filled(route))
        .chain(["/".into(), "/none".into()])
    {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for sign in FOREIGN {
                let request = foreign(&browser, &method, &path, sign);
                let answer = app.send(request).await;
                let case = format!("{method} {path} {sign:?}");
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{case}");
                assert_eq!(answer.error(), "bad_request", "{case}");
                assert!(answer.text().contains(REFUSAL), "{case}: {}", answer.text());
                assert!(!answer.headers.contains_key("set-cookie"), "{case}");
            }
        }
    }
    assert_eq!(what_there_is(&browser).await, before, "nothing was changed");
}

#[tokio::test]
async fn the_same_requests_from_our_own_pages_are_heard() {
    let app = TestApp::new().await;
    for (path, method) in server_fn_paths() {
        let browser = app.visitor().await;
        let answer = app
            .send(foreign(
                &browser,
                &method,
                path,
                ("sec-fetch-site", "same-origin"),
            ))
            .await;
        assert!(
            !answer.text().contains(REFUSAL),
            "{path}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn no_server_function_answers_to_get() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    for (path, method) in server_fn_paths() {
        assert_eq!(method, Method::POST, "{path}");
        let answer = browser.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn no_path_opens_a_socket_for_another_site() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    for path in app.routes().iter().map(|route| filled(route)) {
        for sign in FOREIGN {
            let mut request = foreign(&browser, &Method::GET, &path, sign);
            for (name, value) in [
                ("connection", "Upgrade"),
                ("upgrade", "websocket"),
                ("sec-websocket-version", "13"),
                ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ] {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
            let answer = app.send(request).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {sign:?}");
        }
    }
}
