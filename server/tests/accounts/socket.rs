//! Sockets of people and programs: let in with a login or a token, ended when it is not theirs any more.

use app::people::Role;
use holdfast::Expected;
use serde_json::json;

use super::{
    PASSWORD,
    live::{account, log_in, operator},
};
use crate::helpers::{
    socket::{LiveApp, body},
    ws::Socket,
};

/// A token of who is logged in here: its text and its id.
async fn token(app: &LiveApp, cookie: &str) -> (String, String) {
    let wanted = json!({"name": "nightly", "may_write": true, "days": 30});
    let made = body(&app.call(cookie, "make_token", &wanted).await);
    let account = body(&app.call(cookie, "get_account", &json!({})).await);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&made), text(&account["tokens"][0]["id"]))
}

/// A program: no cookie, no origin.
async fn program(app: &LiveApp, token: &str) -> Result<Socket, (u16, String)> {
    let bearer = format!("Bearer {token}");
    app.try_live("", &[("authorization", &bearer)]).await
}

#[tokio::test]
async fn a_program_hears_with_its_token_what_its_person_does() {
    let app = LiveApp::new(|_| {}).await;
    account(&app, "ada@lab.org", Role::Analyst).await;
    let cookie = log_in(&app, "ada@lab.org").await;
    let (token, _) = token(&app, &cookie).await;
    let mut socket = program(&app, &token).await.unwrap();
    assert_eq!(socket.next().await["event"], "open");
    let write = json!({"key": "study.name", "data": "\"Liver\"", "expected": 0, "client": "tab1"});
    app.call(&cookie, "write_store", &write).await;
    assert_eq!(socket.next().await["data"]["data"], "Liver");
    for wrong in ["hf_pat_wrong", "x"] {
        let refused = program(&app, wrong).await.err().unwrap();
        assert_eq!(refused.0, 401, "{wrong}");
    }
}

#[tokio::test]
async fn a_socket_ends_with_the_role_and_says_so_and_may_be_opened_again_in_the_new_one() {
    let app = LiveApp::new(|_| {}).await;
    let ada = account(&app, "ada@lab.org", Role::Editor).await;
    let cookie = log_in(&app, "ada@lab.org").await;
    let (token, _) = token(&app, &cookie).await;
    let (page, other) = (
        app.live(&cookie, "").await,
        program(&app, &token).await.unwrap(),
    );
    app.people
        .set_role(&ada.id, Role::Viewer, Expected::Any, &operator())
        .await
        .unwrap();
    assert_eq!(page.end().await, (1008, "account".into()));
    assert_eq!(other.end().await, (1008, "account".into()));
    let mut again = app.live(&cookie, "").await;
    assert_eq!(again.next().await["event"], "open");
}

#[tokio::test]
async fn a_socket_ends_with_the_login_and_with_the_account() {
    let app = LiveApp::new(|_| {}).await;
    let ada = account(&app, "ada@lab.org", Role::Analyst).await;
    let (one, two) = (
        log_in(&app, "ada@lab.org").await,
        log_in(&app, "ada@lab.org").await,
    );
    let (mut first, second) = (app.live(&one, "").await, app.live(&two, "").await);
    app.call(&one, "end_other_logins", &json!({"password": PASSWORD}))
        .await;
    assert_eq!(second.end().await, (1008, "account".into()));
    assert_eq!(first.next().await["event"], "open");
    app.people
        .suspend(&ada.id, None, &operator())
        .await
        .unwrap();
    assert_eq!(first.end().await, (1008, "account".into()));
    let own = format!("http://{}", app.address);
    for replayed in [&one, &two] {
        let headers = [("cookie", replayed.as_str()), ("origin", &own)];
        assert_eq!(app.try_live("", &headers).await.err().unwrap().0, 401);
    }
}

#[tokio::test]
async fn a_programs_socket_ends_when_its_token_is_revoked_and_anothers_stays() {
    let app = LiveApp::new(|_| {}).await;
    account(&app, "ada@lab.org", Role::Analyst).await;
    let cookie = log_in(&app, "ada@lab.org").await;
    let (revoked, id) = token(&app, &cookie).await;
    let made = json!({"name": "other", "may_write": false, "days": 30});
    let kept = body(&app.call(&cookie, "make_token", &made).await);
    let (ending, mut staying) = (
        program(&app, &revoked).await.unwrap(),
        program(&app, kept.as_str().unwrap()).await.unwrap(),
    );
    app.call(&cookie, "revoke_token", &json!({ "id": id }))
        .await;
    assert_eq!(ending.end().await, (1008, "account".into()));
    assert_eq!(program(&app, &revoked).await.err().unwrap().0, 401);
    let write = json!({"key": "study.name", "data": "\"Liver\"", "expected": 0, "client": "tab1"});
    app.call(&cookie, "write_store", &write).await;
    let heard = staying.until(|message| message["event"] == "change").await;
    assert_eq!(heard["data"]["data"], "Liver");
}
