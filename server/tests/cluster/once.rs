//! `Idempotency-Key` across servers: the same request sent to two of them, at once and later, is done once, and answered alike
//! by both.

use std::time::{Duration, Instant};

use futures::future::join;
use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};

use super::{Browser, PostgresServer, RECOVERY, RedisServer, Server, at, on_postgres, on_redis};

const QUERIES: &str = "/api/v1/queries";

/// What a program is told.
struct Told {
    status: StatusCode,
    is_replayed: bool,
    /// `ETag` and `Location`.
    place: [String; 2],
    body: Value,
}

/// While others are at work an answer may take longer than a browser waits.
fn client() -> Client {
    Client::builder().timeout(RECOVERY).build().unwrap()
}

/// Keeps a query of this name, under a key.
async fn keep(server: &Server, browser: &Browser, key: &str, name: &str) -> Told {
    let request = client()
        .post(format!("{}{QUERIES}", server.url))
        .header("sec-fetch-site", "same-origin")
        .header("idempotency-key", key)
        .header(header::COOKIE, browser.cookie())
        .header(header::CONTENT_TYPE, "application/json")
        .body(json!({ "name": name, "spec": {} }).to_string());
    let answer = request.send().await.unwrap();
    let text = |name: &str| {
        let value = answer.headers().get(name);
        value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    };
    let (status, place) = (answer.status(), [text("etag"), text("location")]);
    let is_replayed = text("idempotency-replayed") == "true";
    Told {
        status,
        is_replayed,
        place,
        body: serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
    }
}

/// The same, until it is no longer worked on.
async fn kept(server: &Server, browser: &Browser, key: &str, name: &str) -> Told {
    let until = Instant::now() + RECOVERY;
    loop {
        let told = keep(server, browser, key, name).await;
        if told.status != StatusCode::CONFLICT {
            return told;
        }
        assert_eq!(told.body["error"], "in_progress");
        assert!(Instant::now() < until, "it is never done");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn count(server: &Server, browser: &Browser) -> usize {
    let request = client()
        .get(format!("{}{QUERIES}", server.url))
        .header(header::COOKIE, browser.cookie());
    let told = request.send().await.unwrap().text().await.unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    told["queries"].as_array().unwrap().len()
}

/// Both servers have so many queries, if not at once, and never more.
async fn there_are(servers: &[Server; 2], browser: &Browser, queries: usize) {
    let until = Instant::now() + RECOVERY;
    for server in servers {
        loop {
            let found = count(server, browser).await;
            assert!(found <= queries, "{found} instead of {queries}");
            if found == queries {
                break;
            }
            assert!(Instant::now() < until, "only {found}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn once(settings: &[(&str, String)]) {
    let data = tempfile::tempdir().unwrap();
    let servers = [
        Server::start(data.path(), settings).await,
        Server::start(data.path(), settings).await,
    ];
    let [one, other] = &servers;
    let browser = Browser::open(at(one)).await;
    for round in 0..5 {
        let key = format!("round {round}");
        let (here, there) = join(
            keep(one, &browser, &key, "Women"),
            keep(other, &browser, &key, "Women"),
        )
        .await;
        let is_first = |told: &&Told| told.status == StatusCode::CREATED && !told.is_replayed;
        let at_once = [&here, &there];
        assert_eq!(at_once.iter().copied().filter(is_first).count(), 1, "{key}");
        let first = at_once.into_iter().find(is_first).unwrap();
        for told in at_once.into_iter().filter(|it| !is_first(it)) {
            match told.status {
                StatusCode::CREATED => assert_eq!(told.body, first.body),
                status => {
                    assert_eq!(status, StatusCode::CONFLICT, "{}", told.body);
                    assert_eq!(told.body["error"], "in_progress");
                }
            }
        }
        for server in &servers {
            let again = kept(server, &browser, &key, "Women").await;
            assert_eq!(again.status, StatusCode::CREATED, "{}", again.body);
            assert!(again.is_replayed);
            assert_eq!((&again.body, &again.place), (&first.body, &first.place));
            let different = keep(server, &browser, &key, "Men").await;
            assert_eq!(different.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(different.body["error"], "key_reused");
        }
        there_are(&servers, &browser, round + 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_two_servers_on_one_postgresql_are_sent_is_done_once() {
    let postgres = PostgresServer::shared();
    once(&on_postgres(&postgres)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_two_servers_on_one_redis_are_sent_is_done_once() {
    let redis = RedisServer::start();
    once(&on_redis(&redis)).await;
}

/// The server that did the work is gone: another one knows the answer.
#[tokio::test(flavor = "multi_thread")]
async fn the_answer_of_a_server_that_was_killed_is_given_by_another() {
    let postgres = PostgresServer::shared();
    let settings = on_postgres(&postgres);
    let data = tempfile::tempdir().unwrap();
    let one = Server::start(data.path(), &settings).await;
    let browser = Browser::open(at(&one)).await;
    let first = keep(&one, &browser, "before the end", "Women").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    one.signal("KILL");
    let other = Server::start(data.path(), &settings).await;
    let again = keep(&other, &browser, "before the end", "Women").await;
    assert!(again.is_replayed, "{} {}", again.status, again.body);
    assert_eq!((&again.body, &again.place), (&first.body, &first.place));
    assert_eq!(count(&other, &browser).await, 1);
}
