//! What an OpenTelemetry collector is told, and what it is never told.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    thread,
};

use axum::http::StatusCode;
use server::Traces;
use tracing::subscriber::set_default;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::helpers::TestApp;

/// Takes one request: its first line and its body.
fn receive(listener: &TcpListener) -> (String, Vec<u8>) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(bytes) = line.strip_prefix("content-length:") {
            length = bytes.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer.as_bytes()).unwrap();
    (first, body)
}

#[tokio::test]
async fn a_collector_is_told_of_requests_and_what_the_engine_did_for_them_and_of_no_query() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/", listener.local_addr().unwrap());
    let collector = thread::spawn(move || receive(&listener));
    let app = TestApp::new().await;
    let traces = Traces::to(&endpoint).unwrap().unwrap();
    let guard = set_default(tracing_subscriber::registry().with(traces.layer()));
    let visitor = app.visitor().await;
    let study = visitor.call("get_study", serde_json::json!({})).await;
    assert_eq!(study.status, StatusCode::OK, "{}", study.text());
    visitor.get("/account/first?token=hush-hush").await;
    drop(guard);
    tokio::task::spawn_blocking(|| drop(traces)).await.unwrap();

    let (first, body) = collector.join().unwrap();
    assert_eq!(first.trim(), "POST /v1/traces HTTP/1.1");
    // Protocol buffers keep text as it is.
    let told = String::from_utf8_lossy(&body);
    for word in [
        "holdfast",
        "request",
        "/api/get_study",
        "server_function",
        "engine",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!told.contains("hush"), "{told}");
}

#[test]
fn without_a_collector_nothing_is_made_and_a_wrong_address_is_refused() {
    assert!(Traces::to("").unwrap().is_none());
    let refused = Traces::to("no address").err().unwrap().to_string();
    assert!(refused.contains("log.otlp_endpoint"), "{refused}");
}
