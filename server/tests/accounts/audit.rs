//! The audit: who did what, when and from where; for administrators, on the page and as a file.

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::ConnectOptions;

use super::{House, PASSWORD, read, write};
use crate::helpers::Browser;

/// A server where an administrator and an analyst each wrote something.
async fn house() -> House {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Admin).await;
    house.account("bob@lab.org", "Bob", Role::Analyst).await;
    house
}

async fn found(browser: &Browser<'_>, question: Value) -> Vec<Value> {
    let input = json!({"question": question, "before": null});
    let answer = browser.call("find_changes", input).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_administrator_finds_who_did_what_and_from_where() {
    let house = house().await;
    let (ada, bob) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    let at = house.clock.as_ref();
    write(&bob, "study.name", json!("Liver"), 0).await;
    at.advance(std::time::Duration::from_secs(3));
    write(&bob, "study.name", json!("Kidney"), 1).await;
    let newest = &found(&ada, json!({})).await[0];
    assert_eq!(
        [
            &newest["who"],
            &newest["address"],
            &newest["did"],
            &newest["name"],
            &newest["version"]
        ],
        [
            &json!("Bob"),
            &json!("127.0.0.1"),
            &json!("update"),
            &json!("study.name"),
            &json!(2)
        ]
    );
    let by_bob = found(&ada, json!({"who": "bob@lab.org", "q": "STUDY.name"})).await;
    assert_eq!(by_bob.len(), 2);
    assert_eq!(
        found(&ada, json!({"who": "bob", "did": "update"}))
            .await
            .len(),
        1
    );
    assert!(
        found(&ada, json!({"who": "Ada", "q": "study.name"}))
            .await
            .is_empty()
    );
    assert!(
        found(&ada, json!({"address": "192.0.2.1"}))
            .await
            .is_empty()
    );
    assert!(found(&ada, json!({"until": "2020-01-01"})).await.is_empty());
    let users = found(&ada, json!({"kind": "user", "did": "create"})).await;
    assert_eq!(
        users.iter().map(|it| &it["name"]).collect::<Vec<_>>(),
        ["Bob", "Ada"]
    );

    let opened = ada
        .call("get_change", json!({"revision": newest["revision"]}))
        .await
        .json();
    let changed: Vec<_> = opened["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["sign"].as_str().unwrap(), it["text"].as_str().unwrap()))
        .collect();
    assert_eq!(changed, [("-", "\"Liver\""), ("+", "\"Kidney\"")]);
    assert_eq!(
        (&opened["before"], &opened["client"]),
        (&json!("active"), &json!("tab"))
    );
    let checked = ada.call("check_log", json!({})).await.json();
    assert_eq!(checked["flaws"], json!([]));
    assert!(checked["changes"].as_u64().unwrap() >= newest["revision"].as_u64().unwrap());
}

#[tokio::test]
async fn nobody_else_sees_what_everybody_did() {
    let house = house().await;
    let bob = house.logged_in("bob@lab.org").await;
    let stranger = house.app.visitor().await;
    for browser in [&bob, &stranger] {
        let asked = [
            browser
                .call("find_changes", json!({"question": {}, "before": null}))
                .await,
            browser.call("get_change", json!({"revision": 1})).await,
            browser.call("check_log", json!({})).await,
            browser.get("/api/v1/audit").await,
        ];
        for answer in asked {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn the_whole_audit_is_a_file_that_holds_no_password_and_no_formula() {
    let house = house().await;
    let ada = house.logged_in("ada@lab.org").await;
    for n in 0..600 {
        write(&ada, "study.name", json!(format!("Study {n}")), n).await;
    }
    assert_eq!(read(&ada, "study.name").await["version"], 600);
    house.account("eve@lab.org", "=cmd()", Role::Viewer).await;
    let csv = ada.get("/api/v1/audit?format=csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let text = csv.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("revision,at,actor,address,client,scope,kind,"));
    let revisions: Vec<u64> = lines[1..]
        .iter()
        .map(|line| line.split(',').next().unwrap().parse().unwrap())
        .collect();
    assert!(revisions.len() > 600);
    assert_eq!(
        revisions,
        (1..=revisions.len() as u64).rev().collect::<Vec<_>>()
    );
    assert!(text.contains(",'=cmd(),") && !text.contains(",=cmd(),"));

    let lines = ada
        .get("/api/v1/audit?format=jsonl&who=Ada&did=update")
        .await;
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    let text = lines.text();
    assert!(!text.contains(PASSWORD) && !text.contains("argon2"));
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["patch"], &first["address"]),
        (
            &json!([{"op": "replace", "path": "/data", "value": "Study 599"}]),
            &json!("127.0.0.1")
        )
    );
    assert_eq!(text.lines().count(), 599);

    for (asked, field) in [("address=here", "address"), ("since=yesterday", "since")] {
        let refused = ada.get(&format!("/api/v1/audit?{asked}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(field), "{}", refused.text());
    }
    let unknown = ada.get("/api/v1/audit?format=pdf").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_change_made_in_the_database_by_hand_is_found_and_named() {
    let house = house().await;
    let ada = house.logged_in("ada@lab.org").await;
    write(&ada, "study.name", json!("Liver"), 0).await;
    write(&ada, "study.name", json!("Kidney"), 1).await;
    let file = house.app.folder.path().join("data/holdfast.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut database = options.connect().await.unwrap();
    let update = "UPDATE log SET state = replace(state, 'Liver', 'Lover') WHERE version = 1";
    let done = sqlx::query(update).execute(&mut database).await.unwrap();
    assert!(done.rows_affected() > 0);
    let checked = ada.call("check_log", json!({})).await.json();
    let [flaw] = checked["flaws"].as_array().unwrap().as_slice() else {
        panic!("{checked}");
    };
    assert_eq!(flaw["version"], 1);
    assert!(flaw["id"].as_str().unwrap().starts_with("study.name"));
    assert!(flaw["problem"].as_str().unwrap().contains("digest"));
}
