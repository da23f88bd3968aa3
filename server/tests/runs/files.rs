//! Runs that come and go as files: tables, packages, trials.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{RUNS, completed, field};
use crate::helpers::{TestApp, left_incoming};

const BYTES: &str = "application/octet-stream";

#[tokio::test]
async fn tables_have_a_row_for_each_patient_and_visit_as_csv_and_as_parquet() {
    let app = TestApp::new().await;
    let mut ada = app.visitor().await;
    let place = completed(&ada, "Base").await;
    let run = ada.get(&place).await.json();
    let id = run["id"].as_str().unwrap().to_owned();
    for (table, head) in [
        ("patients", "patient_id,enrollment_date,baseline_vision,"),
        ("visits", "patient_id,date,time_days,vision,injected,"),
    ] {
        let rows = run["result"][table].as_u64().unwrap();
        let csv = ada.get(&format!("{place}/{table}?format=csv")).await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        let text = csv.text();
        assert!(text.starts_with(head), "{}", &text[..80]);
        assert_eq!(text.lines().count() as u64, 1 + rows, "{table}");
        let first = text.lines().nth(1).unwrap();
        assert!(first.starts_with("1,2026-01-01,"), "{first}");

        let parquet = ada.get(&format!("{place}/{table}")).await;
        let named = format!("attachment; filename=\"{id}_{table}.parquet\"");
        assert_eq!(parquet.header("content-disposition"), named);
        assert!(parquet.body.starts_with(b"PAR1") && parquet.body.ends_with(b"PAR1"));
        // Read back by the door that reads tables.
        let path = format!("/simulations/table?name={table}.parquet");
        let read = ada.post(&path, BYTES, parquet.body).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.text());
        assert_eq!(read.json()["rows"], rows, "{table}");
    }
    let refused = ada.get(&format!("{place}/visits?format=xlsx")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_package_goes_out_and_comes_in_elsewhere_with_the_same_checksum() {
    let app = TestApp::new().await;
    let (ada, mut bob) = (app.visitor().await, app.visitor().await);
    let place = completed(&ada, "Base").await;
    let package = ada.get(&format!("{place}/package")).await;
    assert_eq!(package.header("content-type"), "application/zip");
    let path = format!("{RUNS}/packages?name=base.zip");
    let came = bob.post(&path, BYTES, package.body.clone()).await;
    assert_eq!(came.status, StatusCode::CREATED, "{}", came.text());
    let theirs = bob.get(came.header("location")).await.json();
    let mine = ada.get(&place).await.json();
    assert_eq!(theirs["result"]["checksum"], mine["result"]["checksum"]);
    assert_eq!(
        (&theirs["carried"]["file"], &theirs["carried"]["id"]),
        (&json!("base.zip"), &mine["id"])
    );
    let half = package.body[..package.body.len() / 2].to_vec();
    let refused = bob.post(&path, BYTES, half).await;
    assert_eq!(field(&refused), "package");
    let refused = bob.post(&format!("{RUNS}/packages"), BYTES, "x").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "it has no name");
    assert_eq!(bob.get(RUNS).await.json()["all"], 1);
    assert_eq!(left_incoming(app.folder.path()), 0);
}

#[tokio::test]
async fn a_trial_becomes_a_run_for_each_arm_or_none() {
    let app = TestApp::new().await;
    let mut ada = app.visitor().await;
    let table = "id,day,trt,bili\n1,0,1,2.5\n1,30,1,2.0\n2,0,0,1.5\n";
    let columns = "name=trial.csv&patient=id&time=day&arm=trt&tag=real&tag=pbc";
    let path = format!("{RUNS}/trials?{columns}&measure=sodium");
    let refused = ada.post(&path, BYTES, table).await;
    assert_eq!(field(&refused), "measure");
    assert_eq!(ada.get(RUNS).await.json()["all"], 0);
    let path = format!("{RUNS}/trials?{columns}&measure=bili");
    let came = ada.post(&path, BYTES, table).await;
    assert_eq!(came.status, StatusCode::CREATED, "{}", came.text());
    let came = came.json();
    let names: Vec<&Value> = came["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| &run["name"])
        .collect();
    assert_eq!(names, ["trial, trt 0", "trial, trt 1"]);
    let run = &came["runs"][1];
    assert_eq!(
        (
            &run["tags"],
            &run["trial"]["mapping"]["measure"],
            &run["model"]
        ),
        (&json!(["real", "pbc"]), &json!("bili"), &json!("imported"))
    );
    let place = format!("{RUNS}/{}", run["id"].as_str().unwrap());
    let measured = ada.get(&format!("{place}/outcomes")).await.json();
    assert_eq!(measured["all"]["baseline"]["mean"], 2.5);
}
