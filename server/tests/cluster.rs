//! Several servers, as processes, behind a balancer that keeps nobody to one of them: sessions, states and their order
//! are right across all of them, whichever of them, and whichever database, is killed, stopped or started again meanwhile.
//! Seconds here; `HOLDFAST_CLUSTER_PAUSE=30` pauses a server for as long as `docs/BENCHMARKS.md` says.

mod backups;
mod once;
mod presence;
mod rolling;
mod runs;
mod starting;

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};

use crate::backends::{
    postgres_server::{Disk, PostgresServer},
    redis_server::RedisServer,
};

/// Browsers at work.
const BROWSERS: usize = 8;
/// A request that takes longer is sent to another server.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long everything may take to go on after a disturbance.
const RECOVERY: Duration = Duration::from_secs(30);

/// One server program.
pub struct Server {
    pub url: String,
    command: Command,
    child: Child,
}

impl Server {
    /// Starts one on this data folder, and waits until it is ready.
    pub async fn start(data: &Path, settings: &[(&str, String)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = port.local_addr().unwrap().to_string();
        drop(port);
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command
            .arg("serve")
            .env("HOLDFAST_SERVER__ADDR", &addr)
            .env("HOLDFAST_SERVER__DRAIN_SECONDS", "1")
            .env("HOLDFAST_LIVE__KEEP_ALIVE_SECONDS", "1")
            .env("HOLDFAST_DATA_DIR", data)
            .env("HOLDFAST_SITE_DIR", data.join("no-site"))
            .env("HOLDFAST_LIMITS__ADDRESS_PER_SECOND", "0")
            .env("HOLDFAST_SESSION__OPENED_PER_MINUTE", "100000")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let server = Self {
            url: format!("http://{addr}"),
            command,
            child,
        };
        server.is_ready().await;
        server
    }

    async fn is_ready(&self) {
        let until = Instant::now() + RECOVERY;
        let client = client();
        while Instant::now() < until {
            let answer = client
                .get(format!("{}/health/ready", self.url))
                .send()
                .await;
            if answer.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} is not ready after {RECOVERY:?}", self.url);
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end after a signal, and starts it again where it was.
    pub async fn start_again(&mut self) {
        self.child.wait().unwrap();
        self.child = self.command.spawn().unwrap();
        self.is_ready().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn client() -> Client {
    Client::builder().timeout(PATIENCE).build().unwrap()
}

/// What a plain load balancer knows, and what it counts.
#[derive(Default)]
struct Balancer {
    urls: Vec<String>,
    /// Which of them said that they are not ready when they were last asked.
    away: Vec<AtomicBool>,
    turn: AtomicUsize,
    /// Answers that say that a server failed, and requests that were taken and not answered. What took too long is neither.
    failed: AtomicUsize,
}

impl Balancer {
    fn before<'a>(servers: impl IntoIterator<Item = &'a Server>) -> Arc<Self> {
        Self::between(servers.into_iter().map(|it| it.url.clone()).collect())
    }

    fn between(urls: Vec<String>) -> Arc<Self> {
        let away = urls.iter().map(|_| AtomicBool::new(false)).collect();
        Arc::new(Self {
            urls,
            away,
            ..Self::default()
        })
    }

    /// The next in turn of those that are ready, or of all where none is.
    fn next(&self) -> &str {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let is_away = |at: usize| self.away[at].load(Ordering::Relaxed);
        let mut places = (turn..turn + self.urls.len()).map(|it| it % self.urls.len());
        let ready = places.find(|at| !is_away(*at));
        &self.urls[ready.unwrap_or(turn % self.urls.len())]
    }

    /// Asks each again and again whether it is ready.
    async fn look(self: Arc<Self>) {
        let client = client();
        loop {
            for (url, is_away) in self.urls.iter().zip(&self.away) {
                let answer = client.get(format!("{url}/health/ready")).send().await;
                let is_ready = answer.is_ok_and(|it| it.status() == StatusCode::OK);
                is_away.store(!is_ready, Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The versions of the store that a page hears of, from the first on, over one stream after the other.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u64>>>);

impl Heard {
    /// Listens, and comes back to whichever server is next when a stream ends.
    async fn listen(self, balancer: Arc<Balancer>, cookie: String) {
        let client = Client::builder().connect_timeout(PATIENCE);
        let client = client.read_timeout(2 * PATIENCE).build().unwrap();
        let mut last = 0;
        loop {
            let url = format!("{}/events?after={last}", balancer.next());
            let asked = client.get(url).header(header::COOKIE, &cookie);
            if let Ok(mut stream) = asked.send().await {
                let mut text = Vec::new();
                while let Ok(Some(piece)) = stream.chunk().await {
                    text.extend_from_slice(&piece);
                    while let Some(end) = text.windows(2).position(|it| it == b"\n\n") {
                        let event = String::from_utf8(text.drain(..end + 2).collect()).unwrap();
                        last = self.take(&event).unwrap_or(last);
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Notes what an event tells; its place.
    fn take(&self, event: &str) -> Option<u64> {
        let line = |name| event.lines().find_map(|line| line.strip_prefix(name));
        let place = line("id: ")?.parse().ok();
        let told = line("data: ").and_then(|text| serde_json::from_str::<Value>(text).ok());
        if let Some(told) = told.filter(|told| told["name"] == "study.name") {
            let version = told["version"].as_u64().unwrap();
            self.0.lock().unwrap().push(version);
        }
        place
    }

    /// Waits for this version; nothing before it is missing or was told twice.
    async fn reaches(&self, version: u64) {
        let until = Instant::now() + RECOVERY;
        while self.0.lock().unwrap().last() < Some(&version) {
            assert!(
                Instant::now() < until,
                "v{version} was not heard in {RECOVERY:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let heard = self.0.lock().unwrap();
        assert!(
            heard.iter().copied().eq(1..=heard.len() as u64),
            "{heard:?}"
        );
    }
}

/// What a browser keeps: its cookies, and the newest it saw.
struct Browser {
    client: Client,
    balancer: Arc<Balancer>,
    cookies: Vec<(String, String)>,
    /// The newest version that it saw.
    seen: u64,
    /// The newest that was acknowledged, and what was written there.
    acknowledged: (u64, String),
    writes: usize,
}

impl Browser {
    async fn open(balancer: Arc<Balancer>) -> Self {
        let mut browser = Self {
            client: client(),
            balancer,
            cookies: Vec::new(),
            seen: 0,
            acknowledged: (0, String::new()),
            writes: 0,
        };
        let until = Instant::now() + RECOVERY;
        while browser.post("/session", "").await.is_none() {
            assert!(Instant::now() < until, "no session in {RECOVERY:?}");
        }
        browser
    }

    /// Its cookies, as they are sent.
    fn cookie(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Sends it to the next server in turn. `None`: nobody can say whether it was done.
    async fn post(&mut self, path: &str, body: impl Into<String>) -> Option<(StatusCode, String)> {
        let body = body.into();
        let kind = match body.is_empty() {
            true => "application/x-www-form-urlencoded",
            false => "application/json",
        };
        let ask = || {
            let request = self
                .client
                .post(format!("{}{path}", self.balancer.next()))
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, kind)
                .header(header::ACCEPT, "application/json")
                .header(header::COOKIE, self.cookie());
            request.body(body.clone()).send()
        };
        let mut answer = ask().await;
        if answer.as_ref().is_err_and(reqwest::Error::is_connect) {
            // Nothing was sent: the next one is asked.
            answer = ask().await;
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                if !error.is_connect() && !error.is_timeout() {
                    self.balancer.failed.fetch_add(1, Ordering::Relaxed);
                }
                return None;
            }
        };
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        let status = answer.status();
        if status.is_server_error() {
            self.balancer.failed.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some((status, answer.text().await.ok()?))
    }

    /// Reads the store; what it says is never older than what was seen before.
    async fn read(&mut self) -> Option<Value> {
        let asked = json!({ "key": "study.name" }).to_string();
        let (status, text) = self.post("/api/read_store", asked).await?;
        assert_eq!(status, StatusCode::OK, "{text}");
        let stored: Value = serde_json::from_str(&text).unwrap();
        let version = stored["version"].as_u64().unwrap();
        assert!(
            version >= self.seen,
            "went back from {} to {version}",
            self.seen
        );
        self.seen = version;
        Some(stored["data"].clone())
    }

    /// Writes the store on top of what was seen.
    async fn write(&mut self) {
        self.writes += 1;
        let name = format!("Study {}", self.writes);
        let wanted = json!({
            "key": "study.name", "data": json!(name).to_string(), "expected": self.seen, "client": "tab",
        });
        match self.post("/api/write_store", wanted.to_string()).await {
            Some((StatusCode::OK, version)) => {
                self.seen = version.parse().unwrap();
                self.acknowledged = (self.seen, name);
            }
            // A write whose answer was lost is there after all.
            Some((StatusCode::CONFLICT, _)) | None => {
                self.read().await;
            }
            Some((status, text)) => panic!("{status}: {text}"),
        }
    }

    /// Writes and reads in turn until it is over; then everything acknowledged is there. How many writes, and the newest that
    /// was acknowledged.
    async fn work(mut self, is_over: Arc<AtomicBool>) -> (usize, u64) {
        while !is_over.load(Ordering::Relaxed) {
            self.write().await;
            self.read().await;
        }
        let until = Instant::now() + RECOVERY;
        let data = loop {
            if let Some(data) = self.read().await {
                break data;
            }
            assert!(Instant::now() < until, "no answer in {RECOVERY:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let (version, name) = &self.acknowledged;
        assert!(*version > 0, "nothing was acknowledged");
        assert!(self.seen >= *version);
        if self.seen == *version {
            assert_eq!(data, *name);
        }
        (self.writes, *version)
    }
}

/// Two servers on one data folder and these settings, and browsers at work while `disturb` is at it, a page of each
/// listening. How many requests failed.
async fn at_work<F: AsyncFnOnce(&mut [Server; 2])>(
    settings: &[(&str, String)],
    disturb: F,
) -> usize {
    let data = tempfile::tempdir().unwrap();
    let mut servers = [
        Server::start(data.path(), settings).await,
        Server::start(data.path(), settings).await,
    ];
    let balancer = Balancer::before(&servers);
    let looking = tokio::spawn(Arc::clone(&balancer).look());
    browsers_at_work(&balancer, disturb(&mut servers)).await;
    looking.abort();
    balancer.failed.load(Ordering::Relaxed)
}

/// Browsers at work meanwhile, a page of each listening: everything acknowledged is there in the end, and was heard.
async fn browsers_at_work(balancer: &Arc<Balancer>, disturbance: impl Future<Output = ()>) {
    let is_over = Arc::new(AtomicBool::new(false));
    let browsers = join_all((0..BROWSERS).map(|_| Browser::open(Arc::clone(balancer)))).await;
    let work: Vec<_> = browsers
        .into_iter()
        .map(|browser| {
            let heard = Heard::default();
            let listening = heard.clone().listen(Arc::clone(balancer), browser.cookie());
            let listening = tokio::spawn(listening);
            let working = tokio::spawn(browser.work(Arc::clone(&is_over)));
            (working, heard, listening)
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    disturbance.await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    is_over.store(true, Ordering::Relaxed);
    for (working, heard, listening) in work {
        let (writes, acknowledged) = working.await.unwrap();
        assert!(writes > 10, "only {writes} writes");
        heard.reaches(acknowledged).await;
        listening.abort();
    }
}

/// No balancer: everything goes to this server.
fn at(server: &Server) -> Arc<Balancer> {
    Balancer::before([server])
}

fn on_postgres(postgres: &PostgresServer) -> [(&'static str, String); 1] {
    [("HOLDFAST_STATE__DATABASE_URL", postgres.database())]
}

fn on_redis(redis: &RedisServer) -> [(&'static str, String); 2] {
    [
        ("STATE_BACKEND", "redis".to_owned()),
        ("STATE_REDIS_URL", redis.url()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_goes_from_server_to_server_and_nothing_goes_back() {
    let postgres = PostgresServer::shared();
    let failed = at_work(&on_postgres(&postgres), async |_| {}).await;
    assert_eq!(failed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_a_server_is_killed() {
    let postgres = PostgresServer::shared();
    at_work(&on_postgres(&postgres), async |servers| {
        for server in servers {
            server.signal("KILL");
            server.start_again().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_fails_no_request() {
    let postgres = PostgresServer::shared();
    let failed = at_work(&on_postgres(&postgres), async |servers| {
        for server in servers {
            server.signal("TERM");
            server.start_again().await;
        }
    })
    .await;
    assert_eq!(failed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_redis_servers_are_killed_and_restarted_the_same() {
    let redis = RedisServer::start();
    at_work(&on_redis(&redis), async |servers| {
        servers[0].signal("KILL");
        servers[0].start_again().await;
    })
    .await;
    let failed = at_work(&on_redis(&redis), async |servers| {
        servers[1].signal("TERM");
        servers[1].start_again().await;
    })
    .await;
    assert_eq!(failed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_paused_tells_nobody_what_they_have_seen_replaced() {
    let pause = std::env::var("HOLDFAST_CLUSTER_PAUSE");
    let pause = pause.map_or(3, |seconds| seconds.parse().unwrap());
    let postgres = PostgresServer::shared();
    at_work(&on_postgres(&postgres), async |servers| {
        servers[0].signal("STOP");
        tokio::time::sleep(Duration::from_secs(pause)).await;
        servers[0].signal("CONT");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_servers_go_on_when_postgresql_comes_back() {
    let postgres = PostgresServer::start(Disk::Synced);
    at_work(&on_postgres(&postgres), async |_| {
        postgres.kill();
        tokio::time::sleep(Duration::from_secs(1)).await;
        postgres.start_again();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_servers_go_on_when_redis_comes_back() {
    let mut redis = RedisServer::start();
    let settings = on_redis(&redis);
    at_work(&settings, async |_| {
        redis.kill();
        tokio::time::sleep(Duration::from_secs(1)).await;
        redis.restart();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_at_one_server_ends_at_the_other_while_it_listens_there() {
    let postgres = PostgresServer::shared();
    let data = tempfile::tempdir().unwrap();
    let settings = on_postgres(&postgres);
    let one = Server::start(data.path(), &settings).await;
    let other = Server::start(data.path(), &settings).await;
    let mut browser = Browser::open(at(&one)).await;
    let (name, value) = browser
        .cookies
        .iter()
        .find(|(name, _)| name == "holdfast")
        .unwrap();
    let stream = Client::new()
        .get(format!("{}/events", other.url))
        .header(header::COOKIE, format!("{name}={value}"))
        .send();
    let mut stream = stream.await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    assert!(stream.chunk().await.unwrap().is_some());
    let (status, _) = browser.post("/account/log-out", "").await.unwrap();
    assert!(status.is_redirection() || status.is_success(), "{status}");
    let rest = async { while let Ok(Some(_)) = stream.chunk().await {} };
    let ended = tokio::time::timeout(Duration::from_secs(5), rest).await;
    assert!(ended.is_ok(), "the stream went on");
}
