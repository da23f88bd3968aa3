//! The same server on PostgreSQL and on Redis, by settings alone: what was kept is there when it
//! starts again, and a database that is not there says so.

#[path = "../../tests/engine/support/postgres_server/mod.rs"]
#[expect(dead_code, reason = "the engine's tests do more with it")]
pub mod postgres_server;
#[path = "../../tests/engine/support/redis_server.rs"]
#[expect(dead_code, reason = "the engine's tests do more with it")]
pub mod redis_server;

use std::sync::Arc;

use holdfast::SystemClock;
use serde_json::json;
use server::{Application, Settings};

use self::{postgres_server::PostgresServer, redis_server::RedisServer};
use crate::helpers::{Browser, TestApp, application};

/// Writes at the first start, and finds it at the second.
async fn keeps_a_study(change: impl Fn(&mut Settings)) {
    let folder = tempfile::tempdir().unwrap();
    let mut cookie = None;
    for start in 0..2 {
        let application = application(&folder, Arc::new(SystemClock), &change).await;
        let app = TestApp {
            folder: tempfile::tempdir().unwrap(),
            router: application.router(),
        };
        let mut browser = Browser { app: &app, cookie };
        if start == 0 {
            browser.open().await;
            let input =
                json!({"key": "study.name", "data": "\"Liver\"", "expected": 0, "client": "tab"});
            assert_eq!(browser.call("write_store", input).await.json(), json!(1));
        }
        let read = browser
            .call("read_store", json!({"key": "study.name"}))
            .await;
        assert_eq!(read.json(), json!({"version": 1, "data": "Liver"}));
        let wanted = json!({"wanted": {"text": "study.name"}, "after": null, "limit": 9});
        let found = browser.call("find_states", wanted).await;
        assert_eq!(found.json()["total"], 1);
        cookie = browser.cookie;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_on_postgresql_is_there_when_the_server_starts_again() {
    let postgres = PostgresServer::shared();
    let url = postgres.database();
    keeps_a_study(|settings| settings.state.database_url = url.clone()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_on_redis_is_there_when_the_server_starts_again() {
    let redis = RedisServer::start();
    keeps_a_study(|settings| {
        settings.state.backend = server::settings::Backend::Redis;
        settings.state.redis_url = redis.url();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_said_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    // Port 1 of this computer: nothing listens there.
    for (backend, url) in [
        (
            server::settings::Backend::Database,
            "postgres://localhost:1/holdfast",
        ),
        (server::settings::Backend::Redis, "redis://localhost:1/0"),
    ] {
        let mut settings = Settings {
            data_dir: folder.path().join("data"),
            ..Settings::default()
        };
        settings.state.backend = backend;
        settings.state.database_url = url.into();
        settings.state.redis_url = url.into();
        let refused = Application::build_at(settings, Arc::new(SystemClock)).await;
        let Err(refused) = refused else {
            panic!("started without {url}")
        };
        assert!(refused.to_string().starts_with("states: "), "{refused}");
    }
}
