//! Several states at once over HTTP: all or nothing, each conflict told.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::programs::{ask, parcel, with_parcels};
use crate::helpers::{Answer, Browser};

async fn transact(browser: &Browser<'_>, steps: Value) -> Answer {
    let order = json!({ "steps": steps });
    ask(browser, "POST", "/api/v1/transactions", &[], order).await
}

fn register(id: &str) -> Value {
    let mut state = parcel(id);
    state["id"] = id.into();
    json!({"do": "register", "state": state})
}

async fn version(browser: &Browser<'_>, id: &str) -> Option<u64> {
    let path = format!("/api/v1/states/{id}");
    let got = ask(browser, "GET", &path, &[], Value::Null).await;
    match got.status {
        StatusCode::OK => got.json()["version"].as_u64(),
        status => {
            assert_eq!(status, StatusCode::NOT_FOUND);
            None
        }
    }
}

#[tokio::test]
async fn several_states_change_at_one_place_in_the_log() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    let made = transact(&ada, json!([register("one"), register("two")])).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let steps = json!([
        {"do": "merge", "id": "one", "version": 1, "data": {"grams": 900}},
        {"do": "merge", "id": "one", "version": 2, "data": {"to": "Oslo"}},
        {"do": "transition", "id": "two", "version": "*", "transition": "send"},
        register("three"),
        {"do": "check", "id": "four", "version": 0},
    ]);
    let done = transact(&ada, steps).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let done = done.json();
    let changes = done["changes"].as_array().unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|it| (it["id"].as_str().unwrap(), it["version"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, [("one", 2), ("one", 3), ("two", 2), ("three", 1)]);
    let revisions: Vec<_> = changes
        .iter()
        .map(|it| it["revision"].as_u64().unwrap())
        .collect();
    assert!(
        revisions.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{revisions:?}"
    );
    assert_eq!(done["revision"].as_u64(), revisions.last().copied());
    let states = done["states"].as_array().unwrap();
    assert_eq!(states.len(), 3);
    assert_eq!(states[0]["data"], json!({"grams": 900, "to": "Oslo"}));
    assert_eq!(states[1]["status"], "sent");
}

#[tokio::test]
async fn where_others_were_faster_nothing_is_written_and_each_such_state_is_told() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    transact(&ada, json!([register("one"), register("two")])).await;
    let heavier = json!([
        {"do": "merge", "id": "one", "version": 1, "data": {"grams": 900}},
        {"do": "merge", "id": "two", "version": 1, "data": {"grams": 901}},
    ]);
    assert_eq!(transact(&ada, heavier.clone()).await.status, StatusCode::OK);
    let mut steps = heavier;
    let more = [
        register("three"),
        json!({"do": "check", "id": "nowhere", "version": 4}),
        json!({"do": "delete", "id": "one", "version": 1}),
    ];
    steps.as_array_mut().unwrap().extend(more);
    let late = transact(&ada, steps).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(late.error(), "stale");
    let late = late.json();
    let conflicts = late["conflicts"].as_array().unwrap();
    let told: Vec<_> = conflicts
        .iter()
        .map(|it| (&it["id"], &it["version"], &it["state"]["data"]["grams"]))
        .collect();
    let none = Value::Null;
    assert_eq!(
        told,
        [
            (&json!("one"), &json!(2), &json!(900)),
            (&json!("two"), &json!(2), &json!(901)),
            (&json!("nowhere"), &json!(0), &none),
        ]
    );
    assert_eq!(version(&ada, "one").await, Some(2));
    assert_eq!(version(&ada, "three").await, None);
}

#[tokio::test]
async fn a_step_that_is_refused_is_named_and_nothing_of_the_others_is_done() {
    let app = with_parcels().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    transact(&ada, json!([register("one")])).await;
    let send = json!({"do": "transition", "id": "one", "version": "*", "transition": "send"});
    let twice = transact(&ada, json!([register("two"), send, send])).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text());
    let told = twice.json();
    assert_eq!(
        (
            &told["error"],
            &told["step"],
            &told["from"],
            &told["allowed"]
        ),
        (
            &json!("refused"),
            &json!(2),
            &json!("sent"),
            &json!(["delete"])
        )
    );
    let own = json!({"do": "register", "state": {"kind": "store", "name": "x"}});
    let refused = transact(&ada, json!([register("two"), own])).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["step"], 1);
    let theirs = transact(&bob, json!([send])).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    assert_eq!(version(&ada, "one").await, Some(1));
    assert_eq!(version(&ada, "two").await, None);
}

#[tokio::test]
async fn what_is_no_transaction_is_refused_in_type() {
    let app = with_parcels().await;
    let ada = app.visitor().await;
    let only_looks = json!([{"do": "check", "id": "one", "version": 0}]);
    for (steps, status) in [
        (json!([]), StatusCode::UNPROCESSABLE_ENTITY),
        (only_looks, StatusCode::UNPROCESSABLE_ENTITY),
        (json!([{"do": "dance"}]), StatusCode::BAD_REQUEST),
        (
            json!([{"do": "delete", "id": "one"}]),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let refused = transact(&ada, steps.clone()).await;
        assert_eq!(refused.status, status, "{steps}: {}", refused.text());
    }
    let nobody = transact(&app.browser(), json!([register("one")])).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}
