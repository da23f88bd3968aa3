//! The files in `deploy/`: what they name is there, what they are written in fits its schema, and nginx does with requests what
//! its settings promise.

use std::{
    convert::Infallible,
    fmt::Write as _,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use futures::stream::{self, StreamExt};
use reqwest::{Client, StatusCode};
use saphyr_parser::{Event, Parser};
use server::{
    Settings, metrics_table,
    settings::{Login, table},
};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt, task::JoinHandle};

/// How long a program that was started may take.
const PATIENCE: Duration = Duration::from_secs(30);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

fn file(name: &str) -> String {
    let path = folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A folder with what a build leaves, of which the program is this shell script, and a script of the checkout that takes
/// it for the build.
fn built(script: &str, program: &str) -> (tempfile::TempDir, Command) {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    for part in ["release", "site"] {
        std::fs::create_dir(folder.path().join(part)).unwrap();
    }
    let holdfast = folder.path().join("release/holdfast");
    std::fs::write(&holdfast, format!("#!/bin/sh\n{program}\n")).unwrap();
    std::fs::set_permissions(&holdfast, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(folder.path().join("site/hash.txt"), "js: 0f\n").unwrap();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts");
    let mut command = Command::new(scripts.join(script));
    command
        .env("CARGO_TARGET_DIR", folder.path())
        .env("HOLDFAST_SITE_DIR", folder.path().join("site"))
        .env("HOLDFAST_CONTEXT", folder.path().join("context"));
    (folder, command)
}

#[test]
fn what_the_image_copies_is_gathered_before() {
    let (folder, mut gather) = built("image.sh", "true");
    let done = gather.arg("gather").output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let text = file("Dockerfile");
    let copied: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("COPY ")?.split(' ').next())
        .collect();
    assert_eq!(copied, ["holdfast", "site"]);
    for name in copied {
        let path = folder.path().join("context").join(name);
        assert!(path.exists(), "{}", path.display());
    }
    assert!(folder.path().join("context/site/hash.txt").is_file());
}

#[test]
fn what_the_settings_file_says_is_not_overruled_by_the_start() {
    let (_folder, mut start) = built("start.sh", "env");
    for name in ["HOLDFAST_SERVER__ADDR", "HOLDFAST_DATA_DIR"] {
        start.env_remove(name);
    }
    let done = start.output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(text.contains("HOLDFAST_SITE_DIR="), "{done:?}");
    for name in ["HOLDFAST_SERVER__ADDR", "HOLDFAST_DATA_DIR"] {
        assert!(!text.contains(name), "{text}");
    }
}

/// Everything in a text that begins so, as far as a name goes.
fn names<'a>(text: &'a str, begin: &str) -> Vec<&'a str> {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let found = text.match_indices(begin).map(|(at, _)| {
        let rest = &text[at..];
        &rest[..rest
            .find(|letter| !is_of_name(letter))
            .unwrap_or(rest.len())]
    });
    found.collect()
}

#[test]
fn every_variable_they_set_is_a_setting() {
    let known = table();
    let own = ["HOLDFAST_CONFIG"];
    let mut found = 0;
    for name in [
        "holdfast.service",
        "Dockerfile",
        "compose.yaml",
        "compose.redis.yaml",
        "compose.single.yaml",
        "kubernetes/holdfast.yaml",
    ] {
        for variable in names(&file(name), "HOLDFAST_") {
            let is_known = known.contains(&format!("`{variable}`"));
            assert!(is_known || own.contains(&variable), "{name}: {variable}");
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
}

#[test]
fn yaml_files_can_be_read_and_the_settings_in_them_are_settings() {
    for (name, documents) in [
        ("compose.yaml", 1),
        ("compose.redis.yaml", 1),
        ("compose.single.yaml", 1),
        ("kubernetes/holdfast.yaml", 7),
    ] {
        let text = file(name);
        let mut begun = 0;
        for event in Parser::new_from_str(&text) {
            let (event, _) = event.unwrap_or_else(|error| panic!("{name}: {error}"));
            begun += usize::from(matches!(event, Event::DocumentStart(_)));
        }
        assert_eq!(begun, documents, "{name}");
    }
    let settings = settings_of_kubernetes();
    assert_eq!(settings.server.drain_seconds, 10);
    assert!(!settings.server.trusted_proxies.is_empty());
    assert_eq!(settings.accounts.login, Login::Required);
    assert!(settings.metrics.addr.is_some());
    // Pods have a folder each.
    assert!(settings.storage.bucket().is_some());
}

fn settings_of_kubernetes() -> Settings {
    let text = file("kubernetes/holdfast.yaml");
    let (_, block) = text.split_once("holdfast.toml: |\n").unwrap();
    let lines = block.lines().take_while(|line| *line != "---");
    let settings: String = lines.map(|line| format!("{}\n", line.trim())).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdfast.toml");
    std::fs::write(&path, settings).unwrap();
    Settings::load(&path).unwrap()
}

/// The number behind a name.
fn number(text: &str, name: &str) -> u64 {
    let (_, rest) = text.split_once(name).unwrap();
    let rest = rest.trim_start_matches([':', '=', ' ', '"']);
    let end = rest.find(|letter: char| !letter.is_ascii_digit());
    rest[..end.unwrap_or(rest.len())].parse().unwrap()
}

#[test]
fn nobody_is_killed_while_they_finish_their_requests() {
    // What open requests have after the drain (docs/OPERATIONS.md, "Stopping and rolling restarts").
    let open_requests = 10;
    let kubernetes = file("kubernetes/holdfast.yaml");
    let compose = file("compose.yaml");
    for (grace, drain) in [
        (
            number(&kubernetes, "terminationGracePeriodSeconds"),
            settings_of_kubernetes().server.drain_seconds,
        ),
        (
            number(&compose, "stop_grace_period"),
            number(&compose, "HOLDFAST_SERVER__DRAIN_SECONDS"),
        ),
        (number(&file("compose.single.yaml"), "stop_grace_period"), 0),
        (number(&file("holdfast.service"), "TimeoutStopSec"), 0),
    ] {
        assert!(grace > drain + open_requests, "{grace} after {drain}");
    }
}

#[test]
fn nginx_lets_go_of_an_idle_connection_before_its_server_closes_it() {
    let idle = number(&file("nginx.conf"), "keepalive_timeout");
    let drain = number(&file("compose.yaml"), "HOLDFAST_SERVER__DRAIN_SECONDS");
    assert!(idle > 0 && idle < drain, "{idle} s, {drain} s of draining");
}

#[test]
fn what_programs_here_can_look_at_is_good() {
    let done = Command::new(folder().join("check")).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{done:?}");
    for good in ["nginx.conf: good", "kubernetes: good", "compose: good"] {
        assert!(told.contains(good), "{good}: {told}");
    }
    // Only Linux has it.
    let is_looked_at = told.contains("holdfast.service: good");
    assert!(
        is_looked_at || told.contains("there is no systemd-analyze"),
        "{told}"
    );
}

/// What is said about this file of `deploy/` with one place written otherwise; nothing may be good about it.
fn refusal(what: &str, name: &str, (from, to): (&str, &str)) -> String {
    let text = file(name);
    assert!(text.contains(from), "{from}");
    let broken = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(broken.path(), text.replacen(from, to, 1)).unwrap();
    let mut node = Command::new("node");
    let node = node.arg(folder().join("schemas.js")).arg(what);
    let done = node.arg(broken.path()).output().unwrap();
    assert_eq!(done.status.code(), Some(1), "{to}: {done:?}");
    String::from_utf8_lossy(&done.stderr).into_owned()
}

#[test]
fn a_manifest_with_a_field_that_kubernetes_does_not_know_is_refused() {
    for (change, why) in [
        (
            ("maxSurge: 1", "maxSurges: 1"),
            "/spec/strategy/rollingUpdate/maxSurges is in no schema",
        ),
        (
            ("replicas: 2", "replicas: two"),
            "/spec/replicas must be integer",
        ),
        (
            ("ScheduleAnyway", "ScheduleSometimes"),
            "whenUnsatisfiable must be equal to one of the allowed values",
        ),
        (
            ("kind: PodDisruptionBudget", "kind: DisruptionBudget"),
            "there is no DisruptionBudget in policy/v1",
        ),
    ] {
        let told = refusal("kubernetes", "kubernetes/holdfast.yaml", change);
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_compose_file_with_a_field_that_compose_does_not_know_is_refused() {
    let change = ("stop_grace_period: 60s", "stop_grace_seconds: 60");
    let told = refusal("compose", "compose.yaml", change);
    assert!(
        told.contains("/services/database must NOT have additional properties"),
        "{told}"
    );
}

#[test]
fn the_dashboard_shows_metrics_that_there_are() {
    let text = file("grafana-dashboard.json");
    let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 10);
    let known = metrics_table();
    let mut found = [names(&text, "holdfast_"), names(&text, "process_")].concat();
    found.retain(|name| *name != "holdfast");
    assert!(found.len() > 20);
    for name in found {
        let family = ["_bucket", "_count", "_sum"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(name);
        assert!(known.contains(&format!("`{family}`")), "{name}");
    }
}

#[test]
fn the_probes_and_addresses_they_name_are_there() {
    let all = [file("kubernetes/holdfast.yaml"), file("Dockerfile")].concat();
    for path in ["/health/live", "/health/ready"] {
        assert!(all.contains(path), "{path}");
    }
    for needed in [
        "replicas: 2",
        "maxUnavailable: 0",
        "minAvailable: 1",
        "sessionAffinity: None",
    ] {
        assert!(all.contains(needed), "{needed}");
    }
    let nginx = file("nginx.conf");
    for needed in [
        "proxy_set_header Host $http_host",
        "proxy_set_header Upgrade",
        "proxy_buffering off",
        "proxy_set_header X-Forwarded-For $remote_addr",
        "limit_req zone=holdfast_entry",
    ] {
        assert!(nginx.contains(needed), "{needed}");
    }
}

/// The methods of the requests that reached a server.
type Reached = Arc<Mutex<Vec<String>>>;

fn count(reached: &Reached, method: &str) -> usize {
    let reached = reached.lock().unwrap();
    reached.iter().filter(|it| *it == method).count()
}

/// A server that reads each request and ends the connection without an answer, until its task is aborted.
async fn dying() -> (SocketAddr, Reached, JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let reached = Reached::default();
    let noted = Arc::clone(&reached);
    let work = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let read = stream.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..read]);
            let method = head.split(' ').next().unwrap_or_default();
            noted.lock().unwrap().push(method.to_owned());
        }
    });
    (address, reached, work)
}

/// A server that answers what it was told, and at `/events` begins a stream that never ends.
async fn living() -> (SocketAddr, Reached) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let reached = Reached::default();
    let router = Router::new()
        .fallback(answer)
        .with_state(Arc::clone(&reached));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, reached)
}

async fn answer(State(reached): State<Reached>, request: Request) -> Response {
    reached.lock().unwrap().push(request.method().to_string());
    if request.uri().path() == "/events" {
        let first = stream::once(async { Ok::<_, Infallible>("data: one\n\n") });
        return Body::from_stream(first.chain(stream::pending())).into_response();
    }
    let told = ["host", "x-forwarded-for", "upgrade"].map(|name| {
        let value = request.headers().get(name);
        value
            .map_or("none", |value| value.to_str().unwrap())
            .to_owned()
    });
    let body = to_bytes(request.into_body(), 16 << 20).await.unwrap();
    format!("{} {}", told.join(" "), body.len()).into_response()
}

/// An nginx with the settings in `deploy/`, but for encryption.
pub struct Nginx {
    address: SocketAddr,
    child: Child,
    folder: TempDir,
}

impl Nginx {
    /// Starts one in front of two servers, and waits until it listens.
    async fn before(servers: [SocketAddr; 2]) -> Self {
        Self::with(servers, &[]).await
    }

    /// The same, with some of its settings written otherwise.
    pub async fn with(servers: [SocketAddr; 2], changes: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [plain, address] = [free(), free()];
        let mut settings = file("nginx.conf");
        for &(from, to) in changes {
            assert!(settings.contains(from), "{from}");
            settings = settings.replace(from, to);
        }
        let mut site = String::new();
        for line in settings.lines() {
            let line = line
                .replace("listen 80;", &format!("listen {plain};"))
                .replace("listen 443 ssl;", &format!("listen {address};"))
                .replace("172.28.0.11:3000", &servers[0].to_string())
                .replace("172.28.0.12:3000", &servers[1].to_string());
            if !line.trim_start().starts_with("ssl_") {
                writeln!(site, "{line}").unwrap();
            }
        }
        std::fs::write(folder.path().join("site.conf"), site).unwrap();
        let at = folder.path().display();
        let mut own =
            format!("daemon off; master_process off; pid {at}/pid; events {{}}\nhttp {{\n");
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            writeln!(own, "{kind}_temp_path {at}/{kind};").unwrap();
        }
        write!(own, "access_log off; include {at}/site.conf;\n}}\n").unwrap();
        let settings = folder.path().join("nginx.conf");
        std::fs::write(&settings, own).unwrap();
        // Debian keeps it where not everybody looks.
        let debian = Path::new("/usr/sbin/nginx");
        let program = if debian.exists() {
            debian
        } else {
            Path::new("nginx")
        };
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).arg("-c").arg(settings);
        command.arg("-e").arg(folder.path().join("log"));
        let child = command.stdout(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|error| {
            panic!("nginx: {error}; install it (scripts/setup.sh test does)")
        });
        let mut nginx = Self {
            address,
            child,
            folder,
        };
        nginx.listens().await;
        nginx
    }

    async fn listens(&mut self) {
        let until = Instant::now() + PATIENCE;
        while tokio::net::TcpStream::connect(self.address).await.is_err() {
            let ended = self.child.try_wait().unwrap();
            let log = || std::fs::read_to_string(self.folder.path().join("log"));
            assert!(
                ended.is_none() && Instant::now() < until,
                "{ended:?}: {:?}",
                log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Each request on a connection of its own.
fn client() -> Client {
    let client = Client::builder().pool_max_idle_per_host(0);
    client.timeout(PATIENCE).build().unwrap()
}

/// An address where nobody listens.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_did_not_take_goes_to_the_next_and_no_post_is_done_twice() {
    let (dying, lost, death) = dying().await;
    let (living, taken) = living().await;
    let nginx = Nginx::before([dying, living]).await;
    let client = client();
    for _ in 0..10 {
        let answer = client.get(nginx.url("/")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert!(count(&lost, "GET") > 0, "none went there first");
    assert_eq!(count(&taken, "GET"), 10);
    let mut failed = 0;
    for _ in 0..10 {
        let answer = client.post(nginx.url("/")).body("once").send().await;
        match answer.unwrap().status() {
            StatusCode::OK => {}
            StatusCode::BAD_GATEWAY => failed += 1,
            other => panic!("{other}"),
        }
    }
    assert!(failed > 0, "none went there");
    assert_eq!(count(&lost, "POST"), failed);
    assert_eq!(count(&taken, "POST"), 10 - failed);
    // Where nobody listens any more nothing can have been done.
    death.abort();
    assert!(death.await.is_err_and(|error| error.is_cancelled()));
    for _ in 0..10 {
        let answer = client.post(nginx.url("/")).body("once").send().await;
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_uploads_and_sockets_pass_and_servers_hear_who_asks() {
    let ((one, _), (other, _)) = (living().await, living().await);
    let nginx = Nginx::before([one, other]).await;
    let client = client();

    // The stream goes on: what was told so far is there all the same.
    let mut stream = client.get(nginx.url("/events")).send().await.unwrap();
    let first = stream.chunk().await.unwrap();
    assert_eq!(first.as_deref(), Some(b"data: one\n\n".as_slice()));

    let upload = client
        .post(nginx.url("/data/upload"))
        .body(vec![0_u8; 3 << 20]);
    let told = upload.send().await.unwrap().text().await.unwrap();
    let host = nginx.address;
    assert_eq!(told, format!("{host} 127.0.0.1 none {}", 3 << 20));

    let socket = client.get(nginx.url("/api/v1/live"));
    let socket = socket.header("connection", "Upgrade");
    let socket = socket.header("upgrade", "websocket");
    let socket = socket.header("x-forwarded-for", "203.0.113.9");
    let told = socket.send().await.unwrap().text().await.unwrap();
    assert_eq!(told, format!("{host} 127.0.0.1 websocket 0"));

    let metrics = client.get(nginx.url("/metrics")).send().await.unwrap();
    assert_eq!(metrics.status(), StatusCode::NOT_FOUND);
}
