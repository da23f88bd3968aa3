//! Where people have to log in, who has not finds the way in and nothing else.

use app::people::Role;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use server::settings::Login;

use super::{House, me};

async fn house() -> House {
    let house = House::with(|settings| settings.accounts.login = Login::Required).await;
    house.account("ada@lab.org", "Ada", Role::Analyst).await;
    house
}

#[tokio::test]
async fn pages_lead_to_the_account_page() {
    let house = house().await;
    let guest = house.app.browser();
    for page in [
        "/",
        "/data",
        "/configurations",
        "/states",
        "/simulations/x/package",
        "/accounts",
    ] {
        let led = guest.get(page).await;
        assert_eq!(led.status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(led.header("location"), "/account", "{page}");
    }
    for page in [
        "/account",
        "/account/first?token=x",
        "/account/invited?token=x",
    ] {
        assert_eq!(guest.get(page).await.status, StatusCode::OK, "{page}");
    }
    let page = guest.get("/account").await.text();
    assert_eq!(
        page.matches(r#"rel="external""#).count(),
        20,
        "each way to a page leaves this one"
    );
    for probe in ["/health", "/health/live", "/health/ready"] {
        assert_eq!(guest.get(probe).await.status, StatusCode::OK, "{probe}");
    }
}

#[tokio::test]
async fn programs_and_uploads_are_refused() {
    let house = house().await;
    let mut guest = house.app.browser();
    assert_eq!(me(&guest).await, Value::Null);
    assert_eq!(guest.open().await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(guest.cookie, None);
    for (function, input) in [
        ("read_store", json!({"key": "study.name"})),
        ("get_features", json!({})),
        ("list_configurations", json!({})),
    ] {
        let refused = guest.call(function, input).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{function}");
    }
    let sent = guest.upload("mine.csv", "id,x\n1,2\n").await;
    assert_eq!(sent.status, StatusCode::UNAUTHORIZED);
    for path in [
        "/api/v1/configurations",
        "/api/v1/tables",
        "/api/v1/openapi.json",
        "/events",
        "/metrics",
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let refused = house.app.send(request).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn who_logs_in_and_a_token_work_as_ever() {
    let house = house().await;
    let browser = house.logged_in("ada@lab.org").await;
    assert_eq!(browser.get("/data").await.status, StatusCode::OK);
    let wanted = json!({"name": "nightly", "may_write": false, "days": 30});
    let token = browser.call("make_token", wanted).await.json();
    let request = Request::get("/api/v1/configurations").header(
        "authorization",
        format!("Bearer {}", token.as_str().unwrap()),
    );
    let answer = house.app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}
