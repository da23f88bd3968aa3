//! What an operator does at a terminal: back up, restore elsewhere, move, verify; what people do there is in `study` and
//! `runs`, what keeps old data readable or not in `upgrades` and `keys`.

mod keys;
mod lab;
mod runs;
mod study;
mod upgrades;

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

pub fn settings_in(folder: &Path) -> Settings {
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
    for command in [
        "serve",
        "import",
        "export",
        "query",
        "run",
        "compare",
        "backup",
        "restore",
        "migrate-backend",
        "upgrade-states",
        "verify",
        "key",
        "openapi",
    ] {
        assert!(text.contains(command), "{text}");
    }
    assert!(!program("bakcup").status.success());
}

/// Runs the program over the data in this folder: its exit code, what it answered, what it complained of.
fn holdfast(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.args(arguments).current_dir(folder);
    command
        .env("HOLDFAST_DATA_DIR", folder.join("data"))
        .env("HOLDFAST_SITE_DIR", folder.join("site"))
        .env("HOLDFAST_SERVER__ADDR", "127.0.0.1:0")
        .stdin(Stdio::null());
    let done = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        done.status.code().unwrap(),
        text(done.stdout),
        text(done.stderr),
    )
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

const FLAG: &str = "feature.parquet-download";

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_looked_up_moved_and_brought_back_at_the_terminal() {
    let (folder, _) = with_a_study().await;
    let run = |arguments: &[&str]| holdfast(folder.path(), arguments);
    let (code, text, _) = run(&["state", "get", FLAG, "--json"]);
    let state = lines(&text).remove(0);
    assert_eq!((code, &state["status"]), (0, &json!("enabled")));
    let version = state["version"].to_string();

    let (code, text, _) = run(&[
        "state",
        "transition",
        FLAG,
        "suspend",
        "--version",
        &version,
    ]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("is disabled now"), "{text}");
    let late = run(&[
        "state",
        "transition",
        FLAG,
        "suspend",
        "--version",
        &version,
    ]);
    assert_eq!(late.0, 4, "{}", late.2);
    let (code, _, why) = run(&["--json", "state", "get", "nobody"]);
    assert_eq!((code, &lines(&why)[0]["code"]), (3, &json!(3)));

    let (_, text, _) = run(&[
        "state", "list", "--kind", "feature", "--limit", "1", "--json",
    ]);
    let found = lines(&text);
    assert_eq!(found.len(), 2, "{text}");
    let next = found[1]["next"].as_str().unwrap();
    let (_, text, _) = run(&[
        "state", "list", "--kind", "feature", "--after", next, "--json",
    ]);
    assert_eq!(lines(&text).len(), 1, "{text}");
    assert_eq!(run(&["state", "list", "data.age >"]).0, 2);

    let (_, text, _) = run(&["state", "history", FLAG, "--json"]);
    let changes = lines(&text);
    assert_eq!(changes[0]["transition"], "suspend");
    assert_eq!(changes[0]["actor"]["name"], "the command line");
    let (code, text, why) = run(&["state", "rollback", FLAG, "--to", "1"]);
    assert_eq!(code, 0, "{text}{why}");
    let (_, text, _) = run(&["state", "watch", "--all", "--after", "0", "--count", "3"]);
    assert_eq!(text.lines().count(), 3, "{text}");
    assert_eq!(run(&["state", "get", "x", "--scope", "mars"]).0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_listed_and_revoked_at_the_terminal() {
    let (folder, _) = with_a_study().await;
    let application = application(&folder, Arc::new(SystemClock), |_| {}).await;
    let joining = app::people::Joining {
        email: "ada@lab.org".into(),
        name: "Ada".into(),
        password: "kelp holds fast".into(),
    };
    let people = application.people();
    people.add(joining, app::people::Role::Admin).await.unwrap();
    let run = |arguments: &[&str]| holdfast(folder.path(), arguments);
    let (code, text, why) = run(&["token", "make", "ada@lab.org", "Prometheus", "--json"]);
    assert_eq!(code, 0, "{why}");
    let token = lines(&text)[0]["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("hf_pat_"));
    assert!(people.by_token(&token).await.unwrap().is_some());
    let (_, text, _) = run(&["token", "list", "ada@lab.org", "--json"]);
    let listed = lines(&text).remove(0);
    assert_eq!(
        (&listed["name"], &listed["may_write"]),
        (&json!("Prometheus"), &json!(false))
    );
    let id = listed["id"].as_str().unwrap();
    assert_eq!(run(&["token", "revoke", "ada@lab.org", id]).0, 0);
    assert_eq!(run(&["token", "list", "bob@lab.org"]).0, 3);
}

#[test]
fn the_doctor_says_what_is_to_be_mended_and_how() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text, _) = holdfast(folder.path(), &["doctor", "--json"]);
    let checks = lines(&text);
    let about = |what: &str| checks.iter().find(|it| it["what"] == what).unwrap();
    assert_eq!(code, 6, "there is no site: {text}");
    assert_eq!(about("site")["verdict"], "mend");
    assert!(
        about("site")["advice"]
            .as_str()
            .unwrap()
            .contains("site_dir")
    );
    for good in [
        "data folder",
        "states",
        "database",
        "clock",
        "server.addr",
        "reach",
    ] {
        assert_eq!(about(good)["verdict"], "good", "{good}: {text}");
    }
    assert_eq!(about("backups")["verdict"], "mind");

    std::fs::create_dir(folder.path().join("site")).unwrap();
    std::fs::write(folder.path().join("site/manifest.json"), "{}").unwrap();
    let (code, text, _) = holdfast(folder.path(), &["doctor"]);
    assert_eq!(code, 0, "{text}");
    // Nobody listens there. Results are gathered by the server then.
    let cluster = "[query]\nengine = \"ballista://127.0.0.1:1\"\nballista_program = \"/bin/true\"";
    std::fs::write(folder.path().join("holdfast.toml"), cluster).unwrap();
    let (code, text, _) = holdfast(folder.path(), &["doctor", "--json"]);
    let checks = lines(&text);
    let found = checks.iter().find(|it| it["what"] == "cluster").unwrap();
    assert_eq!((code, &found["verdict"]), (0, &json!("mind")), "{text}");
    assert!(
        found["found"]
            .as_str()
            .unwrap()
            .contains("cannot be reached")
    );
    std::fs::write(folder.path().join("holdfast.toml"), "[sate]\nbackend = 1").unwrap();
    assert_eq!(holdfast(folder.path(), &["doctor"]).0, 2);
}

#[test]
fn shells_complete_its_commands_and_it_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let (code, text, _) = holdfast(folder.path(), &["completions", shell]);
        assert_eq!(code, 0);
        assert!(text.contains("migrate-backend"), "{shell}");
    }
    let (code, text, _) = holdfast(folder.path(), &["man"]);
    assert_eq!(code, 0);
    assert!(
        text.contains(".TH holdfast 1") && text.contains("Exit codes"),
        "{text}"
    );
    let (code, text, _) = holdfast(folder.path(), &["man", "--into", "pages"]);
    assert_eq!((code, text.as_str()), (0, ""));
    let page = std::fs::read_to_string(folder.path().join("pages/holdfast-import.1")).unwrap();
    assert!(
        page.contains(".TH holdfast\\-import 1") || page.contains(".TH holdfast-import 1"),
        "{page}"
    );
    assert!(!folder.path().join("data").exists(), "they need no data");
}
