//! What a state becomes: from what is stored and what is asked to the write that does it.
//!
//! Nothing here waits or writes. A draft that lost a race is made again from what won.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{New, StateManager, Ttl, chain};
use crate::{
    Actor, Digest, Error, Kind, Lifecycle, State, Status, Timestamp, Transition, Version,
    backend::{Quota, Write},
    validate,
};

/// Content that is moved into the first draft, and copied only when there has to be another.
pub(crate) enum Content {
    Given(Value),
    Drafted(Arc<State>),
}

impl Content {
    pub(super) fn take(&mut self) -> Value {
        match self {
            Self::Given(value) => value.take(),
            Self::Drafted(state) => state.data.clone(),
        }
    }

    /// Keeps what was just taken within reach of another draft.
    fn remember(&mut self, after: &Arc<State>) {
        *self = Self::Drafted(Arc::clone(after));
    }
}

impl StateManager {
    /// The lifecycle of a kind, or what is wrong with the kind.
    pub(super) fn lifecycle_of(&self, kind: &Kind) -> Result<&Lifecycle, Error> {
        self.lifecycle(kind).ok_or_else(|| {
            let problem = format!("`{kind}` has no lifecycle; give the engine one for it");
            Error::invalid("kind", problem)
        })
    }

    /// A state's first version, or its first after it was deleted or expired.
    pub(super) fn created(
        &self,
        new: &New,
        data: Value,
        base: Option<&State>,
    ) -> Result<State, Error> {
        let now = self.0.clock.now();
        Ok(State {
            id: new.id.clone().unwrap_or_else(|| self.0.ids.next()),
            kind: new.kind.clone(),
            name: new.name.clone(),
            status: self.lifecycle_of(&new.kind)?.first().clone(),
            data,
            metadata: new.metadata.clone(),
            version: following(base),
            schema_version: self.0.schemas.known(&new.kind),
            scope: new.scope.clone(),
            created_at: base.map_or(now, |state| state.created_at),
            updated_at: now,
            expires_at: self.end(&new.kind, new.ttl, now),
            digest: Digest::default(),
            removed: None,
        })
    }

    /// The next version with other data, which is in today's shape; the rest stays.
    pub(super) fn updated(
        &self,
        base: &State,
        status: Status,
        data: Value,
    ) -> Result<State, Error> {
        let now = self.0.clock.now();
        let lived = |end: Timestamp| end.0.saturating_sub(base.updated_at.0);
        let is_renewed = self.lifecycle_of(&base.kind)?.is_renewed();
        let expires_at = base.expires_at.map(|end| {
            let renewed = Timestamp(now.0.saturating_add(lived(end)));
            if is_renewed { renewed } else { end }
        });
        Ok(State {
            data,
            metadata: base.metadata.clone(),
            schema_version: self.0.schemas.known(&base.kind),
            expires_at,
            ..self.succeeding(base, status, now)
        })
    }

    /// The next version in today's shape: `base` is, already.
    pub(super) fn upgraded_version(&self, base: &State) -> State {
        State {
            data: base.data.clone(),
            metadata: base.metadata.clone(),
            expires_at: base.expires_at,
            ..self.succeeding(base, base.status.clone(), self.0.clock.now())
        }
    }

    /// The next version after a step through the lifecycle.
    pub(super) fn stepped(&self, base: &State, transition: &Transition) -> Result<State, Error> {
        let status = self.step(base, transition)?;
        let now = self.0.clock.now();
        let expires_at = if *transition == Transition::EXPIRE {
            Some(base.expires_at.map_or(now, |end| end.min(now)))
        } else if base.status == Status::EXPIRED && status != Status::DELETED {
            self.end(&base.kind, Ttl::Default, now)
        } else {
            base.expires_at
        };
        // A tombstone keeps the name; what it held is in the change's `before`.
        let is_deleted = status == Status::DELETED;
        Ok(State {
            data: if is_deleted {
                Value::Null
            } else {
                base.data.clone()
            },
            metadata: base.metadata.clone(),
            expires_at,
            ..self.succeeding(base, status, now)
        })
    }

    /// The write that leads from `before` to `after`, chained, if `after` is within the limits and as its
    /// kind must be. Neither is asked of an end: a tombstone has no content, and time does not ask before it ends
    /// a state that was made under other limits. Whatever comes of it, `content` can be taken again.
    pub(super) fn draft(
        &self,
        transition: Transition,
        actor: &Actor,
        before: Option<&Arc<State>>,
        after: State,
        content: Option<&mut Content>,
    ) -> Result<Write, Error> {
        let chained = chain::chained(before.map(|state| &**state), &transition, actor, after)
            .map_err(|error| Error::invalid("data", error.to_string()))?;
        let (after, sizes) = (chained.state, chained.sizes);
        if let Some(content) = content {
            content.remember(&after);
        }
        let limits = &self.0.limits;
        if after.status != Status::DELETED && transition != Transition::EXPIRE {
            validate::data(limits, &after.data, sizes.data)?;
            validate::metadata(limits, &after.metadata, sizes.metadata)?;
            self.0.rules.check(before.map(|state| &**state), &after)?;
        }
        let names = after.id.as_str().len() + after.name.len();
        let can_expire = self.lifecycle_of(&after.kind)?.can_expire(&after.status);
        Ok(Write {
            before: before.cloned(),
            bytes: sizes.data.bytes + sizes.metadata.bytes + names as u64,
            due: after.expires_at.filter(|_| can_expire),
            after,
            text: chained.text,
            transition,
            actor: actor.clone(),
            quota: Quota {
                states: limits.scope_states,
                bytes: limits.scope_bytes,
            },
        })
    }

    /// The recorded end of a state whose time is over but whom no sweeper has met, and the state
    /// as it is then; no write when there is nothing to record.
    pub(super) fn ended(&self, state: &Arc<State>) -> Result<(Vec<Write>, Arc<State>), Error> {
        let is_over = self.end_of(state, self.0.clock.now()).is_some();
        if !is_over || state.status == Status::EXPIRED {
            return Ok((Vec::new(), Arc::clone(state)));
        }
        let after = self.stepped(state, &Transition::EXPIRE)?;
        let write = self.draft(
            Transition::EXPIRE,
            &Actor::system(),
            Some(state),
            after,
            None,
        )?;
        let after = Arc::clone(&write.after);
        Ok((vec![write], after))
    }

    /// Where the lifecycle leads, or the refusal with what is allowed instead.
    pub(super) fn step(&self, state: &State, transition: &Transition) -> Result<Status, Error> {
        let lifecycle = self.lifecycle_of(&state.kind)?;
        lifecycle
            .next(&state.status, transition)
            .ok_or_else(|| Error::Refused {
                id: state.id.clone(),
                status: state.status.clone(),
                transition: transition.clone(),
                allowed: lifecycle.allowed(&state.status),
            })
    }

    /// When a state that starts `now` ends.
    pub(super) fn end(&self, kind: &Kind, ttl: Ttl, now: Timestamp) -> Option<Timestamp> {
        let ttl = match ttl {
            Ttl::Never => None,
            Ttl::Default => self.0.ttls.get(kind).copied(),
            Ttl::For(ttl) => Some(ttl),
        };
        ttl.map(|ttl| Timestamp(now.0.saturating_add(millis(ttl))))
    }

    /// The next version of a state, without its content.
    fn succeeding(&self, base: &State, status: Status, now: Timestamp) -> State {
        State {
            id: base.id.clone(),
            kind: base.kind.clone(),
            name: base.name.clone(),
            status,
            data: Value::Null,
            metadata: Value::Null,
            version: following(Some(base)),
            schema_version: base.schema_version,
            scope: base.scope.clone(),
            created_at: base.created_at,
            updated_at: now,
            expires_at: None,
            digest: Digest::default(),
            removed: None,
        }
    }
}

fn following(base: Option<&State>) -> Version {
    Version(base.map_or(0, |state| state.version.0) + 1)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
