//! Runs for programs, and whose they are: others' are not there, those that are shared are read, and a viewer starts none.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::sharing::{completed_run, house, share, share_id, take_back};
use crate::helpers::{Answer, Browser};

const RUNS: &str = "/api/v1/runs";

async fn send(browser: &Browser<'_>, method: &str, path: &str, body: Value) -> Answer {
    let request = browser
        .request(method, path)
        .header("content-type", "application/json")
        .header("if-match", "*");
    let request = request.body(body.to_string().into()).unwrap();
    browser.app.send(request).await
}

#[tokio::test]
async fn a_run_of_somebody_else_is_not_there_until_it_is_shared_and_is_only_read_then() {
    let house = house().await;
    let ada = house.logged_in("ada@lab.org").await;
    let vera = house.logged_in("vera@lab.org").await;
    let id = completed_run(&ada).await;
    let place = format!("{RUNS}/{id}");
    let reads = [
        "",
        "/progress",
        "/outcomes",
        "/visits",
        "/patients",
        "/analysis/flow",
        "/analysis/history",
        "/package",
    ];
    for part in reads {
        let theirs = vera.get(&format!("{place}{part}")).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{part}");
    }
    let change = json!({"is_pinned": true});
    let writes = [
        ("PATCH", place.clone(), change.clone()),
        ("DELETE", place.clone(), json!({})),
        ("POST", format!("{place}/cancel"), json!({})),
        ("POST", format!("{place}/restore"), json!({})),
        (
            "POST",
            format!("{RUNS}/bulk"),
            json!({"ids": [id], "delete": true}),
        ),
    ];
    let refused_all = async || {
        for (method, path, body) in &writes {
            let refused = send(&vera, method, path, body.clone()).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    };
    refused_all().await;

    let thing = json!({"what": "run", "item": id});
    let shared = share(&ada, thing.clone(), "everybody", false).await;
    assert_eq!(shared.status, StatusCode::OK, "{}", shared.text());
    let read = vera.get(&place).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text());
    assert_eq!(read.json()["is_own"], false);
    for part in ["/progress", "/outcomes", "/visits", "/analysis/flow"] {
        let read = vera.get(&format!("{place}{part}")).await;
        assert_eq!(read.status, StatusCode::OK, "{part}: {}", read.text());
    }
    refused_all().await;
    let share = share_id(&ada, &thing).await;
    assert_eq!(take_back(&ada, &share).await, StatusCode::OK);
    assert_eq!(vera.get(&place).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_viewer_starts_and_brings_no_run() {
    let house = house().await;
    let ada = house.logged_in("ada@lab.org").await;
    let mut vera = house.logged_in("vera@lab.org").await;
    let order = json!({"protocol": "aflibercept_te.yaml", "patients": 50, "years": 2.0, "seed": 1});
    let refused = send(&vera, "POST", RUNS, order.clone()).await;
    assert_eq!(
        (refused.status, refused.error()),
        (StatusCode::FORBIDDEN, "forbidden".into())
    );
    let id = completed_run(&ada).await;
    let package = ada.get(&format!("{RUNS}/{id}/package")).await;
    let path = format!("{RUNS}/packages?name=a.zip");
    let refused = vera.post(&path, "application/zip", package.body).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    assert_eq!(vera.get(RUNS).await.json()["all"], 0);
    let started = send(&ada, "POST", RUNS, order).await;
    assert_eq!(started.status, StatusCode::CREATED, "{}", started.text());
    let run = started.json();
    let (id, name) = (run["id"].as_str().unwrap(), run["name"].as_str().unwrap());
    assert!(
        id.ends_with(name),
        "two words, where it has no other name: {run}"
    );
}
