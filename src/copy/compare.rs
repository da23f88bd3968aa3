//! Whether what was found is what was given, and if not, where: never with the contents, which may
//! be nobody's business.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use serde_json::{Value, json};

use super::CopyError;
use crate::{Change, Revision, Scope, State, StateId};

/// Differences in one report: enough to see what kind of fault it is.
const REPORTED: usize = 10;

/// Something that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is.
    pub place: Place,
    /// What of it differs; nothing when one side does not have it at all.
    pub fields: Vec<String>,
}

/// What can differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A record of the log, and whose it is.
    Change(Revision, Scope, StateId),
    /// A state as it is now.
    State(Scope, StateId),
    /// A note.
    Note(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Change(revision, scope, id) => {
                write!(f, "change {} (`{id}` of {scope})", revision.0)?;
            }
            Place::State(scope, id) => write!(f, "the state `{id}` of {scope}")?,
            Place::Note(name) => write!(f, "the note `{name}`")?,
        }
        if self.fields.is_empty() {
            return f.write_str(" is on one side only");
        }
        write!(f, " differs in {}", self.fields.join(", "))
    }
}

/// That the changes are the same. The state before is the one after an earlier change.
pub(super) fn changes(given: &[Change], found: &[Change]) -> Result<(), CopyError> {
    let shown = |change: &Change| {
        let Change {
            revision,
            transition,
            actor,
            at,
            before,
            after,
        } = change;
        let before = before.as_ref().map(|state| state.version);
        json!({
            "revision": revision, "transition": transition, "actor": actor, "at": at,
            "before": before, "after": after,
        })
    };
    let mut differences = Vec::new();
    for (n, change) in given.iter().enumerate() {
        let fields = match found.get(n) {
            Some(found) if agrees(change, found) => continue,
            Some(found) => fields(&shown(change), &shown(found)),
            None => Vec::new(),
        };
        let Change {
            revision, after, ..
        } = change;
        let place = Place::Change(*revision, after.scope.clone(), after.id.clone());
        differences.push(Difference { place, fields });
    }
    verdict(differences)
}

/// That a state is found as it should be.
pub(super) fn state(given: &State, found: Option<&State>) -> Result<(), CopyError> {
    if found == Some(given) {
        return Ok(());
    }
    let fields = found.map_or_else(Vec::new, |found| fields(&json!(given), &json!(found)));
    let place = Place::State(given.scope.clone(), given.id.clone());
    verdict(vec![Difference { place, fields }])
}

/// That the notes are the same, but for their versions, which count writes on each side.
pub(crate) fn notes(
    given: &BTreeMap<&str, &Value>,
    found: &BTreeMap<&str, &Value>,
) -> Result<(), CopyError> {
    let names: BTreeSet<&str> = given.keys().chain(found.keys()).copied().collect();
    let mut differences = Vec::new();
    for name in names {
        let fields = match (given.get(name), found.get(name)) {
            (given, found) if given == found => continue,
            (Some(_), Some(_)) => vec!["value".into()],
            _ => Vec::new(),
        };
        let place = Place::Note(name.into());
        differences.push(Difference { place, fields });
    }
    verdict(differences)
}

/// Whether a change was found as it was given. What was found may still have content that was removed where it
/// came from.
pub(crate) fn agrees(given: &Change, found: &Change) -> bool {
    given == found || {
        let states = match (&given.before, &found.before) {
            (Some(given), Some(found)) => is_left(given, found),
            (given, found) => given == found,
        };
        let bare = |change: &Change| Change {
            before: None,
            after: Arc::clone(&given.after),
            ..change.clone()
        };
        states && is_left(&given.after, &found.after) && bare(given) == bare(found)
    }
}

/// Whether `given` is what is left of `found`, or the same.
fn is_left(given: &State, found: &State) -> bool {
    given == found || given.removed.is_some() && given.without_content() == found.without_content()
}

fn verdict(mut differences: Vec<Difference>) -> Result<(), CopyError> {
    if differences.is_empty() {
        return Ok(());
    }
    differences.truncate(REPORTED);
    Err(CopyError::Differs { differences })
}

/// The names of what differs between two objects, those of the state after a change as paths.
fn fields(one: &Value, other: &Value) -> Vec<String> {
    let names = |value: &Value| -> Vec<String> {
        let fields = value.as_object();
        fields.map_or_else(Vec::new, |fields| fields.keys().cloned().collect())
    };
    let names: BTreeSet<String> = names(one).into_iter().chain(names(other)).collect();
    let mut differing = Vec::new();
    for name in names {
        match (one.get(&name), other.get(&name)) {
            (one, other) if one == other => {}
            (Some(one), Some(other)) if name == "after" => {
                let within = fields(one, other).into_iter();
                differing.extend(within.map(|field| format!("after.{field}")));
            }
            _ => differing.push(name),
        }
    }
    differing
}
