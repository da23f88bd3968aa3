//! Where one is logged in: ids that change, cookies that are worth nothing any more, ends that are final.

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{House, PASSWORD, log_in, me};

#[tokio::test]
async fn an_id_that_somebody_planted_is_worth_nothing_after_the_login() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let attacker = house.app.visitor().await;
    let mut victim = house.app.browser();
    victim.cookie = attacker.cookie.clone();
    log_in(&mut victim, "ada@lab.org", PASSWORD).await;
    assert_ne!(victim.cookie, attacker.cookie);
    assert_ne!(me(&victim).await, Value::Null);
    assert_eq!(me(&attacker).await, Value::Null);
    let read = attacker
        .call("read_store", json!({"key": "study.name"}))
        .await;
    assert_eq!(read.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn after_logging_out_the_old_cookie_is_nobodys_and_the_new_one_anonymous() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let mut browser = house.logged_in("ada@lab.org").await;
    let old = browser.clone();
    let out = browser.submit("/account/log-out", "").await;
    assert_eq!(out.header("location"), "/account?done=out");
    assert_eq!(out.header("clear-site-data"), "\"storage\"");
    assert_ne!(browser.cookie, old.cookie);
    assert_eq!(me(&browser).await, Value::Null);
    assert_eq!(me(&old).await, Value::Null);
    let replayed = old.call("get_account", json!({})).await;
    assert_eq!(
        (replayed.status, replayed.error()),
        (StatusCode::UNAUTHORIZED, "no_session".into())
    );
    assert!(
        browser
            .call("read_store", json!({"key": "study.name"}))
            .await
            .status
            .is_success()
    );
}

#[tokio::test]
async fn a_forged_cookie_is_nobodys() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    house.logged_in("ada@lab.org").await;
    let handle = house
        .people
        .logins()
        .of(&house.named("ada@lab.org").await.id)
        .await
        .unwrap()[0]
        .handle
        .clone();
    for forged in [handle, "AAAAAAAAAAAAAAAAAAAAAA".into(), "x".into()] {
        let mut browser = house.app.browser();
        browser.cookie = Some(format!("holdfast={forged}"));
        assert_eq!(me(&browser).await, Value::Null);
    }
}

#[tokio::test]
async fn a_browser_that_is_not_to_stay_gets_a_cookie_until_it_is_closed() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    for (stay, has_end) in [("", false), ("&stay=yes", true)] {
        let fields = format!("email=ada@lab.org&password=kelp+holds+fast{stay}");
        let answer = house.app.browser().submit("/account/log-in", &fields).await;
        let cookie = answer.header("set-cookie");
        assert_eq!(cookie.contains("Max-Age"), has_end, "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    }
}

#[tokio::test]
async fn logins_are_listed_and_ended_by_their_person_only() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    house.account("bob@lab.org", "Bob", Role::Analyst).await;
    let (one, two) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("ada@lab.org").await,
    );
    let three = house.logged_in("ada@lab.org").await;
    let bob = house.logged_in("bob@lab.org").await;
    let logins = one.call("get_account", json!({})).await.json()["logins"].clone();
    let logins = logins.as_array().unwrap().clone();
    assert_eq!(logins.len(), 3);
    assert_eq!(
        logins
            .iter()
            .filter(|login| login["is_this"] == true)
            .count(),
        1
    );
    let other = logins
        .iter()
        .find(|login| login["is_this"] == false)
        .unwrap();
    let end = |password: &str| json!({"handle": other["handle"], "password": password});
    let stolen = bob.call("end_login", end(PASSWORD)).await;
    assert_eq!(stolen.status, StatusCode::NOT_FOUND);
    let by_a_thief = one.call("end_login", end("not the password")).await;
    assert_eq!(by_a_thief.status, StatusCode::FORBIDDEN);
    let ended = one.call("end_login", end(PASSWORD)).await;
    assert_eq!(ended.status, StatusCode::OK);
    let gone = [me(&two).await, me(&three).await];
    assert_eq!(gone.iter().filter(|me| **me == Value::Null).count(), 1);
    assert_eq!(
        one.call("end_other_logins", json!({"password": PASSWORD}))
            .await
            .json(),
        json!(1)
    );
    assert_eq!(
        (me(&two).await, me(&three).await),
        (Value::Null, Value::Null)
    );
    assert_ne!(me(&one).await, Value::Null);
    assert_ne!(me(&bob).await, Value::Null);
}

#[tokio::test]
async fn another_password_ends_every_other_login_and_the_old_one_is_over() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let (mut here, there) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("ada@lab.org").await,
    );
    let before = here.cookie.clone();
    let wrong = here
        .submit(
            "/account/password",
            "current=wrong+password&password=a+new+sentence",
        )
        .await;
    assert!(
        wrong
            .header("location")
            .starts_with("/account?problem=credentials")
    );
    let weak = here
        .submit(
            "/account/password",
            "current=kelp+holds+fast&password=short",
        )
        .await;
    assert_eq!(weak.header("location"), "/account?problem=short");
    let done = here
        .submit(
            "/account/password",
            "current=kelp+holds+fast&password=a+new+sentence",
        )
        .await;
    assert_eq!(done.header("location"), "/account?done=password");
    assert_ne!(here.cookie, before);
    assert_ne!(me(&here).await, Value::Null);
    assert_eq!(me(&there).await, Value::Null);
    let mut again = house.app.browser();
    assert_ne!(
        log_in(&mut again, "ada@lab.org", PASSWORD)
            .await
            .header("location"),
        "/"
    );
    assert_eq!(
        log_in(&mut again, "ada@lab.org", "a new sentence")
            .await
            .header("location"),
        "/"
    );
    let anonymous = house
        .app
        .visitor()
        .await
        .submit("/account/password", "current=x&password=y")
        .await;
    assert_eq!(anonymous.header("location"), "/account?problem=ended");
}

#[tokio::test]
async fn a_login_ends_with_its_session_and_so_does_its_row() {
    let house = House::new().await;
    let ada = house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    house
        .clock
        .advance(std::time::Duration::from_secs(31 * 24 * 3600));
    assert_eq!(me(&browser).await, Value::Null);
    assert_eq!(house.people.logins().of(&ada.id).await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_is_kept_of_a_login_holds_no_cookie() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    let cookie = browser.cookie.clone().unwrap();
    let id = cookie.strip_prefix("holdfast=").unwrap();
    let account = browser.call("get_account", json!({})).await.text();
    assert!(!account.contains(id));
    for name in ["holdfast.db", "holdfast.db-wal"] {
        let bytes =
            std::fs::read(house.app.folder.path().join("data").join(name)).unwrap_or_default();
        assert!(
            !bytes
                .windows(id.len())
                .any(|window| window == id.as_bytes()),
            "{name}"
        );
    }
}
