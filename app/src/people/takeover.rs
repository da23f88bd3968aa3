//! A browser's work comes along when its person logs in: what the account does not have is copied, what both have and
//! is not the same is asked about. Nothing of the account is overwritten without being asked.
//!
//! The browser's own states stay where they are until their session's time is over, so a copy that broke off is simply
//! made again.

use std::{collections::BTreeSet, sync::Arc};

use holdfast::{
    Expected, HistoryQuery, Kind, New, Scope, State, StateId, StateManager, Status, Timestamp, Ttl,
};
use serde_json::Value;
use workbench::Workbench;

use super::{Account, book::program};
use crate::{AppError, SessionKey};

/// States read at a time.
const PAGE: usize = 200;

/// What a person says about what both have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The account's stays.
    Keep,
    /// The browser's takes its place, as a new version.
    Take,
}

/// From a browser's workspace into an account's.
#[derive(Debug)]
pub struct Takeover<'a> {
    manager: &'a StateManager,
    from: Scope,
    into: Scope,
    /// The ids of the sample tables: every workspace has them, so they are nobody's work.
    samples: BTreeSet<String>,
}

/// What is to be done about one state of the browser's.
#[derive(Debug, PartialEq, Eq)]
enum What {
    Nothing,
    Copy,
    Ask,
}

impl<'a> Takeover<'a> {
    /// Prepares it.
    pub async fn new(
        manager: &'a StateManager,
        workbench: &Workbench,
        from: &SessionKey,
        account: &Account,
    ) -> Result<Self, AppError> {
        let samples = workbench.import_samples().await?;
        Ok(Self {
            manager,
            from: Scope::Session(from.0.to_string()),
            into: account.scope(),
            samples: samples.into_iter().map(|table| table.id).collect(),
        })
    }

    /// Copies what the account does not have. Names what both have and is not the same.
    pub async fn copy(&self) -> Result<Vec<String>, AppError> {
        let mut asked = Vec::new();
        for state in self.states().await? {
            match self.what(&state).await? {
                What::Nothing => {}
                What::Copy => self.put(&state, Expected::Absent).await?,
                What::Ask => asked.push(state.name.clone()),
            }
        }
        Ok(asked)
    }

    /// Names what both have and is not the same.
    pub async fn questions(&self) -> Result<Vec<String>, AppError> {
        let mut asked = Vec::new();
        for state in self.states().await? {
            if self.what(&state).await? == What::Ask {
                asked.push(state.name.clone());
            }
        }
        Ok(asked)
    }

    /// Does what the person said about these. The account's old versions stay in their history.
    pub async fn answer(&self, answer: Answer) -> Result<(), AppError> {
        if answer == Answer::Keep {
            return Ok(());
        }
        for state in self.states().await? {
            let is_result = state.metadata["role"] == "result";
            if is_result || self.what(&state).await? != What::Nothing {
                self.put(&state, Expected::Any).await?;
            }
        }
        Ok(())
    }

    /// What a person did in the browser: not the session's own state, not work that is over.
    async fn states(&self) -> Result<Vec<Arc<State>>, AppError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self
                .manager
                .list(&self.from, None, after.as_ref(), PAGE)
                .await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|state| state.id.clone());
            all.extend(page.into_iter().filter(|state| {
                let first = self
                    .manager
                    .lifecycle(&state.kind)
                    .map(|table| table.first().clone());
                state.kind != Kind::SESSION && first.as_ref() == Some(&state.status)
            }));
            if is_last {
                return Ok(all);
            }
        }
    }

    async fn what(&self, state: &State) -> Result<What, AppError> {
        let (id, newest) = (self.id(state), HistoryQuery::last(1));
        let history = self.manager.history(&self.into, &id, newest).await?;
        let Some(there) = history.first().map(|change| &change.after) else {
            return Ok(What::Copy);
        };
        if there.status == Status::EXPIRED {
            return Ok(What::Copy);
        }
        let is_same = there.status != Status::DELETED && there.data == state.data;
        // A result follows from filters and tables, and these are asked about.
        let is_result = state.metadata["role"] == "result";
        let is_sample = state.data.get("id").and_then(Value::as_str);
        let is_sample = is_sample.is_some_and(|id| self.samples.contains(id));
        Ok(match is_same || is_result || is_sample {
            true => What::Nothing,
            false => What::Ask,
        })
    }

    /// The id in the account: one that tells its scope tells the new one.
    fn id(&self, state: &State) -> StateId {
        let suffix = format!("@{}", self.from);
        match state.id.as_str().strip_suffix(&suffix) {
            Some(name) => StateId::scoped(name, &self.into),
            None => state.id.clone(),
        }
    }

    async fn put(&self, state: &State, expected: Expected) -> Result<(), AppError> {
        let new = New {
            id: Some(self.id(state)),
            kind: state.kind.clone(),
            name: state.name.clone(),
            data: state.data.clone(),
            metadata: state.metadata.clone(),
            scope: self.into.clone(),
            ttl: ttl(state),
        };
        match self.manager.put(new, expected, &program()).await {
            // Another device brought it meanwhile.
            Ok(_) | Err(holdfast::Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// As long as it was meant to live when it was last written.
fn ttl(state: &State) -> Ttl {
    let Some(Timestamp(end)) = state.expires_at else {
        return Ttl::Never;
    };
    let lives = u64::try_from(end.saturating_sub(state.updated_at.0)).unwrap_or(0);
    Ttl::For(std::time::Duration::from_millis(lives))
}
