//! A server that has its results gathered on a Ballista cluster by one setting, and goes on without it.

#[path = "../../workbench/tests/ballista/cluster.rs"]
#[expect(dead_code, reason = "shared with the tests of the workbench")]
mod cluster;

use std::sync::Arc;

use axum::http::StatusCode;
use holdfast::SystemClock;
use serde_json::{Value, json};
use server::Settings;

use self::cluster::{Cluster, at};
use crate::helpers::{Browser, TestApp, application};

fn on(settings: &mut Settings, cluster: &Cluster) {
    settings.query.engine = format!("ballista://{}", cluster.addr);
    settings.query.ballista_program = at(cluster.addr).program;
}

/// Women, with what is asked of their labs.
async fn merged(browser: &Browser<'_>, column: &str) -> Value {
    let question = json!({"filters": {"sex": ["f"]}, "selection": {"labs": [column]}});
    let made = browser.ask("POST", "/datasets", &[], question).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_setting_has_results_gathered_on_a_cluster_and_without_it_the_server_goes_on() {
    let mut cluster = Cluster::start(2);
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock);
    let application = application(&folder, clock, |settings| on(settings, &cluster)).await;
    let app = TestApp {
        folder: tempfile::tempdir().unwrap(),
        router: application.router(),
    };
    let browser = app.visitor().await;
    let there = merged(&browser, "bili").await;
    let addr = cluster.addr.to_string();
    assert_eq!(there["cluster"], json!({"at": addr, "problem": null}));

    cluster.scheduler.kill();
    let here = merged(&browser, "albumin").await;
    assert_eq!(here["cluster"]["at"], addr);
    assert!(here["cluster"]["problem"].is_string(), "{here}");
    assert_eq!(here["row_count"], there["row_count"]);
}
