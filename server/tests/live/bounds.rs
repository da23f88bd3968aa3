//! What a client may not do to a socket: talk, send too much, fall silent, or be slow for ever.

use std::time::Duration;

use futures::SinkExt;
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::{revision, write};
use crate::{
    helpers::socket::{LiveApp, PATIENCE},
    metrics::reaches,
};

#[tokio::test]
async fn a_message_that_is_too_long_ends_the_socket_and_so_does_any_message() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    for (message, code, word) in [
        (Message::text("x".repeat(5_000)), 1009, "long"),
        (Message::binary(vec![0; 5_000]), 1009, "long"),
        (Message::text("{\"event\":\"open\"}"), 1003, "talking"),
    ] {
        let mut socket = app.live(&cookie, "").await;
        socket.next().await;
        socket.0.send(message).await.unwrap();
        assert_eq!(socket.end().await, (code, word.to_owned()));
    }
}

#[tokio::test]
async fn pings_and_pongs_are_no_talk() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut socket = app.live(&cookie, "").await;
    socket.next().await;
    socket.0.send(Message::Ping("a".into())).await.unwrap();
    socket.0.send(Message::Pong("b".into())).await.unwrap();
    write(&app, &cookie, "Liver", 0).await;
    assert_eq!(socket.next().await["data"]["data"], "Liver");
}

#[tokio::test]
async fn a_slow_client_is_dropped_with_a_reason_and_goes_on_from_the_log_where_it_was() {
    const WRITES: u64 = 200;
    let app = LiveApp::new(|settings| settings.live.patience_seconds = 5).await;
    let cookie = app.session().await;
    let mut socket = app.live(&cookie, "").await;
    let begin = revision(&socket.next().await);
    drop(socket);
    // More than any network between the two holds: 60 kB each.
    let long = "x".repeat(60_000);
    let mut version = 0;
    for _ in 0..WRITES {
        version = write(&app, &cookie, &long, version).await;
    }
    let slow = app.live(&cookie, &format!("?after={begin}")).await;
    // It has waited long enough for one message; with its farewell it waits as long again.
    reaches(&app, &cookie, "holdfast_live_slow_total", 1).await;
    let (mut seen, end) = slow.rest().await;
    let (code, reason) = end.unwrap();
    assert_eq!(code, 1013, "{reason}");
    assert!(reason.starts_with("slow: "), "{reason}");
    let last = revision(seen.last().unwrap());
    assert!(last < begin + WRITES, "it was not slow: {last}");
    let mut again = app.live(&cookie, &format!("?after={last}")).await;
    again.next().await;
    for _ in last..begin + WRITES {
        seen.push(again.next().await);
    }
    let told: Vec<u64> = seen.iter().skip(1).map(revision).collect();
    let expected: Vec<u64> = (begin + 1..=begin + WRITES).collect();
    assert_eq!(told, expected, "nothing skipped, nothing twice");
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_let_go_and_one_that_does_stays() {
    let app = LiveApp::new(|settings| settings.live.keep_alive_seconds = 1).await;
    let cookie = app.session().await;
    let (silent, mut awake) = (app.live(&cookie, "").await, app.live(&cookie, "").await);
    let reading = tokio::spawn(async move {
        awake.next().await;
        awake.next().await
    });
    // Pongs are sent where messages are read: what has come is looked at and left there.
    let farewell = async {
        let mut come = [0; 4096];
        loop {
            let length = silent.0.get_ref().peek(&mut come).await.unwrap();
            if come[..length].windows(7).any(|it| it == b"silent:") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, farewell).await.unwrap();
    let (seen, end) = silent.rest().await;
    let (code, reason) = end.unwrap();
    assert_eq!((seen.len(), code), (1, 1002), "{reason}");
    assert!(reason.starts_with("silent: "), "{reason}");
    write(&app, &cookie, "Liver", 0).await;
    let heard: Value = reading.await.unwrap();
    assert_eq!(heard["data"]["data"], "Liver");
}

#[tokio::test]
async fn sockets_say_farewell_when_the_server_is_asked_to_stop() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut socket = app.live(&cookie, "").await;
    socket.next().await;
    app.stop.cancel();
    assert_eq!(socket.end().await, (1001, "stopping".into()));
    app.running.await.unwrap().unwrap();
}
