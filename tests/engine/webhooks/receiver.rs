//! Somebody else's server, as far as webhooks need one: it keeps what arrives and answers as it is told.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// What arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    delay: Duration,
}

impl Answer {
    pub fn new(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: String::new(),
            delay: Duration::ZERO,
        }
    }

    /// The same, so much later.
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub fn with_body(self, body: String) -> Self {
        Self { body, ..self }
    }

    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).unwrap();
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }
}

#[derive(Debug, Default)]
struct Script {
    /// One after the other; the last one again and again.
    answers: Vec<Answer>,
    requests: Vec<Request>,
}

/// A server on a free port. It ends when this is dropped.
#[derive(Debug)]
pub struct Receiver {
    script: Arc<Mutex<Script>>,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let script = Arc::new(Mutex::new(Script {
            answers: answers.into_iter().collect(),
            requests: Vec::new(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", post(answer))
            .with_state(Arc::clone(&script));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            script,
            address,
            serving,
        }
    }

    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What arrived, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.script.lock().unwrap().requests.clone()
    }

    /// Forgets what arrived, and answers so from now on.
    pub fn reset(&self, answer: Answer) {
        *self.script.lock().unwrap() = Script {
            answers: vec![answer],
            requests: Vec::new(),
        };
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = {
        let mut script = script.lock().unwrap();
        let place = script.requests.len().min(script.answers.len() - 1);
        let body = body.to_vec();
        script.requests.push(Request { headers, body });
        script.answers[place].clone()
    };
    tokio::time::sleep(answer.delay).await;
    (answer.status, answer.headers, answer.body).into_response()
}
