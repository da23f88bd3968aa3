//! What the log is told of people and attacks, and what it is never told.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use tracing::subscriber::{DefaultGuard, set_default};

use crate::helpers::TestApp;

/// The lines of this thread's log, while it is held.
struct Log {
    text: Arc<Mutex<Vec<u8>>>,
    _guard: DefaultGuard,
}

#[derive(Clone)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// As the program writes it.
    fn start(is_json: bool) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let lines = Lines(Arc::clone(&text));
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || lines.clone());
        let guard = match is_json {
            true => set_default(log.json().finish()),
            false => set_default(log.finish()),
        };
        Self {
            text,
            _guard: guard,
        }
    }

    fn text(&self) -> String {
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }

    /// The fields of the lines for whoever looks for attacks.
    fn security(&self) -> Vec<Value> {
        let lines = self.text();
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &Value| line["target"] == "security")
            .inspect(|line| {
                let time = line["timestamp"].as_str().unwrap();
                assert!(time.ends_with('Z'), "UTC: {line}");
            })
            .map(|line| line["fields"].clone())
            .collect()
    }
}

const LOG_IN: &str = "email=ada%40lab.org&password=";

#[tokio::test]
async fn each_way_in_is_in_the_log_with_who_from_where_and_how_it_ended() {
    let app = TestApp::new().await;
    let log = Log::start(true);
    let mut browser = app.browser();
    let joining = "email=ada%40lab.org&name=Ada&password=kelp+holds+fast";
    browser.submit("/account/sign-up", joining).await;
    browser
        .submit("/account/log-in", &format!("{LOG_IN}wrong+secret"))
        .await;
    browser
        .submit("/account/log-in", &format!("{LOG_IN}kelp+holds+fast"))
        .await;
    browser.submit("/account/log-out", "").await;
    let told = log.security();
    let events: Vec<(&str, &str)> = told
        .iter()
        .map(|line| {
            let outcome = line["outcome"].as_str().unwrap_or("");
            (line["event"].as_str().unwrap(), outcome)
        })
        .collect();
    let expected = [
        ("SignUp", "done"),
        ("LogIn", "credentials"),
        ("LoggedIn", ""),
        ("LogIn", "done"),
        ("LogOut", "done"),
    ];
    assert_eq!(events, expected);
    assert!(
        told.iter().all(|line| line["address"] == "127.0.0.1"),
        "{told:?}"
    );
    assert_eq!(told[2]["account"], told[4]["account"]);
    assert!(told[2]["account"].is_string());
    for secret in ["kelp", "wrong", "ada@lab.org", &browser.cookie.unwrap()] {
        assert!(!log.text().contains(secret), "{secret}: {}", log.text());
    }
}

#[tokio::test]
async fn what_was_turned_away_is_in_the_log_without_what_is_secret() {
    let app = TestApp::with(|settings| {
        settings.limits.address_per_second = 1;
        settings.limits.address_burst = 3;
    })
    .await;
    let log = Log::start(true);
    let foreign = Request::post("/account/log-out?token=planted")
        .header("cookie", "holdfast=planted")
        .header("sec-fetch-site", "cross-site");
    app.send(foreign.body(Body::empty()).unwrap()).await;
    let program = Request::post("/api/read_store")
        .header("authorization", "Bearer hf_pat_planted")
        .body(Body::from("planted"));
    app.send(program.unwrap()).await;
    for _ in 0..2 {
        app.browser().get("/events?after=planted").await;
    }
    let told: Vec<(u64, String)> = log
        .security()
        .iter()
        .map(|line| {
            assert_eq!(
                (&line["event"], &line["address"]),
                (&json!("refused"), &json!("127.0.0.1"))
            );
            (
                line["status"].as_u64().unwrap(),
                line["path"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let refused = |status: StatusCode, path: &str| (u64::from(status.as_u16()), path.to_owned());
    // What is only malformed, the third, is no attack.
    let expected = [
        refused(StatusCode::FORBIDDEN, "/account/log-out"),
        refused(StatusCode::UNAUTHORIZED, "/api/read_store"),
        refused(StatusCode::TOO_MANY_REQUESTS, "/events"),
    ];
    assert_eq!(told, expected);
    assert!(!log.text().contains("planted"), "{}", log.text());
}

#[tokio::test]
async fn a_line_of_the_log_is_one_line_whatever_was_asked() {
    let app = TestApp::new().await;
    for is_json in [false, true] {
        let log = Log::start(is_json);
        let path = "/none%0a2026-01-01T00:00:00Z%20INFO%20security:%20forged";
        let request = Request::delete(path).header("origin", "http://a\u{9}b");
        app.send(request.body(Body::empty()).unwrap()).await;
        let text = log.text();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("%0a2026"), "{text}");
    }
}
