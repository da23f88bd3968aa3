//! Two servers behind an nginx with the settings of `deploy/`, which asks nobody whether they are ready: one after the other
//! is stopped and started again, nobody tells nginx, and nobody notices.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde_json::json;

use super::{Balancer, Browser, PostgresServer, RECOVERY, Server, browsers_at_work, on_postgres};
use crate::deploy::Nginx;

const PROGRAMS: usize = 4;

/// Why this was not answered. What another server still works on (409) was.
async fn failure(request: RequestBuilder) -> Option<String> {
    match request.send().await {
        Ok(answer) if answer.status().is_success() || answer.status() == StatusCode::CONFLICT => {
            let text = answer.text().await;
            text.err().map(|error| format!("{error:?}"))
        }
        Ok(answer) => Some(format!("{answer:?}")),
        Err(error) => Some(format!("{error:?}")),
    }
}

/// A program that writes and lists over connections which it keeps, until it is over. How often it did, and what failed.
async fn program(url: String, cookie: String, is_over: Arc<AtomicBool>) -> (usize, Vec<String>) {
    let client = Client::builder().timeout(RECOVERY).build().unwrap();
    let queries = format!("{url}/api/v1/queries");
    let write = || {
        // The same query each time: nothing grows.
        let write = client.post(&queries).header("idempotency-key", "mine");
        let write = write.header("sec-fetch-site", "same-origin");
        let write = write.header(header::COOKIE, &cookie);
        let write = write.header(header::CONTENT_TYPE, "application/json");
        write.body(json!({ "name": "Women", "spec": {} }).to_string())
    };
    let read = || client.get(&queries).header(header::COOKIE, &cookie);
    let (mut rounds, mut failed) = (0, Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        failed.extend(failure(write()).await);
        failed.extend(failure(read()).await);
        rounds += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (rounds, failed)
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_an_nginx_that_nobody_tells_a_rolling_restart_fails_no_request() {
    let postgres = PostgresServer::shared();
    let data = tempfile::tempdir().unwrap();
    let [database] = on_postgres(&postgres);
    let drain = ("HOLDFAST_SERVER__DRAIN_SECONDS", "2".to_owned());
    let settings = [database, drain];
    let mut servers = [
        Server::start(data.path(), &settings).await,
        Server::start(data.path(), &settings).await,
    ];
    let address = |server: &Server| -> SocketAddr {
        let address = server.url.strip_prefix("http://").unwrap();
        address.parse().unwrap()
    };
    // As in `deploy/`, idle connections end within the drain. Everybody here comes from one address.
    let changes = [
        ("keepalive_timeout 2s;", "keepalive_timeout 300ms;"),
        ("rate=200r/s;", "rate=100000r/s;"),
    ];
    let nginx = Nginx::with(servers.each_ref().map(address), &changes).await;
    let balancer = Balancer::between(vec![nginx.url("")]);
    let is_over = Arc::new(AtomicBool::new(false));
    let openings = (0..PROGRAMS).map(|_| Browser::open(Arc::clone(&balancer)));
    let programs: Vec<_> = join_all(openings)
        .await
        .iter()
        .map(|browser| program(nginx.url(""), browser.cookie(), Arc::clone(&is_over)))
        .map(tokio::spawn)
        .collect();
    browsers_at_work(&balancer, async {
        for server in &mut servers {
            server.signal("TERM");
            server.start_again().await;
        }
    })
    .await;
    is_over.store(true, Ordering::Relaxed);
    for program in programs {
        let (rounds, failed) = program.await.unwrap();
        assert!(rounds > 10, "only {rounds} rounds");
        assert_eq!(failed, Vec::<String>::new());
    }
    assert_eq!(balancer.failed.load(Ordering::Relaxed), 0);
}
