//! Questions that take more than one answer: a function ends early when its answer grows heavy, and
//! is asked again for the rest.

use std::{collections::HashMap, sync::Arc};

use fred::types::Value;

use super::{
    Fault, Held,
    keys::{self, Keys},
    reply::{self, Reply},
    server::Connection,
};
use crate::{
    Actor, Change, Kind, Revision, Scope, State, StateId, Timestamp, Transition, Version,
    backend::Due,
    search::{Ask, Found, Selection},
};

/// What was done, by whom and when: what a record has beside its state, as JSON.
pub(super) type Deed = (Transition, Actor, Timestamp);

/// States in one answer of a search: Redis does nothing else meanwhile.
const SURVEY: usize = 500;

/// Reads the states and the log under one prefix.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub(super) connection: Connection,
    pub(super) keys: Arc<Keys>,
}

impl Reader {
    pub(super) async fn held(&self) -> Result<Held, Fault> {
        let keys = [self.keys.scopes.as_str()];
        let mut reply = self
            .connection
            .ask("holdfast_2_held", &keys, Vec::new())
            .await?;
        Ok(Held {
            states: reply.number()?,
            bytes: reply.number()?,
        })
    }

    pub(super) async fn get(
        &self,
        scope: &Scope,
        id: &StateId,
    ) -> Result<Option<Arc<State>>, Fault> {
        let keys = [self.keys.log.as_str(), &self.keys.states];
        let args = vec![keys::address(scope, id).into()];
        let mut reply = self.connection.ask("holdfast_2_get", &keys, args).await?;
        reply.maybe_state()
    }

    pub(super) async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        let scope = scope.to_string();
        let ids = self.keys.ids(&scope);
        let keys = [self.keys.log.as_str(), &self.keys.states, &ids];
        // No id is empty, so behind the empty text is the beginning.
        let mut after = Value::from(after.map_or("", StateId::as_str));
        let mut found = Vec::new();
        while found.len() < limit {
            let left = number(limit - found.len());
            let mut args = vec![after, left, keys::beginning(&scope).into()];
            args.extend(kind.map(|kind| Value::from(kind.as_str())));
            let mut reply = self.connection.ask("holdfast_2_scan", &keys, args).await?;
            let is_last = reply.is_set()?;
            after = Value::String(reply.text()?);
            found.extend(reply.states()?);
            if is_last {
                break;
            }
        }
        Ok(found)
    }

    /// Looks at every state of the scope. While it does so others write: a state is seen as it is when
    /// its page is read.
    pub(super) async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        let scope = ask.scope().to_string();
        let ids = self.keys.ids(&scope);
        let keys = [self.keys.log.as_str(), &self.keys.states, &ids];
        let mut selection = Selection::new(ask);
        let mut after = Value::from("");
        loop {
            let args = vec![after, number(SURVEY), keys::beginning(&scope).into()];
            let mut reply = self
                .connection
                .ask("holdfast_2_survey", &keys, args)
                .await?;
            let is_last = reply.is_set()?;
            after = Value::String(reply.text()?);
            while !reply.is_empty() {
                let revision = Revision(reply.number()?);
                selection.offer(revision, reply::state(&reply.text()?)?);
            }
            if is_last {
                return Ok(selection.found());
            }
        }
    }

    pub(super) async fn due(
        &self,
        now: Timestamp,
        passed: usize,
        limit: usize,
    ) -> Result<Vec<Due>, Fault> {
        let keys = [self.keys.log.as_str(), &self.keys.states, &self.keys.due];
        let mut found = Vec::new();
        while found.len() < limit {
            let seen = passed.saturating_add(found.len());
            let (seen, left) = (number(seen), number(limit - found.len()));
            let args = vec![now.0.to_string().into(), seen, left];
            let mut reply = self.connection.ask("holdfast_2_due", &keys, args).await?;
            let is_last = reply.is_set()?;
            while !reply.is_empty() {
                found.push(reply::state(&reply.text()?));
            }
            if is_last {
                break;
            }
        }
        Ok(found)
    }

    pub(super) async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let history = self.keys.history(&keys::address(scope, id));
        let keys = [self.keys.log.as_str(), &history, &self.keys.thinned];
        let mut before = before.map_or_else(|| "+inf".into(), |version| version.0.to_string());
        let mut found: Vec<Change> = Vec::new();
        while found.len() < limit {
            let args = vec![before.into(), number(limit - found.len())];
            let reply = self
                .connection
                .ask("holdfast_2_history", &keys, args)
                .await?;
            let (changes, is_last) = page(reply)?;
            found.extend(changes);
            let Some(last) = found.last().filter(|_| !is_last) else {
                break;
            };
            before = last.after.version.0.to_string();
        }
        Ok(found)
    }

    /// One answer is one page: it ends when it grows heavy.
    pub(super) async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        let keys = [self.keys.log.as_str(), &self.keys.thinned];
        let args = vec![after.0.to_string().into(), number(limit)];
        let reply = self.connection.ask("holdfast_2_log", &keys, args).await?;
        Ok(page(reply)?.0)
    }

    pub(super) async fn revision(&self) -> Result<Revision, Fault> {
        Ok(Revision(self.connection.number(&self.keys.revision).await?))
    }
}

fn number(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The changes of one answer, and whether there are no more. A state that is in it twice, as what
/// one change led to and the next one began with, is decoded once and shared.
fn page(mut reply: Reply) -> Result<(Vec<Change>, bool), Fault> {
    let is_last = reply.is_set()?;
    let mut states: HashMap<u64, Arc<State>> = HashMap::new();
    let mut records = Vec::new();
    for _ in 0..reply.number()? {
        let revision = reply.number()?;
        let previous = reply.text()?;
        let deed: Deed = serde_json::from_str(&reply.text()?)?;
        let after = reply::state(&reply.text()?)?;
        states.insert(revision, Arc::clone(&after));
        records.push((revision, previous, deed, after));
    }
    while !reply.is_empty() {
        states.insert(reply.number()?, reply::state(&reply.text()?)?);
    }
    let changes = records
        .into_iter()
        .map(|(revision, previous, deed, after)| {
            let before = match &*previous {
                "" => None,
                // A record that is nowhere is for `verify` to miss.
                previous => states.get(&previous.parse()?).cloned(),
            };
            let (transition, actor, at) = deed;
            Ok(Change {
                revision: Revision(revision),
                transition,
                actor,
                at,
                before,
                after,
            })
        });
    Ok((changes.collect::<Result<_, Fault>>()?, is_last))
}
