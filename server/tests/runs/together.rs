//! Several runs changed at once: all of them, or none.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{RUNS, ask, completed, field};
use crate::helpers::{Answer, Browser, TestApp};

async fn bulk(browser: &Browser<'_>, ids: &[Value], mut change: Value) -> Answer {
    change["ids"] = json!(ids);
    ask(browser, "POST", &format!("{RUNS}/bulk"), None, change).await
}

#[tokio::test]
async fn several_runs_are_changed_deleted_and_brought_back_or_none_is() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let mut ids = Vec::new();
    for name in ["one", "two"] {
        let place = completed(&ada, name).await;
        ids.push(ada.get(&place).await.json()["id"].clone());
    }
    let change = json!({"add_tags": ["agreed"], "remove_tags": ["nhs"], "is_pinned": true});
    let missing = [ids.clone(), vec![json!("sim_gone")]].concat();
    let refused = bulk(&ada, &missing, change.clone()).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text());
    let all = ada.get(&format!("{RUNS}?tag=nhs")).await.json();
    assert_eq!(all["total"], 2, "nothing was done");

    let done = bulk(&ada, &ids, change).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
    let found = format!("{RUNS}?tag=agreed&is_pinned=true");
    assert_eq!(ada.get(&found).await.json()["total"], 2);
    let left = ada.get(&format!("{RUNS}?tag=nhs")).await.json();
    assert_eq!(left["total"], 0);

    let gone = bulk(&ada, &ids, json!({"delete": true})).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    assert_eq!(ada.get(RUNS).await.json()["all"], 0);
    let back = bulk(&ada, &ids, json!({"restore": true})).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT, "{}", back.text());
    assert_eq!(ada.get(&found).await.json()["total"], 2);

    for (change, name) in [
        (json!({}), "ids"),
        (json!({"delete": true, "is_pinned": true}), "delete"),
        (json!({"add_tags": [" "]}), "add_tags"),
    ] {
        assert_eq!(field(&bulk(&ada, &ids, change).await), name);
    }
    assert_eq!(
        field(&bulk(&ada, &[], json!({"delete": true})).await),
        "ids"
    );
}
