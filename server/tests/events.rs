//! Live events: nothing skipped, nothing repeated, nobody else's.

use reqwest::Client;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::{
    helpers::{
        TestApp,
        socket::{LiveApp, PATIENCE, Wire},
    },
    metrics::reaches,
};

async fn write(app: &LiveApp, cookie: &str, name: &str, expected: u64) -> u64 {
    let input = json!({"key": "study.name", "data": json!(name).to_string(), "expected": expected, "client": "tab1"});
    let answer = app.call(cookie, "write_store", &input).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    expected + 1
}

async fn listen(app: &LiveApp, cookie: &str, path: &str, headers: &str) -> Wire {
    let mut wire = app.connect().await;
    wire.send("GET", path, cookie, headers).await;
    wire.until(": open").await;
    wire
}

/// A listener's connection of which little waits in the network: that it does not read is noticed soon.
async fn narrow(app: &LiveApp, cookie: &str, path: &str) -> TcpStream {
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.set_recv_buffer_size(16 << 10).unwrap();
    let mut stream = tcp.connect(app.address).await.unwrap();
    let host = app.address;
    let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// So many changes of 60 kB each that nobody has heard of; the place before them.
async fn backlog(app: &LiveApp, cookie: &str, changes: u64) -> u64 {
    let mut wire = listen(app, cookie, "/events", "").await;
    wire.until("\n\n").await;
    let begin = wire.seen.lines().find_map(|line| line.strip_prefix("id: "));
    let begin = begin.unwrap().parse().unwrap();
    drop(wire);
    let long = "x".repeat(60_000);
    let mut version = 0;
    for _ in 0..changes {
        version = write(app, cookie, &long, version).await;
    }
    begin
}

/// The places of the changes that were told; where a stream opens it says its place, too, and tells nothing.
fn ids(seen: &str) -> Vec<u64> {
    seen.split("\n\n")
        .filter(|event| event.contains("data: "))
        .filter_map(|event| event.lines().find_map(|line| line.strip_prefix("id: ")))
        .map(|id| id.parse().unwrap())
        .collect()
}

#[tokio::test]
async fn a_change_in_one_tab_reaches_the_other_with_its_content() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut wire = listen(&app, &cookie, "/events", "").await;
    write(&app, &cookie, "Liver", 0).await;
    wire.until("Liver").await;
    let line = wire
        .seen
        .lines()
        .find_map(|line| line.strip_prefix("data: "))
        .unwrap();
    let event: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        event,
        json!({
            "id": event["id"], "kind": "store", "name": "study.name", "version": 1, "transition": "create",
            "status": "active", "client": "tab1", "data": "Liver",
        })
    );
    assert!(wire.seen.contains("content-type: text/event-stream"));
}

#[tokio::test]
async fn a_stream_goes_on_where_the_last_one_broke_off() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut wire = listen(&app, &cookie, "/events", "").await;
    let version = write(&app, &cookie, "first", 0).await;
    wire.until("first").await;
    let last = *ids(&wire.seen).last().unwrap();
    drop(wire);
    let version = write(&app, &cookie, "second", version).await;
    write(&app, &cookie, "third", version).await;
    // The browser's own word wins over the address.
    let mut wire = listen(
        &app,
        &cookie,
        "/events?after=0",
        &format!("last-event-id: {last}\r\n"),
    )
    .await;
    wire.until("third").await;
    assert_eq!(ids(&wire.seen), [last + 1, last + 2]);
}

#[tokio::test]
async fn a_page_hears_what_happened_since_it_was_rendered() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut wire = listen(&app, &cookie, "/events?after=0", "").await;
    write(&app, &cookie, "later", 0).await;
    wire.until("later").await;
    assert!(
        wire.seen.contains("\"kind\":\"session\"") && wire.seen.contains("\"kind\":\"dataset\"")
    );
    assert!(
        !wire.seen.contains("\"checksum\""),
        "only stores send their content"
    );
}

#[tokio::test]
async fn nobody_hears_of_another_sessions_changes() {
    let app = LiveApp::new(|_| {}).await;
    let (one, other) = (app.session().await, app.session().await);
    let mut wire = listen(&app, &other, "/events", "").await;
    write(&app, &one, "secret", 0).await;
    write(&app, &other, "mine", 0).await;
    wire.until("mine").await;
    assert!(!wire.seen.contains("secret"));
    assert_eq!(ids(&wire.seen).len(), 1);
}

#[tokio::test]
async fn a_large_store_is_announced_without_its_content() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut wire = listen(&app, &cookie, "/events", "").await;
    write(&app, &cookie, &"x".repeat(70_000), 0).await;
    wire.until("\"data\":null").await;
    assert!(!wire.seen.contains("xxx"));
}

#[tokio::test]
async fn a_program_hears_the_same_with_a_name_at_every_event_and_goes_on_where_it_was() {
    let app = LiveApp::new(|settings| settings.live.keep_alive_seconds = 1).await;
    let cookie = app.session().await;
    let mut wire = listen(&app, &cookie, "/api/v1/events", "").await;
    let version = write(&app, &cookie, "first", 0).await;
    wire.until("first").await;
    assert!(wire.seen.contains("content-type: text/event-stream"));
    let mut told = wire.seen.split("\n\n");
    let change = told.find(|event| event.contains("first"));
    assert!(change.unwrap().contains("event: change\n"), "{}", wire.seen);
    let last = *ids(&wire.seen).last().unwrap();
    let before = wire.seen.len();
    // Nothing happens, and the stream is not silent.
    wire.until("\r\n:\n\n").await;
    assert_eq!(ids(&wire.seen[before..]), [0_u64; 0]);
    drop(wire);
    write(&app, &cookie, "second", version).await;
    let from = format!("/api/v1/events?after={last}");
    let mut wire = listen(&app, &cookie, &from, "").await;
    wire.until("second").await;
    assert_eq!(ids(&wire.seen), [last + 1]);
}

#[tokio::test]
async fn without_a_session_there_is_nothing_to_hear() {
    let app = TestApp::new().await;
    let answer = app.browser().get("/events").await;
    assert_eq!(answer.status, axum::http::StatusCode::UNAUTHORIZED);
    let visitor = app.visitor().await;
    assert!(
        visitor
            .get("/events?after=x")
            .await
            .status
            .is_client_error()
    );
}

#[tokio::test]
async fn streams_end_when_the_server_is_asked_to_stop() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut wire = listen(&app, &cookie, "/events", "").await;
    app.stop.cancel();
    wire.rest().await;
    app.running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_listener_that_does_not_read_is_cut_off_and_goes_on_from_the_log_where_it_was() {
    const WRITES: u64 = 200;
    let app = LiveApp::new(|settings| settings.live.patience_seconds = 3).await;
    let cookie = app.session().await;
    // More than any network between the two holds.
    let begin = backlog(&app, &cookie, WRITES).await;
    let mut slow = narrow(&app, &cookie, &format!("/events?after={begin}")).await;
    reaches(&app, &cookie, "holdfast_live_slow_total", 1).await;
    reaches(&app, &cookie, "holdfast_live_connections", 0).await;

    // What the network holds still comes. The stream does not end as one that was told to its end.
    let mut seen = Vec::new();
    let rest = timeout(PATIENCE, slow.read_to_end(&mut seen)).await;
    drop(rest.unwrap());
    let seen = String::from_utf8(seen).unwrap();
    assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
    assert!(!seen.ends_with("\r\n0\r\n\r\n"));
    let (whole, _) = seen.rsplit_once("\n\n").unwrap();
    let mut told = ids(whole);
    let last = told.last().copied().unwrap_or(begin);
    assert!(last < begin + WRITES, "it was not slow: {last}");

    let request = Client::new()
        .get(format!("http://{}/events?after=0", app.address))
        .header("cookie", &cookie)
        .header("last-event-id", last.to_string());
    let mut again = request.send().await.unwrap();
    let mut text = String::new();
    while told.last() != Some(&(begin + WRITES)) {
        let piece = timeout(PATIENCE, again.chunk()).await.unwrap();
        let piece = piece.unwrap().unwrap();
        text.push_str(&String::from_utf8_lossy(&piece));
        if let Some((whole, rest)) = text.rsplit_once("\n\n") {
            told.extend(ids(whole));
            text = rest.to_owned();
        }
    }
    let expected: Vec<u64> = (begin + 1..=begin + WRITES).collect();
    assert_eq!(told, expected, "nothing skipped, nothing twice");
}

/// Left alone the kernel takes some 4 MB for a listener, and more when a third of them was read: three seconds of this one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_listener_that_reads_slowly_all_the_time_keeps_its_stream_and_hears_everything_in_order()
{
    const WRITES: u64 = 100;
    let app = LiveApp::new(|settings| settings.live.patience_seconds = 2).await;
    let cookie = app.session().await;
    let begin = backlog(&app, &cookie, WRITES).await;
    let mut slow = narrow(&app, &cookie, &format!("/events?after={begin}")).await;
    let (mut text, mut told) = (String::new(), Vec::new());
    let mut take = |piece: &[u8]| {
        text.push_str(&String::from_utf8_lossy(piece));
        if let Some((whole, rest)) = text.rsplit_once("\n\n") {
            told.extend(ids(whole));
            text = rest.to_owned();
        }
        told.last() == Some(&(begin + WRITES))
    };
    let mut piece = vec![0; 64 << 10];
    // Three times as long as a listener may take over one event; then the rest as it comes.
    for _ in 0..30 {
        let read = timeout(PATIENCE, slow.read_exact(&mut piece)).await;
        read.unwrap().unwrap();
        assert!(!take(&piece), "it was not slow");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    loop {
        let read = timeout(PATIENCE, slow.read(&mut piece)).await;
        let length = read.unwrap().unwrap();
        assert!(length > 0, "the stream ended");
        if take(&piece[..length]) {
            break;
        }
    }
    let expected: Vec<u64> = (begin + 1..=begin + WRITES).collect();
    assert_eq!(told, expected, "nothing skipped, nothing twice");
    reaches(&app, &cookie, "holdfast_live_slow_total", 0).await;
}
