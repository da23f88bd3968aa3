//! Delivers one change to one endpoint: signs it, sends it, and makes of the answer what Standard
//! Webhooks 1.0.0 says ("Delivery success and failure").

use std::{error::Error as _, fmt::Write as _, sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};

use super::{
    Delivery, Endpoint, Settings, dates,
    deliveries::{ANSWER_BYTES, Deliveries},
    message::{Message, seconds},
};
use crate::{
    Actor, Change, Error, Expected, Kind, Scope, State, StateId, StateManager, Timestamp,
    Transition,
    callbacks::{Handler, HandlerError},
    manager::step::Step,
};

/// The longest pause that a receiver may ask for: the longest of the standard schedule.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Delivers to one endpoint as it was at one version.
pub(super) struct Courier {
    pub(super) states: StateManager,
    pub(super) scope: Scope,
    pub(super) id: StateId,
    pub(super) endpoint: Endpoint,
    pub(super) subscriber: String,
    pub(super) settings: Arc<Settings>,
    pub(super) client: Client,
    pub(super) deliveries: Deliveries,
}

/// What came back.
struct Answer {
    status: StatusCode,
    /// For how long the receiver wants to be left alone.
    pause: Option<Duration>,
    text: String,
}

#[async_trait]
impl Handler for Courier {
    async fn handle(&self, change: Arc<Change>, attempt: u32) -> Result<(), HandlerError> {
        // Endpoints hold secrets: nobody is told of them.
        if change.after.kind == Kind::WEBHOOK {
            return Ok(());
        }
        let message = Message::of(&self.subscriber, &change, &self.settings);
        let at = self.states.clock().now();
        let answer = self.send(&message, at).await;
        let millis = self.states.clock().now().0.saturating_sub(at.0);
        let (status, text) = match &answer {
            Ok(answer) => (Some(answer.status.as_u16()), answer.text.clone()),
            Err(why) => (None, shortened(why)),
        };
        let delivery = Delivery {
            message: message.id,
            revision: change.revision,
            attempt,
            at,
            millis: u64::try_from(millis).unwrap_or_default(),
            status,
            answer: text,
        };
        self.deliveries.add(delivery).await;
        let answer = answer.map_err(HandlerError::retry)?;
        self.judge(&answer).await
    }
}

impl Courier {
    /// Sends a message; or says why there is no answer, without naming the address, whose path may be a
    /// secret of the receiver's.
    async fn send(&self, message: &Message, at: Timestamp) -> Result<Answer, String> {
        let told = |error: Error| error.to_string();
        let url = self.endpoint.target(&self.settings);
        let url = url.map_err(|refusal| refusal.to_string())?;
        let signatures = message
            .signatures(&self.endpoint.secrets, at)
            .map_err(told)?;
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, &message.id)
            .header(HEADER_WEBHOOK_TIMESTAMP, seconds(at))
            .header(HEADER_WEBHOOK_SIGNATURE, signatures)
            .body(message.body.clone());
        let response = request.send().await.map_err(all_of)?;
        let (status, pause) = (response.status(), self.pause(&response, at));
        let text = beginning(response).await;
        Ok(Answer {
            status,
            pause,
            text,
        })
    }

    async fn judge(&self, answer: &Answer) -> Result<(), HandlerError> {
        let why = format!("the answer is {}", answer.status);
        match (answer.status, answer.pause) {
            (status, _) if status.is_success() => Ok(()),
            (StatusCode::GONE, _) => {
                self.disable().await;
                Err(HandlerError::Retry { why })
            }
            (_, Some(pause)) => Err(HandlerError::Busy { why, pause }),
            (_, None) => Err(HandlerError::Retry { why }),
        }
    }

    /// The receiver wants no more: the endpoint is disabled, and keeps its place in the log.
    async fn disable(&self) {
        let by = Actor::system();
        let mut step = Step::Transition(Transition::SUSPEND, Expected::Any);
        let draft =
            |base: Option<&Arc<State>>| self.states.draft_step(&self.id, &mut step, &by, base);
        let disabled = self
            .states
            .write("transition", &self.scope, &self.id, None, draft);
        match disabled.await {
            // It may be disabled already, or deleted.
            Ok(_) | Err(Error::Refused { .. } | Error::Absent { .. }) => {
                tracing::warn!(scope = %self.scope, id = %self.id, "is gone, and disabled");
            }
            Err(error) => tracing::warn!(%error, "an endpoint that is gone is not disabled yet"),
        }
    }

    /// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
    fn pause(&self, response: &Response, now: Timestamp) -> Option<Duration> {
        let asks = [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        if !asks.contains(&response.status()) {
            return None;
        }
        let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
        let pause = match text.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => {
                let left = dates::http_date(text)?.0.saturating_sub(now.0);
                Duration::from_millis(u64::try_from(left).unwrap_or_default())
            }
        };
        Some(pause.min(LONGEST_PAUSE))
    }
}

/// The beginning of an answer; the rest is not read.
async fn beginning(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER_BYTES
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    bytes.truncate(ANSWER_BYTES);
    shortened(&String::from_utf8_lossy(&bytes))
}

/// An error with all its reasons, but without the address.
fn all_of(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(error) = reason {
        // Writing into a `String` cannot fail.
        let _ = write!(text, ": {error}");
        reason = error.source();
    }
    text
}

fn shortened(text: &str) -> String {
    let end = text.floor_char_boundary(ANSWER_BYTES);
    text.get(..end).unwrap_or_default().into()
}
