//! A table's profile over HTTP: figures that scipy confirms, as a page's answer and as files.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::TestApp;

fn column<'a>(profile: &'a Value, name: &str) -> &'a Value {
    let columns = profile["columns"].as_array().unwrap();
    columns.iter().find(|it| it["name"] == name).unwrap()
}

#[tokio::test]
async fn a_table_is_described_compared_and_taken_home() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let csv = "id,a,b,group\n1,1.5,2.5,x\n2,2.5,1.5,y\n3,3.5,4.5,x\n4,4.5,3.5,\n5,,9.5,y\n";
    let uploaded = browser.upload("five.csv", csv).await;
    assert!(uploaded.status.is_success(), "{}", uploaded.text());
    let input = json!({"table": "five", "extent": "full"});
    let profile = browser.call("get_profile", input).await.json();
    assert_eq!(
        (&profile["rows"], &profile["looked_at"]),
        (&json!(5), &json!(5))
    );
    let a = column(&profile, "a");
    assert_eq!(
        (&a["missing"], &a["numbers"]["mean"]),
        (&json!(1), &json!(3.0))
    );
    assert_eq!(a["numbers"]["median"], 3.0);
    let together = &profile["correlations"];
    let names: Vec<&str> = together["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let at = |name: &str| names.iter().position(|it| *it == name).unwrap();
    let r = together["r"][at("a")][at("b")].as_f64().unwrap();
    assert!((r - 0.6).abs() < 1e-12, "{r}");
    assert_eq!(together["n"][at("a")][at("b")], 4);
    assert_eq!(profile["missing"]["complete"], 3);
    assert_eq!(profile["missing"]["patterns"].as_array().unwrap().len(), 2);

    let path = "/profile/download?table=five&extent=full&format=";
    let file = browser.get(&format!("{path}json")).await;
    assert_eq!(file.json(), profile);
    let file = browser.get(&format!("{path}html")).await;
    assert!(
        file.header("content-disposition")
            .contains("profile_five.html")
    );
    assert!(file.text().contains("<h1>Profile of five</h1>"));
    let unknown = browser.get("/profile/download?table=x&format=json").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_visitor_without_a_session_sees_the_first_sample_table() {
    let app = TestApp::new().await;
    let input = json!({"table": null, "extent": "sampled"});
    let profile = app.browser().call("get_profile", input).await;
    assert_eq!(profile.status, StatusCode::OK, "{}", profile.text());
    assert!(profile.json()["columns"].as_array().unwrap().len() > 3);
    let page = app.visitor().await.get("/profile").await.text();
    assert!(page.contains("all rows were looked at"), "{page}");
}
