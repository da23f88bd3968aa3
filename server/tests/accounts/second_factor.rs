//! The second factor: turned on, asked for, good once, bounded, turned off, taken away, required.

use std::time::Duration;

use app::people::{Role, SecondFactor};
use axum::{body::Body, http::StatusCode};
use serde_json::{Value, json};

use super::{
    House, PASSWORD,
    authenticator::{Authenticator, recovery_codes, turn_on, typed},
    log_in, me, write,
};
use crate::helpers::{Answer, Browser};

const ADA: &str = "ada@lab.org";
/// One time step: the next code.
const STEP: Duration = Duration::from_secs(30);

/// A server where Ada is logged in and has turned her second factor on.
async fn with_factor(house: &House) -> (Browser<'_>, Authenticator, Vec<String>) {
    house.account(ADA, "Ada Lovelace", Role::Analyst).await;
    let mut browser = house.logged_in(ADA).await;
    let (app, codes) = turn_on(house, &mut browser).await;
    (browser, app, codes)
}

/// A browser in which the password was typed, and the code not yet.
async fn half_way<'a>(house: &'a House, email: &str) -> Browser<'a> {
    let mut browser = house.app.browser();
    let answer = log_in(&mut browser, email, PASSWORD).await;
    assert_eq!(answer.header("location"), "/account/code");
    browser
}

async fn prove(browser: &mut Browser<'_>, code: &str) -> Answer {
    let fields = format!("code={}", typed(code));
    browser.submit("/account/prove", &fields).await
}

/// Password and code, as the forms of who is logged in send them.
fn both(code: &str) -> String {
    format!("password={}&code={code}", typed(PASSWORD))
}

#[tokio::test]
async fn who_turned_it_on_is_asked_for_a_code_and_is_nobody_before() {
    let house = House::new().await;
    let (_, app, codes) = with_factor(&house).await;
    assert_eq!(codes.len(), 10);
    let mut other = half_way(&house, ADA).await;
    assert_eq!(me(&other).await, Value::Null);
    let account = other.call("get_account", json!({})).await;
    assert_eq!(account.status, StatusCode::UNAUTHORIZED);
    let page = other.get("/account/code").await.text();
    assert!(page.contains("Type the code of your app") && !page.contains("Ada"));
    let half = other.cookie.clone();
    house.clock.advance(STEP);
    let entered = prove(&mut other, &app.code(&house)).await;
    assert_eq!(entered.header("location"), "/");
    assert_eq!(me(&other).await["name"], "Ada Lovelace");
    assert_ne!(other.cookie, half, "another id at the log-in");
    let mut planted = house.app.browser();
    planted.cookie = half;
    assert_eq!(me(&planted).await, Value::Null);
}

#[tokio::test]
async fn the_browsers_work_comes_along_after_the_code_as_after_the_password() {
    let house = House::new().await;
    let (_, app, _) = with_factor(&house).await;
    let mut browser = house.app.visitor().await;
    write(&browser, "study.name", json!("Liver"), 0).await;
    log_in(&mut browser, ADA, PASSWORD).await;
    house.clock.advance(STEP);
    prove(&mut browser, &app.code(&house)).await;
    let read = super::read(&browser, "study.name").await;
    assert_eq!(read["data"], "Liver");
}

#[tokio::test]
async fn a_code_lets_one_browser_in_once_also_where_two_come_at_the_same_time() {
    let house = House::new().await;
    let (_, app, _) = with_factor(&house).await;
    house.clock.advance(STEP);
    let code = app.code(&house);
    let (mut one, mut two) = (half_way(&house, ADA).await, half_way(&house, ADA).await);
    let (first, second) = tokio::join!(prove(&mut one, &code), prove(&mut two, &code));
    let mut outcomes = [first, second].map(|answer| answer.header("location") == "/");
    outcomes.sort_unstable();
    assert_eq!(outcomes, [false, true]);
    let mut late = half_way(&house, ADA).await;
    let replayed = prove(&mut late, &code).await;
    assert!(
        replayed
            .header("location")
            .starts_with("/account/code?problem=code&n=")
    );
    assert_eq!(me(&late).await, Value::Null);
}

#[tokio::test]
async fn wrong_codes_are_bounded_like_wrong_passwords_and_the_right_one_waits_too() {
    let house = House::new().await;
    let (_, app, _) = with_factor(&house).await;
    house.clock.advance(STEP);
    let mut browser = half_way(&house, ADA).await;
    for left in [4, 3, 2, 1, 0] {
        let answer = prove(&mut browser, &app.wrong_code(&house)).await;
        let expected = format!("/account/code?problem=code&n={left}");
        assert_eq!(answer.header("location"), expected);
    }
    let right = prove(&mut browser, &app.code(&house)).await;
    let throttled = "/account/code?problem=throttled&n=";
    assert!(right.header("location").starts_with(throttled));
    let again = log_in(&mut house.app.browser(), ADA, PASSWORD).await;
    assert!(again.header("location").contains("problem=throttled"));
    house.clock.advance(Duration::from_secs(15 * 60));
    let mut browser = half_way(&house, ADA).await;
    let entered = prove(&mut browser, &app.code(&house)).await;
    assert_eq!(entered.header("location"), "/");
}

#[tokio::test]
async fn who_is_half_way_in_has_five_minutes_and_one_browser() {
    let house = House::new().await;
    let (_, app, _) = with_factor(&house).await;
    let mut browser = half_way(&house, ADA).await;
    house.clock.advance(Duration::from_secs(5 * 60));
    let mut elsewhere = house.app.visitor().await;
    for browser in [&mut browser, &mut elsewhere, &mut house.app.browser()] {
        let late = prove(browser, &app.code(&house)).await;
        assert_eq!(late.header("location"), "/account/code?problem=late");
        assert_eq!(me(browser).await, Value::Null);
    }
    let mut browser = half_way(&house, ADA).await;
    house.clock.advance(Duration::from_secs(4 * 60));
    let entered = prove(&mut browser, &app.code(&house)).await;
    assert_eq!(entered.header("location"), "/");
}

#[tokio::test]
async fn who_is_half_way_in_begins_again_once_the_account_was_changed() {
    let house = House::new().await;
    let (mut ada, app, _) = with_factor(&house).await;
    house.clock.advance(STEP);
    let code = app.code(&house);
    let mut before = half_way(&house, ADA).await;
    // In the same millisecond.
    let fields = format!("current={}&password=a+new+sentence", typed(PASSWORD));
    let changed = ada.submit("/account/password", &fields).await;
    assert_eq!(changed.header("location"), "/account?done=password");
    let late = prove(&mut before, &code).await;
    assert_eq!(late.header("location"), "/account/code?problem=late");
    assert_eq!(me(&before).await, Value::Null);

    let mut locked = house.app.browser();
    log_in(&mut locked, ADA, "a new sentence").await;
    let (id, operator) = (house.named(ADA).await.id, holdfast::Actor::new("test"));
    house.people.suspend(&id, None, &operator).await.unwrap();
    house.people.resume(&id, None, &operator).await.unwrap();
    let late = prove(&mut locked, &code).await;
    assert_eq!(late.header("location"), "/account/code?problem=late");
    assert_eq!(me(&locked).await, Value::Null);

    log_in(&mut locked, ADA, "a new sentence").await;
    let entered = prove(&mut locked, &code).await;
    assert_eq!(entered.header("location"), "/", "no code was spent on it");
}

#[tokio::test]
async fn each_recovery_code_lets_in_once_however_it_is_written_and_new_ones_end_the_old() {
    let house = House::new().await;
    let (mut ada, app, codes) = with_factor(&house).await;
    let loud = codes[0].to_uppercase().replace('-', " ");
    let mut browser = half_way(&house, ADA).await;
    assert_eq!(prove(&mut browser, &loud).await.header("location"), "/");
    let mut browser = half_way(&house, ADA).await;
    let again = prove(&mut browser, &codes[0]).await;
    assert!(again.header("location").contains("problem=code"));
    let account = ada.call("get_account", json!({})).await.json();
    assert_eq!(account["factor"]["On"]["left"], 9);
    assert_eq!(account["codes"], json!([]), "they are shown once");

    house.clock.advance(STEP);
    let renewed = ada
        .submit("/account/factor-codes", &both(&app.code(&house)))
        .await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text());
    let new = recovery_codes(&renewed.text());
    assert_eq!(new.len(), 10);
    let old = prove(&mut browser, &codes[1]).await;
    assert!(old.header("location").contains("problem=code"));
    assert_eq!(prove(&mut browser, &new[0]).await.header("location"), "/");
}

#[tokio::test]
async fn it_is_turned_on_with_the_password_and_a_code_and_the_other_logins_end() {
    let house = House::new().await;
    house.account(ADA, "Ada", Role::Analyst).await;
    let mut ada = house.logged_in(ADA).await;
    let other = house.logged_in(ADA).await;
    let thief = ada
        .submit("/account/factor-begin", "password=not+the+password")
        .await;
    assert_eq!(thief.header("location"), "/account?problem=credentials&n=4");
    let early = ada.submit("/account/factor-on", "code=123456").await;
    assert_eq!(early.header("location"), "/account?problem=late");
    let password = format!("password={}", typed(PASSWORD));
    ada.submit("/account/factor-begin", &password).await;
    let account = other.call("get_account", json!({})).await.json();
    assert_eq!(account["factor"], "Off", "another login sees no key");
    house.logged_in(ADA).await;
    let (app, _) = turn_on(&house, &mut ada).await;
    assert_eq!(me(&other).await, Value::Null);
    assert_ne!(me(&ada).await, Value::Null);
    assert_eq!(
        ada.get("/account/factor-on").await.header("location"),
        "/account",
        "reloading what showed the codes shows the account"
    );
    let account = ada.call("get_account", json!({})).await.text();
    assert!(!account.contains(&app.key()));
}

#[tokio::test]
async fn it_is_turned_off_with_both_factors_only() {
    let house = House::new().await;
    let (mut ada, app, _) = with_factor(&house).await;
    house.clock.advance(STEP);
    let code = app.code(&house);
    for (fields, problem) in [
        (both(&app.wrong_code(&house)), "code"),
        (
            format!("password=not+the+password&code={code}"),
            "credentials",
        ),
        (both(""), "code"),
    ] {
        let answer = ada.submit("/account/factor-off", &fields).await;
        let expected = format!("/account?problem={problem}&n=");
        assert!(answer.header("location").starts_with(&expected), "{fields}");
    }
    let off = ada.submit("/account/factor-off", &both(&code)).await;
    assert_eq!(off.header("location"), "/account?done=factor-off");
    house.logged_in(ADA).await;
    let (_, codes) = turn_on(&house, &mut ada).await;
    assert_eq!(codes.len(), 10, "and on again");
}

#[tokio::test]
async fn an_administrator_takes_a_lost_one_away_and_the_audit_says_so_without_what_is_secret() {
    let house = House::new().await;
    let (lost, app, codes) = with_factor(&house).await;
    house.account("root@lab.org", "Root", Role::Admin).await;
    let root = house.logged_in("root@lab.org").await;
    let id = house.named(ADA).await.id;
    let seen = root.look(&format!("/users/{id}")).await.json();
    assert_eq!(seen["has_second_factor"], true);
    house.clock.advance(STEP);
    let removal = json!({"id": id, "version": seen["version"]});
    assert_eq!(
        lost.call("remove_factor", removal.clone()).await.status,
        StatusCode::FORBIDDEN
    );
    let removed = root.call("remove_factor", removal).await;
    assert_eq!(removed.status, StatusCode::OK, "{}", removed.text());
    assert_eq!(me(&lost).await, Value::Null);
    house.clock.advance(STEP);
    house.logged_in(ADA).await;

    let question = json!({"question": {"kind": "user", "who": "Root"}, "before": null});
    let by_root = root.call("find_changes", question).await.json();
    assert_eq!(by_root["rows"][0]["name"], "Ada Lovelace");
    let lines = root.get("/api/v1/audit?format=jsonl").await.text();
    assert!(lines.contains("\"factor\"") && !lines.contains(&app.key()));
    let question = json!({"question": {"kind": "factor"}, "before": null});
    let changes = root.call("find_changes", question).await.json();
    let changes = changes["rows"].as_array().unwrap().clone();
    assert!(changes.len() >= 3, "{changes:?}");
    for change in changes {
        let which = json!({"revision": change["revision"]});
        let opened = root.call("get_change", which).await.text();
        assert!(!opened.contains(&app.key()), "{opened}");
        assert!(codes.iter().all(|code| !opened.contains(code)));
    }
}

#[tokio::test]
async fn where_it_is_required_who_has_none_turns_it_on_before_anything_else() {
    let house = House::with(|settings| {
        settings.accounts.second_factor = SecondFactor::Required;
    })
    .await;
    house.account(ADA, "Ada", Role::Analyst).await;
    let mut ada = house.logged_in(ADA).await;
    for page in ["/", "/states", "/data"] {
        let led = ada.get(page).await;
        assert_eq!(led.header("location"), "/account?problem=factor", "{page}");
    }
    let page = ada.get("/account?problem=factor").await.text();
    assert!(page.contains("A second factor is needed on this server."));
    let token = json!({"name": "x", "may_write": true, "days": 1});
    for refused in [
        write(&ada, "study.name", json!("x"), 0).await,
        ada.call("make_token", token).await,
        ada.ask("DELETE", "/tables/labs", &[], Value::Null).await,
    ] {
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
        assert!(refused.text().contains("second factor"));
    }
    let upload = ada.upload("mine.csv", "id,visit,x\n1,1,2\n").await;
    assert_eq!(upload.status, StatusCode::FORBIDDEN);
    turn_on(&house, &mut ada).await;
    assert_eq!(ada.get("/").await.status, StatusCode::OK);
    let written = write(&ada, "study.name", json!("Liver"), 0).await;
    assert_eq!(written.status, StatusCode::OK, "{}", written.text());
    let guest = house.app.visitor().await;
    assert_eq!(guest.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn where_it_is_required_nothing_is_read_before_it_is_on_but_what_the_account_page_needs() {
    let house = House::with(|settings| {
        settings.accounts.second_factor = SecondFactor::Required;
        let packages = settings.site_dir.join("pkg");
        std::fs::create_dir_all(&packages).unwrap();
        std::fs::write(packages.join("holdfast.css"), "a{}").unwrap();
        std::fs::write(settings.site_dir.join("favicon.svg"), "<svg/>").unwrap();
    })
    .await;
    house.account(ADA, "Ada", Role::Admin).await;
    let mut ada = house.logged_in(ADA).await;
    for path in [
        "/api/v1/configurations",
        "/api/v1/tables",
        "/api/v1/events",
        "/api/v1/live",
        "/query/result.csv?id=x",
        "/metrics",
    ] {
        let refused = read_by_script(&ada, path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.text().contains("second factor"), "{path}");
    }
    let study = ada.call("get_study", json!({})).await;
    assert_eq!(study.status, StatusCode::FORBIDDEN);
    let stream = read_by_script(&ada, "/events").await;
    assert_eq!(stream.status, StatusCode::NO_CONTENT);

    let page = ada.get("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Turn it on"));
    for needed in ["/favicon.svg", "/pkg/holdfast.css", "/health"] {
        let answer = read_by_script(&ada, needed).await;
        assert_eq!(answer.status, StatusCode::OK, "{needed}");
    }
    assert_ne!(me(&ada).await, Value::Null);
    let account = ada.call("get_account", json!({})).await;
    assert_eq!(account.status, StatusCode::OK);

    turn_on(&house, &mut ada).await;
    let read = read_by_script(&ada, "/api/v1/configurations").await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text());
}

/// What a script or a program asks for with the browser's cookie: anything but a page.
async fn read_by_script(browser: &Browser<'_>, path: &str) -> Answer {
    let request = browser.request("GET", path).body(Body::empty());
    browser.app.send(request.unwrap()).await
}

#[tokio::test]
async fn with_a_master_key_the_key_of_a_factor_is_not_in_the_database() {
    use std::os::unix::fs::PermissionsExt as _;
    let keys = tempfile::tempdir().unwrap();
    let file = keys.path().join("master.key");
    std::fs::write(&file, "42".repeat(32)).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let path = file.to_str().unwrap().to_owned();
    let house = House::with(|settings| settings.protection.master_key_file = path).await;
    let (_, app, codes) = with_factor(&house).await;
    let mut browser = half_way(&house, ADA).await;
    assert_eq!(prove(&mut browser, &codes[0]).await.header("location"), "/");
    let stored = stored(&house);
    assert!(!holds(&stored, &app.key()));
    assert!(holds(&stored, "ada@lab.org"), "this is the database");
}

#[tokio::test]
async fn no_recovery_code_is_in_the_database_as_it_is_typed() {
    let house = House::new().await;
    let (_, _, codes) = with_factor(&house).await;
    let stored = stored(&house);
    for code in codes {
        assert!(!holds(&stored, &code) && !holds(&stored, &code.replace('-', "")));
    }
}

/// Everything in the folder of the database.
fn stored(house: &House) -> Vec<u8> {
    let folder = house.app.folder.path().join("data");
    let files = std::fs::read_dir(folder).unwrap();
    let files = files.map(|file| file.unwrap().path());
    files
        .filter(|file| file.is_file())
        .flat_map(|file| std::fs::read(file).unwrap())
        .collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
