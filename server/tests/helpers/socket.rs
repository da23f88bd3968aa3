//! A server on a real port, for what only a socket shows: streams, senders that go away, the end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use app::people::People;
use holdfast::SystemClock;
use server::{Error, Settings};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Nothing in these tests takes this long; what does, hangs.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct LiveApp {
    pub folder: TempDir,
    pub address: SocketAddr,
    pub people: People,
    pub stop: CancellationToken,
    pub running: JoinHandle<Result<(), Error>>,
}

impl LiveApp {
    pub async fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let application = super::application(&folder, Arc::new(SystemClock), change).await;
        Self {
            address: application.address(),
            people: application.people(),
            stop: application.stopper(),
            running: tokio::spawn(application.run_until_stopped()),
            folder,
        }
    }

    pub async fn connect(&self) -> Wire {
        Wire {
            stream: TcpStream::connect(self.address).await.unwrap(),
            host: self.address,
            seen: String::new(),
        }
    }

    /// Opens a session; the cookie.
    pub async fn session(&self) -> String {
        let mut wire = self.connect().await;
        wire.send("POST", "/session", "", "content-length: 0\r\n")
            .await;
        wire.until("\r\n\r\n").await;
        let line = wire
            .seen
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .unwrap();
        line.split(';').next().unwrap().to_owned()
    }

    /// Calls a server function; the whole answer.
    pub async fn call(&self, cookie: &str, function: &str, input: &serde_json::Value) -> String {
        let body = input.to_string();
        let mut wire = self.connect().await;
        let headers = format!(
            "content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n",
            body.len()
        );
        wire.send("POST", &format!("/api/{function}"), cookie, &headers)
            .await;
        wire.write(body.as_bytes()).await;
        wire.rest().await
    }
}

/// The JSON in a whole answer.
pub fn body(answer: &str) -> serde_json::Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}"))
}

/// One connection, spoken to by hand.
pub struct Wire {
    stream: TcpStream,
    host: SocketAddr,
    pub seen: String,
}

impl Wire {
    /// Sends a request's head; `headers` end with a line break each.
    pub async fn send(&mut self, method: &str, path: &str, cookie: &str, headers: &str) {
        let host = self.host;
        let cookie = if cookie.is_empty() {
            String::new()
        } else {
            format!("cookie: {cookie}\r\n")
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n{cookie}{headers}\r\n"
        );
        self.write(head.as_bytes()).await;
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Reads until this text has come.
    pub async fn until(&mut self, text: &str) {
        let reading = async {
            while !self.seen.contains(text) {
                assert!(
                    self.read().await > 0,
                    "the server hung up before {text:?}: {}",
                    self.seen
                );
            }
        };
        timeout(PATIENCE, reading).await.unwrap();
    }

    /// Reads until the server hangs up.
    pub async fn rest(&mut self) -> String {
        timeout(PATIENCE, async { while self.read().await > 0 {} })
            .await
            .unwrap();
        self.seen.clone()
    }

    async fn read(&mut self) -> usize {
        let mut piece = [0; 4096];
        let length = self.stream.read(&mut piece).await.unwrap_or(0);
        self.seen
            .push_str(&String::from_utf8_lossy(&piece[..length]));
        length
    }
}
