//! Users and tokens for programs: administrators manage accounts, everybody sees who they are, and a token makes nobody.

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{House, me};
use crate::helpers::Browser;

const ANY: [(&str, &str); 1] = [("if-match", "*")];

/// Ada administers, Bob is an analyst.
async fn house() -> House {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Admin).await;
    house.account("bob@lab.org", "Bob", Role::Analyst).await;
    house
}

async fn token(browser: &Browser<'_>, may_write: bool) -> String {
    let order = json!({"name": "nightly", "may_write": may_write, "days": 30});
    let made = browser.ask("POST", "/tokens", &[], order).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_administrator_changes_accounts_over_what_was_seen() {
    let house = house().await;
    let (ada, bob) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    let users = ada.look("/users").await.json()["users"].clone();
    assert_eq!(users.as_array().unwrap().len(), 2);
    assert_eq!(
        (&users[1]["email"], &users[1]["role"]),
        (&json!("bob@lab.org"), &json!("analyst"))
    );
    let at = format!("/users/{}", users[1]["id"].as_str().unwrap());
    let tag = ada.look(&at).await.header("etag").to_owned();
    let seen = [("if-match", tag.as_str())];
    let editor = json!({"role": "editor"});
    let blind = ada.ask("PATCH", &at, &[], editor.clone()).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let changed = ada.ask("PATCH", &at, &seen, editor.clone()).await;
    assert_eq!(changed.json()["role"], "editor", "{}", changed.text());
    assert_eq!(me(&bob).await["role"], "editor");
    let late = ada.ask("PATCH", &at, &seen, editor).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);

    let ended = ada
        .ask("DELETE", &format!("{at}/logins"), &[], Value::Null)
        .await;
    assert_eq!(ended.json(), json!({"ended": 1}), "{}", ended.text());
    assert_eq!(me(&bob).await, Value::Null);
    let off = json!({"is_active": false, "role": "viewer"});
    let off = ada.ask("PATCH", &at, &ANY, off).await;
    assert_eq!(
        (&off.json()["is_active"], &off.json()["role"]),
        (&json!(false), &json!("viewer")),
        "{}",
        off.text()
    );
    let on = ada
        .ask("PATCH", &at, &ANY, json!({"is_active": true}))
        .await;
    assert_eq!(on.json()["is_active"], true);
    let last = format!("/users/{}", users[0]["id"].as_str().unwrap());
    let alone = ada
        .ask("PATCH", &last, &ANY, json!({"role": "viewer"}))
        .await;
    assert_eq!(alone.status, StatusCode::BAD_REQUEST, "{}", alone.text());
}

#[tokio::test]
async fn an_invitation_is_a_link_and_who_administers_nobody_makes_none() {
    let house = house().await;
    let (ada, bob) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    let order = json!({"role": "editor"});
    let made = ada.ask("POST", "/invitations", &[], order.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let link = made.json()["link"].as_str().unwrap().to_owned();
    assert!(link.starts_with("/account/invited?token="), "{link}");
    let nowhere = json!({"role": "editor", "tenant": "none"});
    let nowhere = ada.ask("POST", "/invitations", &[], nowhere).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let unknown = ada.look("/users/nobody").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    let someone = ada.look("/users/me").await.json()["user"]["id"].clone();
    let someone = format!("/users/{}", someone.as_str().unwrap());
    for (method, path, body) in [
        ("GET", "/users".to_owned(), Value::Null),
        ("GET", someone.clone(), Value::Null),
        ("PATCH", someone.clone(), json!({"role": "viewer"})),
        ("DELETE", format!("{someone}/logins"), Value::Null),
        ("POST", "/invitations".to_owned(), order),
    ] {
        let refused = bob.ask(method, &path, &ANY, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
}

#[tokio::test]
async fn everybody_is_told_who_they_are() {
    let house = house().await;
    let guest = house.app.visitor().await;
    let told = guest.look("/users/me").await.json();
    assert_eq!(
        (&told["user"], &told["may_write"]),
        (&Value::Null, &json!(true))
    );
    assert!(told["name"].as_str().unwrap().starts_with("Guest "));
    let nobody = house.app.browser().look("/users/me").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let bob = house.logged_in("bob@lab.org").await;
    let text = token(&bob, false).await;
    let told = house
        .app
        .program(&text, "GET", "/users/me", Value::Null)
        .await;
    assert_eq!(
        (&told.json()["user"]["email"], &told.json()["may_write"]),
        (&json!("bob@lab.org"), &json!(false))
    );
    for path in ["/users", "/tokens"] {
        let refused = guest.look(path).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn a_token_makes_no_token_changes_nobody_and_sends_nothing_again() {
    let house = house().await;
    let ada = house.logged_in("ada@lab.org").await;
    let (reads, writes) = (token(&ada, false).await, token(&ada, true).await);
    let bob = house.named("bob@lab.org").await.id;
    let list = house
        .app
        .program(&writes, "GET", "/tokens", Value::Null)
        .await;
    let list = list.json()["tokens"].clone();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert!(!list.to_string().contains(&writes));
    let users = house
        .app
        .program(&reads, "GET", "/users", Value::Null)
        .await;
    assert_eq!(users.json()["users"].as_array().unwrap().len(), 2);
    let own = list[0]["id"].as_str().unwrap();
    let order = json!({"name": "x", "may_write": false, "days": 1});
    for (method, path, body) in [
        ("POST", "/tokens".to_owned(), order),
        ("DELETE", format!("/tokens/{own}"), Value::Null),
        ("PATCH", format!("/users/{bob}"), json!({"role": "admin"})),
        (
            "PATCH",
            format!("/users/{bob}"),
            json!({"is_active": false}),
        ),
        ("DELETE", format!("/users/{bob}/logins"), Value::Null),
        ("POST", "/invitations".to_owned(), json!({"role": "admin"})),
    ] {
        let refused = house.app.program(&writes, method, &path, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    let hook = json!({"url": "https://example.org/hooks"});
    let made = house.app.program(&writes, "POST", "/webhooks", hook).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    for path in [
        format!("/webhooks/{id}/replays"),
        format!("/webhooks/{id}/dead-letters/1"),
    ] {
        let again = json!({"first": 1});
        let refused = house.app.program(&reads, "POST", &path, again).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let gone = ada
        .ask("DELETE", &format!("/tokens/{own}"), &[], Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    let left = ada.look("/tokens").await.json();
    assert_eq!(left["tokens"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_that_may_only_read_merges_and_keeps_nothing() {
    let house = house().await;
    let bob = house.logged_in("bob@lab.org").await;
    // Opened once, the workspace has the sample study.
    assert!(bob.get("/").await.status.is_success());
    let reads = token(&bob, false).await;
    let counted = house
        .app
        .program(
            &reads,
            "POST",
            "/datasets/count",
            json!({"filters": {"sex": ["f"]}}),
        )
        .await;
    assert_eq!(counted.status, StatusCode::OK, "{}", counted.text());
    for (method, path, body) in [
        ("POST", "/datasets", json!({})),
        ("POST", "/queries", json!({"name": "x", "spec": {}})),
        ("DELETE", "/tables/labs", Value::Null),
        ("DELETE", "/keys", Value::Null),
        ("POST", "/webhooks", json!({"url": "https://example.org/"})),
    ] {
        let refused = house.app.program(&reads, method, path, body).await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{method} {path}: {}",
            refused.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_who_demote_each_other_at_once_one_stays() {
    let house = House::new().await;
    let ada = house.account("ada@lab.org", "Ada", Role::Admin).await;
    let bob = house.account("bob@lab.org", "Bob", Role::Admin).await;
    let root = holdfast::Actor::new("test");
    for round in 0..10 {
        let demote = |id: &str| {
            let (people, root, id) = (house.people.clone(), root.clone(), id.to_owned());
            tokio::spawn(async move {
                match round % 2 {
                    0 => people.suspend(&id, None, &root).await,
                    _ => {
                        let any = holdfast::Expected::Any;
                        people.set_role(&id, Role::Viewer, any, &root).await
                    }
                }
            })
        };
        let (one, other) = tokio::join!(demote(&ada.id), demote(&bob.id));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let left = if one.is_ok() { &bob } else { &ada };
        let gone = if one.is_ok() { &ada } else { &bob };
        let account = house.named(&left.email).await;
        assert!(account.is_active && account.role == Role::Admin);
        let back = match round % 2 {
            0 => house.people.resume(&gone.id, None, &root).await,
            _ => {
                let any = holdfast::Expected::Any;
                house
                    .people
                    .set_role(&gone.id, Role::Admin, any, &root)
                    .await
            }
        };
        assert_eq!(back, Ok(()));
    }
}
