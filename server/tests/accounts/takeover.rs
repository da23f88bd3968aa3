//! A browser's work comes along; two devices share one workspace; nothing is overwritten without being asked.

use app::people::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{House, PASSWORD, log_in, read, write};
use crate::helpers::Browser;

async fn tables(browser: &Browser<'_>) -> Vec<String> {
    let study = browser.call("get_study", json!({})).await.json();
    let tables = study["study"]["tables"].as_array().unwrap().clone();
    tables
        .iter()
        .map(|table| table["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_anonymous_workspace_is_the_accounts_after_the_first_login() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let mut browser = house.app.visitor().await;
    write(&browser, "study.name", json!("Liver"), 0).await;
    browser.submit("/data/remove", "name=labs").await;
    let uploaded = browser.upload("mine.csv", "id,visit,x\n1,1,2\n").await;
    assert_eq!(uploaded.status, StatusCode::OK, "{}", uploaded.text());
    let merged = browser
        .call(
            "merge_tables",
            json!({"spec": {"selection": {"patients": ["age"]}}}),
        )
        .await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text());
    let before = (
        tables(&browser).await,
        browser.call("get_study", json!({})).await.json(),
    );
    assert_eq!(
        log_in(&mut browser, "ada@lab.org", PASSWORD)
            .await
            .header("location"),
        "/"
    );
    assert_eq!(read(&browser, "study.name").await["data"], "Liver");
    let after = (
        tables(&browser).await,
        browser.call("get_study", json!({})).await.json(),
    );
    assert_eq!(before, after);
    assert!(!after.0.contains(&"labs".to_owned()) && after.0.contains(&"mine".to_owned()));
    let id = merged.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        browser
            .get(&format!("/query/result.csv?id={id}"))
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_second_device_shares_the_workspace_and_its_untouched_samples_ask_nothing() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let mut one = house.logged_in("ada@lab.org").await;
    write(&one, "study.name", json!("Liver"), 0).await;
    one.submit("/data/remove", "name=labs").await;
    let mut two = house.app.visitor().await;
    assert_eq!(
        log_in(&mut two, "ada@lab.org", PASSWORD)
            .await
            .header("location"),
        "/"
    );
    assert_eq!(
        read(&two, "study.name").await,
        json!({"version": 1, "data": "Liver"})
    );
    assert_eq!(
        tables(&one).await,
        tables(&two).await,
        "a removed table does not come back"
    );
    assert_eq!(
        write(&two, "study.name", json!("Kidney"), 1).await.json(),
        json!(2)
    );
    assert_eq!(read(&one, "study.name").await["data"], "Kidney");
    let late = write(&one, "study.name", json!("Heart"), 1).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_both_have_is_asked_about_and_what_only_the_browser_has_is_copied() {
    for (choice, expected) in [("keep", "The account's"), ("take", "The browser's")] {
        let house = House::new().await;
        house.account("ada@lab.org", "Ada", Role::Analyst).await;
        let first = house.logged_in("ada@lab.org").await;
        write(&first, "study.name", json!("The account's"), 0).await;
        let mut browser = house.app.visitor().await;
        write(&browser, "study.name", json!("The browser's"), 0).await;
        write(&browser, "query.consolidate_baseline", json!(true), 0).await;
        let entered = log_in(&mut browser, "ada@lab.org", PASSWORD).await;
        assert_eq!(entered.header("location"), "/account");
        assert_eq!(read(&browser, "study.name").await["data"], "The account's");
        assert_eq!(
            read(&browser, "query.consolidate_baseline").await["data"],
            json!(true)
        );
        let page = browser.get("/account").await.text();
        assert!(page.contains("Take this browser's") && page.contains("The study's name"));
        let account = browser.call("get_account", json!({})).await.json();
        assert_eq!(account["questions"], json!(["The study's name"]));
        let wrong = browser.submit("/account/bring", "choice=both").await;
        assert!(wrong.header("location").contains("problem="));
        let done = browser
            .submit("/account/bring", &format!("choice={choice}"))
            .await;
        assert_eq!(done.header("location"), "/account?done=brought");
        assert_eq!(read(&first, "study.name").await["data"], expected);
        let account = browser.call("get_account", json!({})).await.json();
        assert_eq!(account["questions"], json!([]));
        let again = browser.submit("/account/bring", "choice=take").await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert_eq!(
            read(&first, "study.name").await["data"],
            expected,
            "asked once, answered once"
        );
    }
}

#[tokio::test]
async fn after_logging_out_the_next_person_finds_nothing_of_the_account() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let mut browser = house.logged_in("ada@lab.org").await;
    write(&browser, "study.name", json!("Liver"), 0).await;
    browser.submit("/account/log-out", "").await;
    assert_eq!(
        read(&browser, "study.name").await,
        json!({"version": 0, "data": Value::Null})
    );
    house.account("bob@lab.org", "Bob", Role::Analyst).await;
    log_in(&mut browser, "bob@lab.org", PASSWORD).await;
    assert_eq!(read(&browser, "study.name").await["version"], 0);
}

#[tokio::test]
async fn where_everybody_shares_one_study_accounts_do_too() {
    let house = House::with(|settings| settings.state.enable_user_isolation = false).await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let (ada, guest) = (
        house.logged_in("ada@lab.org").await,
        house.app.visitor().await,
    );
    assert_eq!(
        write(&ada, "study.name", json!("Ours"), 0).await.status,
        StatusCode::OK
    );
    assert_eq!(read(&guest, "study.name").await["data"], "Ours");
}

#[tokio::test]
async fn a_page_that_a_login_overtook_writes_nothing_into_the_accounts_workspace() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let mut browser = house.app.visitor().await;
    log_in(&mut browser, "ada@lab.org", PASSWORD).await;
    write(&browser, "study.name", json!("Liver"), 0).await;
    // The page was nobody's, and has seen a first version of its own.
    let late = json!({
        "key": "study.name", "data": "\"Late\"", "expected": 1, "client": "tab", "owner": "",
    });
    let answer = browser.call("write_store", late).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(read(&browser, "study.name").await["data"], "Liver");
}
