//! Files come in: whole or not at all, and a bad one does not stop the others.

use std::time::Duration;

use crate::helpers::{Browser, TestApp, left_incoming, socket::LiveApp};
use axum::http::StatusCode;
use serde_json::json;

const SITES: &str = "id,site\n1,A\n2,B\n3,A\n";

async fn tables(browser: &Browser<'_>) -> Vec<String> {
    let study = browser.call("get_study", json!({})).await.json();
    let tables = study["study"]["tables"].as_array().unwrap();
    tables
        .iter()
        .map(|table| table["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_file_becomes_a_table_and_leaves_nothing_else() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let answer = browser.upload("sites.csv", SITES).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let outcome = answer.json();
    assert_eq!(outcome["outcome"], "imported");
    assert_eq!(outcome["table"]["rows"], 3);
    assert!(tables(&browser).await.contains(&"sites".to_owned()));
    assert_eq!(left_incoming(app.folder.path()), 0);
}

#[tokio::test]
async fn a_taken_name_asks_and_the_answer_settles_it() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    browser.upload("sites.csv", SITES).await;
    assert_eq!(
        browser.upload("sites.csv", SITES).await.json()["outcome"],
        "unchanged"
    );
    let other = "id,site\n1,C\n";
    let question = browser.upload("sites.csv", other).await;
    assert_eq!(question.status, StatusCode::OK);
    assert_eq!(question.json()["outcome"], "duplicate");
    let id = question.json()["import"]["id"].as_str().unwrap().to_owned();
    let answer = browser
        .submit("/data/answer", &format!("id={id}&answer=rename"))
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(tables(&browser).await.contains(&"sites_2".to_owned()));
    let replaced = browser
        .upload("sites.csv&answer=replace", other)
        .await
        .json();
    assert_eq!(replaced["table"]["rows"], 1);
    assert_eq!(
        browser
            .upload("sites.csv&answer=skip", "id,site\n9,Z\n")
            .await
            .json()["outcome"],
        "skipped"
    );
}

#[tokio::test]
async fn a_file_that_is_no_table_says_so_by_its_name() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let before = tables(&browser).await;
    let answer = browser
        .upload("photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec())
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.error(), "invalid");
    assert!(answer.text().contains("photo.csv"));
    assert_eq!(tables(&browser).await, before);
    assert_eq!(left_incoming(app.folder.path()), 0);
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_and_not_kept() {
    let app = TestApp::with(|settings| settings.data.file_bytes = 1_000_000).await;
    let mut browser = app.visitor().await;
    let answer = browser.upload("big.csv", "x\n".repeat(1_000_000)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.error(), "too_large");
    assert!(answer.text().contains("data.file_bytes"));
    assert_eq!(left_incoming(app.folder.path()), 0);
}

#[tokio::test]
async fn a_name_is_needed_and_an_unknown_answer_refused() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    for path in [
        "/data/upload",
        "/data/upload?name=",
        "/data/upload?name=a.csv&answer=perhaps",
    ] {
        let answer = browser.post(path, "text/csv", SITES).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        answer.error();
    }
    let long = format!("{}.csv", "n".repeat(300));
    assert_eq!(browser.upload(&long, SITES).await.error(), "invalid");
}

#[tokio::test]
async fn a_script_without_a_session_is_refused_before_anything_is_kept() {
    let app = TestApp::new().await;
    let answer = app.browser().upload("sites.csv", SITES).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(left_incoming(app.folder.path()), 0);
}

#[tokio::test]
async fn one_persons_tables_are_not_anothers() {
    let app = TestApp::new().await;
    let (mut one, other) = (app.visitor().await, app.visitor().await);
    one.upload("sites.csv", SITES).await;
    assert!(!tables(&other).await.contains(&"sites".to_owned()));
}

/// A form with one part for each file, as a browser sends it.
fn form(files: &[(&str, &str)]) -> String {
    let parts = files.iter().map(|(name, content)| {
        format!("--limit\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{content}\r\n")
    });
    parts.chain(["--limit--\r\n".to_owned()]).collect()
}

async fn submit(browser: &mut Browser<'_>, body: String) -> crate::helpers::Answer {
    let request = browser
        .request("POST", "/data/upload")
        .header("content-type", "multipart/form-data; boundary=limit")
        .header("accept", "text/html");
    browser.app.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_plain_form_brings_several_files_and_goes_back_to_the_page() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let answer = submit(
        &mut browser,
        form(&[
            ("sites.csv", SITES),
            ("", ""),
            ("doses.csv", "id,dose\n1,5\n"),
        ]),
    )
    .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/data");
    let tables = tables(&browser).await;
    assert!(
        tables.contains(&"sites".to_owned()) && tables.contains(&"doses".to_owned()),
        "{tables:?}"
    );
}

#[tokio::test]
async fn a_bad_file_in_a_form_does_not_stop_the_others_and_is_named() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let answer = submit(&mut browser, form(&[("<b>.csv", ""), ("sites.csv", SITES)])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("&lt;b&gt;.csv"), "{}", answer.text());
    assert!(tables(&browser).await.contains(&"sites".to_owned()));
}

#[tokio::test]
async fn a_form_with_too_many_files_says_where_it_stopped() {
    let app = TestApp::with(|settings| settings.data.files = 1).await;
    let mut browser = app.visitor().await;
    let answer = submit(
        &mut browser,
        form(&[("sites.csv", SITES), ("doses.csv", "id,dose\n1,5\n")]),
    )
    .await;
    assert!(answer.text().contains("doses.csv"));
    assert!(tables(&browser).await.contains(&"sites".to_owned()));
}

#[tokio::test]
async fn a_sender_that_goes_away_leaves_nothing() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut wire = app.connect().await;
    wire.send(
        "POST",
        "/data/upload?name=sites.csv",
        &cookie,
        "content-length: 1000000\r\n",
    )
    .await;
    wire.write(SITES.as_bytes()).await;
    let mut began = false;
    for _ in 0..2000 {
        began = began || left_incoming(app.folder.path()) == 1;
        if began {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(began, "the file never began to arrive");
    drop(wire);
    for _ in 0..2000 {
        if left_incoming(app.folder.path()) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(left_incoming(app.folder.path()), 0);
    let study = app.call(&cookie, "get_study", &json!({})).await;
    assert!(!study.contains("sites.csv"));
}
