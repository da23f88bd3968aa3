//! Who is there, across servers: in a configuration whoever has it open at any of them, told at each; connected whoever is
//! connected to the one that is asked.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use reqwest::{Client, Method, Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Browser, PostgresServer, RECOVERY, Server, at, on_postgres};

const FILE: &str = "aflibercept_te.yaml";

async fn ask(
    server: &Server,
    browser: &Browser,
    method: Method,
    path: &str,
    body: &Value,
) -> String {
    // While others are at work an answer may take longer than a browser waits.
    let client = Client::builder().timeout(RECOVERY).build().unwrap();
    let request = client
        .request(method, format!("{}{path}", server.url))
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, browser.cookie());
    let request = match body {
        Value::Null => request,
        body => request.body(body.to_string()),
    };
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

/// Opens the file; the editing session.
async fn open(server: &Server, browser: &Browser) -> String {
    let path = "/api/open_configuration";
    let opened = ask(server, browser, Method::POST, path, &json!({"name": FILE})).await;
    let opened: Value = serde_json::from_str(&opened).unwrap();
    opened["session"].as_str().unwrap().to_owned()
}

async fn close(server: &Server, browser: &Browser, session: &str) {
    let path = "/api/close_configuration";
    let body = json!({ "session": session });
    ask(server, browser, Method::POST, path, &body).await;
}

/// The editing sessions in the file, as a server tells.
async fn editors(server: &Server, browser: &Browser) -> BTreeSet<String> {
    let path = "/api/v1/configurations";
    let listed = ask(server, browser, Method::GET, path, &Value::Null).await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let files = listed["configurations"].as_array().unwrap();
    let file = files.iter().find(|file| file["name"] == FILE).unwrap();
    let editors = file["editors"].as_array().unwrap().iter();
    editors
        .map(|it| it["session"].as_str().unwrap().to_owned())
        .collect()
}

/// Waits until a server counts so many connected sessions.
async fn are_connected(server: &Server, browser: &Browser, wanted: &str) {
    let until = Instant::now() + RECOVERY;
    loop {
        let page = ask(server, browser, Method::GET, "/metrics", &Value::Null).await;
        let mut lines = page.lines();
        let count = lines.find_map(|line| line.strip_prefix("holdfast_live_sessions "));
        if count == Some(wanted) {
            return;
        }
        assert!(Instant::now() < until, "{count:?}, not {wanted}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A page that listens at a server.
struct Page {
    stream: Response,
    heard: String,
}

impl Page {
    async fn at(server: &Server, browser: &Browser) -> Self {
        let url = format!("{}/events", server.url);
        let request = Client::new()
            .get(url)
            .header(header::COOKIE, browser.cookie());
        let stream = request.send().await.unwrap();
        assert_eq!(stream.status(), StatusCode::OK);
        let heard = String::new();
        Self { stream, heard }
    }

    /// Waits for the news that this was done to an editing session.
    async fn hears(&mut self, session: &str, what: &str) {
        let is_it = |line: &str| {
            let told = line.strip_prefix("data: ");
            let told = told.and_then(|text| serde_json::from_str::<Value>(text).ok());
            told.is_some_and(|it| it["session"] == session && it["what"] == what)
        };
        let hearing = async {
            while !self.heard.lines().any(is_it) {
                let piece = self.stream.chunk().await.unwrap().unwrap();
                self.heard.push_str(&String::from_utf8_lossy(&piece));
            }
        };
        assert!(timeout(RECOVERY, hearing).await.is_ok(), "{}", self.heard);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_a_configuration_is_told_alike_by_two_servers_also_when_one_of_them_is_gone() {
    let postgres = PostgresServer::shared();
    let (data, settings) = (tempfile::tempdir().unwrap(), on_postgres(&postgres));
    let one = Server::start(data.path(), &settings).await;
    let other = Server::start(data.path(), &settings).await;
    let ada = Browser::open(at(&one)).await;
    let bob = Browser::open(at(&other)).await;
    let mut page = Page::at(&other, &bob).await;

    let hers = open(&one, &ada).await;
    page.hears(&hers, "create").await;
    let his = open(&other, &bob).await;
    let both = BTreeSet::from([hers.clone(), his.clone()]);
    for server in [&one, &other] {
        assert_eq!(editors(server, &ada).await, both);
        assert_eq!(editors(server, &bob).await, both);
    }

    // Where a session is ended does not matter.
    close(&one, &bob, &his).await;
    page.hears(&his, "delete").await;
    let alone = BTreeSet::from([hers.clone()]);
    for server in [&one, &other] {
        assert_eq!(editors(server, &bob).await, alone);
    }

    // She is not gone because the server is where she opened it.
    one.signal("KILL");
    assert_eq!(editors(&other, &bob).await, alone);
    close(&other, &ada, &hers).await;
    page.hears(&hers, "delete").await;
    assert_eq!(editors(&other, &bob).await, BTreeSet::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_server_counts_who_is_connected_to_it() {
    let postgres = PostgresServer::shared();
    let (data, settings) = (tempfile::tempdir().unwrap(), on_postgres(&postgres));
    let one = Server::start(data.path(), &settings).await;
    let other = Server::start(data.path(), &settings).await;
    let ada = Browser::open(at(&one)).await;
    let bob = Browser::open(at(&other)).await;
    // Two of his tabs are one session.
    let his = [Page::at(&other, &bob).await, Page::at(&other, &bob).await];
    let hers = Page::at(&other, &ada).await;
    are_connected(&one, &ada, "0").await;
    are_connected(&other, &ada, "2").await;
    // She is sent to the other one next time.
    drop(hers);
    let hers = Page::at(&one, &ada).await;
    are_connected(&one, &bob, "1").await;
    are_connected(&other, &bob, "1").await;
    drop((hers, his));
    are_connected(&one, &bob, "0").await;
    are_connected(&other, &bob, "0").await;
}
