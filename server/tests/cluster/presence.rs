//! Who is there, across servers: in a configuration whoever has it open at any of them, told at each; connected whoever is
//! connected to the one that is asked.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use reqwest::{Client, Method, Response, StatusCode, header, redirect::Policy};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Browser, PostgresServer, RECOVERY, Server, at, on_postgres};

const FILE: &str = "aflibercept_te.yaml";
/// As a form sends it.
const PASSWORD: &str = "kelp+holds+fast";

async fn ask(server: &Server, cookie: &str, method: Method, path: &str, body: &Value) -> String {
    // While others are at work an answer may take longer than a browser waits.
    let client = Client::builder().timeout(RECOVERY).build().unwrap();
    let request = client
        .request(method, format!("{}{path}", server.url))
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, cookie);
    let request = match body {
        Value::Null => request,
        body => request.body(body.to_string()),
    };
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

/// Sends a form of the Account page, which leads on to `to`; the cookies that the browser has then.
async fn submit(server: &Server, path: &str, fields: &str, to: &str) -> String {
    let client = Client::builder().timeout(RECOVERY);
    let client = client.redirect(Policy::none()).build().unwrap();
    let request = client
        .post(format!("{}{path}", server.url))
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(fields.to_owned());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
    assert_eq!(answer.headers()[header::LOCATION], to, "{path}");
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
    let pairs: Vec<&str> = cookies
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap())
        .collect();
    pairs.join("; ")
}

/// The first who signs up where the server runs administers it.
async fn sign_up(server: &Server, name: &str) {
    let fields = format!("email={name}@lab.org&name={name}&password={PASSWORD}");
    submit(server, "/account/sign-up", &fields, "/account?done=made").await;
}

/// One more device of a person; its cookies.
async fn log_in(server: &Server, name: &str) -> String {
    let fields = format!("email={name}@lab.org&password={PASSWORD}");
    submit(server, "/account/log-in", &fields, "/").await
}

/// Opens the file; the editing session.
async fn open(server: &Server, cookie: &str) -> String {
    let path = "/api/open_configuration";
    let opened = ask(server, cookie, Method::POST, path, &json!({"name": FILE})).await;
    let opened: Value = serde_json::from_str(&opened).unwrap();
    opened["session"].as_str().unwrap().to_owned()
}

async fn close(server: &Server, cookie: &str, session: &str) {
    let path = "/api/close_configuration";
    let body = json!({ "session": session });
    ask(server, cookie, Method::POST, path, &body).await;
}

/// Who is in the file, as a server tells: each editing session, and whose it is.
async fn present(server: &Server, cookie: &str) -> Vec<Value> {
    let path = "/api/v1/configurations";
    let listed = ask(server, cookie, Method::GET, path, &Value::Null).await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let files = listed["configurations"].as_array().unwrap();
    let file = files.iter().find(|file| file["name"] == FILE).unwrap();
    file["editors"].as_array().unwrap().clone()
}

/// The editing sessions in the file, as a server tells.
async fn editors(server: &Server, cookie: &str) -> BTreeSet<String> {
    let present = present(server, cookie).await;
    let sessions = present.iter().map(|it| it["session"].as_str().unwrap());
    sessions.map(str::to_owned).collect()
}

/// Waits until a server counts so many live connections, sessions that have one, and people.
async fn are_connected(server: &Server, cookie: &str, wanted: [u64; 3]) {
    let until = Instant::now() + RECOVERY;
    loop {
        let page = ask(server, cookie, Method::GET, "/metrics", &Value::Null).await;
        let count = |name: &str| -> u64 {
            let mut lines = page.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            value.unwrap().parse().unwrap()
        };
        let counted = [
            count("holdfast_live_connections"),
            count("holdfast_live_sessions"),
            count("holdfast_live_people"),
        ];
        if counted == wanted {
            return;
        }
        assert!(Instant::now() < until, "{counted:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A page that listens at a server.
struct Page {
    stream: Response,
    heard: String,
}

impl Page {
    async fn at(server: &Server, cookie: &str) -> Self {
        let url = format!("{}/events", server.url);
        let request = Client::new().get(url).header(header::COOKIE, cookie);
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
    let ada = Browser::open(at(&one)).await.cookie();
    let bob = Browser::open(at(&other)).await.cookie();
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
    let ada = Browser::open(at(&one)).await.cookie();
    let bob = Browser::open(at(&other)).await.cookie();
    // Two of his tabs are one session.
    let his = [Page::at(&other, &bob).await, Page::at(&other, &bob).await];
    let hers = Page::at(&other, &ada).await;
    are_connected(&one, &ada, [0, 0, 0]).await;
    are_connected(&other, &ada, [3, 2, 0]).await;
    // She is sent to the other one next time.
    drop(hers);
    let hers = Page::at(&one, &ada).await;
    are_connected(&one, &bob, [1, 1, 0]).await;
    are_connected(&other, &bob, [2, 1, 0]).await;
    drop((hers, his));
    are_connected(&one, &bob, [0, 0, 0]).await;
    are_connected(&other, &bob, [0, 0, 0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_at_two_servers_is_one_person_at_each_and_stays_when_one_of_them_is_killed() {
    let postgres = PostgresServer::shared();
    let (data, settings) = (tempfile::tempdir().unwrap(), on_postgres(&postgres));
    let one = Server::start(data.path(), &settings).await;
    sign_up(&one, "ada").await;
    sign_up(&one, "bob").await;
    // It finds the accounts that are there.
    let other = Server::start(data.path(), &settings).await;
    let laptop = log_in(&one, "ada").await;
    let phone = log_in(&other, "ada").await;
    let tablet = log_in(&other, "ada").await;
    let bob = log_in(&other, "bob").await;

    let at_one = Page::at(&one, &laptop).await;
    let mut at_other = Page::at(&other, &phone).await;
    let second = Page::at(&other, &tablet).await;
    are_connected(&one, &laptop, [1, 1, 1]).await;
    are_connected(&other, &laptop, [2, 2, 1]).await;
    let his = Page::at(&other, &bob).await;
    are_connected(&other, &laptop, [3, 3, 2]).await;
    are_connected(&one, &phone, [1, 1, 1]).await;

    // In a file she is there with each session, and it is the same person.
    let here = open(&one, &laptop).await;
    at_other.hears(&here, "create").await;
    let there = open(&other, &phone).await;
    let both = BTreeSet::from([here.clone(), there.clone()]);
    for server in [&one, &other] {
        let present = present(server, &phone).await;
        let sessions = present.iter().map(|it| it["session"].as_str().unwrap());
        assert_eq!(sessions.map(str::to_owned).collect::<BTreeSet<_>>(), both);
        assert_eq!(present[0]["person"], present[1]["person"]);
        assert_eq!(present[0]["person"]["name"], "ada");
    }

    one.signal("KILL");
    are_connected(&other, &phone, [3, 3, 2]).await;
    assert_eq!(editors(&other, &phone).await, both);
    // Her laptop comes to the server that is left, with the login that it has.
    drop(at_one);
    let at_one = Page::at(&other, &laptop).await;
    are_connected(&other, &phone, [4, 4, 2]).await;
    close(&other, &laptop, &here).await;
    at_other.hears(&here, "delete").await;
    assert_eq!(editors(&other, &phone).await, BTreeSet::from([there]));

    // She is there until the last of her pages is closed.
    drop((at_other, second));
    are_connected(&other, &phone, [2, 2, 2]).await;
    drop(at_one);
    are_connected(&other, &phone, [1, 1, 1]).await;
    drop(his);
    are_connected(&other, &phone, [0, 0, 0]).await;
}
