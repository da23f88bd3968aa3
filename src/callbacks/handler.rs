//! What a subscriber does with a change, and the ways in which it can say no.

use std::{fmt, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::FutureExt;

use crate::Change;

/// Does something about a change. Any async closure that takes an `Arc<Change>` is one.
///
/// It may be called more than once for the same change: after a failure, and after a crash. Its
/// `revision` tells it apart from every other.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Handles one change; `attempt` counts 1, 2, ... for this change.
    ///
    /// # Errors
    /// Whatever it could not do, and whether it is worth trying again.
    async fn handle(&self, change: Arc<Change>, attempt: u32) -> Result<(), HandlerError>;
}

#[async_trait]
impl<F, R> Handler for F
where
    F: Fn(Arc<Change>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), HandlerError>> + Send,
{
    async fn handle(&self, change: Arc<Change>, _attempt: u32) -> Result<(), HandlerError> {
        self(change).await
    }
}

/// Why a change was not handled. Every other error becomes [`HandlerError::Retry`] by `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandlerError {
    /// It may go better later: tried again as scheduled, while other states go on.
    Retry {
        /// What went wrong.
        why: String,
    },
    /// The receiver asks for a pause: nothing at all is tried before it is over.
    Busy {
        /// What it said.
        why: String,
        /// How long the pause is to be.
        pause: Duration,
    },
    /// It will never go better: a dead letter at once.
    GiveUp {
        /// What is wrong with it.
        why: String,
    },
}

impl HandlerError {
    /// It may go better later.
    pub fn retry(why: impl fmt::Display) -> Self {
        let why = why.to_string();
        Self::Retry { why }
    }

    /// It will never go better.
    pub fn give_up(why: impl fmt::Display) -> Self {
        let why = why.to_string();
        Self::GiveUp { why }
    }

    /// What went wrong.
    pub fn why(&self) -> &str {
        match self {
            Self::Retry { why } | Self::Busy { why, .. } | Self::GiveUp { why } => why,
        }
    }
}

// This type is not an `Error` itself: otherwise `From` could not take every error.
impl<E: std::error::Error> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::retry(error)
    }
}

/// One attempt, in time, whatever the handler does.
pub(super) async fn attempt(
    handler: &dyn Handler,
    change: Arc<Change>,
    attempt: u32,
    within: Duration,
) -> Result<(), HandlerError> {
    let work = AssertUnwindSafe(handler.handle(change, attempt)).catch_unwind();
    match tokio::time::timeout(within, work).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(HandlerError::retry("the handler panicked")),
        Err(_) => Err(HandlerError::retry(format_args!(
            "the handler took longer than {within:?}"
        ))),
    }
}
