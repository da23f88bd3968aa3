//! The engine as one would explain it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use holdfast::{
    Actor, Change, Digest, Error, Expected, HistoryQuery, Kind, Lifecycle, New, Revision, Scope,
    State, StateId, Status, Timestamp, Transition, Ttl, Update, Version,
};
use serde_json::{Map, Value};

use crate::operation::{Operation, actor};

/// What an engine says, as something that can be compared.
#[derive(Debug, PartialEq)]
pub enum Answer {
    Written(Arc<State>),
    Deleted,
    Found(Option<Arc<State>>),
    History(Vec<Change>),
    Absent,
    Expired(Timestamp),
    Refused(Status, Vec<Transition>),
    Conflict(Option<Arc<State>>),
    Invalid(String),
    Unexpected(String),
}

impl Answer {
    pub const NAMES: [&str; 9] = [
        "written", "deleted", "found", "history", "absent", "expired", "refused", "conflict",
        "invalid",
    ];

    pub fn name(&self) -> &'static str {
        match self {
            Self::Written(_) => "written",
            Self::Deleted => "deleted",
            Self::Found(_) => "found",
            Self::History(_) => "history",
            Self::Absent => "absent",
            Self::Expired(_) => "expired",
            Self::Refused(..) => "refused",
            Self::Conflict(_) => "conflict",
            Self::Invalid(_) => "invalid",
            Self::Unexpected(_) => "unexpected",
        }
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        match error {
            Error::Absent { .. } => Self::Absent,
            Error::Expired { at, .. } => Self::Expired(at),
            Error::Refused {
                status, allowed, ..
            } => Self::Refused(status, allowed),
            Error::Conflict { current, .. } => Self::Conflict(current.map(|state| *state)),
            Error::Invalid { path, .. } => Self::Invalid(path),
            other => Self::Unexpected(other.to_string()),
        }
    }
}

impl From<Result<Arc<State>, Error>> for Answer {
    fn from(result: Result<Arc<State>, Error>) -> Self {
        result.map_or_else(Self::from, Self::Written)
    }
}

pub struct Model {
    pub now: Timestamp,
    pub log: Vec<Change>,
    states: BTreeMap<(Scope, StateId), Arc<State>>,
}

impl Model {
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            log: Vec::new(),
            states: BTreeMap::new(),
        }
    }

    pub fn answer(&mut self, operation: &Operation) -> Answer {
        let result = match operation.clone() {
            Operation::Register(new) => self.register(new),
            Operation::Put(new, expected) => self.put(new, expected),
            Operation::Get(scope, id) => self.get(&scope, &id),
            Operation::Update(scope, id, update, expected) => {
                self.update(&scope, &id, &update, expected)
            }
            Operation::Step(scope, id, step, expected) => self.step(&scope, &id, &step, expected),
            Operation::Delete(scope, id, expected) => self
                .step(&scope, &id, &Transition::DELETE, expected)
                .map(|_| Answer::Deleted),
            Operation::History(scope, id, query) => {
                let HistoryQuery {
                    last,
                    before,
                    transition,
                    ..
                } = query;
                let mut history = self.history(&scope, &id);
                history.retain(|change| before.is_none_or(|before| change.after.version < before));
                history.retain(|change| {
                    transition
                        .as_ref()
                        .is_none_or(|it| *it == change.transition)
                });
                history.truncate(last.unwrap_or(1000));
                Ok(Answer::History(history))
            }
            Operation::Advance(_) | Operation::Sweep => panic!("not a question"),
        };
        result.unwrap_or_else(|refusal| refusal)
    }

    pub fn history(&self, scope: &Scope, id: &StateId) -> Vec<Change> {
        let changes = self.log.iter().rev();
        let own = changes.filter(|change| change.after.scope == *scope && change.after.id == *id);
        own.cloned().collect()
    }

    pub fn list(&self, scope: &Scope) -> Vec<Arc<State>> {
        let states = self.states.values().filter(|state| state.scope == *scope);
        let live =
            states.filter(|state| state.status != Status::DELETED && self.end(state).is_none());
        live.cloned().collect()
    }

    /// Ends what is over, in the order in which the engine did it.
    pub fn sweep(&mut self, order: &[Change]) {
        let over = self.states.values().filter(|state| {
            state.status != Status::EXPIRED
                && state.status != Status::DELETED
                && self.end(state).is_some()
        });
        assert_eq!(over.count(), order.len());
        for change in order {
            let key = (change.after.scope.clone(), change.after.id.clone());
            let state = Arc::clone(self.states.get(&key).unwrap());
            self.expire(&state);
        }
    }

    fn register(&mut self, new: New) -> Result<Answer, Answer> {
        lifecycle(&new.kind)?;
        match self.live(&new.scope, new.id.as_ref().unwrap()) {
            Some(state) => Err(Answer::Conflict(Some(state))),
            None => Ok(self.create(new)),
        }
    }

    fn put(&mut self, new: New, expected: Expected) -> Result<Answer, Answer> {
        lifecycle(&new.kind)?;
        let Some(state) = self.live(&new.scope, new.id.as_ref().unwrap()) else {
            return match expected {
                Expected::Version(_) => Err(Answer::Conflict(None)),
                _ => Ok(self.create(new)),
            };
        };
        if self.end(&state).is_some() {
            if let Expected::Version(_) = expected {
                compare(&state, expected)?;
            }
            self.expire(&state);
            return Ok(self.create(new));
        }
        compare(&state, expected)?;
        if state.kind != new.kind {
            return Err(Answer::Invalid("kind".into()));
        }
        allowed(&state, &Transition::UPDATE)?;
        let after = State {
            name: new.name,
            data: new.data,
            metadata: new.metadata,
            expires_at: self.ends(&new.kind, new.ttl),
            ..self.next(&state)
        };
        Ok(self.write(Transition::UPDATE, actor(), Some(state), after))
    }

    fn get(&self, scope: &Scope, id: &StateId) -> Result<Answer, Answer> {
        let found = self.live(scope, id);
        match found.as_ref().and_then(|state| self.end(state)) {
            Some(at) => Err(Answer::Expired(at)),
            None => Ok(Answer::Found(found)),
        }
    }

    fn update(
        &mut self,
        scope: &Scope,
        id: &StateId,
        update: &Update,
        expected: Expected,
    ) -> Result<Answer, Answer> {
        let state = self.present(scope, id, expected)?;
        if let Some(at) = self.end(&state) {
            return Err(Answer::Expired(at));
        }
        compare(&state, expected)?;
        allowed(&state, &Transition::UPDATE)?;
        let mut after = self.next(&state);
        match update {
            Update::Merge(patch) => merge(&mut after.data, patch),
            Update::Replace(data) => after.data = data.clone(),
        }
        if state.kind == Kind::STORE
            && let Some(end) = state.expires_at
        {
            after.expires_at = Some(Timestamp(self.now.0 + (end.0 - state.updated_at.0)));
        }
        Ok(self.write(Transition::UPDATE, actor(), Some(state), after))
    }

    fn step(
        &mut self,
        scope: &Scope,
        id: &StateId,
        step: &Transition,
        expected: Expected,
    ) -> Result<Answer, Answer> {
        let mut state = self.present(scope, id, expected)?;
        compare(&state, expected)?;
        if self.end(&state).is_some()
            && state.status != Status::EXPIRED
            && *step != Transition::DELETE
        {
            // Nothing is recorded unless the step itself succeeds.
            let to = lifecycle(&state.kind)?
                .next(&state.status, &Transition::EXPIRE)
                .unwrap();
            allowed(
                &State {
                    status: to,
                    ..(*state).clone()
                },
                step,
            )?;
            state = self.expire(&state);
        }
        let to = allowed(&state, step)?;
        let mut after = self.next(&state);
        if *step == Transition::EXPIRE {
            after.expires_at = Some(state.expires_at.map_or(self.now, |end| end.min(self.now)));
        } else if state.status == Status::EXPIRED && to != Status::DELETED {
            after.expires_at = self.ends(&state.kind, Ttl::Default);
        }
        if to == Status::DELETED {
            after.data = Value::Null;
        }
        after.status = to;
        Ok(self.write(step.clone(), actor(), Some(state), after))
    }

    fn create(&mut self, new: New) -> Answer {
        let id = new.id.unwrap();
        let before = self.states.get(&(new.scope.clone(), id.clone())).cloned();
        let after = State {
            id,
            name: new.name,
            status: lifecycle(&new.kind).unwrap().first().clone(),
            data: new.data,
            metadata: new.metadata,
            version: Version(before.as_ref().map_or(1, |state| state.version.0 + 1)),
            schema_version: 1,
            scope: new.scope,
            created_at: before.as_ref().map_or(self.now, |state| state.created_at),
            updated_at: self.now,
            expires_at: self.ends(&new.kind, new.ttl),
            digest: Digest::default(),
            kind: new.kind,
            removed: None,
        };
        self.write(Transition::CREATE, actor(), before, after)
    }

    fn expire(&mut self, state: &Arc<State>) -> Arc<State> {
        if state.status == Status::EXPIRED {
            return Arc::clone(state);
        }
        let to = lifecycle(&state.kind)
            .unwrap()
            .next(&state.status, &Transition::EXPIRE);
        let after = State {
            status: to.unwrap(),
            ..self.next(state)
        };
        match self.write(
            Transition::EXPIRE,
            Actor::system(),
            Some(Arc::clone(state)),
            after,
        ) {
            Answer::Written(after) => after,
            other => panic!("{other:?}"),
        }
    }

    fn write(
        &mut self,
        transition: Transition,
        actor: Actor,
        before: Option<Arc<State>>,
        mut after: State,
    ) -> Answer {
        after.digest = Digest::default();
        after.digest = chained(before.as_deref(), &transition, &actor, &after);
        let after = Arc::new(after);
        self.states
            .insert((after.scope.clone(), after.id.clone()), Arc::clone(&after));
        self.log.push(Change {
            revision: Revision(self.log.len() as u64 + 1),
            transition,
            actor,
            at: self.now,
            before,
            after: Arc::clone(&after),
        });
        Answer::Written(after)
    }

    fn live(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        let state = self.states.get(&(scope.clone(), id.clone()))?;
        (state.status != Status::DELETED).then(|| Arc::clone(state))
    }

    fn present(
        &self,
        scope: &Scope,
        id: &StateId,
        expected: Expected,
    ) -> Result<Arc<State>, Answer> {
        self.live(scope, id).ok_or(match expected {
            Expected::Version(_) => Answer::Conflict(None),
            _ => Answer::Absent,
        })
    }

    fn next(&self, state: &State) -> State {
        State {
            version: Version(state.version.0 + 1),
            updated_at: self.now,
            ..state.clone()
        }
    }

    fn end(&self, state: &State) -> Option<Timestamp> {
        if state.status == Status::EXPIRED {
            return state.expires_at;
        }
        let can_end = lifecycle(&state.kind)
            .ok()?
            .next(&state.status, &Transition::EXPIRE)
            .is_some();
        state.expires_at.filter(|end| *end <= self.now && can_end)
    }

    fn ends(&self, kind: &Kind, ttl: Ttl) -> Option<Timestamp> {
        let ttl = match ttl {
            Ttl::Never => return None,
            Ttl::Default if *kind == Kind::STORE => Duration::from_secs(3600),
            Ttl::Default => return None,
            Ttl::For(ttl) => ttl,
        };
        Some(Timestamp(
            self.now.0 + i64::try_from(ttl.as_millis()).unwrap(),
        ))
    }
}

fn lifecycle(kind: &Kind) -> Result<Lifecycle, Answer> {
    Lifecycle::built_in(kind).ok_or(Answer::Invalid("kind".into()))
}

fn allowed(state: &State, step: &Transition) -> Result<Status, Answer> {
    let lifecycle = lifecycle(&state.kind)?;
    lifecycle
        .next(&state.status, step)
        .ok_or_else(|| Answer::Refused(state.status.clone(), lifecycle.allowed(&state.status)))
}

fn compare(state: &Arc<State>, expected: Expected) -> Result<(), Answer> {
    match expected {
        Expected::Any => Ok(()),
        Expected::Version(version) if version == state.version => Ok(()),
        _ => Err(Answer::Conflict(Some(Arc::clone(state)))),
    }
}

/// The pseudocode of RFC 7396, section 2, word by word.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let fields = target.as_object_mut().unwrap();
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// What is digested is told here once more, so that it does not change by accident.
fn chained(
    before: Option<&State>,
    transition: &Transition,
    actor: &Actor,
    after: &State,
) -> Digest {
    let previous = before.map_or_else(Digest::default, |state| state.digest);
    let text = format!(
        r#"{{"previous":"{previous}","transition":"{transition}","actor":{},"state":{}}}"#,
        serde_json::to_string(actor).unwrap(),
        serde_json::to_string(after).unwrap(),
    );
    Digest(blake3::hash(text.as_bytes()).into())
}
