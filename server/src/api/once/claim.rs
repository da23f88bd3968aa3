//! A key at rest: a state among the answers, under a hash of person, path and key. First it says that somebody is at work, then
//! what was answered; either ends by itself.

use std::{sync::Arc, time::Duration};

use app::{AppError, people::Reserved};
use holdfast::{
    Actor, Error, Expected, Kind, Lifecycle, New, State, StateId, StateManager, Status, Transition,
    Ttl, Version,
};
use serde::{Deserialize, Serialize};

/// The kind of these records.
pub(crate) const ANSWER: &str = "answer";
/// How long a request may be worked on before its key is free again.
pub(super) const WORKING: Duration = Duration::from_secs(10 * 60);
/// How long an answer is kept.
const ANSWERED: Duration = Duration::from_secs(24 * 3600);

/// How a record may change: until its time is over, or it is deleted.
pub(crate) fn lifecycle_of_answers() -> Lifecycle {
    Lifecycle::starting(Status::ACTIVE)
        .update([Status::ACTIVE])
        .step(Transition::EXPIRE, [Status::ACTIVE], Status::EXPIRED)
}

/// All keys.
#[derive(Debug, Clone)]
pub(crate) struct Claims(StateManager);

/// What there is under a key.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing was there: this request is the first.
    Mine(Claim),
    /// The same request is worked on.
    Working,
    /// Another request.
    Other,
    /// The same request, and its answer.
    Done(Answer),
}

/// A key that this request has.
#[derive(Debug)]
pub(super) struct Claim {
    states: StateManager,
    id: StateId,
    request: String,
    actor: Actor,
    version: Version,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    /// The digest of what was asked.
    request: String,
    /// None while it is worked on.
    answer: Option<Answer>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    /// None for one that is told only once.
    pub(super) body: Option<String>,
}

impl Claims {
    /// Keys in this engine, which must put no limit on how many states a scope has.
    pub(crate) fn new(states: StateManager) -> Self {
        Self(states)
    }

    /// Takes the key for this request, or says who has it.
    pub(super) async fn claim(
        &self,
        id: StateId,
        request: String,
        actor: Actor,
    ) -> Result<Found, AppError> {
        let record = Record {
            request,
            answer: None,
        };
        let new = record.state(&id, WORKING)?;
        match self.0.put(new, Expected::Absent, &actor).await {
            Ok(state) => Ok(Found::Mine(Claim {
                states: self.0.clone(),
                id,
                request: record.request,
                actor,
                version: state.version,
            })),
            Err(Error::Conflict { current, .. }) => found(&record, current.map(|state| *state)),
            Err(error) => Err(error.into()),
        }
    }
}

fn found(mine: &Record, current: Option<Arc<State>>) -> Result<Found, AppError> {
    // Gone again in between: whoever asks once more is the first.
    let Some(current) = current else {
        return Ok(Found::Working);
    };
    let theirs = Record::deserialize(&current.data).map_err(AppError::internal)?;
    Ok(match theirs.answer {
        _ if theirs.request != mine.request => Found::Other,
        None => Found::Working,
        Some(answer) => Found::Done(answer),
    })
}

impl Record {
    fn state(&self, id: &StateId, life: Duration) -> Result<New, AppError> {
        let data = serde_json::to_value(self).map_err(AppError::internal)?;
        let new = New::of(Kind::new(ANSWER), "answer", Reserved::Answers.scope(), data);
        Ok(new.with_id(id.clone()).with_ttl(Ttl::For(life)))
    }
}

impl Claim {
    /// Keeps what was answered. What cannot be kept is told in the log alone: the request itself was done.
    pub(super) async fn keep(self, answer: Answer) {
        let without = Answer {
            body: None,
            ..answer.clone()
        };
        let kept = match self.put(answer).await {
            // The settings allow less than an answer has.
            Err(Error::TooLarge { .. }) => self.put(without).await,
            kept => kept,
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "an answer could not be kept; its key is free in {WORKING:?}");
        }
    }

    async fn put(&self, answer: Answer) -> Result<(), Error> {
        let record = Record {
            request: self.request.clone(),
            answer: Some(answer),
        };
        // Plain data with string keys always becomes JSON.
        let Ok(new) = record.state(&self.id, ANSWERED) else {
            return Ok(());
        };
        let expected = Expected::Version(self.version);
        self.states.put(new, expected, &self.actor).await.map(drop)
    }

    /// Lets the next request be the first.
    pub(super) async fn free(&self) {
        let (scope, expected) = (Reserved::Answers.scope(), Expected::Version(self.version));
        let freed = self.states.delete(&scope, &self.id, expected, &self.actor);
        if let Err(error) = freed.await {
            tracing::warn!(%error, "a key could not be freed; it is in {WORKING:?}");
        }
    }
}
