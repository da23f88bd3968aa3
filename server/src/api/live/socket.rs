//! One conversation: tells news as they come, notices who is slow, silent or talks, and says why it ends.
//!
//! Nothing is kept for a slow client but one message and what its connection holds: what it has not been told is in
//! the log, where it goes on when it comes back.

use std::time::Duration;

use axum::{
    Error,
    extract::ws::{CloseFrame, Message, WebSocket, close_code},
};
use futures::{Stream, StreamExt};
use holdfast::Revision;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::tungstenite;

use super::{
    super::{
        listening::{Over, Seat},
        news::News,
    },
    message::{open, tell},
};
use crate::settings::LiveSettings;

/// Who has answered none of so many pings in a row is gone, whatever their network says.
const PINGS: u32 = 3;

/// How patient a conversation is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Between two pings.
    keep_alive: Duration,
    /// For one message to be taken over by the network.
    patience: Duration,
}

impl Pace {
    pub(super) fn of(settings: &LiveSettings) -> Self {
        Self {
            keep_alive: Duration::from_secs(settings.keep_alive_seconds),
            patience: Duration::from_secs(settings.patience_seconds),
        }
    }
}

/// Why a conversation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Over(Over),
    /// A message was not taken in time.
    Slow,
    /// No ping was answered.
    Silent,
    /// The client sent more than it may.
    Long,
    /// The client sent something to be read.
    Talking,
    /// The log could not be read.
    Broken,
    /// The client said farewell or hung up.
    Gone,
}

impl End {
    /// Code and reason of the last frame. Each reason begins with a word for programs.
    fn frame(self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            Self::Over(Over::Stopping) => (
                close_code::AWAY,
                "stopping: the server stops; come back with your last revision",
            ),
            Self::Over(Over::Long) => (
                close_code::AWAY,
                "renew: open for an hour; come back with your last revision",
            ),
            Self::Over(Over::Account) => (
                close_code::POLICY,
                "account: the login, role or token you came with has changed or ended",
            ),
            Self::Slow => (
                close_code::AGAIN,
                "slow: messages were not taken in time; come back with your last revision",
            ),
            Self::Silent => (
                close_code::PROTOCOL,
                "silent: no ping was answered; come back with your last revision",
            ),
            Self::Long => (
                close_code::SIZE,
                "long: a message was longer than 4096 bytes",
            ),
            Self::Talking => (
                close_code::UNSUPPORTED,
                "talking: this socket only tells; write with the API",
            ),
            Self::Broken => (
                close_code::ERROR,
                "broken: the log could not be read; come back with your last revision",
            ),
            Self::Gone => return None,
        };
        Some(CloseFrame {
            code,
            reason: reason.into(),
        })
    }
}

/// Holds it to its end.
pub(super) async fn converse(
    mut socket: WebSocket,
    after: Revision,
    news: impl Stream<Item = News> + Unpin,
    over: impl Future<Output = Over>,
    pace: Pace,
    seat: &Seat,
) {
    let end = talk(&mut socket, after, news, over, pace).await;
    tracing::debug!(?end, "a live socket ends");
    if end == End::Slow {
        seat.was_slow();
    }
    let Some(frame) = end.frame() else {
        return;
    };
    // Farewell is said and waited for, but not for ever: who does not read does not hear it either.
    let farewell = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    drop(timeout(pace.patience, farewell).await);
}

async fn talk(
    socket: &mut WebSocket,
    after: Revision,
    mut news: impl Stream<Item = News> + Unpin,
    over: impl Future<Output = Over>,
    pace: Pace,
) -> End {
    tokio::pin!(over);
    let mut pings = interval_at(Instant::now() + pace.keep_alive, pace.keep_alive);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut unanswered = 0;
    let mut next = open(after);
    loop {
        tokio::select! {
            over = &mut over => return End::Over(over),
            sent = timeout(pace.patience, socket.send(next)) => match sent {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return End::Gone,
                Err(_) => return End::Slow,
            },
        }
        next = loop {
            tokio::select! {
                over = &mut over => return End::Over(over),
                heard = socket.recv() => match heard {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => unanswered = 0,
                    Some(Ok(Message::Text(_) | Message::Binary(_))) => return End::Talking,
                    Some(Ok(Message::Close(_))) | None => return End::Gone,
                    Some(Err(error)) => return if is_too_long(error) { End::Long } else { End::Gone },
                },
                news = news.next() => match news {
                    Some(news) => break tell(&news),
                    None => return End::Broken,
                },
                _ = pings.tick() => {
                    if unanswered == PINGS {
                        return End::Silent;
                    }
                    unanswered += 1;
                    break Message::Ping(bytes::Bytes::new());
                }
            }
        };
    }
}

fn is_too_long(error: Error) -> bool {
    let cause = error.into_inner();
    matches!(cause.downcast_ref(), Some(tungstenite::Error::Capacity(_)))
}
