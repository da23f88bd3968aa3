//! Sharing and tenants for programs: what a person shares others see, take and lose; a viewer and a token share nothing, and
//! another tenant sees nothing.

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    House,
    sharing::{completed_run, house, with_query},
};
use crate::helpers::{Answer, Browser};

const ANY: [(&str, &str); 1] = [("if-match", "*")];

async fn share(browser: &Browser<'_>, thing: Value, with: &str, may_copy: bool) -> Answer {
    let order = json!({"thing": thing, "with": with, "may_copy": may_copy});
    browser.ask("POST", "/shares", &[], order).await
}

async fn shared(browser: &Browser<'_>) -> Vec<Value> {
    let answer = browser.look("/shared").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["shared"].as_array().unwrap().clone()
}

async fn token(browser: &Browser<'_>) -> String {
    let order = json!({"name": "nightly", "may_write": true, "days": 30});
    let made = browser.ask("POST", "/tokens", &[], order).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_shared_is_seen_copied_and_taken_back_over_what_was_seen() {
    let house = house().await;
    let (ada, bob) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    with_query(&ada, "q1").await;
    let found = ada.look("/people?q=Ray").await.json();
    assert_eq!(found["people"][0]["mail"], "b…@lab.org", "{found}");
    let bobs_id = found["people"][0]["id"].as_str().unwrap();
    let thing = json!({"what": "query", "item": "q1"});
    let made = share(&ada, thing.clone(), bobs_id, false).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let at = made.header("location").strip_prefix("/api/v1").unwrap();
    let tag = made.header("etag").to_owned();
    assert_eq!(made.json()["name"], "Bob Ray");
    assert_eq!(ada.look(at).await.json(), made.json());
    let known = [("if-none-match", tag.as_str())];
    let same = ada.ask("GET", at, &known, Value::Null).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);

    let seen = shared(&bob).await;
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(
        (
            &seen[0]["owner"],
            &seen[0]["what"],
            &seen[0]["query"]["name"]
        ),
        (
            &json!("Ada Lovelace"),
            &json!("query"),
            &json!("Men over 50")
        )
    );
    let copy = format!("/shared/{}/copy", seen[0]["id"].as_str().unwrap());
    let refused = bob.ask("POST", &copy, &[], Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());

    // Shared again with more: the same share, and who saw the older one is told.
    let more = share(&ada, thing, bobs_id, true).await;
    assert_eq!(more.json()["id"], made.json()["id"]);
    let bobs_token = token(&bob).await;
    let copied = house
        .app
        .program(&bobs_token, "POST", &copy, Value::Null)
        .await;
    assert_eq!(
        (copied.status, copied.json()),
        (StatusCode::CREATED, json!({"name": "Men over 50"}))
    );
    let blind = ada.ask("DELETE", at, &[], Value::Null).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let stale = [("if-match", tag.as_str())];
    let late = ada.ask("DELETE", at, &stale, Value::Null).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(late.json()["current"]["may_copy"], true, "{}", late.text());
    let theirs = bob.ask("DELETE", at, &ANY, Value::Null).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let root = house.logged_in("root@lab.org").await;
    let over = root.ask("DELETE", at, &ANY, Value::Null).await;
    assert_eq!(over.status, StatusCode::NO_CONTENT, "{}", over.text());
    assert!(shared(&bob).await.is_empty());
    assert_eq!(ada.look("/shares").await.json(), json!({"shares": []}));
    let queries = bob.look("/queries").await.json();
    assert_eq!(queries["queries"][0]["name"], "Men over 50", "a copy stays");
}

#[tokio::test]
async fn tables_results_and_runs_are_shared_with_everybody_and_a_viewer_plots_the_result() {
    let house = house().await;
    let (mut ada, vera) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("vera@lab.org").await,
    );
    let question = json!({"selection": {"labs": ["bili"]}});
    let made = ada.ask("POST", "/datasets", &[], question).await.json();
    ada.upload("mine.csv", "id,sex\n1,f\n2,m\n").await;
    let run = completed_run(&ada).await;
    for thing in [
        json!({"what": "table", "item": "mine"}),
        json!({"what": "result"}),
        json!({"what": "run", "item": run}),
    ] {
        let made = share(&ada, thing.clone(), "everybody", true).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        assert_eq!(
            (&made.json()["thing"], &made.json()["name"]),
            (&thing, &Value::Null)
        );
    }
    let seen = shared(&vera).await;
    let of = |what: &str| seen.iter().find(|it| it["what"] == what).unwrap();
    assert_eq!(of("table")["table"]["name"], "mine");
    assert_eq!(of("run")["run"], json!(run));
    assert_eq!(of("result")["dataset"], made["id"]);
    let plot = format!("/datasets/{}/plot", made["id"].as_str().unwrap());
    let drawing = json!({"kind": "histogram", "x": "bili"});
    let drawn = vera.ask("POST", &plot, &[], drawing).await;
    assert_eq!(drawn.status, StatusCode::OK, "{}", drawn.text());
    assert!(drawn.json()["total"].as_u64().unwrap() > 1000);
    // She may look, and keeps nothing.
    let copy = format!("/shared/{}/copy", of("table")["id"].as_str().unwrap());
    let refused = vera.ask("POST", &copy, &[], Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
}

#[tokio::test]
async fn a_viewer_a_token_and_a_guest_share_nothing_and_another_tenant_sees_nothing() {
    let house = house().await;
    let (ada, bob, vera, root) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
        house.logged_in("vera@lab.org").await,
        house.logged_in("root@lab.org").await,
    );
    with_query(&ada, "q1").await;
    with_query(&vera, "q1").await;
    let thing = json!({"what": "query", "item": "q1"});
    let refused = share(&vera, thing.clone(), "everybody", true).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(
        vera.look("/people?q=Bob").await.status,
        StatusCode::FORBIDDEN
    );
    let adas_token = token(&ada).await;
    let order = json!({"thing": thing, "with": "everybody"});
    let refused = house
        .app
        .program(&adas_token, "POST", "/shares", order.clone())
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    let guest = house.app.visitor().await;
    for (method, path, body) in [
        ("GET", "/shares", Value::Null),
        ("POST", "/shares", order),
        ("GET", "/people?q=Bob", Value::Null),
    ] {
        let refused = guest.ask(method, path, &[], body).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
    assert!(shared(&guest).await.is_empty());
    let nobody = house.app.browser().look("/shared").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    for (order, status) in [
        (
            json!({"thing": {"what": "query", "item": "q2"}, "with": "everybody"}),
            StatusCode::NOT_FOUND,
        ),
        (
            json!({"thing": {"what": "query", "item": "q1"}, "with": "nobody"}),
            StatusCode::NOT_FOUND,
        ),
        (
            json!({"thing": {"what": "file", "item": "q1"}, "with": "everybody"}),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let refused = ada.ask("POST", "/shares", &[], order.clone()).await;
        assert_eq!(refused.status, status, "{order}: {}", refused.text());
    }

    let made = share(&ada, thing.clone(), "everybody", true).await.json();
    assert_eq!(shared(&bob).await.len(), 1);
    let lab = root
        .ask("POST", "/tenants", &[], json!({"name": "lab"}))
        .await;
    assert_eq!(lab.status, StatusCode::CREATED, "{}", lab.text());
    let bobs = format!("/users/{}", house.named("bob@lab.org").await.id);
    let moved = root
        .ask("PATCH", &bobs, &ANY, json!({"tenant": "lab"}))
        .await;
    assert_eq!(moved.json()["tenant"], "lab", "{}", moved.text());
    assert!(shared(&bob).await.is_empty());
    let id = made["id"].as_str().unwrap();
    let copied = bob
        .ask("POST", &format!("/shared/{id}/copy"), &[], Value::Null)
        .await;
    assert_eq!(copied.status, StatusCode::NOT_FOUND);
    assert_eq!(
        bob.look(&format!("/shares/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    let adas_id = house.named("ada@lab.org").await.id;
    with_query(&bob, "q3").await;
    let across = share(
        &bob,
        json!({"what": "query", "item": "q3"}),
        &adas_id,
        false,
    )
    .await;
    assert_eq!(across.status, StatusCode::NOT_FOUND, "{}", across.text());
}

#[tokio::test]
async fn tenants_are_made_and_filled_by_who_administers_the_whole_server() {
    let house = House::new().await;
    let root = house.account("root@all.org", "Root", Role::Admin).await;
    house.account("lena@lab.org", "Lena", Role::Admin).await;
    let lena = house.logged_in("lena@lab.org").await;
    let browser = house.logged_in("root@all.org").await;
    let first = json!({"name": "default", "is_first": true});
    assert_eq!(
        browser.look("/tenants").await.json(),
        json!({"tenants": [first]})
    );
    let lab = json!({"name": "lab"});
    for _ in 0..2 {
        let made = browser.ask("POST", "/tenants", &[], lab.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        assert_eq!(made.json(), json!({"name": "lab", "is_first": false}));
    }
    assert_eq!(
        browser.look("/tenants").await.json()["tenants"][1]["name"],
        "lab"
    );
    let wrong = browser
        .ask("POST", "/tenants", &[], json!({"name": "No Name"}))
        .await;
    assert_eq!(
        (wrong.status, wrong.error()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid".into())
    );

    let lenas = format!("/users/{}", house.named("lena@lab.org").await.id);
    let tag = browser.look(&lenas).await.header("etag").to_owned();
    let seen = [("if-match", tag.as_str())];
    let into = json!({"tenant": "lab", "role": "editor"});
    let nowhere = browser
        .ask("PATCH", &lenas, &seen, json!({"tenant": "no"}))
        .await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND, "{}", nowhere.text());
    let moved = browser.ask("PATCH", &lenas, &seen, into.clone()).await;
    assert_eq!(
        (&moved.json()["tenant"], &moved.json()["role"]),
        (&json!("lab"), &json!("editor")),
        "{}",
        moved.text()
    );
    let late = browser.ask("PATCH", &lenas, &seen, into).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let admin = browser
        .ask("PATCH", &lenas, &ANY, json!({"role": "admin"}))
        .await;
    assert_eq!(admin.status, StatusCode::OK, "{}", admin.text());

    // She administers her tenant, and not the server.
    let roots = format!("/users/{}", root.id);
    for (method, path, body) in [
        ("GET", "/tenants", Value::Null),
        ("POST", "/tenants", json!({"name": "mine"})),
        ("PATCH", &lenas, json!({"tenant": "default"})),
    ] {
        let refused = lena.ask(method, path, &ANY, body).await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{method} {path}: {}",
            refused.text()
        );
    }
    assert_eq!(lena.look(&roots).await.status, StatusCode::NOT_FOUND);
    let text = token(&browser).await;
    let by_token = house
        .app
        .program(&text, "GET", "/tenants", Value::Null)
        .await;
    assert_eq!(
        by_token.status,
        StatusCode::OK,
        "a token sees what its person sees"
    );
    for (method, path, body) in [
        ("POST", "/tenants", lab),
        ("PATCH", &lenas, json!({"tenant": "default"})),
    ] {
        let refused = house.app.program(&text, method, path, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    let away = browser
        .ask("PATCH", &roots, &ANY, json!({"tenant": "lab"}))
        .await;
    assert_eq!(away.status, StatusCode::BAD_REQUEST, "the last one stays");
    let guest = house.app.visitor().await;
    assert_eq!(
        guest.look("/tenants").await.status,
        StatusCode::UNAUTHORIZED
    );
}
