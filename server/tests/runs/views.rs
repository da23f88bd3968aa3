//! The views of a run's page as data, and what is in memory of runs.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{RUNS, ask, completed, field};
use crate::helpers::TestApp;

#[tokio::test]
async fn every_view_is_told_as_data_and_as_csv() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let place = completed(&ada, "Base").await;
    let id = ada.get(&place).await.json()["id"].clone();
    for (view, charts) in [
        ("overview", 5),
        ("vision", 3),
        ("trajectories", 1),
        ("intervals", 2),
        ("flow", 1),
        ("journey", 1),
        ("frequency", 3),
        ("stopping", 1),
    ] {
        let path = format!("{place}/analysis/{view}");
        let told = ada.get(&path).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text());
        let told = told.json();
        let figures = told["figures"].as_array().unwrap();
        assert_eq!((&told["run"], figures.len()), (&id, charts), "{view}");
        let rows: usize = figures
            .iter()
            .map(|figure| figure["rows"].as_array().unwrap().len())
            .sum();
        // The page's own charts: as many, with the same words.
        let place = json!({"view": view});
        let page = ada.call("analyse_run", json!({"id": id, "place": place}));
        let page = page.await.json();
        for (mine, theirs) in figures.iter().zip(page.as_array().unwrap()) {
            assert_eq!(mine["summary"], theirs["summary"]);
        }
        let csv = ada.get(&format!("{path}?format=csv")).await.text();
        assert!(csv.starts_with("name,series,x,y,low,high,n\n"), "{view}");
        assert!(rows > 0 && csv.lines().count() == 1 + rows, "{view}");
    }
    let unknown = ada.get(&format!("{place}/analysis/weather")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let path = format!("{place}/analysis/trajectories?count=201");
    assert_eq!(field(&ada.get(&path).await), "count");
}

#[tokio::test]
async fn a_flow_adds_up_in_every_step_and_unit() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let place = completed(&ada, "Base").await;
    for (unit, whole) in [("patients", 100.0), ("percent", 100.0)] {
        let path = format!("{place}/analysis/flow?by=quarter&in={unit}");
        let flow = ada.get(&path).await.json();
        let rows = flow["figures"][0]["rows"].as_array().unwrap();
        let at = |month: f64| -> f64 {
            let there = rows.iter().filter(|row| row["x"] == json!(month));
            there.map(|row| row["y"].as_f64().unwrap()).sum()
        };
        for month in [0.0, 3.0, 12.0] {
            assert!((at(month) - whole).abs() < 1e-6, "{unit}: {}", at(month));
        }
    }
}

#[tokio::test]
async fn the_trail_and_what_a_run_was_made_of_are_views_too() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let place = completed(&ada, "Base").await;
    let change = json!({"is_pinned": true});
    ask(&ada, "PATCH", &place, Some("*"), change).await;
    let trail = ada.get(&format!("{place}/analysis/history")).await.json();
    let deeds = trail["changes"].as_array().unwrap();
    assert_eq!(
        (&deeds[0]["did"], &deeds[deeds.len() - 1]["did"]),
        (&json!("pinned"), &json!("ordered"))
    );
    let path = format!("{place}/analysis/history?format=csv");
    let csv = ada.get(&path).await.text();
    assert_eq!(csv.lines().count(), 1 + deeds.len());
    let about = ada.get(&format!("{place}/analysis/about")).await.json();
    assert_eq!(
        about["about"]["protocol_name"],
        ada.get(&place).await.json()["protocol_name"]
    );
    let csv = ada.get(&format!("{place}/analysis/about?format=csv")).await;
    assert!(csv.text().contains("\nseed,7\n"), "{}", csv.text());
}

#[tokio::test]
async fn the_memory_tells_what_is_held_of_ones_own_runs_and_pinning_shows() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let place = completed(&ada, "Base").await;
    ada.get(&format!("{place}/analysis/vision")).await;
    let memory = format!("{RUNS}/memory");
    let told = ada.get(&memory).await.json();
    assert_eq!(told["runs"], 1);
    let item = &told["results"]["items"][0];
    assert_eq!(
        (&item["name"], &item["is_held"], &item["is_pinned"]),
        (&json!("Base"), &json!(true), &json!(false))
    );
    ask(&ada, "PATCH", &place, Some("*"), json!({"is_pinned": true})).await;
    let told = ada.get(&memory).await.json();
    assert_eq!(told["results"]["items"][0]["is_pinned"], true);
    assert!(told["results"]["staying"].as_u64().unwrap() > 0);
    let theirs = bob.get(&memory).await.json();
    assert_eq!(
        (&theirs["runs"], &theirs["results"]["items"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(theirs["results"]["held"], told["results"]["held"]);
    assert_ne!(theirs["results"]["held"], Value::from(0));
}
