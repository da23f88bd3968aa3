//! What a kind asks of its states: JSON Schemas of their data, and guards in Rust that see what was
//! and what would be.
//!
//! `manager::draft` asks before anything is written, so single calls, transactions and the way back
//! all pass here. What is well formed whatever the kind is the business of `validate`.

use std::{fmt, sync::Arc};

use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

use crate::{Error, Kind, State, Status, error::Problem, hash::Map};

/// The most problems that one refusal names: more than a person reads, and bounded however large
/// the data is.
const MAX_PROBLEMS: usize = 100;

/// A guard: from the state before (none, or a deleted one: `None`) and the state that is to be.
pub(crate) type Guard = Arc<Judge>;

type Judge = dyn Fn(Option<&State>, &State) -> Result<(), Vec<Problem>> + Send + Sync;

/// The rules of all kinds.
#[derive(Default)]
pub(crate) struct Rules(Map<Kind, Own>);

/// The rules of one kind.
#[derive(Default)]
struct Own {
    /// For every state of the kind, or for those of one name.
    schemas: Vec<(Option<String>, Validator)>,
    guards: Vec<Guard>,
}

impl Rules {
    /// Adds a schema for the kind, or for the states of one name among it.
    pub(crate) fn schema(
        &mut self,
        kind: Kind,
        name: Option<&str>,
        schema: &Value,
    ) -> Result<(), Error> {
        let validator = compiled(schema).map_err(|error| {
            let path = format!("schema of {kind}{}", error.instance_path());
            Error::invalid(&path, error.to_string())
        })?;
        let own = self.0.entry(kind).or_default();
        own.schemas.push((name.map(str::to_owned), validator));
        Ok(())
    }

    pub(crate) fn guard(&mut self, kind: Kind, guard: Guard) {
        self.0.entry(kind).or_default().guards.push(guard);
    }

    /// Checks what a state would be. Guards only ever see data that the schemas let through.
    pub(crate) fn check(&self, before: Option<&State>, after: &State) -> Result<(), Error> {
        let Some(own) = self.0.get(&after.kind) else {
            return Ok(());
        };
        let mut problems = own.unlike_schema(after);
        if problems.is_empty() {
            let before = before.filter(|state| state.status != Status::DELETED);
            let refusals = own.guards.iter().map(|guard| guard(before, after));
            problems.extend(refusals.filter_map(Result::err).flatten());
            problems.truncate(MAX_PROBLEMS);
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::Violations {
            id: after.id.clone(),
            problems,
        })
    }
}

impl Own {
    fn unlike_schema(&self, state: &State) -> Vec<Problem> {
        let schemas = self.schemas.iter().filter(|(name, _)| {
            let name = name.as_deref();
            name.is_none_or(|name| name == state.name)
        });
        let unmet = schemas.filter(|(_, schema)| !schema.is_valid(&state.data));
        let problems = unmet.flat_map(|(_, schema)| schema.iter_errors(&state.data));
        problems.take(MAX_PROBLEMS).map(told).collect()
    }
}

/// What is wrong, without the value: it may be secret, and errors end up in logs.
fn told(error: ValidationError<'_>) -> Problem {
    Problem {
        path: format!("data{}", error.instance_path()),
        problem: error.masked().to_string(),
    }
}

/// A schema that refers to itself only: what a check means must not depend on another server.
fn compiled(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .offline()
        .build(schema)
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
