//! How an endpoint is told, and how it fares.

use app::webhooks::Hook;
use serde::Serialize;
use utoipa::ToSchema;

/// The status of one that messages are sent to.
const ENABLED: &str = "enabled";

/// An endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(super) struct Endpoint {
    /// Names it.
    id: String,
    /// What it is called.
    name: String,
    /// Where messages are sent.
    url: String,
    /// What it is for.
    description: String,
    /// Kinds of states that it hears of; none means all.
    kinds: Vec<String>,
    /// Whether messages are sent to it.
    is_enabled: bool,
    /// Counts its changes.
    version: u64,
    /// Changes behind the place in the log that it has come to.
    lag: u64,
    /// States that wait for their next attempt.
    waiting: u64,
    /// Messages delivered since it was made.
    delivered: u64,
    /// Messages given up, until somebody deals with them.
    given_up: u64,
}

impl From<Hook> for Endpoint {
    fn from(hook: Hook) -> Self {
        let is_enabled = is_enabled(&hook);
        Self {
            id: hook.id,
            name: hook.told.name,
            url: hook.told.url,
            description: hook.told.description,
            kinds: hook.told.kinds,
            is_enabled,
            version: hook.version,
            lag: hook.lag,
            waiting: hook.waiting,
            delivered: hook.delivered,
            given_up: hook.given_up,
        }
    }
}

/// Whether messages are sent to it.
pub(super) fn is_enabled(hook: &Hook) -> bool {
    hook.status == ENABLED
}
