//! A server of its own for each test, and one method for each thing a browser does.

pub mod api;
pub mod routes;
pub mod socket;
pub mod ws;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::connect_info::MockConnectInfo,
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use holdfast::{Clock, SystemClock};
use serde_json::Value;
use server::{Application, Settings};
use tempfile::TempDir;
use tower::ServiceExt;

/// Longest answer a test reads.
const MAX_ANSWER: usize = 64 << 20;

/// A server over a folder that goes away with it.
pub struct TestApp {
    pub folder: TempDir,
    pub router: Router,
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::at(Arc::new(SystemClock), change).await
    }

    pub async fn at(clock: Arc<dyn Clock>, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let application = application(&folder, clock, change).await;
        let address = SocketAddr::from(([127, 0, 0, 1], 40_000));
        let router = application.router().layer(MockConnectInfo(address));
        // Its sweepers are not needed; what the router holds lives on.
        drop(application);
        Self { folder, router }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        Answer::read(response).await
    }

    /// Sessions at rest that are not over.
    pub async fn sessions_kept(&self) -> i64 {
        let file = self.folder.path().join("data/holdfast.db");
        let pool = sqlx::SqlitePool::connect(file.to_str().unwrap())
            .await
            .unwrap();
        sqlx::query_scalar("select count(*) from states where scope = 'tenant:sessions' and live")
            .fetch_one(&pool)
            .await
            .unwrap()
    }

    /// A browser that has not been here yet.
    pub fn browser(&self) -> Browser<'_> {
        Browser {
            app: self,
            cookie: None,
        }
    }

    /// A browser with a session.
    pub async fn visitor(&self) -> Browser<'_> {
        let mut browser = self.browser();
        assert_eq!(browser.open().await.status, StatusCode::NO_CONTENT);
        browser
    }
}

/// Files on their way in, below the folder of a server.
pub fn left_incoming(folder: &std::path::Path) -> usize {
    let own = std::fs::read_dir(folder.join("data/incoming")).unwrap();
    let own = own.map(|entry| entry.unwrap().path());
    own.filter(|path| path.is_dir())
        .map(|folder| std::fs::read_dir(folder).unwrap().count())
        .sum()
}

/// Settings of a test: everything in one temporary folder, any free port.
pub async fn application(
    folder: &TempDir,
    clock: Arc<dyn Clock>,
    change: impl FnOnce(&mut Settings),
) -> Application {
    let mut settings = Settings {
        data_dir: folder.path().join("data"),
        site_dir: folder.path().join("site"),
        ..Settings::default()
    };
    settings.server.addr = SocketAddr::from(([127, 0, 0, 1], 0));
    change(&mut settings);
    Application::build_at(settings, clock).await.unwrap()
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, MAX_ANSWER).await.unwrap().to_vec(),
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The name of a typed error.
    pub fn error(&self) -> String {
        let json = self.json();
        json["error"]
            .as_str()
            .unwrap_or_else(|| panic!("no error: {json}"))
            .to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// One browser: keeps its cookie, and says where its requests come from.
#[derive(Clone)]
pub struct Browser<'a> {
    pub app: &'a TestApp,
    pub cookie: Option<String>,
}

impl Browser<'_> {
    pub async fn open(&mut self) -> Answer {
        self.post("/session", "text/plain", Vec::new()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self
            .request("GET", path)
            .header(header::ACCEPT, "text/html");
        self.app.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, kind);
        let answer = self.app.send(request.body(body.into()).unwrap()).await;
        self.keep(&answer);
        answer
    }

    /// A plain HTML form.
    pub async fn submit(&mut self, path: &str, fields: &str) -> Answer {
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html,application/xhtml+xml");
        let answer = self
            .app
            .send(request.body(Body::from(fields.to_owned())).unwrap())
            .await;
        self.keep(&answer);
        answer
    }

    /// A server function.
    pub async fn call(&self, function: &str, input: Value) -> Answer {
        let request = self
            .request("POST", &format!("/api/{function}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json");
        self.app
            .send(request.body(Body::from(input.to_string())).unwrap())
            .await
    }

    pub async fn upload(&mut self, name: &str, content: impl Into<Body>) -> Answer {
        self.post(
            &format!("/data/upload?name={name}"),
            "application/octet-stream",
            content,
        )
        .await
    }

    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost:3000")
            .header("sec-fetch-site", "same-origin");
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    fn keep(&mut self, answer: &Answer) {
        if let Some((pair, _)) = answer.header("set-cookie").split_once(';') {
            self.cookie = Some(pair.to_owned());
        }
    }
}
