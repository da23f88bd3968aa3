//! Tables and merged results for programs: the sample study gives its numbers, files become tables, and what is somebody
//! else's is not there.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp};

const SITES: &str = "id,site\n1,A\n2,B\n3,A\n";

/// Women of 40 to 60, their labs and exams.
fn women() -> Value {
    json!({
        "filters": {"age": {"min": 40, "max": 60}, "sex": ["f"]},
        "selection": {"labs": ["bili"], "exams": ["stage"]},
    })
}

async fn import(browser: &Browser<'_>, name: &str, content: &str) -> Answer {
    let request = browser
        .request("POST", &format!("/api/v1/tables?name={name}"))
        .header("content-type", "application/octet-stream");
    let body = content.to_owned().into();
    browser.app.send(request.body(body).unwrap()).await
}

async fn names(browser: &Browser<'_>) -> Vec<String> {
    let tables = browser.look("/tables").await.json()["tables"].clone();
    let tables = tables.as_array().unwrap().clone();
    let name = |table: &Value| table["name"].as_str().unwrap().to_owned();
    tables.iter().map(name).collect()
}

#[tokio::test]
async fn the_sample_study_gives_its_numbers() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let counted = browser
        .ask("POST", "/datasets/count", &[], women())
        .await
        .json();
    assert_eq!(
        counted["left"],
        json!({"participants": 179, "rows": 1123}),
        "{counted}"
    );
    assert_eq!(counted["steps"].as_array().unwrap().len(), 3);

    let made = browser.ask("POST", "/datasets", &[], women()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let at = made.header("location").to_owned();
    let at = at.strip_prefix("/api/v1").unwrap();
    let dataset = made.json();
    assert_eq!(
        (&dataset["participants"], &dataset["row_count"]),
        (&json!(179), &json!(1123))
    );
    assert_eq!(dataset["provenance"][0][0], "demographics");
    assert_eq!(dataset["owner"], Value::Null);
    let again = browser.ask("POST", "/datasets", &[], women()).await;
    assert_eq!(again.json()["id"], dataset["id"], "the same question");

    let known = made.header("etag").to_owned();
    let same = browser
        .ask("GET", at, &[("if-none-match", &known)], Value::Null)
        .await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);

    let everybody = json!({"selection": {"labs": ["bili"]}});
    let other = browser.ask("POST", "/datasets", &[], everybody).await;
    assert_eq!(other.status, StatusCode::CREATED, "{}", other.text());
    let list = browser.look("/datasets").await.json()["datasets"].clone();
    assert_eq!(
        (&list[0]["id"], &list[1]["id"]),
        (&other.json()["id"], &dataset["id"]),
        "the older one is still there"
    );
    assert_eq!(browser.look(at).await.json(), dataset);
}

#[tokio::test]
async fn rows_of_a_result_are_sorted_filtered_paged_and_taken_home() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let made = browser.ask("POST", "/datasets", &[], women()).await.json();
    let at = format!("/datasets/{}", made["id"].as_str().unwrap());
    // [{"column":"bili","descending":true}], and bili > 10.
    let view = "sort=%5B%7B%22column%22:%22bili%22,%22descending%22:true%7D%5D\
                &filters=%5B%7B%22column%22:%22bili%22,%22text%22:%22%3E%2010%22%7D%5D";
    let page = browser.look(&format!("{at}/rows?limit=3&{view}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let page = page.json();
    let columns = page["columns"].as_array().unwrap();
    let bili = columns.iter().position(|name| name == "bili").unwrap();
    let value = |row: &Value| row[bili].as_str().unwrap().parse::<f64>().unwrap();
    let values: Vec<f64> = page["rows"].as_array().unwrap().iter().map(value).collect();
    assert_eq!(values.len(), 3);
    assert!(values.is_sorted_by(|one, next| one >= next), "{values:?}");
    assert_eq!(page["next"], 3);
    let total = page["total"].as_u64().unwrap();
    assert!((4..1123).contains(&total), "{total}");
    let last = browser
        .look(&format!("{at}/rows?offset={}&limit=5&{view}", total - 1))
        .await
        .json();
    assert_eq!(last["next"], Value::Null);
    assert!(value(&last["rows"][0]) > 10.0);

    let csv = browser.look(&format!("{at}/file")).await;
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert_eq!(csv.text().lines().count(), 1 + 1123);
    let few = browser.look(&format!("{at}/file?{view}")).await;
    assert_eq!(few.text().lines().count() as u64, 1 + total);
    let parquet = browser.look(&format!("{at}/file?format=parquet")).await;
    assert!(parquet.body.starts_with(b"PAR1") && parquet.body.ends_with(b"PAR1"));

    for (query, status) in [
        ("rows?limit=0", StatusCode::UNPROCESSABLE_ENTITY),
        ("rows?limit=1001", StatusCode::UNPROCESSABLE_ENTITY),
        ("rows?limit=many", StatusCode::BAD_REQUEST),
        ("rows?sort=age", StatusCode::UNPROCESSABLE_ENTITY),
        (
            "file?sort=%5B%7B%22column%22:%22none%22,%22descending%22:true%7D%5D",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "file?filters=%5B%7B%22column%22:%22bili%22,%22text%22:%22%3E%20x%22%7D%5D",
            StatusCode::BAD_REQUEST,
        ),
        ("file?format=xls", StatusCode::BAD_REQUEST),
    ] {
        let refused = browser.look(&format!("{at}/{query}")).await;
        assert_eq!(refused.status, status, "{query}: {}", refused.text());
    }
}

#[tokio::test]
async fn a_question_that_means_something_else_than_it_says_is_refused() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    for (question, status, told) in [
        (
            json!({"filters": {"gender": ["f"]}}),
            StatusCode::BAD_REQUEST,
            "gender",
        ),
        (
            json!({"selection": {"lab": []}}),
            StatusCode::UNPROCESSABLE_ENTITY,
            "selection.lab",
        ),
        (
            json!({"selection": {"labs": ["billi"]}}),
            StatusCode::UNPROCESSABLE_ENTITY,
            "billi",
        ),
        (
            json!({"filters": {"cards": [{"table": "biopsies", "column": "x", "rule": {"kind": "range", "min": 1}}]}}),
            StatusCode::UNPROCESSABLE_ENTITY,
            "filters.cards.0",
        ),
    ] {
        let refused = browser
            .ask("POST", "/datasets", &[], question.clone())
            .await;
        assert_eq!(refused.status, status, "{question}: {}", refused.text());
        assert!(refused.text().contains(told), "{}", refused.text());
    }
    assert_eq!(
        browser.look("/datasets").await.json(),
        json!({"datasets": []})
    );
    let off = json!({"filters": {"cards": [
        {"table": "biopsies", "column": "x", "rule": {"kind": "categories", "values": []}, "enabled": false},
    ]}});
    let made = browser.ask("POST", "/datasets", &[], off).await;
    assert_eq!(
        made.status,
        StatusCode::CREATED,
        "one that is off filters nothing"
    );
    let options = browser.look("/datasets/options").await.json();
    assert_eq!(options["filters"]["sex"]["name"], "sex", "{options}");
    assert!(options["default_selection"]["labs"].is_array());
}

#[tokio::test]
async fn a_file_becomes_a_table_that_is_read_taken_out_and_brought_back() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let came = import(&browser, "sites.csv", SITES).await;
    assert_eq!(came.status, StatusCode::CREATED, "{}", came.text());
    assert_eq!(came.header("location"), "/api/v1/tables/sites");
    assert_eq!(came.json()["imported"]["rows"], 3);
    let same = import(&browser, "sites.csv", SITES).await;
    assert_eq!(
        (same.status, &same.json()["outcome"]),
        (StatusCode::OK, &json!("unchanged"))
    );
    let bad = import(&browser, "empty.csv", "").await;
    assert!(bad.status.is_client_error(), "{}", bad.text());

    let one = browser.look("/tables/sites").await;
    assert_eq!(one.json()["columns"][1]["name"], "site");
    let tag = one.header("etag").to_owned();
    let rows = browser
        .look("/tables/sites/rows?offset=1&limit=1")
        .await
        .json();
    assert_eq!(
        rows,
        json!({"columns": ["id", "site"], "offset": 1, "total": 3, "next": 2, "rows": [["2", "B"]]})
    );
    let csv = browser.look("/tables/sites/file").await;
    assert_eq!(csv.text(), SITES);
    assert!(csv.header("content-disposition").contains("sites.csv"));
    let parquet = browser.look("/tables/sites/file?format=parquet").await;
    assert!(parquet.body.starts_with(b"PAR1") && parquet.body.ends_with(b"PAR1"));
    let profile = browser
        .look("/tables/sites/profile?extent=full")
        .await
        .json();
    assert_eq!(
        (&profile["table"], &profile["rows"]),
        (&json!("sites"), &json!(3))
    );

    let at = "/tables/sites";
    let blind = browser.ask("DELETE", at, &[], Value::Null).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let other = [("if-match", "\"77\"")];
    let stale = browser.ask("DELETE", at, &other, Value::Null).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(stale.header("etag"), tag);
    let seen = [("if-match", tag.as_str())];
    let gone = browser.ask("DELETE", at, &seen, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    assert_eq!(browser.look(at).await.status, StatusCode::NOT_FOUND);
    assert!(!names(&browser).await.contains(&"sites".to_owned()));
    let back = browser
        .ask("POST", "/tables/sites/restore", &[], Value::Null)
        .await;
    assert_eq!(back.json()["rows"], 3, "{}", back.text());
    assert!(names(&browser).await.contains(&"sites".to_owned()));
    let never = browser
        .ask("POST", "/tables/never/restore", &[], Value::Null)
        .await;
    assert_eq!(never.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_taken_name_waits_for_an_answer_unless_it_came_with_one() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    import(&browser, "sites.csv", SITES).await;
    let asks = import(&browser, "sites.csv", "id,site\n1,C\n").await;
    assert_eq!(asks.status, StatusCode::ACCEPTED, "{}", asks.text());
    let waiting = browser.look("/imports").await.json();
    assert_eq!(waiting[0]["id"], asks.json()["import"]["id"]);
    let at = format!("/imports/{}", waiting[0]["id"].as_str().unwrap());
    let stranger = app.visitor().await;
    let rename = json!({"answer": "rename"});
    let theirs = stranger.ask("POST", &at, &[], rename.clone()).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let settled = browser.ask("POST", &at, &[], rename.clone()).await;
    assert_eq!(settled.status, StatusCode::CREATED, "{}", settled.text());
    assert_eq!(settled.json()["table"], "sites_2");
    let twice = browser.ask("POST", &at, &[], rename).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND);
    let replaced = import(&browser, "sites.csv&answer=replace", "id,site\n7,D\n").await;
    assert_eq!(replaced.json()["imported"]["rows"], 1);
    let skipped = import(&browser, "sites.csv&answer=skip", "id,site\n8,E\n").await;
    assert_eq!(
        (skipped.status, &skipped.json()["outcome"]),
        (StatusCode::OK, &json!("skipped"))
    );
}

#[tokio::test]
async fn keys_are_corrected_over_what_was_seen_and_found_again() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let found = browser.look("/keys").await;
    assert_eq!(found.json()["keys"]["session_id"], "visit");
    assert_eq!(found.json()["is_chosen"], false);
    let report = browser.look("/keys/report").await.json();
    assert_eq!(report["tables"].as_array().unwrap().len(), 3);
    let choice = json!({"cohort_table": "demographics", "primary_id": "id"});
    let blind = browser.ask("PUT", "/keys", &[], choice.clone()).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let tag = found.header("etag").to_owned();
    let seen = [("if-match", tag.as_str())];
    let wrong = json!({"cohort_table": "demographics", "primary_id": "nobody"});
    let refused = browser.ask("PUT", "/keys", &seen, wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let chosen = browser.ask("PUT", "/keys", &seen, choice.clone()).await;
    assert_eq!(chosen.status, StatusCode::OK, "{}", chosen.text());
    assert_eq!(
        (
            &chosen.json()["is_chosen"],
            &chosen.json()["keys"]["session_id"]
        ),
        (&json!(true), &Value::Null)
    );
    let late = browser.ask("PUT", "/keys", &seen, choice).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let any = [("if-match", "*")];
    let again = browser.ask("DELETE", "/keys", &any, Value::Null).await;
    assert_eq!(
        again.json()["keys"]["session_id"],
        "visit",
        "{}",
        again.text()
    );
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there_and_nobody_is_told_nothing() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    import(&ada, "sites.csv", SITES).await;
    let made = ada.ask("POST", "/datasets", &[], women()).await.json();
    let dataset = format!("/datasets/{}", made["id"].as_str().unwrap());
    for path in [
        dataset.clone(),
        format!("{dataset}/rows"),
        format!("{dataset}/file"),
        "/tables/sites".into(),
        "/tables/sites/rows".into(),
        "/tables/sites/file".into(),
        "/tables/sites/profile".into(),
    ] {
        let theirs = bob.look(&path).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{path}");
        let nobody = app.browser().look(&path).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in [
        "/tables",
        "/imports",
        "/keys",
        "/datasets",
        "/datasets/options",
    ] {
        let nobody = app.browser().look(path).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}
