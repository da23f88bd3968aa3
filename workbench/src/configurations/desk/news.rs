//! What the log tells of the desk: who came, moved or went, whose lock it is, which version a file has. Never content.

use holdfast::{Change, Kind, Status, Transition};
use serde::Serialize;
use serde_json::Value;

use super::{CONFIGURATION, EDITING};

/// One piece of news about a file, as listeners hear it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct News<'a> {
    /// `configuration`, `editing` or `lock`.
    pub kind: &'a Kind,
    /// The file.
    pub name: &'a str,
    /// The version of what changed; for a configuration the file's.
    pub version: u64,
    /// What was done: `create`, `update`, `delete`, `expire`.
    pub what: &'a Transition,
    /// Who saved the file, is or was in it, has or had its lock; for a file that is gone, who removed it.
    pub by: &'a str,
    /// The editing session that this is about; of a file, the one it was saved in.
    pub session: Option<&'a str>,
}

impl<'a> News<'a> {
    /// The news that a change of one of the desk's kinds is.
    pub fn of(change: &'a Change) -> Self {
        let state = &*change.after;
        // What is deleted has no data any more: what it was is what it had.
        let had = match state.status == Status::DELETED {
            true => change.before.as_deref().unwrap_or(state),
            false => state,
        };
        let text = |pointer| had.data.pointer(pointer).and_then(Value::as_str);
        let is_file = state.kind == CONFIGURATION;
        let by = match (is_file, state.status == Status::DELETED) {
            (true, true) => None,
            (true, false) => text("/by"),
            (false, _) => text("/person/name"),
        };
        let session = match (is_file, state.kind == EDITING) {
            (true, _) => text("/session").filter(|_| by.is_some()),
            (false, true) => Some(state.id.as_str()),
            (false, false) => text("/session"),
        };
        Self {
            kind: &state.kind,
            name: &state.name,
            version: state.version.0,
            what: &change.transition,
            by: by.unwrap_or(&change.actor.name),
            session,
        }
    }
}
