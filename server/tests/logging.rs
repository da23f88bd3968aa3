//! What the log is told of people and attacks, and what it is never told.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use holdfast::{Actor, Expected, Kind, New, Scope, StateId, SystemClock, Update, Version};
use serde_json::{Value, json};
use server::application::states;
use tracing::{
    Level,
    subscriber::{DefaultGuard, set_default},
};

use crate::{commands::settings_in, helpers::TestApp};

/// The lines of this thread's log, while it is held.
pub(crate) struct Log {
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
        Self::of(Level::INFO, is_json)
    }

    pub(crate) fn of(level: Level, is_json: bool) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let lines = Lines(Arc::clone(&text));
        let log = tracing_subscriber::fmt()
            .with_max_level(level)
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

    pub(crate) fn text(&self) -> String {
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

#[tokio::test]
async fn a_write_that_is_refused_is_told_like_one_that_is_done_and_never_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings_in(folder.path());
    settings.state.scope_states = 1;
    std::fs::create_dir(&settings.data_dir).unwrap();
    let states = states(&settings, Arc::new(SystemClock)).await.unwrap();
    let log = Log::of(Level::DEBUG, true);
    let (scope, id, system) = (Scope::Shared, StateId::new("card"), Actor::system());
    let content = json!({"number": "planted"});
    let new = || New::of(Kind::STORE, "card", scope.clone(), content.clone()).with_id(id.clone());
    states.register(new(), &system).await.unwrap();
    states.register(new(), &system).await.unwrap_err();
    let (merge, late) = (
        Update::Merge(content.clone()),
        Expected::Version(Version(7)),
    );
    let late = states
        .update(&scope, &id, merge.clone(), late, &system)
        .await;
    late.unwrap_err();
    let nobody = Actor::new("n".repeat(2000));
    states.put(new(), Expected::Any, &nobody).await.unwrap_err();
    let mut together = states.transaction(&system);
    together.register(new()).await.unwrap_err();
    let mut too_many = states.transaction(&system);
    let update = too_many.update(&scope, &id, merge, Expected::Any);
    update.await.unwrap();
    let another = new().with_id(StateId::new("another"));
    too_many.register(another).await.unwrap();
    too_many.commit().await.unwrap_err();

    let text = log.text();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told: Vec<_> = lines
        .map(|line| line["fields"].clone())
        .filter(|fields| fields["id"] == "card")
        .map(|fields| ["message", "operation", "why"].map(|name| fields[name].clone()))
        .collect();
    let expected = [
        [json!("written"), json!("register"), Value::Null],
        [json!("not written"), json!("register"), json!("conflict")],
        [json!("not written"), json!("update"), json!("conflict")],
        [json!("not written"), json!("put"), json!("too large")],
        [
            json!("not written"),
            json!("transaction"),
            json!("conflict"),
        ],
        [json!("not written"), json!("commit"), json!("too large")],
    ];
    assert_eq!(told, expected, "{text}");
    assert!(!text.contains("planted"), "{text}");
}
