//! How often one account and one token may ask, wherever from.

use std::time::Duration;

use app::people::Role;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

use super::House;
use crate::helpers::{Answer, Browser};

async fn ask(browser: &Browser<'_>) -> Answer {
    browser
        .call("read_store", json!({"key": "study.name"}))
        .await
}

/// A program with this token.
async fn call(house: &House, token: &str) -> Answer {
    let request = Request::post("/api/read_store")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let body = Body::from(json!({"key": "study.name"}).to_string());
    house.app.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn an_account_is_counted_over_all_its_browsers_and_others_are_not_held_up() {
    let house = House::with(|settings| {
        settings.limits.account_per_second = 1;
        settings.limits.account_burst = 3;
    })
    .await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    house.account("bob@lab.org", "Bob", Role::Analyst).await;
    let (one, two) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("ada@lab.org").await,
    );
    let bob = house.logged_in("bob@lab.org").await;
    for (browser, left) in [(&one, "2"), (&two, "1"), (&one, "0")] {
        let answer = ask(browser).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            answer.header("x-ratelimit-remaining"),
            left,
            "the tighter of two bounds"
        );
        assert_eq!(answer.header("x-ratelimit-limit"), "3");
    }
    let refused = ask(&two).await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "busy")
    );
    assert!(
        refused.text().contains("this account"),
        "{}",
        refused.text()
    );
    assert_eq!(refused.json()["retry_after"], 1);
    assert_eq!(ask(&bob).await.status, StatusCode::OK);
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(ask(&two).await.status, StatusCode::OK);
}

#[tokio::test]
async fn each_token_is_counted_by_itself_and_not_with_its_person() {
    let house = House::with(|settings| {
        settings.limits.token_per_second = 1;
        settings.limits.token_burst = 1;
    })
    .await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    let browser = house.logged_in("ada@lab.org").await;
    let mut tokens = Vec::new();
    for name in ["nightly", "weekly"] {
        let wanted = json!({"name": name, "may_write": false, "days": 30});
        let made = browser.call("make_token", wanted).await.json();
        tokens.push(made.as_str().unwrap().to_owned());
    }
    assert_eq!(call(&house, &tokens[0]).await.status, StatusCode::OK);
    let refused = call(&house, &tokens[0]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "1");
    assert!(refused.text().contains("this token"), "{}", refused.text());
    assert_eq!(call(&house, &tokens[1]).await.status, StatusCode::OK);
    assert_eq!(ask(&browser).await.status, StatusCode::OK);
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(call(&house, &tokens[0]).await.status, StatusCode::OK);
}
