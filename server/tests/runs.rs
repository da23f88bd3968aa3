//! Simulation runs for programs: ordered, followed, measured, found.

mod fate;
mod files;
mod together;
mod views;

use std::time::Duration;

use axum::{body::Body, http::StatusCode};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp};

const RUNS: &str = "/api/v1/runs";

/// One request of a program.
async fn ask(
    browser: &Browser<'_>,
    method: &str,
    path: &str,
    seen: Option<&str>,
    body: Value,
) -> Answer {
    let mut request = browser
        .request(method, path)
        .header("content-type", "application/json");
    if let Some(seen) = seen {
        request = request.header("if-match", seen);
    }
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    browser.app.send(request.body(body).unwrap()).await
}

fn order(name: &str) -> Value {
    json!({
        "protocol": "aflibercept_te.yaml", "name": name, "patients": 100, "years": 2.0, "seed": 7,
        "start_date": "2026-01-01", "tags": ["nhs"],
    })
}

/// Orders a run; its address.
async fn ordered(browser: &Browser<'_>, order: Value) -> String {
    let made = ask(browser, "POST", RUNS, None, order).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let place = made.header("location").to_owned();
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(place, format!("{RUNS}/{id}"));
    place
}

/// Waits until a run is over; how it stands then.
async fn over(browser: &Browser<'_>, place: &str) -> Value {
    for _ in 0..400 {
        let going = browser.get(&format!("{place}/progress")).await;
        assert_eq!(going.status, StatusCode::OK, "{}", going.text());
        if going.json()["status"] != "pending" {
            return browser.get(place).await.json();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it is still going");
}

/// A completed run; its address.
async fn completed(browser: &Browser<'_>, name: &str) -> String {
    let place = ordered(browser, order(name)).await;
    assert_eq!(over(browser, &place).await["status"], "completed");
    place
}

/// The field that a refusal names.
fn field(refused: &Answer) -> Value {
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text()
    );
    refused.json()["path"].clone()
}

#[tokio::test]
async fn a_run_is_ordered_followed_and_has_the_measures_of_its_page() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let place = ordered(&ada, order("Base")).await;
    let run = over(&ada, &place).await;
    assert_eq!(
        (&run["status"], &run["is_own"]),
        (&json!("completed"), &json!(true))
    );
    assert_eq!(
        (&run["seed"], &run["recruitment"]),
        (&json!(7), &json!("all_at_once"))
    );
    let going = ada.get(&format!("{place}/progress")).await.json();
    assert_eq!(
        going,
        json!({"status": "completed", "done": 100, "total": 100})
    );

    let came = ada.get(&format!("{place}/outcomes")).await;
    assert_eq!(came.status, StatusCode::OK, "{}", came.text());
    let (came, page) = (
        came.json(),
        ada.call("get_outcomes", json!({"id": run["id"]})).await,
    );
    let page = page.json();
    for part in [
        "all",
        "still_treated",
        "injections",
        "visits",
        "recruitment",
    ] {
        assert_eq!(came[part], page[part], "{part}");
    }
    assert_eq!(came["all"]["baseline"]["n"], 100);
    let bins: Vec<&Value> = came["intervals"].as_array().unwrap().iter().collect();
    assert_eq!(bins.len(), 7);
    assert_eq!(
        (&bins[0]["up_to_days"], &bins[6]["up_to_days"]),
        (&json!(35), &Value::Null)
    );
    let counts: Vec<Value> = bins.iter().map(|bin| bin["count"].clone()).collect();
    assert_eq!(json!(counts), page["intervals"]);
}

#[tokio::test]
async fn an_order_that_cannot_be_carried_out_names_its_field_and_leaves_nothing() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    for (name, value) in [
        ("patients", json!(9)),
        ("years", json!(20.5)),
        ("start_date", json!("soon")),
        ("name", json!(" ")),
        ("tags", json!(["x".repeat(61)])),
        ("notes", json!("x".repeat(10_001))),
        ("protocol", json!("nothing.yaml")),
        ("protocol", json!("../../etc/passwd")),
    ] {
        let mut wrong = order("Base");
        wrong[name] = value;
        let refused = ask(&ada, "POST", RUNS, None, wrong).await;
        assert_eq!(field(&refused), name, "{}", refused.text());
    }
    let mut unknown = order("Base");
    unknown["duration"] = json!(3);
    let refused = ask(&ada, "POST", RUNS, None, unknown).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text().contains("duration"), "{}", refused.text());
    let found = ada.get(RUNS).await.json();
    assert_eq!(found["all"], 0);
    let nobody = app.browser().get(RUNS).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn runs_are_found_by_words_tags_and_status_page_by_page() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    for name in ["zyx 10", "zyx 9", "other"] {
        completed(&ada, name).await;
    }
    let names = |found: &Value| -> Vec<String> {
        let runs = found["runs"].as_array().unwrap().iter();
        runs.map(|run| run["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let found = ada.get(&format!("{RUNS}?sort=name&limit=2")).await.json();
    assert_eq!(names(&found), ["other", "zyx 9"], "numbers by their value");
    assert_eq!((&found["total"], &found["next"]), (&json!(3), &json!(2)));
    assert!(found.get("facets").is_none());
    let rest = ada.get(&format!("{RUNS}?sort=name&limit=2&offset=2")).await;
    let rest = rest.json();
    assert_eq!(
        (names(&rest), &rest["next"]),
        (vec!["zyx 10".to_owned()], &Value::Null)
    );
    let models = "model=reactive&model=treat_and_extend";
    let path = format!("{RUNS}?q=zyx&tag=nhs&status=completed&{models}&facets=true");
    let found = ada.get(&path).await.json();
    assert_eq!((&found["total"], &found["all"]), (&json!(2), &json!(3)));
    assert_eq!(
        found["facets"]["tags"],
        json!([{"value": "nhs", "count": 2}])
    );
    for none in [
        "tag=nhs&tag=gone",
        "status=failed",
        "is_pinned=true",
        "q=zyxw",
    ] {
        let found = ada.get(&format!("{RUNS}?{none}")).await.json();
        assert_eq!(found["total"], 0, "{none}");
    }
    for beyond in [0, 501] {
        let refused = ada.get(&format!("{RUNS}?limit={beyond}")).await;
        assert_eq!(field(&refused), "limit");
    }
    let refused = ada.get(&format!("{RUNS}?sort=colour")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}
