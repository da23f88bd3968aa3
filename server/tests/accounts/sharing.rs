//! Sharing: what others see, that they change nothing of it, and that it is over at once.

use std::time::Duration;

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{House, read, write};
use crate::helpers::{Answer, Browser};

/// Ada and Bob are analysts, Vera is a viewer, Root administers.
pub(super) async fn house() -> House {
    let house = House::new().await;
    house
        .account("ada@lab.org", "Ada Lovelace", Role::Analyst)
        .await;
    house.account("bob@lab.org", "Bob Ray", Role::Analyst).await;
    house
        .account("vera@lab.org", "Vera Rubin", Role::Viewer)
        .await;
    house.account("root@lab.org", "Root", Role::Admin).await;
    house
}

pub(super) fn query(id: &str) -> Value {
    json!({
        "id": id, "name": "Men over 50", "notes": "", "saved_at": 1,
        "spec": serde_json::to_value(workbench::query::MergeSpec::default()).unwrap(),
    })
}

/// Saves a query, and waits for nothing: the answer says that it is there.
pub(super) async fn with_query(browser: &Browser<'_>, id: &str) {
    let saved = write(browser, "query.saved", json!([query(id)]), 0).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
}

pub(super) async fn share(
    browser: &Browser<'_>,
    thing: Value,
    with: &str,
    may_copy: bool,
) -> Answer {
    let input = json!({"thing": thing, "with": with, "may_copy": may_copy});
    browser.call("share_thing", input).await
}

/// The only share of a thing: its id.
pub(super) async fn share_id(browser: &Browser<'_>, thing: &Value) -> String {
    let rows = browser
        .call("get_shares", json!({"thing": thing}))
        .await
        .json();
    assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
    rows[0]["id"].as_str().unwrap().to_owned()
}

pub(super) async fn take_back(browser: &Browser<'_>, id: &str) -> StatusCode {
    browser.call("take_back", json!({"id": id})).await.status
}

pub(super) async fn shown(browser: &Browser<'_>, what: &str) -> Vec<Value> {
    let answer = browser.call(what, json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json().as_array().unwrap().clone()
}

pub(super) async fn completed_run(browser: &Browser<'_>) -> String {
    let order = json!({"order": {
        "file": "aflibercept_te.yaml", "name": "Base", "patients": 50, "years": 2.0, "seed": 7,
        "recruitment": "all_at_once", "start_date": "2026-01-01", "tags": [],
    }});
    let started = browser.call("start_run", order).await;
    assert_eq!(started.status, StatusCode::OK, "{}", started.text());
    let id = started.json().as_str().unwrap().to_owned();
    for _ in 0..1200 {
        let run = browser.call("get_run", json!({"id": id})).await.json();
        if run["row"]["status"] == "completed" {
            return id;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it is still going");
}

#[tokio::test]
async fn a_viewer_shares_nothing_and_finds_nobody() {
    let house = house().await;
    let bob = house.named("bob@lab.org").await;
    let vera = house.logged_in("vera@lab.org").await;
    with_query(&vera, "q1").await;
    let thing = json!({"what": "query", "item": "q1"});
    for with in [bob.id.as_str(), "everybody"] {
        let refused = share(&vera, thing.clone(), with, false).await;
        assert_eq!(
            (refused.status, refused.error()),
            (StatusCode::FORBIDDEN, "forbidden".into())
        );
    }
    let found = vera.call("find_people", json!({"text": "Bob"})).await;
    assert_eq!(found.status, StatusCode::FORBIDDEN);
    let bobs = house.logged_in("bob@lab.org").await;
    assert!(shown(&bobs, "shared_queries").await.is_empty());
}

#[tokio::test]
async fn who_is_not_logged_in_shares_nothing_and_is_shared_nothing() {
    let house = house().await;
    let ada = house.logged_in("ada@lab.org").await;
    with_query(&ada, "q1").await;
    let thing = json!({"what": "query", "item": "q1"});
    assert_eq!(
        share(&ada, thing.clone(), "everybody", true).await.status,
        StatusCode::OK
    );
    let guest = house.app.visitor().await;
    for what in ["shared_queries", "shared_data", "shared_runs"] {
        assert!(shown(&guest, what).await.is_empty(), "{what}");
    }
    for (function, input) in [
        ("find_people", json!({"text": "Bob"})),
        ("get_shares", json!({"thing": thing})),
        (
            "share_thing",
            json!({"thing": thing, "with": "everybody", "may_copy": true}),
        ),
        ("take_back", json!({"id": share_id(&ada, &thing).await})),
    ] {
        let refused = guest.call(function, input).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{function}");
    }
    let copied = json!({"share": share_id(&ada, &thing).await});
    assert_eq!(
        guest.call("copy_shared", copied).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn nobody_shares_what_is_not_theirs_not_even_what_is_shared_with_them() {
    let house = house().await;
    let (bob, vera) = (
        house.named("bob@lab.org").await,
        house.named("vera@lab.org").await,
    );
    let (ada, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    with_query(&ada, "q1").await;
    let run = completed_run(&ada).await;
    for thing in [
        json!({"what": "query", "item": "q1"}),
        json!({"what": "run", "item": run}),
    ] {
        let theirs = share(&bobs, thing.clone(), &vera.id, true).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{thing}");
        assert_eq!(
            share(&ada, thing.clone(), &bob.id, true).await.status,
            StatusCode::OK
        );
        let onwards = share(&bobs, thing.clone(), &vera.id, true).await;
        assert_eq!(onwards.status, StatusCode::NOT_FOUND, "{thing}");
        let id = share_id(&ada, &thing).await;
        assert_eq!(take_back(&bobs, &id).await, StatusCode::NOT_FOUND);
    }
    let nobody = share(
        &ada,
        json!({"what": "query", "item": "q1"}),
        "nobody",
        false,
    )
    .await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    let nothing = share(&ada, json!({"what": "query", "item": "q2"}), &bob.id, false).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let veras = house.logged_in("vera@lab.org").await;
    assert!(shown(&veras, "shared_runs").await.is_empty());
    assert_eq!(
        veras.call("get_run", json!({"id": run})).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_shared_query_carries_its_owners_name_and_is_copied_only_where_that_is_allowed() {
    let house = house().await;
    let bob = house.named("bob@lab.org").await;
    let (ada, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    with_query(&ada, "q1").await;
    let thing = json!({"what": "query", "item": "q1"});
    assert_eq!(
        share(&ada, thing.clone(), &bob.id, false).await.status,
        StatusCode::OK
    );
    let rows = shown(&bobs, "shared_queries").await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["mark"]["owner"], &rows[0]["query"]["name"]),
        (&json!("Ada Lovelace"), &json!("Men over 50"))
    );
    let id = share_id(&ada, &thing).await;
    let refused = bobs.call("copy_shared", json!({"share": id})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(read(&bobs, "query.saved").await["version"], 0);

    // Shared again with more: the same share.
    assert_eq!(
        share(&ada, thing.clone(), &bob.id, true).await.status,
        StatusCode::OK
    );
    assert_eq!(share_id(&ada, &thing).await, id);
    let copied = bobs.call("copy_shared", json!({"share": id})).await;
    assert_eq!(copied.json(), "Men over 50", "{}", copied.text());
    assert_eq!(take_back(&ada, &id).await, StatusCode::OK);
    assert!(shown(&bobs, "shared_queries").await.is_empty());
    let gone = bobs.call("copy_shared", json!({"share": id})).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(
        take_back(&ada, &id).await,
        StatusCode::NOT_FOUND,
        "it is over already"
    );
    assert_eq!(
        read(&bobs, "query.saved").await["data"][0]["name"],
        "Men over 50",
        "a copy stays"
    );
}

#[tokio::test]
async fn a_shared_run_is_read_whole_and_changed_by_its_owner_only() {
    let house = house().await;
    let bob = house.named("bob@lab.org").await;
    let (ada, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    let run = completed_run(&ada).await;
    let thing = json!({"what": "run", "item": run});
    assert_eq!(
        share(&ada, thing.clone(), &bob.id, false).await.status,
        StatusCode::OK
    );
    assert_eq!(shown(&bobs, "shared_runs").await[0]["id"], json!(run));
    let opened = bobs.call("get_run", json!({"id": run})).await.json();
    assert_eq!(opened["shared"]["owner"], "Ada Lovelace");
    assert_eq!(
        ada.call("get_run", json!({"id": run})).await.json()["shared"],
        Value::Null
    );
    let measured = bobs.call("get_outcomes", json!({"id": run})).await;
    assert_eq!(measured.status, StatusCode::OK, "{}", measured.text());

    let version = opened["row"]["version"].clone();
    let amendment = json!({"name": "Mine", "tags": [], "notes": "", "is_pinned": true});
    for (function, input) in [
        (
            "amend_run",
            json!({"id": run, "version": version, "amendment": amendment}),
        ),
        ("pin_runs", json!({"ids": [run], "is_pinned": true})),
        (
            "tag_runs",
            json!({"ids": [run], "tag": "mine", "is_given": true}),
        ),
        ("cancel_run", json!({"id": run})),
        ("delete_runs", json!({"ids": [run]})),
        ("restore_runs", json!({"ids": [run]})),
    ] {
        let refused = bobs.call(function, input).await;
        assert_eq!(
            refused.status,
            StatusCode::NOT_FOUND,
            "{function}: {}",
            refused.text()
        );
    }
    let still = ada.call("get_run", json!({"id": run})).await.json();
    assert_eq!(
        (&still["row"]["name"], &still["row"]["version"]),
        (&json!("Base"), &version)
    );

    let id = share_id(&ada, &thing).await;
    assert_eq!(take_back(&ada, &id).await, StatusCode::OK);
    for function in ["get_run", "get_outcomes"] {
        let gone = bobs.call(function, json!({"id": run})).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{function}");
    }
    let page = bobs.get(&format!("/simulations/{run}")).await;
    assert!(!page.text().contains("aflibercept"), "nor on the page");
}

#[tokio::test]
async fn a_copy_of_a_shared_run_has_its_tables_and_is_ones_own() {
    let house = house().await;
    let bob = house.named("bob@lab.org").await;
    let (mut ada, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    // The arm of a trial follows no protocol: it cannot be simulated again.
    let text = "id,day,bili\n1,0,1.5\n1,30,2.5\n2,0,0.5\n";
    let sent = ada
        .post("/simulations/table?name=trial.csv", "text/csv", text)
        .await;
    let table = sent.json()["id"].clone();
    let mapping = json!({
        "patient": "id", "time": "day", "time_is": "days", "measure": "bili", "injected": null, "arm": null,
    });
    let input = json!({"table": table, "file": "trial.csv", "mapping": mapping, "tags": []});
    let came = ada.call("import_trial", input).await;
    assert_eq!(came.status, StatusCode::OK, "{}", came.text());
    let run = came.json()[0][0].as_str().unwrap().to_owned();
    let thing = json!({"what": "run", "item": run});
    assert_eq!(
        share(&ada, thing.clone(), &bob.id, true).await.status,
        StatusCode::OK
    );
    let id = share_id(&ada, &thing).await;
    let copied = bobs.call("copy_shared", json!({"share": id})).await;
    assert_eq!(copied.status, StatusCode::OK, "{}", copied.text());
    assert_eq!(take_back(&ada, &id).await, StatusCode::OK);
    let mine = bobs.look("/runs").await.json();
    let mine = mine["runs"].as_array().unwrap().clone();
    assert_eq!(mine.len(), 1, "{mine:?}");
    assert_ne!(mine[0]["id"], json!(run));
    let own = json!({"id": mine[0]["id"]});
    let (of_copy, of_hers) = (
        bobs.call("get_outcomes", own).await,
        ada.call("get_outcomes", json!({"id": run})).await,
    );
    assert_eq!(of_copy.status, StatusCode::OK, "{}", of_copy.text());
    assert_eq!(of_copy.json(), of_hers.json());
}

#[tokio::test]
async fn a_shared_table_and_result_are_read_and_taken_into_ones_own_study() {
    let house = house().await;
    let (mut ada, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    let spec = json!({"selection": {"labs": ["bili"]}});
    let merged = ada.call("merge_tables", json!({"spec": spec})).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text());
    let result = merged.json()["id"].as_str().unwrap().to_owned();
    let file = format!("/query/result.csv?id={result}");
    assert_eq!(bobs.get(&file).await.status, StatusCode::NOT_FOUND);
    let shared = json!({"what": "result"});
    assert_eq!(
        share(&ada, shared.clone(), "everybody", true).await.status,
        StatusCode::OK
    );
    assert_eq!(bobs.get(&file).await.status, StatusCode::OK);
    ada.upload("mine.csv", "id,sex\n1,f\n2,m\n").await;
    let table = json!({"what": "table", "item": "mine"});
    assert_eq!(
        share(&ada, table.clone(), "everybody", true).await.status,
        StatusCode::OK
    );
    let rows = shown(&bobs, "shared_data").await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    for thing in [&table, &shared] {
        let id = share_id(&ada, thing).await;
        let copied = bobs.call("copy_shared", json!({"share": id})).await;
        assert_eq!(copied.status, StatusCode::OK, "{}", copied.text());
    }
    let study = bobs.call("get_study", json!({})).await.json();
    let names: Vec<&str> = study["study"]["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|table| table["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"mine") && names.contains(&"merged_result"),
        "{names:?}"
    );
    let id = share_id(&ada, &shared).await;
    assert_eq!(take_back(&ada, &id).await, StatusCode::OK);
    assert_eq!(bobs.get(&file).await.status, StatusCode::NOT_FOUND);
    let page = json!({"result_id": result, "request": workbench::query::PageRequest::default()});
    assert_eq!(
        bobs.call("get_page", page).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn people_are_found_by_part_of_the_name_or_the_whole_address() {
    let house = house().await;
    let ada = house.logged_in("ada@lab.org").await;
    let found = async |text: &str| {
        let answer = ada.call("find_people", json!({"text": text})).await.json();
        let rows = answer.as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("bob").await, ["Bob Ray"]);
    assert_eq!(found("RA").await, ["Bob Ray", "Vera Rubin"]);
    assert_eq!(found("vera@lab.org").await, ["Vera Rubin"]);
    assert!(
        found("@lab.org").await.is_empty(),
        "addresses are not collected"
    );
    assert!(found("b").await.is_empty() && found("love").await.is_empty());
    let answer = ada.call("find_people", json!({"text": "bob"})).await;
    assert!(!answer.text().contains("bob@lab.org"), "{}", answer.text());
}

#[tokio::test]
async fn a_share_is_over_when_its_owner_is_suspended_and_an_administrator_takes_back_anybodys() {
    let house = house().await;
    let ada = house.named("ada@lab.org").await;
    let (adas, bobs, root) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
        house.logged_in("root@lab.org").await,
    );
    with_query(&adas, "q1").await;
    let thing = json!({"what": "query", "item": "q1"});
    assert_eq!(
        share(&adas, thing.clone(), "everybody", false).await.status,
        StatusCode::OK
    );
    let id = share_id(&adas, &thing).await;
    assert_eq!(shown(&bobs, "shared_queries").await.len(), 1);
    let suspend = json!({"id": ada.id, "is_suspended": true, "version": ada.version});
    assert_eq!(
        root.call("suspend_user", suspend).await.status,
        StatusCode::OK
    );
    assert!(shown(&bobs, "shared_queries").await.is_empty());
    let resume = json!({"id": ada.id, "is_suspended": false, "version": ada.version + 1});
    assert_eq!(
        root.call("suspend_user", resume).await.status,
        StatusCode::OK
    );
    assert_eq!(shown(&bobs, "shared_queries").await.len(), 1);
    assert_eq!(take_back(&root, &id).await, StatusCode::OK);
    assert!(shown(&bobs, "shared_queries").await.is_empty());
    let asked = json!({"question": {"kind": "share"}, "before": null});
    let told = root.call("find_changes", asked).await.json();
    let deeds: Vec<_> = told["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["who"].as_str().unwrap(),
                row["did"].as_str().unwrap(),
                row["name"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        deeds,
        [
            ("Root", "delete", "Men over 50"),
            ("Ada Lovelace", "create", "Men over 50")
        ],
        "sharing is in the audit"
    );
}
