//! Simulations over HTTP: ordered from a configuration, one person's own, refused with the field, and their measures.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp, left_incoming};

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

#[tokio::test]
async fn a_run_is_its_persons_own_with_its_measures() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let id = completed(&ada).await;
    let sought = json!({"sought": {"text": "base", "tags": ["nhs"]}, "offset": 0});
    let found = ada.call("find_runs", sought.clone()).await.json();
    assert_eq!(
        (&found["found"]["total"], &found["found"]["rows"][0]["id"]),
        (&json!(1), &json!(id))
    );
    let came = ada.call("get_outcomes", json!({"id": id})).await.json();
    assert_eq!(came["all"]["baseline"]["n"], 100);
    let theirs = bob.call("find_runs", sought).await.json();
    assert_eq!(theirs["found"]["total"], 0);
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
    let all = json!({"sought": {}, "offset": 0});
    let found = browser.call("find_runs", all).await.json();
    assert_eq!(found["found"]["total"], 0);
    let choices = browser.call("run_choices", json!({})).await.json();
    let files: Vec<&str> = choices["protocols"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    assert!(files.contains(&"aflibercept_te.yaml") && !files.contains(&"protocol.schema.json"));
}

#[tokio::test]
async fn a_run_goes_out_as_a_package_and_comes_in_elsewhere_with_the_same_checksum() {
    let app = TestApp::new().await;
    let (ada, mut bob) = (app.visitor().await, app.visitor().await);
    let id = completed(&ada).await;
    let package = ada.get(&format!("/simulations/{id}/package")).await;
    assert_eq!(package.status, StatusCode::OK);
    assert_eq!(package.header("content-type"), "application/zip");
    let expected = format!("attachment; filename=\"{id}.zip\"");
    assert_eq!(package.header("content-disposition"), expected);
    let theirs = bob.get(&format!("/simulations/{id}/package")).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);

    let kind = "application/octet-stream";
    let came = bob
        .post(
            "/simulations/import?name=base.zip",
            kind,
            package.body.clone(),
        )
        .await;
    assert_eq!(came.status, StatusCode::OK, "{}", came.text());
    let came = came.json();
    assert_eq!(came["name"], "Base");
    let checksum = |run: Value| run["result_checksum"].as_str().unwrap().to_owned();
    let theirs = bob.call("get_run", json!({"id": came["id"]})).await.json();
    let first = theirs["remarks"][0].as_str().unwrap().to_owned();
    assert!(first.contains("base.zip") && first.contains(&id), "{first}");
    let mine = ada.call("get_run", json!({"id": id})).await.json();
    assert_eq!(checksum(theirs), checksum(mine));

    // Cut off on the way: refused with what is wrong, and nothing is kept.
    let half = package.body[..package.body.len() / 2].to_vec();
    let refused = bob
        .post("/simulations/import?name=half.zip", kind, half)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["detail"]["path"], "package");
    let all = json!({"sought": {}, "offset": 0});
    let found = bob.call("find_runs", all).await.json();
    assert_eq!(found["found"]["total"], 1);
    assert_eq!(left_incoming(app.folder.path()), 0);
}

#[tokio::test]
async fn a_trial_comes_in_by_its_columns_and_the_plain_form_takes_packages() {
    let app = TestApp::new().await;
    let mut ada = app.visitor().await;
    let text = "id,day,trt,bili\n1,0,1,2.5\n1,30,1,2.0\n2,0,0,1.5\n";
    let kind = "application/octet-stream";
    let read = ada
        .post("/simulations/table?name=trial.csv", kind, text)
        .await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text());
    let read = read.json();
    assert_eq!(read["columns"][3]["name"], "bili");
    let order = |measure: &str| {
        json!({
            "table": read["id"], "file": "trial.csv", "tags": ["real"],
            "mapping": {"patient": "id", "time": "day", "time_is": "days", "measure": measure,
                "injected": null, "arm": "trt"},
        })
    };
    let refused = ada.call("import_trial", order("sodium")).await;
    assert_eq!(
        refused.json()["detail"]["path"],
        "measure",
        "{}",
        refused.text()
    );
    // The table is hers: to others it is not there, whatever they know of it.
    let bob = app.visitor().await;
    let refused = bob.call("import_trial", order("bili")).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text());
    let came = ada.call("import_trial", order("bili")).await.json();
    assert_eq!(
        (&came[0][1], &came[1][1]),
        (&json!("trial, trt 0"), &json!("trial, trt 1"))
    );
    let id = came[1][0].as_str().unwrap();
    let measures = ada.call("get_outcomes", json!({"id": id})).await.json();
    assert_eq!(measures["all"]["baseline"]["mean"], 2.5);

    let package = ada.get(&format!("/simulations/{id}/package")).await.body;
    let head = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\n";
    let form = |bytes: &[u8]| [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
    let multipart = "multipart/form-data; boundary=x";
    let sent = ada
        .post("/simulations/import", multipart, form(&package))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let refused = ada
        .post("/simulations/import", multipart, form(b"no zip"))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("no package of a run"),
        "{}",
        refused.text()
    );
    let found = ada
        .call(
            "find_runs",
            json!({"sought": {"text": "real"}, "offset": 0}),
        )
        .await;
    let found = found.json();
    assert_eq!(found["found"]["total"], 3);
    assert_eq!(
        found["found"]["models"][0],
        json!({"value": "imported", "count": 3})
    );
}

#[tokio::test]
async fn the_memory_tells_what_was_read_and_only_an_administrator_raises_it() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let memory = ada.call("runs_memory", json!({})).await.json();
    assert_eq!(memory["report"]["budget"], 512_u64 << 20);
    assert_eq!(memory["may_raise"], true, "it listens on this machine only");
    let raised = ada
        .call("raise_memory", json!({"bytes": 1_u64 << 30}))
        .await;
    assert_eq!(raised.status, StatusCode::OK, "{}", raised.text());
    let lowered = ada.call("raise_memory", json!({"bytes": 1})).await;
    assert_eq!(lowered.status, StatusCode::UNPROCESSABLE_ENTITY);
    let memory = ada.call("runs_memory", json!({})).await.json();
    assert_eq!(memory["report"]["budget"], 1_u64 << 30);
}

#[tokio::test]
async fn several_packages_come_in_with_their_tags_and_are_changed_together_or_none_is() {
    let app = TestApp::new().await;
    let mut ada = app.visitor().await;
    let id = completed(&ada).await;
    let package = ada.get(&format!("/simulations/{id}/package")).await.body;
    let part = |head: &str, bytes: &[u8]| {
        let head = format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n");
        [head.as_bytes(), bytes, b"\r\n"].concat()
    };
    let form = |last: &[u8]| {
        [
            part("name=\"tags\"", b"together, 2026"),
            part("name=\"file\"; filename=\"a.zip\"", &package),
            part("name=\"file\"; filename=\"b.zip\"", last),
            b"--x--\r\n".to_vec(),
        ]
        .concat()
    };
    let multipart = "multipart/form-data; boundary=x";
    let refused = ada
        .post("/simulations/import", multipart, form(b"no zip"))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("b.zip"), "{}", refused.text());
    let sent = ada
        .post("/simulations/import", multipart, form(&package))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    assert_eq!(left_incoming(app.folder.path()), 0);

    let sought = json!({"sought": {"tags": ["together", "2026"]}});
    let ids = ada.call("choose_runs", sought).await.json();
    assert_eq!(ids.as_array().unwrap().len(), 2, "{ids}");
    let tag = |ids: &Value| json!({"ids": ids, "tag": "seen", "is_given": true});
    let mut wrong = ids.clone();
    wrong.as_array_mut().unwrap().push(json!("sim_nothing"));
    let refused = ada.call("tag_runs", tag(&wrong)).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let seen = async || {
        let sought = json!({"sought": {"tags": ["seen"]}, "offset": 0});
        let found = ada.call("find_runs", sought).await.json();
        found["found"]["total"].as_u64().unwrap()
    };
    assert_eq!(seen().await, 0);
    let tagged = ada.call("tag_runs", tag(&ids)).await;
    assert_eq!(tagged.status, StatusCode::OK, "{}", tagged.text());
    assert_eq!(seen().await, 2);
    for (function, left) in [("delete_runs", 0), ("restore_runs", 2)] {
        let done = ada.call(function, json!({"ids": ids})).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text());
        assert_eq!(seen().await, left, "{function}");
    }
}
