//! Comparisons over HTTP: the page's question and the programs' one, what is missing said, and files.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp};

/// Orders a run and waits until it is over; its id.
async fn completed(browser: &Browser<'_>, name: &str, years: f64, seed: u64) -> String {
    let order = json!({"order": {
        "file": "aflibercept_te.yaml", "name": name, "patients": 100, "years": years, "seed": seed,
        "recruitment": "all_at_once", "start_date": "2026-01-01", "tags": [],
    }});
    let answer = browser.call("start_run", order).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let id = answer.json().as_str().unwrap().to_owned();
    for _ in 0..1200 {
        let run = browser.call("get_run", json!({"id": id})).await.json();
        if run["row"]["status"] == "completed" {
            return id;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it is still going");
}

fn kinds(answer: &Value) -> Vec<&str> {
    let notes = answer["notes"].as_array().unwrap().iter();
    notes.map(|note| note["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_page_and_programs_get_the_same_answer_and_what_is_missing_is_said() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let one = completed(&ada, "=Heron", 2.0, 1).await;
    let other = completed(&ada, "Lantern", 3.0, 2).await;
    let asked = json!({"request": {
        "ids": [one, other, "sim_unknown"], "mode": "statistical", "measures": ["vision"], "reference": other,
    }});
    let answer = ada.call("compare_runs", asked.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = answer.json();
    assert_eq!(kinds(&answer), ["unknown", "duration"]);
    assert_eq!(answer["runs"][0]["name"], "=Heron");
    assert_eq!(
        (&answer["reference"], &answer["common_month"]),
        (&json!(1), &json!(24))
    );
    assert_eq!(answer["pairs"].as_array().unwrap().len(), 3);

    let address = format!(
        "/api/v1/compare?runs={one},{other},sim_unknown&mode=statistical&reference={other}"
    );
    assert_eq!(ada.get(&address).await.json(), answer);
    let file = ada.get(&format!("{address}&format=csv&sheet=tests")).await;
    assert!(
        file.header("content-disposition")
            .contains("comparison-tests.csv")
    );
    assert!(file.text().starts_with("outcome,run,id,"));
    assert!(file.text().contains("vision,'=Heron,"), "never a formula");
    assert_eq!(file.text().lines().count(), 1 + 15);

    // Somebody else's runs are not there for Bob, and nobody's are for a visitor without a session.
    let theirs = bob.call("compare_runs", asked.clone()).await.json();
    assert_eq!(
        kinds(&theirs),
        ["unknown", "unknown", "unknown", "reference", "few"]
    );
    assert_eq!(theirs["runs"], json!([]));
    let nobody = app.browser().get(&address).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_cannot_be_compared_is_refused_with_what_to_do() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let few = ada.get("/api/v1/compare?runs=a").await;
    assert_eq!(few.status, StatusCode::BAD_REQUEST);
    assert!(few.text().contains("2 to 20 runs"), "{}", few.text());
    let many: Vec<String> = (0..21).map(|run| format!("sim_{run}")).collect();
    let many = ada
        .get(&format!("/api/v1/compare?runs={}", many.join(",")))
        .await;
    assert_eq!(many.status, StatusCode::BAD_REQUEST);
    let mode = ada.get("/api/v1/compare?runs=a,b&mode=sideways").await;
    assert_eq!(mode.status, StatusCode::BAD_REQUEST);
    let measure = ada.get("/api/v1/compare?runs=a,b&measure=height").await;
    assert_eq!(measure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(measure.json()["path"], "measure");
}

#[tokio::test]
async fn the_page_opens_by_its_address_alone_and_completed_runs_are_found() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let one = completed(&ada, "Heron", 2.0, 1).await;
    let other = completed(&ada, "Lantern", 2.0, 2).await;
    let found = ada
        .call("runs_to_compare", json!({"text": "lant"}))
        .await
        .json();
    assert_eq!(
        (found.as_array().unwrap().len(), &found[0]["id"]),
        (1, &json!(other))
    );
    let page = ada
        .get(&format!("/compare?runs={one},{other}&mode=difference"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text().contains("Difference in mean vision to Heron"),
        "rendered on the server"
    );
    let empty = ada.get("/compare").await;
    assert!(empty.text().contains("Nothing is compared yet"));
}
