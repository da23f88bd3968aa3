//! The description of the API says what the router does: each path and method of `/api/v1`, no more and no less.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::Value;

use crate::helpers::{TestApp, routes::filled};

/// Path -> methods.
type Paths = BTreeMap<String, BTreeSet<String>>;

async fn described(app: &TestApp) -> Value {
    let answer = app.browser().get("/api/v1/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    answer.json()
}

#[tokio::test]
async fn every_route_for_programs_is_described_and_nothing_else() {
    let app = TestApp::new().await;
    let mut routed = Paths::new();
    for path in app
        .routes()
        .into_iter()
        .filter(|path| path.starts_with("/api/v1/"))
    {
        // A method that no route has: the answer lists those that this one has.
        let request = Request::builder()
            .method("TRACE")
            .uri(filled(&path))
            .header("sec-fetch-site", "same-origin");
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let methods = answer.header("allow").split(',').map(str::to_lowercase);
        routed.insert(path, methods.filter(|method| method != "head").collect());
    }
    assert!(routed.len() > 5, "{routed:?}");
    let document = described(&app).await;
    let paths = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, item)| {
            let methods = item
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| *key != "parameters");
            (path.clone(), methods.cloned().collect())
        });
    assert_eq!(paths.collect::<Paths>(), routed);
}

#[tokio::test]
async fn every_reference_of_the_description_leads_somewhere() {
    let document = described(&TestApp::new().await).await;
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    let references: Vec<&str> = text
        .split("\"$ref\":\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(references.len() > 30);
    for reference in references {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}
