//! Servers on one object store: what an operator sets, looks at and moves, and what browsers see.

#[path = "../../workbench/tests/storage/s3.rs"]
mod s3;

use std::{path::Path, sync::Arc};

use holdfast::SystemClock;
use serde_json::json;
use server::{
    Error, Settings,
    commands::{Command, Terminal},
};

use self::s3::{S3, URL};
use crate::helpers::{TestApp, application};

fn on(s3: &S3, settings: &mut Settings) {
    settings.storage.url = URL.into();
    settings.storage.endpoint = s3.endpoint();
    settings.storage.allow_http = true;
    settings.storage.credentials_file = s3.credentials_file().to_str().unwrap().into();
}

fn settings_in(folder: &Path) -> Settings {
    Settings {
        data_dir: folder.join("data"),
        ..Settings::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_had_is_put_by_a_command_once() {
    let s3 = S3::start().await;
    let app = TestApp::new().await;
    let mut settings = settings_in(app.folder.path());
    let missing = Command::StoreObjects.run(settings.clone()).await;
    let missing = missing.unwrap_err();
    assert!(missing.to_string().contains("storage.url"), "{missing}");
    on(&s3, &mut settings);
    for _ in 0..2 {
        let put = Command::StoreObjects.run_at(settings.clone(), Terminal { is_json: true });
        put.await.unwrap();
        // The sample study: three tables, each with its description.
        assert_eq!(s3.names("tables").len(), 6);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_puts_its_files_and_starts_while_the_store_is_away() {
    let mut s3 = S3::start().await;
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock);
    drop(application(&folder, clock.clone(), |settings| on(&s3, settings)).await);
    assert_eq!(s3.names("tables").len(), 6);

    s3.stop().await;
    let application = application(&folder, clock, |settings| on(&s3, settings)).await;
    let app = TestApp {
        folder: tempfile::tempdir().unwrap(),
        router: application.router(),
    };
    let browser = app.visitor().await;
    let read = browser.call("read_store", json!({"key": "study.name"}));
    assert!(read.await.status.is_success());
    s3.begin().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tries_the_store() {
    let mut s3 = S3::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings_in(folder.path());
    settings.server.addr = "127.0.0.1:0".parse().unwrap();
    settings.site_dir = folder.path().join("site");
    std::fs::create_dir_all(&settings.site_dir).unwrap();
    std::fs::write(settings.site_dir.join("manifest.json"), "{}").unwrap();
    on(&s3, &mut settings);
    Command::Doctor.run(settings.clone()).await.unwrap();
    assert_eq!(s3.names("doctor"), Vec::<String>::new());
    s3.stop().await;
    let away = Command::Doctor.run(settings.clone()).await.unwrap_err();
    assert!(matches!(away, Error::Unwell(1)), "{away}");
    s3.begin().await;
    Command::Doctor.run(settings).await.unwrap();
}
