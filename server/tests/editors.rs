//! Many people at the same files over two servers on one PostgreSQL: every acknowledged edit is in the final file, or
//! its author was shown a conflict. Seconds here; `HOLDFAST_EDITORS_SECONDS=60` is the load of `docs/BENCHMARKS.md`.

use std::{
    collections::HashMap,
    fmt::Write,
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use holdfast::SystemClock;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::{
    backends::postgres_server::PostgresServer,
    helpers::{Answer, Browser, TestApp, application},
};

/// People with a file of their own, and people at one file.
const ALONE: usize = 100;
const TOGETHER: usize = 10;
const SHARED_FILE: &str = "shared.yaml";
const ENTITIES: usize = 60;
/// What everybody saves at least, however slow the machine is: people at one file meet.
const ENOUGH: usize = 5;

/// What one person did.
#[derive(Default)]
struct Done {
    /// The last acknowledged value of each entity's own key, in this person's name.
    kept: HashMap<usize, u32>,
    saved: usize,
    merged: usize,
    conflicts: usize,
    took: Vec<Duration>,
}

/// One person at one file.
struct Person {
    number: usize,
    file: String,
    random: StdRng,
}

/// Entities with a line for each person, and one that all of them write.
fn text() -> String {
    let mut text = String::new();
    for entity in 0..ENTITIES {
        writeln!(text, "entity_{entity}:\n  last: none").unwrap();
        for person in 0..TOGETHER {
            writeln!(text, "  p{person}: 0").unwrap();
        }
    }
    text
}

/// The text with another value behind a key of an entity.
fn with(text: &str, entity: usize, key: &str, value: &str) -> String {
    let (start, key) = (format!("entity_{entity}:"), format!("  {key}: "));
    let mut is_inside = false;
    let mut out = String::with_capacity(text.len() + value.len());
    for line in text.lines() {
        is_inside = line == start || (is_inside && line.starts_with("  "));
        match is_inside && line.starts_with(&key) {
            true => writeln!(out, "{key}{value}").unwrap(),
            false => writeln!(out, "{line}").unwrap(),
        }
    }
    out
}

async fn put(browser: &Browser<'_>, file: &str, session: &str, base: u64, text: &str) -> Answer {
    let request = browser
        .request("PUT", &format!("/api/v1/configurations/{file}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-session-id", session)
        .header("x-base-version", base);
    let body = json!({ "content": text }).to_string();
    browser
        .app
        .send(request.body(Body::from(body)).unwrap())
        .await
}

async fn open(browser: &Browser<'_>, file: &str) -> (String, u64, String) {
    let opened = browser
        .call("open_configuration", json!({ "name": file }))
        .await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    let opened = opened.json();
    let text = |key: &str| opened[key].as_str().unwrap().to_owned();
    (
        text("session"),
        opened["version"].as_u64().unwrap(),
        text("text"),
    )
}

impl Person {
    /// Saves at random, from the moment at which everybody has opened a file.
    async fn work(mut self, browser: Browser<'_>, all_open: &Barrier) -> Done {
        let mut done = Done::default();
        let (mut session, mut base, mut text) = open(&browser, &self.file).await;
        all_open.wait().await;
        let until = Instant::now() + Duration::from_secs(seconds());
        let mut round = 0;
        while Instant::now() < until || done.saved < ENOUGH {
            round += 1;
            let entity = self.random.random_range(0..ENTITIES);
            let is_own = self.random.random_bool(0.8);
            let own = self.number % TOGETHER;
            let mine = match is_own {
                true => with(&text, entity, &format!("p{own}"), &round.to_string()),
                false => with(&text, entity, "last", &format!("{}-{round}", self.number)),
            };
            let begun = Instant::now();
            let answer = put(&browser, &self.file, &session, base, &mine).await;
            done.took.push(begun.elapsed());
            match answer.status {
                StatusCode::OK => {
                    let stored = answer.json();
                    base = stored["version"].as_u64().unwrap();
                    text = stored["text"].as_str().unwrap().to_owned();
                    done.saved += 1;
                    done.merged += usize::from(!stored["merged"].as_array().unwrap().is_empty());
                    if is_own {
                        assert!(text.contains(&format!("  p{own}: {round}\n")));
                        done.kept.insert(entity, round);
                    }
                }
                StatusCode::CONFLICT => {
                    let met = answer.json();
                    assert!(!is_own, "nobody else writes this line: {met}");
                    base = met["version"].as_u64().unwrap();
                    text = met["content"].as_str().unwrap().to_owned();
                    done.conflicts += 1;
                }
                other => panic!("{other}: {}", answer.text()),
            }
            if self.random.random_bool(0.05) {
                // Away and back: sessions come and go under load.
                browser
                    .call("close_configuration", json!({ "session": session }))
                    .await;
                (session, base, text) = open(&browser, &self.file).await;
            }
            let pause = self.random.random_range(20..200);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        browser
            .call("close_configuration", json!({ "session": session }))
            .await;
        done
    }
}

fn seconds() -> u64 {
    let wanted = std::env::var("HOLDFAST_EDITORS_SECONDS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(4)
}

/// One of the servers: its own settings and pool, the same database and folder.
async fn server(url: &str, files: &Path) -> TestApp {
    let folder = tempfile::tempdir().unwrap();
    let running = application(&folder, Arc::new(SystemClock), |settings| {
        settings.state.database_url = url.to_owned();
        settings.configurations.dir = files.to_owned();
    })
    .await;
    let router = running.router();
    tokio::spawn(running.run_until_stopped());
    TestApp { folder, router }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_acknowledged_edit_is_in_the_final_file_or_its_author_saw_a_conflict() {
    let postgres = PostgresServer::shared();
    let (url, files) = (postgres.database(), tempfile::tempdir().unwrap());
    fs::write(files.path().join(SHARED_FILE), text()).unwrap();
    for number in 0..ALONE {
        fs::write(files.path().join(format!("own_{number}.yaml")), text()).unwrap();
    }
    let servers = [
        server(&url, files.path()).await,
        server(&url, files.path()).await,
    ];
    let all_open = Barrier::new(ALONE + TOGETHER);
    let people = (0..ALONE + TOGETHER).map(|number| {
        let (app, all_open) = (&servers[number % 2], &all_open);
        async move {
            let file = match number.checked_sub(ALONE) {
                Some(_) => SHARED_FILE.to_owned(),
                None => format!("own_{number}.yaml"),
            };
            let browser = app.visitor().await;
            let person = Person {
                number,
                file: file.clone(),
                random: StdRng::seed_from_u64(number as u64),
            };
            (number, file, person.work(browser, all_open).await)
        }
    });
    let done = futures::future::join_all(people).await;

    for (number, file, done) in &done {
        let last = fs::read_to_string(files.path().join(file)).unwrap();
        let own = number % TOGETHER;
        for (entity, round) in &done.kept {
            let same = with(&last, *entity, &format!("p{own}"), &round.to_string());
            assert_eq!(same, last, "{file}: entity_{entity} of p{own} lost {round}");
        }
    }
    let listed: Value = servers[0]
        .visitor()
        .await
        .get("/api/v1/configurations")
        .await
        .json();
    for file in listed["configurations"].as_array().unwrap() {
        assert_eq!(file["editors"], json!([]), "{file}");
    }
    report(&done);
}

#[expect(clippy::print_stderr, reason = "the load's figures")]
fn report(done: &[(usize, String, Done)]) {
    let mut took: Vec<Duration> = done
        .iter()
        .flat_map(|(_, _, done)| done.took.clone())
        .collect();
    took.sort_unstable();
    let sum = |of: fn(&Done) -> usize| done.iter().map(|(_, _, done)| of(done)).sum::<usize>();
    let at = |share: usize| {
        took.get(took.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    eprintln!(
        "{} people, {} s: {} saves, {} merged with others', {} conflicts shown; p50 {:?}, p99 {:?}",
        done.len(),
        seconds(),
        sum(|it| it.saved),
        sum(|it| it.merged),
        sum(|it| it.conflicts),
        at(50),
        at(99),
    );
    assert!(sum(|it| it.merged) > 0, "people at one file met");
}
