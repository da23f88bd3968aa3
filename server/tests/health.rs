//! `/health` and the probes: true numbers after known work, and ready as long as requests may be sent here.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    backends::postgres_server::{Disk, PostgresServer},
    cluster::Server,
    helpers::{Answer, TestApp, socket::PATIENCE},
    states::programs::{parcel, with_parcels},
};

/// Asked by whatever watches servers: it has no session.
async fn ask(app: &TestApp, path: &str) -> Answer {
    let request = Request::get(path).body(Body::empty());
    app.send(request.unwrap()).await
}

async fn health(app: &TestApp) -> Value {
    let answer = ask(app, "/health").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

/// What a probe of a server program says.
async fn probe(server: &Server, path: &str) -> (StatusCode, Value) {
    let asked = Client::new().get(format!("{}{path}", server.url));
    let answer = asked.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap())
}

/// States that are not deleted, their bytes, and the newest place in the log, as they stand in the file.
async fn on_disk(app: &TestApp) -> (i64, i64, i64) {
    let file = app.folder.path().join("data/holdfast.db");
    let pool = sqlx::SqlitePool::connect(file.to_str().unwrap()).await;
    sqlx::query_as(
        "select count(*), sum(bytes), (select max(revision) from log) from states where live",
    )
    .fetch_one(&pool.unwrap())
    .await
    .unwrap()
}

#[tokio::test]
async fn the_document_counts_what_was_done_and_says_what_is_kept() {
    let app = with_parcels().await;
    let browser = app.visitor().await;
    let before = health(&app).await;

    let made = browser.ask("POST", "/states", &[], parcel("books")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let at = made.header("location").strip_prefix("/api/v1").unwrap();
    let (steps, send) = (format!("{at}/transitions"), json!({"transition": "send"}));
    let heavier = json!({"data": {"grams": 950}});
    let (first, any) = ([("if-match", "\"1\"")], [("if-match", "*")]);
    for _ in 0..3 {
        assert_eq!(browser.look(at).await.status, StatusCode::OK);
    }
    let merged = browser.ask("PATCH", at, &first, heavier.clone()).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text());
    let late = browser.ask("PUT", at, &first, heavier).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let sent = browser.ask("POST", &steps, &any, send.clone()).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
    let twice = browser.ask("POST", &steps, &any, send).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let nameless = browser.ask("POST", "/states", &[], parcel("")).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = browser.ask("POST", "/states", &[], parcel("tea")).await;
    let tea = made.header("location").strip_prefix("/api/v1").unwrap();
    let gone = browser.ask("DELETE", tea, &any, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());

    let after = health(&app).await;
    assert_eq!(after["status"], "healthy");
    let number = |told: &Value, field: &str| told[field].as_u64().unwrap();
    // Three looks, and one before each of five changes of what is there. The states: books and tea, heavier, sent, deleted.
    for (field, more) in [
        ("state_count", 1),
        ("revision", 5),
        ("reads", 8),
        ("writes", 5),
        ("conflicts", 1),
        ("refusals", 1),
        ("rejections", 1),
        ("timeouts", 0),
        ("failures", 0),
    ] {
        let counted = number(&after, field) - number(&before, field);
        assert_eq!(counted, more, "{field}");
    }
    let kept = ["state_count", "state_bytes", "revision"].map(|field| after[field].as_i64());
    let (states, bytes, revision) = on_disk(&app).await;
    assert_eq!(kept, [Some(states), Some(bytes), Some(revision)]);
}

#[tokio::test]
async fn the_hit_rate_is_that_of_the_cache_and_there_is_none_without_one() {
    let app = with_parcels().await;
    let browser = app.visitor().await;
    let made = browser.ask("POST", "/states", &[], parcel("books")).await;
    let at = made.header("location").strip_prefix("/api/v1").unwrap();
    let counted = async || {
        let page = browser.get("/metrics").await.text();
        ["holdfast_cache_hits_total ", "holdfast_cache_misses_total "].map(|name| {
            let line = page.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().parse::<f64>().unwrap()
        })
    };
    let [before, _] = counted().await;
    for _ in 0..10 {
        assert_eq!(browser.look(at).await.status, StatusCode::OK);
    }
    let [hits, misses] = counted().await;
    assert!(hits >= before + 10.0, "{before}, then {hits}");
    let rate = health(&app).await["cache_hit_rate"].as_f64().unwrap();
    assert!((rate - hits / (hits + misses)).abs() < 1e-9, "{rate}");

    let bare = TestApp::with(|settings| {
        settings.state.backend = server::settings::Backend::Memory;
    });
    let bare = bare.await;
    bare.visitor().await.get("/").await;
    assert_eq!(health(&bare).await["cache_hit_rate"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_database_is_away_is_not_ready_says_why_and_is_again_when_it_is_back() {
    let postgres = PostgresServer::start(Disk::Synced);
    let url = postgres.database();
    let app = TestApp::with(|settings| {
        settings.state.database_url = url;
        settings.state.cache_bytes = 0;
    })
    .await;
    let browser = app.visitor().await;
    let ready = ask(&app, "/health/ready").await;
    assert_eq!(
        (ready.status, ready.json()),
        (StatusCode::OK, json!({"status": "ready"}))
    );
    let before = health(&app).await;

    postgres.kill();
    let away = ask(&app, "/health/ready").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    let told = away.json();
    assert_eq!(told["status"], "not ready");
    let why = told["why"].as_str().unwrap();
    assert!(why.contains("PostgreSQL cannot be reached"), "{why}");
    let live = ask(&app, "/health/live").await;
    assert_eq!(
        (live.status, live.json()),
        (StatusCode::OK, json!({"status": "live"}))
    );
    // Who has a session is told so, too: a page as a program.
    for refused in [browser.get("/").await, browser.look("/states").await] {
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        let told = refused.text();
        assert!(told.contains("The database cannot be reached"), "{told}");
    }

    postgres.start_again();
    let back = async {
        while ask(&app, "/health/ready").await.status != StatusCode::OK {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, back).await.unwrap();
    let after = health(&app).await;
    assert!(after["failures"].as_u64() > before["failures"].as_u64());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_about_to_stop_is_not_ready_but_answers_and_is_ready_when_it_starts_again()
{
    let data = tempfile::tempdir().unwrap();
    let patient = [("HOLDFAST_SERVER__DRAIN_SECONDS", "600".to_owned())];
    let mut server = Server::start(data.path(), &patient).await;
    server.signal("TERM");
    // It hears of it a moment later.
    let draining = async {
        loop {
            match probe(&server, "/health/ready").await {
                (StatusCode::OK, _) => sleep(Duration::from_millis(20)).await,
                told => return told,
            }
        }
    };
    let (status, told) = timeout(PATIENCE, draining).await.unwrap();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let why = "the server is about to stop";
    assert_eq!(told, json!({"status": "not ready", "why": why}));
    for (path, status) in [("/health/live", "live"), ("/health", "healthy")] {
        let (code, told) = probe(&server, path).await;
        assert_eq!((code, &told["status"]), (StatusCode::OK, &json!(status)));
    }
    server.signal("KILL");
    server.start_again().await;
    let told = probe(&server, "/health/ready").await;
    assert_eq!(told, (StatusCode::OK, json!({"status": "ready"})));
}
