//! What the Webhooks part asks of the server: the endpoints of the caller's own workspace.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppError, json::Json};
#[cfg(feature = "ssr")]
use holdfast::{Revision, StateId, Version};

/// What a person says about an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What it is called.
    pub name: String,
    /// Where messages are sent.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Kinds it hears of; none means all.
    pub kinds: Vec<String>,
}

/// An endpoint in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Names it.
    pub id: String,
    /// What was said about it.
    pub told: Told,
    /// `enabled`, `disabled`.
    pub status: String,
    /// Counts its changes.
    pub version: u64,
    /// Changes behind the place it has come to.
    pub lag: u64,
    /// States that wait for their next attempt.
    pub waiting: u64,
    /// Messages delivered since it was made.
    pub delivered: u64,
    /// Messages given up, until somebody deals with them.
    pub given_up: u64,
}

/// All of them, and the kinds they could hear of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    /// The endpoints.
    pub hooks: Vec<Hook>,
    /// The kinds.
    pub kinds: Vec<String>,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::states) struct Sent {
    pub(in crate::states) message: String,
    pub(in crate::states) revision: u64,
    pub(in crate::states) attempt: u32,
    /// UTC, for people.
    pub(in crate::states) at: String,
    pub(in crate::states) millis: u64,
    pub(in crate::states) status: Option<u16>,
    pub(in crate::states) answer: String,
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::states) struct GivenUp {
    pub(in crate::states) revision: u64,
    pub(in crate::states) state: String,
    pub(in crate::states) transition: String,
    pub(in crate::states) attempts: u32,
    pub(in crate::states) why: String,
    /// UTC, for people.
    pub(in crate::states) at: String,
}

/// One endpoint with what was sent to it lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::states) struct HookDetail {
    pub(in crate::states) hook: Hook,
    /// Secrets in force: two while one is being replaced.
    pub(in crate::states) secrets: u64,
    pub(in crate::states) sent: Vec<Sent>,
    pub(in crate::states) given_up: Vec<GivenUp>,
    /// The newest place in the log.
    pub(in crate::states) head: u64,
    pub(in crate::states) kinds: Vec<String>,
}

/// A new endpoint: its secret is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Names it.
    pub id: String,
    /// What its messages are signed with.
    pub secret: String,
}

/// How one change fared at one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::states) struct Fared {
    pub(in crate::states) hook: String,
    pub(in crate::states) name: String,
    pub(in crate::states) revision: u64,
    /// `delivered`, `try 3`, `given up`, `waiting`.
    pub(in crate::states) outcome: String,
    /// `200 in 84 ms`.
    pub(in crate::states) answer: String,
}

/// The caller's endpoints.
#[server(prefix = "/api", endpoint = "list_webhooks", input = Json, output = Json)]
pub(in crate::states) async fn list_webhooks() -> Result<Hooks, AppError> {
    crate::error::answer(async { super::answers::list(&crate::context::caller()?).await }).await
}

/// One endpoint; `None` when there is none.
#[server(prefix = "/api", endpoint = "get_webhook", input = Json, output = Json)]
pub(in crate::states) async fn get_webhook(id: String) -> Result<Option<HookDetail>, AppError> {
    crate::error::answer(async {
        super::answers::detail(&crate::context::caller()?, &StateId::new(id)).await
    })
    .await
}

/// Makes an endpoint.
#[server(prefix = "/api", endpoint = "create_webhook", input = Json, output = Json)]
pub(in crate::states) async fn create_webhook(told: Told) -> Result<Made, AppError> {
    crate::error::answer(async { super::answers::create(&crate::context::caller()?, told).await })
        .await
}

/// Changes what is said about an endpoint.
#[server(prefix = "/api", endpoint = "change_webhook", input = Json, output = Json)]
pub(in crate::states) async fn change_webhook(
    id: String,
    told: Told,
    version: u64,
) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::change(
            &caller,
            &StateId::new(id),
            Some(told),
            None,
            Version(version),
        )
        .await
    })
    .await
}

/// Adds a new secret before the one in force, and gives it this once.
#[server(prefix = "/api", endpoint = "rotate_webhook_secret", input = Json, output = Json)]
pub(in crate::states) async fn rotate_webhook_secret(
    id: String,
    version: u64,
) -> Result<String, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::rotate(&caller, &StateId::new(id), Version(version)).await
    })
    .await
}

/// Takes all secrets away but the newest.
#[server(prefix = "/api", endpoint = "retire_webhook_secrets", input = Json, output = Json)]
pub(in crate::states) async fn retire_webhook_secrets(
    id: String,
    version: u64,
) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::retire(&caller, &StateId::new(id), Version(version)).await
    })
    .await
}

/// Has the changes from `first` to `last` delivered again.
#[server(prefix = "/api", endpoint = "replay_webhook", input = Json, output = Json)]
pub(in crate::states) async fn replay_webhook(
    id: String,
    first: u64,
    last: u64,
) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let revisions = Revision(first)..=Revision(last);
        super::answers::replay(&caller, &StateId::new(id), revisions).await
    })
    .await
}

/// Has a message that was given up tried again, or forgets it.
#[server(prefix = "/api", endpoint = "settle_given_up", input = Json, output = Json)]
pub(in crate::states) async fn settle_given_up(
    id: String,
    revision: u64,
    is_again: bool,
) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::settle(&caller, &StateId::new(id), Revision(revision), is_again).await
    })
    .await
}

/// How one version of one of the caller's states fared at each endpoint that hears of it.
#[server(prefix = "/api", endpoint = "deliveries_of_version", input = Json, output = Json)]
pub(in crate::states) async fn deliveries_of_version(
    id: String,
    version: u64,
) -> Result<Vec<Fared>, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::fared::fared(&caller, &StateId::new(id), Version(version)).await
    })
    .await
}
