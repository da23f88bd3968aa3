//! What every version wrote opens: `fixtures/<version>` holds one server's states as that version left them, in a file of
//! SQLite and in a backup. A release adds its own.

use std::{fs, path::Path, sync::Arc};

use holdfast::{ManualClock, Timestamp};
use serde_json::json;
use server::commands::Command;

use crate::{
    commands::settings_in,
    helpers::{Browser, TestApp, application},
};

/// A version, and a browser that was there: its cookie, and when it came last, in milliseconds since 1970.
const VERSIONS: [(&str, &str, i64); 1] = [(
    "0.1.0",
    "holdfast=qyljodoin7TM5zl5-S7ofg",
    1_796_025_879_338,
)];

/// The browser finds what it kept, changes it, and everything is whole.
async fn goes_on(folder: &tempfile::TempDir, cookie: &str, last: i64) {
    let verify = || Command::Verify.run(settings_in(folder.path()));
    verify().await.unwrap();
    {
        let clock = Arc::new(ManualClock::new(Timestamp(last + 60_000)));
        let application = application(folder, clock, |_| {}).await;
        let app = TestApp {
            folder: tempfile::tempdir().unwrap(),
            router: application.router(),
        };
        let cookie = Some(cookie.to_owned());
        let browser = Browser { app: &app, cookie };
        let asked = json!({"key": "study.name"});
        let read = browser.call("read_store", asked.clone()).await;
        assert_eq!(read.json(), json!({"version": 2, "data": "Liver study"}));
        let study = browser.call("get_study", json!({})).await.json();
        assert_eq!(study["study"]["tables"].as_array().unwrap().len(), 3);
        let input = json!({"key": "study.name", "data": "\"Liver, today\"", "expected": 2, "client": "tab"});
        assert_eq!(browser.call("write_store", input).await.json(), json!(3));
    }
    verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_goes_on_with_what_every_version_kept_and_with_its_backup() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    assert_eq!(fs::read_dir(&fixtures).unwrap().count(), VERSIONS.len());
    for (version, cookie, last) in VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        let file = fixtures.join(version).join("states.db");
        fs::copy(file, data.join("holdfast.db")).unwrap();
        goes_on(&folder, cookie, last).await;

        let folder = tempfile::tempdir().unwrap();
        let file = fixtures.join(version).join("states.backup");
        let restore = Command::Restore { file };
        let restored = restore.run(settings_in(folder.path()));
        restored.await.unwrap();
        goes_on(&folder, cookie, last).await;
    }
}
