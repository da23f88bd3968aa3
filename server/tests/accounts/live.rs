//! Two devices of one person, live; and what is taken away is gone from open streams, too.

use app::people::{Account, Email, Joining, Role};
use holdfast::{Actor, Expected};
use serde_json::json;

use super::PASSWORD;
use crate::helpers::socket::{LiveApp, Wire};

pub(super) async fn account(app: &LiveApp, email: &str, role: Role) -> Account {
    let joining = Joining {
        email: email.into(),
        name: "P".into(),
        password: PASSWORD.into(),
    };
    assert_eq!(app.people.add(joining, role).await, Ok(true));
    let email = Email::parse(email).unwrap();
    app.people.with_email(&email).await.unwrap().unwrap()
}

/// The cookie of a browser that logs in.
pub(super) async fn log_in(app: &LiveApp, email: &str) -> String {
    let body = format!("email={email}&password=kelp+holds+fast");
    let mut wire = app.connect().await;
    let headers = format!(
        "content-type: application/x-www-form-urlencoded\r\naccept: text/html\r\ncontent-length: {}\r\n",
        body.len()
    );
    wire.send("POST", "/account/log-in", "", &headers).await;
    wire.write(body.as_bytes()).await;
    wire.until("\r\n\r\n").await;
    let line = wire
        .seen
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    line.split(';').next().unwrap().to_owned()
}

pub(super) async fn listen(app: &LiveApp, cookie: &str) -> Wire {
    let mut wire = app.connect().await;
    wire.send("GET", "/events", cookie, "connection: close\r\n")
        .await;
    wire.until(": open").await;
    wire
}

pub(super) fn operator() -> Actor {
    Actor::new("test")
}

#[tokio::test]
async fn a_change_on_one_device_is_heard_on_the_other_and_by_nobody_else() {
    let app = LiveApp::new(|_| {}).await;
    account(&app, "ada@lab.org", Role::Analyst).await;
    account(&app, "bob@lab.org", Role::Analyst).await;
    let (one, two) = (
        log_in(&app, "ada@lab.org").await,
        log_in(&app, "ada@lab.org").await,
    );
    let bob = log_in(&app, "bob@lab.org").await;
    let (mut hers, mut his) = (listen(&app, &two).await, listen(&app, &bob).await);
    let write = |name: &str| json!({"key": "study.name", "data": json!(name).to_string(), "expected": 0, "client": "tab1"});
    app.call(&one, "write_store", &write("Liver")).await;
    hers.until("Liver").await;
    app.call(&bob, "write_store", &write("Heart")).await;
    his.until("Heart").await;
    assert!(!his.seen.contains("Liver"));
}

#[tokio::test]
async fn an_open_stream_ends_when_the_role_changes_and_says_so() {
    let app = LiveApp::new(|_| {}).await;
    let ada = account(&app, "ada@lab.org", Role::Editor).await;
    let cookie = log_in(&app, "ada@lab.org").await;
    let mut wire = listen(&app, &cookie).await;
    app.people
        .set_role(&ada.id, Role::Viewer, Expected::Any, &operator())
        .await
        .unwrap();
    wire.until("event: account").await;
    wire.rest().await;
    let again = listen(&app, &cookie).await;
    assert!(
        again.seen.starts_with("HTTP/1.1 200"),
        "in the new role they may listen"
    );
}

#[tokio::test]
async fn an_open_stream_ends_with_the_login_and_with_the_account() {
    let app = LiveApp::new(|_| {}).await;
    let ada = account(&app, "ada@lab.org", Role::Analyst).await;
    let (one, two) = (
        log_in(&app, "ada@lab.org").await,
        log_in(&app, "ada@lab.org").await,
    );
    let (mut first, mut second) = (listen(&app, &one).await, listen(&app, &two).await);
    app.call(&one, "end_other_logins", &json!({"password": PASSWORD}))
        .await;
    second.until("event: account").await;
    second.rest().await;
    assert!(!first.seen.contains("event: account"));
    app.people
        .suspend(&ada.id, None, &operator())
        .await
        .unwrap();
    first.until("event: account").await;
    first.rest().await;
    let mut refused = app.connect().await;
    refused
        .send("GET", "/events", &one, "connection: close\r\n")
        .await;
    assert!(refused.rest().await.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn somebody_elses_end_leaves_a_stream_alone() {
    let app = LiveApp::new(|_| {}).await;
    account(&app, "ada@lab.org", Role::Analyst).await;
    let bob = account(&app, "bob@lab.org", Role::Analyst).await;
    let (hers, anonymous) = (log_in(&app, "ada@lab.org").await, app.session().await);
    let (mut ada, mut guest) = (listen(&app, &hers).await, listen(&app, &anonymous).await);
    app.people
        .suspend(&bob.id, None, &operator())
        .await
        .unwrap();
    let write = |name: &str| json!({"key": "study.name", "data": json!(name).to_string(), "expected": 0, "client": "tab1"});
    app.call(&hers, "write_store", &write("Liver")).await;
    app.call(&anonymous, "write_store", &write("Heart")).await;
    ada.until("Liver").await;
    guest.until("Heart").await;
    assert!(!ada.seen.contains("event: account") && !guest.seen.contains("event: account"));
}
