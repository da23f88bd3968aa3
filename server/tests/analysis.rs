//! A run's charts over HTTP: every view is counted over all patients, is its person's own, and refused where there are no results.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp};

const PATIENTS: u64 = 120;

/// Orders a run and waits until it is over; its id.
async fn completed(browser: &Browser<'_>) -> String {
    let order = json!({"order": {
        "file": "aflibercept_te.yaml", "name": "Base", "patients": PATIENTS, "years": 3.0, "seed": 7,
        "recruitment": "all_at_once", "start_date": "2026-01-01", "tags": [],
    }});
    let answer = browser.call("start_run", order).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let id = answer.json().as_str().unwrap().to_owned();
    for _ in 0..1200 {
        let run = browser.call("get_run", json!({"id": id})).await.json();
        match run["row"]["status"].as_str() {
            Some("completed") => return id,
            Some("pending") => tokio::time::sleep(Duration::from_millis(50)).await,
            _ => panic!("{run}"),
        }
    }
    panic!("it is still going");
}

async fn figures(browser: &Browser<'_>, id: &str, place: Value) -> Vec<Value> {
    let answer = browser
        .call("analyse_run", json!({"id": id, "place": place}))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn every_view_has_its_charts_and_says_over_whom() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let id = completed(&ada).await;
    let views = [
        ("overview", 5),
        ("vision", 3),
        ("trajectories", 1),
        ("intervals", 2),
        ("flow", 1),
        ("journey", 1),
        ("frequency", 3),
        ("stopping", 1),
        ("history", 0),
    ];
    for (view, count) in views {
        let found = figures(&ada, &id, json!({"view": view})).await;
        assert_eq!(found.len(), count, "{view}");
        for figure in found {
            let summary = figure["summary"].as_str().unwrap();
            assert!(summary.contains(char::is_numeric), "{summary}");
            let is_drawn = figure["flow"].is_object() || !figure["panels"][0]["series"].is_null();
            assert!(is_drawn, "{figure}");
        }
    }
}

#[tokio::test]
async fn patients_add_up_in_every_month_as_counts_and_as_shares() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let id = completed(&ada).await;
    for (is_share, whole) in [(false, PATIENTS as f64), (true, 100.0)] {
        let place = json!({"view": "flow", "by": "quarter", "is_share": is_share});
        let found = figures(&ada, &id, place).await;
        let series = found[0]["panels"][0]["series"].as_array().unwrap();
        for at in 0..=12 {
            let sum: f64 = series
                .iter()
                .map(|one| one["points"][at]["y"].as_f64().unwrap())
                .sum();
            assert!((sum - whole).abs() < 1e-9, "{at}: {sum}");
            assert_eq!(series[0]["points"][at]["n"], PATIENTS);
        }
    }
}

#[tokio::test]
async fn the_trail_says_what_was_done_to_a_run_and_nobody_else_sees_it() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let id = completed(&ada).await;
    let pinned = ada
        .call("pin_runs", json!({"ids": [id], "is_pinned": true}))
        .await;
    assert_eq!(pinned.status, StatusCode::OK, "{}", pinned.text());
    let trail = ada.call("run_trail", json!({"id": id})).await.json();
    let deeds: Vec<&str> = trail
        .as_array()
        .unwrap()
        .iter()
        .map(|deed| deed["did"].as_str().unwrap())
        .collect();
    assert_eq!(
        (deeds.first(), deeds.last()),
        (Some(&"pinned"), Some(&"ordered"))
    );
    assert!(
        deeds.contains(&"completed: its tables are there"),
        "{deeds:?}"
    );
    for (function, arguments) in [
        ("run_trail", json!({"id": id})),
        ("analyse_run", json!({"id": id, "place": {}})),
    ] {
        let theirs = bob.call(function, arguments).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{function}");
    }
}

#[tokio::test]
async fn a_reader_without_scripts_gets_the_charts_as_tables() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let id = completed(&ada).await;
    let page = ada.get(&format!("/simulations/{id}?view=intervals")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for part in [
        "Intervals and gaps",
        "112–119",
        "Mean interval by year",
        "Year 3",
    ] {
        assert!(text.contains(part), "{part}");
    }
}
