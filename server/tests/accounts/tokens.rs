//! Tokens for programs: shown once, kept as a hash, as much as their person may and no more.

use std::time::Duration;

use app::people::Role;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use super::{House, PASSWORD};
use crate::{
    backends::postgres_server::PostgresServer,
    helpers::{Answer, Browser},
};

async fn make(browser: &Browser<'_>, may_write: bool, days: u32) -> String {
    let input = json!({"name": "nightly", "may_write": may_write, "days": days});
    let made = browser.call("make_token", input).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    made.json().as_str().unwrap().to_owned()
}

/// A program: no cookie, no origin.
async fn call(house: &House, token: &str, function: &str, input: Value) -> Answer {
    let request = Request::post(format!("/api/{function}"))
        .header("host", "localhost:3000")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    house
        .app
        .send(request.body(Body::from(input.to_string())).unwrap())
        .await
}

fn name(text: &str, expected: u64) -> Value {
    json!({"key": "study.name", "data": json!(text).to_string(), "expected": expected, "client": "program"})
}

#[tokio::test]
async fn a_token_reads_and_writes_as_its_person_and_less_if_it_only_reads() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    let (reads, writes) = (
        make(&browser, false, 30).await,
        make(&browser, true, 30).await,
    );
    assert!(reads.starts_with("hf_pat_") && reads.len() == 50, "{reads}");
    let written = call(&house, &writes, "write_store", name("Liver", 0)).await;
    assert_eq!(written.json(), json!(1), "{}", written.text());
    let read = call(&house, &reads, "read_store", json!({"key": "study.name"})).await;
    assert_eq!(read.json()["data"], "Liver");
    let refused = call(&house, &reads, "write_store", name("Heart", 1)).await;
    assert_eq!(
        (refused.status, refused.error()),
        (StatusCode::FORBIDDEN, "forbidden".into())
    );
    assert!(refused.text().contains("may only read"));
    assert!(!read.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_token_that_may_only_read_begins_no_backup_and_gives_none_up() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Admin).await;
    let browser = house.logged_in("ada@lab.org").await;
    let reads = make(&browser, false, 30).await;
    for at in ["v1/backups", "v1/backups/cancel"] {
        let refused = call(&house, &reads, at, json!({})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{at}");
        assert!(refused.text().contains("may only read"), "{at}");
    }
    let writes = make(&browser, true, 30).await;
    let begun = call(&house, &writes, "v1/backups", json!({})).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
}

/// It may ask another server next, whose cache is behind this one's.
#[tokio::test(flavor = "multi_thread")]
async fn where_servers_share_a_database_a_program_is_told_how_new_what_it_sees_is() {
    let postgres = PostgresServer::shared();
    let house = House::with(|settings| settings.state.database_url = postgres.database()).await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    let token = make(&browser, true, 30).await;
    let told = |answer: &Answer| {
        assert!(!answer.headers.contains_key("set-cookie"));
        let revision = answer.headers.get("holdfast-revision").unwrap();
        revision.to_str().unwrap().parse::<u64>().unwrap()
    };
    let before = told(&call(&house, &token, "read_store", json!({"key": "study.name"})).await);
    let written = call(&house, &token, "write_store", name("Liver", 0)).await;
    assert_eq!(written.json(), json!(1), "{}", written.text());
    assert!(told(&written) > before);
}

#[tokio::test]
async fn a_token_makes_no_tokens_and_changes_no_accounts() {
    let house = House::new().await;
    let ada = house.account("ada@lab.org", "Ada", Role::Admin).await;
    house.account("bob@lab.org", "Bob", Role::Admin).await;
    let browser = house.logged_in("ada@lab.org").await;
    let token = make(&browser, true, 30).await;
    for (function, input) in [
        (
            "make_token",
            json!({"name": "x", "may_write": true, "days": 1}),
        ),
        ("end_other_logins", json!({"password": PASSWORD})),
        ("invite", json!({"role": "admin"})),
        (
            "change_role",
            json!({"id": ada.id, "role": "viewer", "version": 2}),
        ),
        (
            "suspend_user",
            json!({"id": ada.id, "is_suspended": true, "version": 2}),
        ),
    ] {
        let refused = call(&house, &token, function, input).await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{function}: {}",
            refused.text()
        );
    }
}

#[tokio::test]
async fn a_token_that_is_revoked_over_or_somebodys_who_is_suspended_is_refused() {
    let house = House::new().await;
    let ada = house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    let read = json!({"key": "study.name"});
    let token = make(&browser, false, 7).await;
    assert_eq!(
        call(&house, &token, "read_store", read.clone())
            .await
            .status,
        StatusCode::OK
    );
    let rows = browser.call("get_account", json!({})).await.json()["tokens"].clone();
    assert_eq!(
        (&rows[0]["used"], &rows[0]["may_write"]),
        (&json!("just now"), &json!(false))
    );
    assert_eq!(rows[0]["starts"], format!("{}…", &token[..10]));
    let revoke = json!({"id": rows[0]["id"]});
    let bob = {
        house.account("bob@lab.org", "Bob", Role::Admin).await;
        house.logged_in("bob@lab.org").await
    };
    assert_eq!(
        bob.call("revoke_token", revoke.clone()).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        browser.call("revoke_token", revoke).await.status,
        StatusCode::OK
    );
    let refused = call(&house, &token, "read_store", read.clone()).await;
    assert_eq!(
        (refused.status, refused.error()),
        (StatusCode::UNAUTHORIZED, "no_session".into())
    );
    let other = make(&browser, false, 365).await;
    let operator = holdfast::Actor::new("test");
    house
        .people
        .suspend(&ada.id, None, &operator)
        .await
        .unwrap();
    assert_eq!(
        call(&house, &other, "read_store", read.clone())
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    house.people.resume(&ada.id, None, &operator).await.unwrap();
    assert_eq!(
        call(&house, &other, "read_store", read.clone())
            .await
            .status,
        StatusCode::OK
    );
    house.clock.advance(Duration::from_secs(365 * 24 * 3600));
    assert_eq!(
        call(&house, &other, "read_store", read).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_last_use_of_a_token_is_noted_again_after_ten_minutes() {
    const MINUTE: Duration = Duration::from_secs(60);
    let house = House::new().await;
    let ada = house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    let token = make(&browser, false, 7).await;
    let read = json!({"key": "study.name"});
    let mut noted = Vec::new();
    for _ in 0..4 {
        let answer = call(&house, &token, "read_store", read.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        noted.push(house.people.tokens(&ada).await.unwrap()[0].1.unwrap());
        house.clock.advance(6 * MINUTE);
    }
    let passed: Vec<i64> = noted.iter().map(|at| (at - noted[0]) / 60_000).collect();
    assert_eq!(passed, [0, 0, 12, 12]);
}

#[tokio::test]
async fn a_token_is_for_the_api_only_and_wins_over_a_cookie() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    let token = make(&browser, true, 30).await;
    let bearer = |path: &str, method: &str, token: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:3000")
            .header("authorization", format!("Bearer {token}"))
    };
    for path in ["/session", "/account/log-out", "/data/remove"] {
        let request = bearer(path, "POST", &token).body(Body::empty()).unwrap();
        assert_eq!(
            house.app.send(request).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let request = bearer("/api/get_me", "POST", "hf_pat_wrong")
        .header("content-type", "application/json")
        .header("cookie", browser.cookie.clone().unwrap());
    let answer = house.app.send(request.body("{}".into()).unwrap()).await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "a wrong token is not made good by a cookie"
    );
}

#[tokio::test]
async fn a_token_without_an_end_or_a_name_is_not_made_and_its_text_is_kept_nowhere() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    for (name, days) in [("x", 0), ("x", 400), ("", 30)] {
        let refused = browser
            .call(
                "make_token",
                json!({"name": name, "may_write": false, "days": days}),
            )
            .await;
        assert_eq!(refused.error(), "invalid");
    }
    let token = make(&browser, false, 30).await;
    let secret = &token[10..];
    for name in ["holdfast.db", "holdfast.db-wal"] {
        let bytes =
            std::fs::read(house.app.folder.path().join("data").join(name)).unwrap_or_default();
        assert!(
            !bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes()),
            "{name}"
        );
    }
}
