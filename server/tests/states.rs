//! The States page's questions over HTTP: one's own states only, guarded, each refusal typed.

pub(crate) mod programs;
mod transactions;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp};

/// A browser whose store `study.name` was written twice, and the state's id.
async fn with_two_versions(app: &TestApp) -> (Browser<'_>, Value) {
    let browser = app.visitor().await;
    for (expected, name) in ["Liver", "Liver study"].into_iter().enumerate() {
        let data = json!(name).to_string();
        let input =
            json!({"key": "study.name", "data": data, "expected": expected, "client": "tab"});
        assert_eq!(
            browser.call("write_store", input).await.status,
            StatusCode::OK
        );
    }
    let found = find(
        &browser,
        json!({"text": "STUDY.name", "kind": "store", "status": "active"}),
    )
    .await
    .json();
    assert_eq!(found["total"], 1, "{found}");
    let id = found["rows"][0]["id"].clone();
    (browser, id)
}

fn own(id: &Value) -> Value {
    json!({"id": id, "is_shared": false})
}

async fn find(browser: &Browser<'_>, wanted: Value) -> Answer {
    let input = json!({"wanted": wanted, "after": null, "limit": 2});
    browser.call("find_states", input).await
}

#[tokio::test]
async fn states_are_found_by_words_and_by_fields_and_paged() {
    let app = TestApp::new().await;
    let (browser, _) = with_two_versions(&app).await;
    for (key, data) in [
        (
            "query.filters",
            json!({"sex": ["f"], "age": {"min": 40.5, "max": null}}),
        ),
        ("plot.region", json!({"kind": "box"})),
    ] {
        let input = json!({"key": key, "data": data.to_string(), "expected": 0, "client": "tab"});
        let written = browser.call("write_store", input).await;
        assert_eq!(written.status, StatusCode::OK, "{key}: {}", written.text());
    }
    let total = async |text: &str| {
        let found = find(&browser, json!({"text": text})).await.json();
        found["total"].clone()
    };
    // Three stores, the three tables of the sample study, the session itself.
    assert_eq!(total("").await, 7);
    assert_eq!(total(r#"kind = "store""#).await, 3);
    assert_eq!(total(r#"data.sex = "f""#).await, 1);
    assert_eq!(total(r#"kind = "store" and data.age.min >= 40"#).await, 1);
    assert_eq!(total(r#"filters data.sex = "m""#).await, 0);

    let wanted = json!({"sort": "name", "kind": "store"});
    let first = find(&browser, wanted.clone()).await.json();
    let names = |page: &Value| {
        let rows = page["rows"].as_array().unwrap();
        rows.iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["plot.region", "query.filters"]);
    let input = json!({"wanted": wanted, "after": first["next"], "limit": 2});
    let second = browser.call("find_states", input).await.json();
    assert_eq!(names(&second), ["study.name"]);
    assert_eq!(second["next"], Value::Null);

    let misread = find(&browser, json!({"text": "kind = store"})).await;
    assert_eq!(misread.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(misread.text().contains("column 8"), "{}", misread.text());
    let input = json!({"wanted": {}, "after": "zz", "limit": 2});
    assert_eq!(
        browser.call("find_states", input).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_state_comes_with_its_history_and_what_may_be_done() {
    let app = TestApp::new().await;
    let (browser, id) = with_two_versions(&app).await;
    let detail = browser
        .call("get_state", json!({"which": own(&id)}))
        .await
        .json();
    let versions: Vec<_> = detail["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["version"])
        .collect();
    assert_eq!(versions, [2, 1]);
    assert_eq!(detail["changes"][0]["actor"], "this workspace");
    assert_eq!(detail["allowed"], json!(["expire", "delete"]));
    let both = browser
        .call(
            "compare_versions",
            json!({"which": own(&id), "older": 1, "newer": 2}),
        )
        .await
        .json();
    assert_eq!(
        both["lines"],
        json!([{"sign": "-", "text": "\"Liver\""}, {"sign": "+", "text": "\"Liver study\""}])
    );
    let preview = browser
        .call("preview_roll_back", json!({"which": own(&id), "to": 1}))
        .await
        .json();
    let changed: Vec<_> = preview
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["sign"] != "")
        .map(|line| {
            (
                line["sign"].as_str().unwrap(),
                line["text"].as_str().unwrap().trim(),
            )
        })
        .collect();
    assert_eq!(
        changed,
        [
            ("-", "\"data\": \"Liver study\","),
            ("+", "\"data\": \"Liver\",")
        ]
    );
    let unknown = browser
        .call(
            "compare_versions",
            json!({"which": own(&id), "older": 1, "newer": 9}),
        )
        .await;
    assert_eq!(
        (unknown.status, unknown.error().as_str()),
        (StatusCode::NOT_FOUND, "not_found")
    );
}

#[tokio::test]
async fn a_roll_back_is_guarded_by_the_version_it_saw() {
    let app = TestApp::new().await;
    let (browser, id) = with_two_versions(&app).await;
    let stale = browser
        .call(
            "roll_back_state",
            json!({"which": own(&id), "to": 1, "version": 1}),
        )
        .await;
    assert_eq!(
        (stale.status, stale.error().as_str()),
        (StatusCode::CONFLICT, "conflict")
    );
    let done = browser
        .call(
            "roll_back_state",
            json!({"which": own(&id), "to": 1, "version": 2}),
        )
        .await;
    assert_eq!(done.status, StatusCode::OK);
    let read = browser
        .call("read_store", json!({"key": "study.name"}))
        .await
        .json();
    assert_eq!(read, json!({"version": 3, "data": "Liver"}));
}

#[tokio::test]
async fn a_transition_that_the_lifecycle_has_not_is_refused() {
    let app = TestApp::new().await;
    let (browser, id) = with_two_versions(&app).await;
    for transition in ["resume", "", "no such thing"] {
        let input = json!({"which": own(&id), "transition": transition, "version": 2});
        let refused = browser.call("transition_state", input).await;
        assert_eq!(
            (refused.status, refused.error().as_str()),
            (StatusCode::BAD_REQUEST, "bad_request")
        );
    }
}

#[tokio::test]
async fn another_browsers_states_are_as_if_they_were_not() {
    let app = TestApp::new().await;
    let (_, id) = with_two_versions(&app).await;
    let stranger = app.visitor().await;
    assert_eq!(
        stranger
            .call("get_state", json!({"which": own(&id)}))
            .await
            .json(),
        Value::Null
    );
    let attempts = [
        (
            "compare_versions",
            json!({"which": own(&id), "older": 1, "newer": 2}),
        ),
        ("preview_roll_back", json!({"which": own(&id), "to": 1})),
        (
            "transition_state",
            json!({"which": own(&id), "transition": "delete", "version": 2}),
        ),
        (
            "roll_back_state",
            json!({"which": own(&id), "to": 1, "version": 2}),
        ),
    ];
    for (function, input) in attempts {
        let refused = stranger.call(function, input).await;
        assert!(
            refused.status.is_client_error(),
            "{function}: {}",
            refused.text()
        );
        assert!(
            !refused.text().contains("Liver"),
            "{function}: {}",
            refused.text()
        );
    }
    let without = app
        .browser()
        .call("get_state", json!({"which": own(&id)}))
        .await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);
}
