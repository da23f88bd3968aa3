//! What an operator does at a terminal: back up, restore elsewhere, move, verify.

use std::{path::Path, process::Stdio, sync::Arc};

use holdfast::SystemClock;
use serde_json::json;
use server::{Error, Settings, commands::Command};
use tempfile::TempDir;

use crate::{
    backends::redis_server::RedisServer,
    helpers::{Browser, TestApp, application},
};

/// A folder in which a browser has a study, and the browser's cookie.
async fn with_a_study() -> (TempDir, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let application = application(&folder, Arc::new(SystemClock), |_| {}).await;
    let app = TestApp {
        folder: tempfile::tempdir().unwrap(),
        router: application.router(),
    };
    let mut browser = Browser {
        app: &app,
        cookie: None,
    };
    browser.open().await;
    let input = json!({"key": "study.name", "data": "\"Liver\"", "expected": 0, "client": "tab"});
    assert_eq!(browser.call("write_store", input).await.json(), json!(1));
    let cookie = browser.cookie;
    (folder, cookie)
}

fn settings_in(folder: &Path) -> Settings {
    Settings {
        data_dir: folder.join("data"),
        ..Settings::default()
    }
}

/// The study's name as the browser with this cookie sees it in this folder.
async fn name_seen(
    folder: &TempDir,
    cookie: Option<String>,
    change: impl Fn(&mut Settings),
) -> serde_json::Value {
    let application = application(folder, Arc::new(SystemClock), change).await;
    let app = TestApp {
        folder: tempfile::tempdir().unwrap(),
        router: application.router(),
    };
    let browser = Browser { app: &app, cookie };
    let read = browser.call("read_store", json!({"key": "study.name"}));
    read.await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_is_backed_up_and_restored_on_another_backend() {
    let (folder, cookie) = with_a_study().await;
    let file = folder.path().join("states.backup");
    let backup = Command::Backup { file: file.clone() };
    backup.run(settings_in(folder.path())).await.unwrap();

    let redis = RedisServer::start();
    let on_redis = |settings: &mut Settings| {
        settings.state.backend = server::settings::Backend::Redis;
        settings.state.redis_url = redis.url();
    };
    let mut elsewhere = settings_in(folder.path());
    on_redis(&mut elsewhere);
    let restore = Command::Restore { file };
    restore.clone().run(elsewhere.clone()).await.unwrap();
    let seen = name_seen(&folder, cookie, on_redis).await;
    assert_eq!(seen, json!({"version": 1, "data": "Liver"}));

    let again = restore.run(elsewhere).await.unwrap_err();
    assert!(again.to_string().contains("not empty"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_moves_to_another_database_and_is_verified_there() {
    let (folder, cookie) = with_a_study().await;
    let settings = settings_in(folder.path());
    let to = "sqlite:moved.db".to_owned();
    let moving = Command::MigrateBackend {
        from: None,
        to: to.clone(),
    };
    moving.run(settings.clone()).await.unwrap();
    let moved = |settings: &mut Settings| settings.state.database_url = to.clone();
    let mut there = settings;
    moved(&mut there);
    Command::Verify.run(there).await.unwrap();
    let seen = name_seen(&folder, cookie, moved).await;
    assert_eq!(seen, json!({"version": 1, "data": "Liver"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_ends_with_an_error_when_somebody_changed_the_database_by_hand() {
    use sqlx::Connection;
    let (folder, _) = with_a_study().await;
    Command::Verify
        .run(settings_in(folder.path()))
        .await
        .unwrap();
    let file = folder.path().join("data/holdfast.db");
    let mut by_hand = sqlx::SqliteConnection::connect(file.to_str().unwrap())
        .await
        .unwrap();
    let sql = "UPDATE log SET actor = 'nobody' WHERE revision = 1";
    sqlx::query(sql).execute(&mut by_hand).await.unwrap();
    by_hand.close().await.unwrap();
    let found = Command::Verify.run(settings_in(folder.path())).await;
    assert!(matches!(found, Err(Error::Tampered(1))), "{found:?}");
}

#[test]
fn the_program_lists_its_commands_and_refuses_an_unknown_one() {
    let program = |argument: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command.arg(argument).stdin(Stdio::null()).output().unwrap()
    };
    let help = program("--help");
    let text = String::from_utf8(help.stdout).unwrap();
    for command in ["serve", "backup", "restore", "migrate-backend", "verify"] {
        assert!(text.contains(command), "{text}");
    }
    assert!(!program("bakcup").status.success());
}
