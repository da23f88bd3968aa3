//! People: who gets in, who stays in, what their roles allow, and that it holds at once.

mod audit;
mod authenticator;
mod breached;
mod command;
mod door;
mod entry;
mod gate;
mod http2;
mod limits;
mod links;
mod live;
mod proxies;
mod roles;
mod runs;
mod second_factor;
mod sessions;
mod settings;
mod shared;
mod shares;
mod sharing;
mod sharing_door;
mod socket;
mod takeover;
mod tenants;
mod tokens;
mod users;

use std::sync::Arc;

use app::people::{Account, Email, Joining, People, Role};
use axum::http::StatusCode;
use holdfast::{Clock, ManualClock, SystemClock};
use server::Settings;

use crate::helpers::{Answer, Browser, TestApp, application};

const PASSWORD: &str = "kelp holds fast";

/// A server with its accounts and its clock.
struct House {
    app: TestApp,
    people: People,
    clock: Arc<ManualClock>,
}

impl House {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let application = application(&folder, clock.clone(), change).await;
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], 40_000));
        let mock = axum::extract::connect_info::MockConnectInfo(address);
        Self {
            app: TestApp {
                folder,
                router: application.router().layer(mock),
            },
            people: application.people(),
            clock,
        }
    }

    /// An account, made as on the command line.
    async fn account(&self, email: &str, name: &str, role: Role) -> Account {
        let joining = Joining {
            email: email.into(),
            name: name.into(),
            password: PASSWORD.into(),
        };
        assert_eq!(self.people.add(joining, role).await, Ok(true));
        self.named(email).await
    }

    async fn named(&self, email: &str) -> Account {
        let email = Email::parse(email).unwrap();
        self.people.with_email(&email).await.unwrap().unwrap()
    }

    /// A browser in which this person is logged in.
    async fn logged_in(&self, email: &str) -> Browser<'_> {
        let mut browser = self.app.browser();
        let answer = log_in(&mut browser, email, PASSWORD).await;
        assert_eq!(answer.header("location"), "/", "{}", answer.text());
        browser
    }
}

async fn log_in(browser: &mut Browser<'_>, email: &str, password: &str) -> Answer {
    let password = password.replace(' ', "+");
    let fields = format!("email={email}&password={password}&stay=yes");
    browser.submit("/account/log-in", &fields).await
}

async fn sign_up(browser: &mut Browser<'_>, email: &str, name: &str) -> Answer {
    let (name, password) = (name.replace(' ', "+"), PASSWORD.replace(' ', "+"));
    let fields = format!("email={email}&name={name}&password={password}");
    browser.submit("/account/sign-up", &fields).await
}

/// Who a browser is to the server.
async fn me(browser: &Browser<'_>) -> serde_json::Value {
    let answer = browser.call("get_me", serde_json::json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

/// A store as a browser sees it.
async fn read(browser: &Browser<'_>, key: &str) -> serde_json::Value {
    let answer = browser
        .call("read_store", serde_json::json!({ "key": key }))
        .await;
    answer.json()
}

/// Writes a store.
async fn write(browser: &Browser<'_>, key: &str, data: serde_json::Value, expected: u64) -> Answer {
    let input = serde_json::json!({"key": key, "data": data.to_string(), "expected": expected, "client": "tab"});
    browser.call("write_store", input).await
}
