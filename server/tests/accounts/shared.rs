//! Configurations are everybody's: who may not edit them changes no file.

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::House;
use crate::helpers::{Answer, Browser};

const FILE: &str = "/api/v1/configurations/aflibercept_te.yaml";

async fn send(
    browser: &Browser<'_>,
    method: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Answer {
    let mut request = browser
        .request(method, FILE)
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser
        .app
        .send(request.body(body.to_string().into()).unwrap())
        .await
}

#[tokio::test]
async fn who_may_not_edit_what_is_shared_reads_configurations_and_changes_no_file() {
    let house = House::new().await;
    let guest = house.app.visitor().await;
    let as_ever = guest.get(FILE).await;
    let text = as_ever.json()["content"].as_str().unwrap().to_owned();
    let edited =
        json!({"content": text.replace("max_interval_days: 112", "max_interval_days: 98")});
    for role in Role::ALL {
        house.account(&format!("{role}@lab.org"), "P", role).await;
    }
    let viewer = house.logged_in("viewer@lab.org").await;
    let analyst = house.logged_in("analyst@lab.org").await;
    for browser in [&guest, &viewer, &analyst] {
        let read = browser.get(FILE).await;
        assert_eq!(read.status, StatusCode::OK);
        let etag = read.header("etag").to_owned();
        let saved = send(browser, "PUT", &[("if-match", &etag)], edited.clone()).await;
        assert_eq!(
            (saved.status, saved.error()),
            (StatusCode::FORBIDDEN, "forbidden".into())
        );
        let gone = send(browser, "DELETE", &[("if-match", &etag)], Value::Null).await;
        assert_eq!(gone.status, StatusCode::FORBIDDEN, "{}", gone.text());
        assert_eq!(guest.get(FILE).await.json()["content"], text);
    }
    let editor = house.logged_in("editor@lab.org").await;
    let etag = editor.get(FILE).await.header("etag").to_owned();
    let saved = send(&editor, "PUT", &[("if-match", &etag)], edited).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    assert!(
        guest.get(FILE).await.json()["content"]
            .as_str()
            .unwrap()
            .contains("max_interval_days: 98")
    );
}
