//! The Monitor over HTTP: what it tells of a server that worked, whom it tells nothing, and its backups.

mod turns;

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use holdfast::SystemClock;
use serde_json::{Value, json};
use server::{commands::Command, settings::Administration};

use crate::helpers::{Browser, TestApp};

async fn watched(browser: &Browser<'_>) -> Value {
    let answer = browser.call("watch_server", json!({"minutes": 60})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn rename(browser: &Browser<'_>, name: &str) {
    let input = json!({"key": "study.name", "data": json!(name).to_string(), "expected": 0, "client": "tab"});
    let answer = browser.call("write_store", input).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

/// Waits until no backup is being made; the page's answer then.
async fn backed_up(browser: &Browser<'_>) -> Value {
    for _ in 0..2400 {
        let seen = watched(browser).await;
        if seen["backups"]["working"].is_null() {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the backup is still being made");
}

fn in_list<'a>(list: &'a Value, key: &str, value: &str) -> Option<&'a Value> {
    list.as_array().unwrap().iter().find(|it| it[key] == value)
}

#[tokio::test]
async fn it_shows_what_was_done_and_by_whom() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    rename(&browser, "Liver").await;
    let seen = watched(&browser).await;
    assert!(seen["problem"].is_null(), "{seen}");
    assert!(seen["about"].as_str().unwrap().starts_with("SQLite, "));
    let event = in_list(&seen["events"], "name", "study.name").unwrap();
    assert!(
        event["who"].as_str().unwrap().starts_with("Guest "),
        "{event}"
    );
    let put = in_list(&seen["operations"], "name", "put").unwrap();
    assert_ne!(put["count"], "0", "{put}");
    let waiting = seen["waiting"].as_array().unwrap();
    assert_eq!(waiting[0][0], "Writes that wait to be written");
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    let titles: Vec<&str> = seen["tiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tile| tile["title"].as_str().unwrap())
        .collect();
    let expected = [
        "States",
        "Operations",
        "Latency, p99",
        "Cache hit rate",
        "Sessions online",
        "Last backup",
    ];
    assert_eq!(titles, expected);
    assert_eq!(seen["charts"].as_array().unwrap().len(), 3);
    assert!(in_list(&seen["suggestions"], "title", "Make a backup").is_some());
}

#[tokio::test]
async fn who_does_not_administer_the_server_is_told_nothing_and_may_do_nothing() {
    let nobody = |settings: &mut server::Settings| {
        settings.server.administration = Administration::Nobody;
    };
    let app = TestApp::with(nobody).await;
    let mut browser = app.visitor().await;
    assert!(watched(&browser).await.is_null());
    for (function, input) in [
        ("begin_backup", json!({})),
        ("cancel_backup", json!({})),
        ("verify_backup", json!({"name": "x"})),
    ] {
        let refused = browser.call(function, input).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{function}");
    }
    for path in ["/api/v1/backups", "/api/v1/backups/x", "/metrics"] {
        assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN);
    }
    let refused = browser.post("/api/v1/backups", "text/plain", "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let page = browser.get("/monitor").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("The Monitor is for administrators"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_verified_downloaded_and_restored_elsewhere() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    rename(&browser, "Liver").await;
    let begun = browser.call("begin_backup", json!({})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    let seen = backed_up(&browser).await;
    assert!(seen["backups"]["problem"].is_null(), "{seen}");
    let file = &seen["backups"]["files"][0];
    assert!(
        file["verdict"]["Whole"]["states"].as_u64().unwrap() > 0,
        "{file}"
    );
    assert!(in_list(&seen["suggestions"], "title", "Make a backup").is_none());

    let name = file["name"].as_str().unwrap();
    let listed = browser.get("/api/v1/backups").await.json();
    assert_eq!(listed["backups"][0]["name"], name);
    let got = browser.get(&format!("/api/v1/backups/{name}")).await;
    assert_eq!(got.status, StatusCode::OK);
    assert!(got.header("content-disposition").contains(name));
    let strange = browser.get("/api/v1/backups/..%2Fholdfast.db").await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken.backup");
    std::fs::write(&file, &got.body).unwrap();
    let settings = server::Settings {
        data_dir: folder.path().join("data"),
        ..server::Settings::default()
    };
    let restore = Command::Restore { file };
    restore.run(settings.clone()).await.unwrap();
    let states = server::application::states(&settings, Arc::new(SystemClock))
        .await
        .unwrap();
    assert!(states.held().await.unwrap().states > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_found_out_and_the_oldest_ones_go() {
    let app = TestApp::with(|settings| settings.backups.keep = 2).await;
    let browser = app.visitor().await;
    let folder = app.folder.path().join("data/backups");
    std::fs::create_dir_all(&folder).unwrap();
    for day in ["01", "02", "03"] {
        let name = format!("holdfast-202001{day}T000000Z.backup");
        std::fs::write(folder.join(name), "{\"not\": \"one\"}\n").unwrap();
    }
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    let name = json!({"name": "holdfast-20200103T000000Z.backup"});
    let found = browser.call("verify_backup", name).await.json();
    assert!(found["Broken"].as_str().is_some(), "{found}");
    let strange = browser.call("verify_backup", json!({"name": "notes.txt"}));
    assert_eq!(strange.await.status, StatusCode::NOT_FOUND);

    browser.call("begin_backup", json!({})).await;
    let seen = backed_up(&browser).await;
    let files = seen["backups"]["files"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{seen}");
    assert!(files[0]["verdict"]["Whole"].is_object());
    assert!(files[1]["verdict"]["Broken"].is_string());
    assert!(folder.join("notes.txt").exists());
}

#[tokio::test]
async fn what_takes_long_is_listed_with_what_was_asked_for() {
    let app = TestApp::with(|settings| settings.monitor.slow_ms = 0).await;
    let browser = app.visitor().await;
    rename(&browser, "Liver").await;
    let seen = watched(&browser).await;
    let what = |it: &Value| it["what"].as_str().unwrap().to_owned();
    let slow: Vec<String> = seen["slow"].as_array().unwrap().iter().map(what).collect();
    assert!(
        slow.iter().any(|it| it == "POST /api/write_store"),
        "{slow:?}"
    );
    assert!(slow.len() <= 20);
}

#[tokio::test]
async fn programs_are_told_in_numbers_and_only_who_administers_is_told() {
    let app = TestApp::with(|settings| settings.monitor.slow_ms = 0).await;
    let browser = app.visitor().await;
    rename(&browser, "Liver").await;
    let told = browser.look("/monitor?minutes=5").await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let told = told.json();
    assert_eq!(
        (&told["problem"], &told["backend"]),
        (&Value::Null, &json!("SQLite"))
    );
    assert!(told["states"]["count"].as_u64().unwrap() > 0, "{told}");
    assert!(told["states"]["writes_waiting"].is_u64(), "{told}");
    assert!(told["states"]["search_behind"].is_u64(), "{told}");
    assert!(told["at"].as_i64() >= told["started_at"].as_i64());
    let put = in_list(&told["operations"], "name", "put").unwrap();
    assert!(put["count"].as_u64().unwrap() > 0 && put["p99_ms"].as_f64().unwrap() > 0.0);
    let change = in_list(&told["changes"], "name", "study.name").unwrap();
    assert_eq!(
        (&change["status_before"], &change["version"]),
        (&Value::Null, &json!(1))
    );
    assert!(
        change["by"].as_str().unwrap().starts_with("Guest "),
        "{change}"
    );
    assert!(in_list(&told["slow"], "what", "POST /api/write_store").is_some());
    let advice = in_list(&told["suggestions"], "about", "backup").unwrap();
    assert_eq!(advice["action"], json!({"kind": "back_up"}));
    assert!(told["newest"]["writes"].is_number() && told["samples"].is_array());
    let strange = browser.look("/monitor?minutes=all").await;
    assert_eq!(strange.status, StatusCode::BAD_REQUEST);

    let nobody = TestApp::with(|settings| {
        settings.server.administration = Administration::Nobody;
    });
    let nobody = nobody.await;
    let browser = nobody.visitor().await;
    for (method, path) in [
        ("GET", "/monitor"),
        ("POST", "/backups/cancel"),
        ("POST", "/backups/x/verify"),
    ] {
        let refused = browser.ask(method, path, &[], Value::Null).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_follow_a_backup_verify_it_and_give_one_up() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let begun = browser.ask("POST", "/backups", &[], Value::Null).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let mut told = Value::Null;
    for _ in 0..2400 {
        told = browser.look("/backups").await.json();
        if told["is_working"] == false {
            break;
        }
        assert!(told["progress"]["done"].is_u64(), "{told}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(
        (&told["progress"], &told["problem"]),
        (&Value::Null, &Value::Null)
    );
    let at = format!(
        "/backups/{}/verify",
        told["backups"][0]["name"].as_str().unwrap()
    );
    let verdict = browser.ask("POST", &at, &[], Value::Null).await.json();
    assert_eq!(
        (&verdict["is_whole"], &verdict["problem"]),
        (&json!(true), &Value::Null)
    );
    assert!(verdict["states"].as_u64().unwrap() > 0 && verdict["revision"].is_u64());
    let name = "holdfast-20200103T000000Z.backup";
    let folder = app.folder.path().join("data/backups");
    std::fs::write(folder.join(name), "{\"not\": \"one\"}\n").unwrap();
    let broken = browser
        .ask("POST", &format!("/backups/{name}/verify"), &[], Value::Null)
        .await
        .json();
    assert_eq!(broken["is_whole"], false);
    assert!(broken["problem"].is_string(), "{broken}");
    let strange = browser
        .ask("POST", "/backups/notes.txt/verify", &[], Value::Null)
        .await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
    let given_up = browser
        .ask("POST", "/backups/cancel", &[], Value::Null)
        .await;
    assert_eq!(given_up.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.look("/backups").await.json()["is_working"], false);
}
