//! Runs across servers: cancelled at another one than simulates them, and failed once when the one that does is killed.

use std::time::{Duration, Instant};

use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};

use super::{Browser, PostgresServer, RECOVERY, Server, at, on_postgres};

async fn ask(
    server: &Server,
    browser: &Browser,
    method: Method,
    path: &str,
    body: Value,
) -> (StatusCode, Value) {
    // While both are at work an answer may take longer than a browser waits.
    let client = Client::builder().timeout(RECOVERY).build().unwrap();
    let mut request = client
        .request(method, format!("{}/api/v1/runs{path}", server.url))
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, browser.cookie());
    if !body.is_null() {
        let kind = "application/json";
        request = request.header(header::CONTENT_TYPE, kind);
        request = request.body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text());
    let told = serde_json::from_str(&text.await.unwrap());
    (status, told.unwrap_or_default())
}

/// A run that takes far longer than the test.
async fn long_run(server: &Server, browser: &Browser) -> String {
    let order = json!({
        "protocol": "aflibercept_te.yaml", "name": "Long", "patients": 500_000, "years": 10.0, "seed": 7,
        "start_date": "2026-01-01", "tags": [],
    });
    let (status, run) = ask(server, browser, Method::POST, "", order).await;
    assert_eq!(status, StatusCode::CREATED, "{run}");
    run["id"].as_str().unwrap().to_owned()
}

/// Waits until a server tells that a run stands so.
async fn stands(server: &Server, browser: &Browser, id: &str, wanted: &str) -> Value {
    let until = Instant::now() + RECOVERY;
    let path = format!("/{id}");
    loop {
        let (status, run) = ask(server, browser, Method::GET, &path, Value::Null).await;
        if status == StatusCode::OK && run["status"] == wanted {
            return run;
        }
        assert!(Instant::now() < until, "{status} {run}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_cancelled_at_another_server_than_simulates_it() {
    let postgres = PostgresServer::shared();
    let settings = on_postgres(&postgres);
    let data = tempfile::tempdir().unwrap();
    let one = Server::start(data.path(), &settings).await;
    let other = Server::start(data.path(), &settings).await;
    let browser = Browser::open(at(&one)).await;
    let id = long_run(&one, &browser).await;
    stands(&other, &browser, &id, "pending").await;
    let cancel = format!("/{id}/cancel");
    let (status, told) = ask(&other, &browser, Method::POST, &cancel, Value::Null).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{told}");
    for server in [&one, &other] {
        let run = stands(server, &browser, &id, "failed").await;
        let reason = run["reason"].as_str().unwrap();
        assert!(reason.starts_with("cancelled by "), "{reason}");
    }
    let (status, told) = ask(&other, &browser, Method::POST, &cancel, Value::Null).await;
    assert_eq!(status, StatusCode::CONFLICT, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_run_of_a_server_that_was_killed_fails_once() {
    let postgres = PostgresServer::shared();
    let [database] = on_postgres(&postgres);
    let settings = [database, ("HOLDFAST_STATE__SWEEP_SECONDS", "1".to_owned())];
    let data = tempfile::tempdir().unwrap();
    let one = Server::start(data.path(), &settings).await;
    let other = Server::start(data.path(), &settings).await;
    let third = Server::start(data.path(), &settings).await;
    let browser = Browser::open(at(&one)).await;
    let id = long_run(&one, &browser).await;
    one.signal("KILL");
    stands(&other, &browser, &id, "failed").await;
    // The others have looked since.
    tokio::time::sleep(Duration::from_secs(3)).await;
    for server in [&other, &third] {
        let run = stands(server, &browser, &id, "failed").await;
        let reason = run["reason"].as_str().unwrap();
        assert!(reason.contains("the server stopped"), "{reason}");
        // It was ordered, given its reason, and failed.
        assert_eq!(run["version"], 3, "{run}");
    }
}
