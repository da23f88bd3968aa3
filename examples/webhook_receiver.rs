//! The other side of a webhook: a server that checks who is calling, answers, and handles each message
//! once. The engine runs beside it and tells it of a subscription's life.
//!
//! ```text
//! cargo run --example webhook_receiver --features engine
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{collections::HashSet, io, sync::Arc};

use holdfast::{
    Actor, Expected, Kind, New, Scope, StateManager, Transition,
    backend::Memory,
    callbacks::webhooks::{Endpoint, Secret, Settings},
};
use rand::{SeedableRng, rngs::StdRng};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use standardwebhooks::{HEADER_WEBHOOK_ID, Webhook};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

type Failure = Box<dyn std::error::Error>;

/// A message is at most so large: 20 kB by default, and some room.
const MOST_BYTES: usize = 64 * 1024;

/// Knows one secret, and what it has had already.
struct Receiver {
    key: Webhook,
    seen: HashSet<String>,
    events: Vec<Value>,
}

impl Receiver {
    fn new(secret: &Secret) -> Result<Self, Failure> {
        Ok(Self {
            key: Webhook::new(secret.reveal())?,
            seen: HashSet::new(),
            events: Vec::new(),
        })
    }

    /// The status to answer with. Whoever cannot sign is turned away; what came before is accepted again
    /// and not handled again, because a message may come more than once.
    fn receive(&mut self, headers: &HeaderMap, body: &[u8]) -> &'static str {
        if self.key.verify(body, headers).is_err() {
            return "401 Unauthorized";
        }
        let Some(Ok(id)) = headers.get(HEADER_WEBHOOK_ID).map(HeaderValue::to_str) else {
            return "400 Bad Request";
        };
        let Ok(event) = serde_json::from_slice(body) else {
            return "400 Bad Request";
        };
        if self.seen.insert(id.to_owned()) {
            self.events.push(event);
        }
        "204 No Content"
    }
}

/// Reads one request, as much of HTTP as a webhook needs. A real receiver uses its web framework.
async fn request(stream: &mut BufReader<TcpStream>) -> io::Result<(HeaderMap, Vec<u8>)> {
    let (mut headers, mut line) = (HeaderMap::new(), String::new());
    stream.read_line(&mut line).await?;
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            headers.insert(name, value);
        }
    }
    let length = headers.get("content-length");
    let length = length.and_then(|it| it.to_str().ok()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0).min(MOST_BYTES)];
    stream.read_exact(&mut body).await?;
    Ok((headers, body))
}

/// Receives until there were so many events.
async fn receive(
    listener: TcpListener,
    mut receiver: Receiver,
    count: usize,
) -> io::Result<Vec<Value>> {
    while receiver.events.len() < count {
        let (stream, _) = listener.accept().await?;
        let mut stream = BufReader::new(stream);
        let (headers, body) = request(&mut stream).await?;
        let status = receiver.receive(&headers, &body);
        let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(receiver.events)
}

/// Registers the receiver with an engine, and has a subscription live through three changes.
async fn events() -> Result<Vec<Value>, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hooks", listener.local_addr()?);
    let secret = Secret::generate(&mut StdRng::from_os_rng());
    let receiving = receive(listener, Receiver::new(&secret)?, 3);

    let states = StateManager::builder(Arc::new(Memory::new())).build();
    let (scope, actor) = (Scope::Tenant("clinic".into()), Actor::system());
    let endpoint = Endpoint {
        interest: Kind::SUBSCRIPTION.into(),
        ..Endpoint::new(url, secret)
    };
    let endpoint = endpoint.into_state("billing", scope.clone())?;
    states.register(endpoint, &actor).await?;
    // Out of the box only public https addresses are allowed.
    let webhooks = states.deliver_webhooks(Settings {
        allow_private: true,
        allow_http: true,
        ..Settings::default()
    })?;

    let plan = New::of(
        Kind::SUBSCRIPTION,
        "plan",
        scope.clone(),
        json!({"seats": 5}),
    );
    let plan = states.register(plan, &actor).await?;
    for step in [Transition::ACTIVATE, Transition::SUSPEND] {
        let moved = states.transition(&scope, &plan.id, step, Expected::Any, &actor);
        moved.await?;
    }
    let events = receiving.await?;
    webhooks.stop().await;
    Ok(events)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    for event in events().await? {
        println!("{}: {}", event["type"], event["data"]["state"]["status"]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_receiver_hears_of_a_life_in_order_each_step_once() -> Result<(), Failure> {
        let events = events().await?;
        let told: Vec<_> = events.iter().map(|event| &event["type"]).collect();
        assert_eq!(
            told,
            ["state.created", "state.activated", "state.suspended"]
        );
        Ok(())
    }

    #[test]
    fn who_cannot_sign_is_turned_away_and_what_came_before_is_not_handled_again()
    -> Result<(), Failure> {
        let mut random = StdRng::seed_from_u64(7);
        let (secret, wrong) = (Secret::generate(&mut random), Secret::generate(&mut random));
        let mut receiver = Receiver::new(&secret)?;
        let now = holdfast::clock::Clock::now(&holdfast::SystemClock).0 / 1000;
        let body = br#"{"type": "state.created"}"#;
        let signed = |secret: &Secret, at: i64| -> Result<HeaderMap, Failure> {
            let signature = Webhook::new(secret.reveal())?.sign("msg_1", at, body)?;
            let mut headers = HeaderMap::new();
            headers.insert("webhook-id", "msg_1".parse()?);
            headers.insert("webhook-timestamp", at.into());
            headers.insert("webhook-signature", signature.parse()?);
            Ok(headers)
        };
        assert_eq!(
            receiver.receive(&signed(&wrong, now)?, body),
            "401 Unauthorized"
        );
        assert_eq!(
            receiver.receive(&signed(&secret, now - 3600)?, body),
            "401 Unauthorized"
        );
        assert_eq!(
            receiver.receive(&HeaderMap::new(), body),
            "401 Unauthorized"
        );
        for _ in 0..2 {
            assert_eq!(
                receiver.receive(&signed(&secret, now)?, body),
                "204 No Content"
            );
        }
        assert_eq!(receiver.events.len(), 1);
        Ok(())
    }
}
