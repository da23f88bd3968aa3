//! Where people are logged in: found among the sessions by account, and ended there.

use std::sync::Arc;

use app::{
    AppError,
    people::{Login, Logins},
};
use async_trait::async_trait;
use holdfast::{Actor, Expected, Query, State, StateId, search::Filter};

use super::{
    Error, Sessions,
    record::{Record, sessions},
};

/// Logins of one account that are shown.
const SHOWN: usize = 200;
/// Sessions read at a time.
const PAGE: usize = 200;

impl Sessions {
    /// What became of the browser's former workspace is decided.
    pub(crate) async fn forget_former(&self, handle: &str) -> Result<(), Error> {
        let (id, actor) = (StateId::new(handle), Actor::system());
        loop {
            let Some(state) = self.states().look_up(&sessions(), &id).await? else {
                return Ok(());
            };
            let mut record = Record::of(&state)?;
            let Some(who) = record.login.as_mut().filter(|who| who.former.is_some()) else {
                return Ok(());
            };
            who.former = None;
            let ends_in = state.expires_at.map_or(0, |at| at.0 - self.now());
            let new = record.state(id.clone(), ends_in)?;
            let expected = Expected::Version(state.version);
            let put = self.states().put(new, expected, &actor).await;
            match put {
                // A visit was noted in between.
                Err(holdfast::Error::Conflict { .. }) => {}
                done => return Ok(done.map(drop)?),
            }
        }
    }

    /// The sessions of an account, in no order.
    async fn records_of(&self, account: &str) -> Result<Vec<Arc<State>>, Error> {
        let account = serde_json::Value::from(account);
        let filter: Filter =
            format!("data.login.account = {account}")
                .parse()
                .map_err(|misread| holdfast::Error::Invalid {
                    path: "account".into(),
                    problem: format!("{misread}"),
                })?;
        let mut query = Query::default().filter(filter).limit(PAGE);
        let mut found = Vec::new();
        loop {
            let page = self.states().search(&sessions(), query.clone()).await?;
            let now = self.now();
            let is_there = |state: &Arc<State>| state.expires_at.is_none_or(|at| at.0 > now);
            found.extend(page.states.into_iter().filter(is_there));
            match page.next {
                Some(next) => query = query.after(next),
                None => return Ok(found),
            }
        }
    }

    async fn logins_of(&self, account: &str) -> Result<Vec<Login>, Error> {
        let mut logins = Vec::new();
        for state in self.records_of(account).await? {
            let Some(who) = Record::of(&state)?.login else {
                continue;
            };
            logins.push(Login {
                handle: state.id.to_string(),
                browser: who.browser,
                address: who.address,
                seen: who.seen,
                since: who.since,
            });
        }
        logins.sort_by(|one, other| {
            let last_first = other.seen.cmp(&one.seen);
            last_first.then_with(|| one.handle.cmp(&other.handle))
        });
        logins.truncate(SHOWN);
        Ok(logins)
    }

    /// Ends those of an account for which this holds; how many.
    async fn end_of(&self, account: &str, ends: impl Fn(&str) -> bool) -> Result<u64, Error> {
        let mut ended = 0;
        for state in self.records_of(account).await? {
            if ends(state.id.as_str()) && self.delete(&state.id).await? {
                ended += 1;
            }
        }
        Ok(ended)
    }
}

#[async_trait]
impl Logins for Sessions {
    async fn of(&self, account: &str) -> Result<Vec<Login>, AppError> {
        Ok(self.logins_of(account).await?)
    }

    async fn end(&self, account: &str, handle: &str) -> Result<bool, AppError> {
        let ended = self.end_of(account, |id| id == handle).await;
        Ok(ended? > 0)
    }

    async fn end_all(&self, account: &str, but: Option<&str>) -> Result<u64, AppError> {
        let ended = self.end_of(account, |id| Some(id) != but).await;
        Ok(ended?)
    }
}
