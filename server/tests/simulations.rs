//! Simulations over HTTP: ordered from a configuration, one person's own, refused with the field, and their measures.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp};

fn order(patients: u32) -> Value {
    json!({"order": {
        "file": "aflibercept_te.yaml", "name": "Base", "patients": patients, "years": 2.0, "seed": 7,
        "recruitment": "all_at_once", "start_date": "2026-01-01", "tags": ["nhs"],
    }})
}

/// Orders a run and waits until it is over; its id.
async fn completed(browser: &Browser<'_>) -> String {
    let answer = browser.call("start_run", order(100)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let id = answer.json().as_str().unwrap().to_owned();
    for _ in 0..200 {
        let run = browser.call("get_run", json!({"id": id})).await.json();
        match run["row"]["status"].as_str() {
            Some("completed") => return id,
            Some("pending") => tokio::time::sleep(Duration::from_millis(50)).await,
            _ => panic!("{run}"),
        }
    }
    panic!("it is still going");
}

#[tokio::test]
async fn a_run_is_its_persons_own_with_its_measures() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let id = completed(&ada).await;
    let sought = json!({"sought": {"text": "base", "tag": "nhs", "status": null}, "after": null});
    let found = ada.call("find_runs", sought.clone()).await.json();
    assert_eq!(
        (&found["total"], &found["rows"][0]["id"]),
        (&json!(1), &json!(id))
    );
    let came = ada.call("get_outcomes", json!({"id": id})).await.json();
    assert_eq!(came["all"]["baseline"]["n"], 100);
    assert_eq!(bob.call("find_runs", sought).await.json()["total"], 0);
    for function in ["get_run", "get_outcomes", "cancel_run"] {
        let theirs = bob.call(function, json!({"id": id})).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{function}");
    }
    let theirs = bob.call("delete_runs", json!({"ids": [id]})).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let over = ada.call("cancel_run", json!({"id": id})).await;
    assert_eq!(over.status, StatusCode::BAD_REQUEST, "it is over");
}

#[tokio::test]
async fn what_cannot_be_ordered_is_refused_with_its_field_and_leaves_nothing() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let mut wrong = vec![(order(3), "patients")];
    for (field, value) in [("years", json!(99.0)), ("start_date", json!("soon"))] {
        let mut one = order(100);
        one["order"][field] = value;
        let named = if field == "years" {
            "duration_years"
        } else {
            field
        };
        wrong.push((one, named));
    }
    for (order, field) in wrong {
        let refused = browser.call("start_run", order).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            refused.json()["detail"]["path"],
            field,
            "{}",
            refused.text()
        );
    }
    let mut unknown = order(100);
    unknown["order"]["file"] = json!("nothing.yaml");
    let refused = browser.call("start_run", unknown).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let all = json!({"sought": {"text": "", "tag": "", "status": null}, "after": null});
    assert_eq!(browser.call("find_runs", all).await.json()["total"], 0);
    let choices = browser.call("run_choices", json!({})).await.json();
    let files: Vec<&str> = choices["protocols"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    assert!(files.contains(&"aflibercept_te.yaml") && !files.contains(&"protocol.schema.json"));
}
