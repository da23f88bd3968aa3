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

/// Each operation, with its path and method.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_and_says_what_it_refuses_as_a_problem() {
    let document = described(&TestApp::new().await).await;
    let mut names = BTreeSet::new();
    for (at, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name), "{at}: {name} is there twice");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty(), "{at} has no summary");
        let mut refusals = 0;
        for (status, response) in operation["responses"].as_object().unwrap() {
            if !status.starts_with(['4', '5']) {
                continue;
            }
            refusals += 1;
            let place = response["$ref"].as_str().unwrap();
            let response = document.pointer(&place[1..]).unwrap();
            let content = response["content"].as_object().unwrap();
            let kinds: Vec<_> = content.keys().collect();
            assert_eq!(kinds, ["application/problem+json"], "{at} {status}");
        }
        assert!(refusals > 0, "{at}");
    }
}

#[tokio::test]
async fn whatever_is_a_persons_may_be_out_of_reach_and_whatever_writes_may_find_no_room() {
    let document = described(&TestApp::new().await).await;
    let mut open_to_all = 0;
    for (at, operation) in operations(&document) {
        let responses = &operation["responses"];
        // What anybody may ask is in the program itself.
        if operation["security"].is_array() {
            open_to_all += 1;
        } else {
            let place = &responses["503"]["$ref"];
            assert_eq!(place, "#/components/responses/Away", "{at}");
            let place = &responses["504"]["$ref"];
            assert_eq!(place, "#/components/responses/Unsure", "{at}");
        }
        if !at.starts_with("get ") {
            let place = &responses["507"]["$ref"];
            assert_eq!(place, "#/components/responses/Full", "{at}");
        }
    }
    assert_eq!(open_to_all, 2, "the description, as JSON and for people");
    let headers = &document["components"]["responses"]["Away"]["headers"];
    assert_eq!(headers["Retry-After"]["schema"]["type"], "integer");
}

#[tokio::test]
async fn every_post_is_told_to_take_a_key_and_every_part_of_a_path_is_described() {
    let document = described(&TestApp::new().await).await;
    for (at, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array();
        let parameters = parameters.map(Vec::as_slice).unwrap_or_default();
        let of = |place: &str| -> BTreeSet<&str> {
            let there = parameters.iter().filter(|it| it["in"] == place);
            there.map(|it| it["name"].as_str().unwrap()).collect()
        };
        let takes_key = of("header").contains("Idempotency-Key");
        assert_eq!(takes_key, at.starts_with("post "), "{at}");
        let in_path: BTreeSet<&str> = at.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(of("path"), in_path, "{at}");
        let mut named = BTreeSet::new();
        for parameter in parameters {
            let name = (
                parameter["in"].as_str(),
                parameter["name"].as_str().unwrap(),
            );
            assert!(named.insert(name), "{at}: {name:?} is there twice");
        }
    }
}

/// The file that the client for TypeScript is made of.
const COMMITTED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../clients/typescript/openapi.json"
);

#[tokio::test]
async fn the_description_without_a_server_is_the_one_that_a_server_gives_and_the_committed_one() {
    let written = std::process::Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .arg("openapi")
        .output()
        .unwrap();
    assert!(written.status.success());
    let written = String::from_utf8(written.stdout).unwrap();
    let document: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(document, described(&TestApp::new().await).await);
    let committed = std::fs::read_to_string(COMMITTED).unwrap();
    assert!(
        committed == written,
        "clients/typescript is not what the code says: `make build && make client` writes it anew"
    );
}
