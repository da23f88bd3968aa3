//! `/metrics` and the probes: who may collect them, that all that is listed is told, and that a server about to stop is not ready.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use server::metrics_table;
use tokio::time::{sleep, timeout};

use crate::helpers::{
    TestApp, application,
    socket::{LiveApp, PATIENCE},
};

/// Waits until a metric of a running server stands at this.
pub async fn reaches(app: &LiveApp, cookie: &str, name: &str, wanted: u64) {
    let looking = async {
        loop {
            let mut wire = app.connect().await;
            wire.send("GET", "/metrics", cookie, "connection: close\r\n")
                .await;
            let page = wire.rest().await;
            let mut lines = page.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            if value.unwrap().parse::<u64>() == Ok(wanted) {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let reached = timeout(PATIENCE, looking).await;
    assert!(reached.is_ok(), "{name} is never {wanted}");
}

/// The names in the table, of which the guide has a copy.
fn listed() -> Vec<String> {
    let table = metrics_table();
    let rows = table.lines().skip(2);
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned())
        .collect()
}

/// The families that a page tells.
fn told(page: &str) -> Vec<String> {
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let mut names: Vec<String> = types
        .map(|rest| rest.split(' ').next().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_metric_that_is_listed_is_told_and_nothing_else() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let folder = app.folder.path().join("data/backups");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("holdfast-20200101T000000Z.backup"), "").unwrap();
    let answer = browser.get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    let kind = answer.header("content-type");
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let page = answer.text();
    assert_eq!(told(&page), listed());
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let family = name.split('{').next().unwrap();
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| family.strip_suffix(end))
            .filter(|family| family.ends_with("_seconds"))
            .unwrap_or(family);
        assert!(page.contains(&format!("# TYPE {family} ")), "{line}");
    }
}

#[tokio::test]
async fn work_moves_the_counters_and_a_histogram_adds_up() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    browser.get("/health").await;
    let page = browser.get("/metrics").await.text();
    let value = |name: &str| -> f64 {
        let line = page.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit_once(' ').unwrap().1.parse().unwrap()
    };
    assert_eq!(value("holdfast_up "), 1.0);
    assert!(value("holdfast_writes_total ") > 0.0);
    assert!(value("holdfast_http_requests_total{class=\"probe\",status=\"2xx\"}") >= 1.0);
    assert!(value("process_resident_memory_bytes ") > 1e6);
    let of_put = "{operation=\"put\"";
    let all = value(&format!(
        "holdfast_operation_seconds_bucket{of_put},le=\"+Inf\"}}"
    ));
    assert_eq!(
        all,
        value(&format!("holdfast_operation_seconds_count{of_put}}}"))
    );
}

#[tokio::test]
async fn metrics_can_be_switched_off_or_given_an_address_of_their_own() {
    let off = TestApp::with(|settings| settings.metrics.enabled = false).await;
    let answer = off.visitor().await.get("/metrics").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);

    let folder = tempfile::tempdir().unwrap();
    let application = application(
        &folder,
        std::sync::Arc::new(holdfast::SystemClock),
        |settings| {
            settings.metrics.addr = Some(([127, 0, 0, 1], 0).into());
            settings.server.administration = server::settings::Administration::Nobody;
        },
    )
    .await;
    let address = application.metrics_address().unwrap();
    let stopper = application.stopper();
    let running = tokio::spawn(application.run_until_stopped());
    let page = crate::metrics::get(address, "/metrics").await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("holdfast_up 1"));
    let ready = crate::metrics::get(address, "/health/ready").await;
    assert!(ready.contains("\"ready\""), "{ready}");
    let page = crate::metrics::get(address, "/").await;
    assert!(page.starts_with("HTTP/1.1 404"), "{page}");
    stopper.cancel();
    running.await.unwrap().unwrap();
}

/// One request over a socket, as text.
async fn get(address: std::net::SocketAddr, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn the_probes_need_no_session_and_are_not_counted_against_an_address() {
    let app = TestApp::with(|settings| {
        settings.limits.address_per_second = 1;
        settings.limits.address_burst = 1;
    })
    .await;
    for path in [
        "/health/live",
        "/health/ready",
        "/health/live",
        "/health/ready",
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = app.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.headers.get("set-cookie").is_none());
    }
}
