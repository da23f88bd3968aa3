//! Files about a query over HTTP: its summary and its parameters go out, parameters come in; nothing changes by it.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";

/// Women of 40 to 60, with labs and exams.
fn women() -> Value {
    json!({
        "filters": {
            "sites": [],
            "visits": [],
            "age": {"min": 40.0, "max": 60.0},
            "sex": ["f"],
            "cards": [{
                "id": "import1",
                "table": "labs",
                "column": "bili",
                "rule": {"kind": "range", "min": 2.0, "max": null},
                "enabled": false,
            }],
        },
        "selection": {"demographics": ["age", "sex"], "exams": ["stage"], "labs": ["bili"]},
        "shape": "long",
        "consolidate_baseline": false,
    })
}

fn fields(query: &Value, others: &str) -> String {
    let query = query.to_string();
    format!(
        "query={}{others}",
        utf8_percent_encode(&query, NON_ALPHANUMERIC)
    )
}

async fn import(browser: &mut Browser<'_>, body: impl Into<Vec<u8>>) -> Answer {
    let body: Vec<u8> = body.into();
    browser
        .post("/query/import?name=mine.toml", "application/toml", body)
        .await
}

#[tokio::test]
async fn a_query_goes_out_as_toml_and_comes_in_again() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let path = "/query/parameters.toml";
    let file = browser.submit(path, &fields(&women(), "")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text());
    assert_eq!(file.header("content-type"), "application/toml");
    assert_eq!(file.header("cache-control"), "private, no-store");
    let name = file.header("content-disposition");
    assert!(
        name.starts_with("attachment; filename=\"demographics_") && name.ends_with(".toml\""),
        "{name}"
    );
    assert!(file.text().contains("age_range = [40.0, 60.0]"));
    let imported = import(&mut browser, file.body).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text());
    let imported = imported.json();
    assert_eq!(imported["spec"], women());
    assert_eq!(
        imported["left"],
        json!({"participants": 179, "rows": 1_123})
    );
    assert_eq!(imported["left_out"], json!([]));
    let filters = browser
        .call("read_store", json!({"key": "query.filters"}))
        .await;
    assert_eq!(filters.json()["data"], Value::Null, "nothing was applied");
}

#[tokio::test]
async fn a_saved_query_is_a_file_under_its_name_with_its_notes() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let others = "&name=Women%20in%20midlife&notes=all%20%22visits%22";
    let file = browser
        .submit("/query/parameters.toml", &fields(&women(), others))
        .await;
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\"Women_in_midlife_2"),
        "{}",
        file.header("content-disposition")
    );
    let imported = import(&mut browser, file.body).await.json();
    assert_eq!(imported["notes"], "all \"visits\"");
}

#[tokio::test]
async fn what_does_not_apply_is_told_with_its_line() {
    let app = TestApp::new().await;
    let text = "[metadata]\nformat_version = \"1.0\"\n[cohort_filters]\nsex = [\"f\"]\n\
                [[phenotypic_filters]]\ntable = \"labs\"\ncolumn = \"copper\"\nfilter_type = \"range\"\n";
    // Also for who is here for the first time, and looks at the samples.
    let imported = import(&mut app.browser(), text).await.json();
    assert_eq!(
        imported["left_out"],
        json!([{"line": 5, "what": "card labs.copper", "why": "Table labs has no column copper."}])
    );
    assert_eq!(imported["left"]["participants"], 276);
}

#[tokio::test]
async fn a_file_that_is_no_query_is_refused_with_its_place() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let old = import(&mut browser, "[metadata]\nformat_version = \"0.9\"\n").await;
    assert_eq!(
        (old.status, old.error()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid".into())
    );
    assert!(
        old.text().contains("mine.toml, line 2, column 18"),
        "{}",
        old.text()
    );
    let large = import(&mut browser, vec![b'#'; 10 << 20]).await;
    assert_eq!(
        (large.status, large.error()),
        (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into())
    );
    let binary = import(&mut browser, b"\x89PNG\r\n\x1a\n\0\0".to_vec()).await;
    assert_eq!(binary.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unnamed = browser
        .post("/query/import?name=", "application/toml", "x = 1")
        .await;
    assert_eq!(unnamed.error(), "invalid");
}

#[tokio::test]
async fn a_summary_is_a_zip_with_its_files() {
    let app = TestApp::new().await;
    let path = "/query/summary.zip";
    for mut browser in [app.visitor().await, app.browser()] {
        let file = browser.submit(path, &fields(&women(), "")).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.text());
        assert_eq!(file.header("content-type"), "application/zip");
        let name = file.header("content-disposition");
        assert!(
            name.contains("_long_2") && name.ends_with(".zip\""),
            "{name}"
        );
        assert!(file.body.starts_with(b"PK\x03\x04"));
        for name in [
            "README.txt",
            "filtering_report.csv",
            "data_summary.csv",
            "data_summary_by_visit.csv",
            "query.toml",
        ] {
            assert!(file.text().contains(name), "{name}");
        }
    }
}

#[tokio::test]
async fn a_summary_comes_whole_to_a_browser_that_takes_it_compressed() {
    let app = TestApp::new().await;
    let request = Request::post("/query/summary.zip")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", FORM)
        .header("accept-encoding", "br")
        .body(Body::from(fields(&women(), "")));
    let file = app.send(request.unwrap()).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-encoding"), "br");
    assert!(file.body.len() > 1_000);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_refused_typed_or_as_a_page() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    for path in ["/query/summary.zip", "/query/parameters.toml"] {
        let page = browser.submit(path, "query=%7B%22shape%22%3A7%7D").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.header("content-type").starts_with("text/html"));
        let typed = browser.post(path, FORM, "query=%7B").await;
        assert_eq!(typed.error(), "invalid", "{path}");
        let missing = browser.post(path, FORM, "name=x").await;
        assert_eq!(
            (missing.status, missing.error()),
            (StatusCode::BAD_REQUEST, "bad_request".into()),
            "{path}"
        );
        let empty = browser.post(path, FORM, "query=").await;
        assert_eq!(empty.error(), "invalid", "{path}");
    }
}
