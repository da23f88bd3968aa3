//! What the lines of a backup are. JSON, because whoever finds the file in ten years can read it
//! with what is at hand; uncompressed, because any tool can compress a file.
//!
//! ```text
//! {"begin":{"format":1,"revision":2,"made_at":1795267871000}}
//! {"note":{"name":"callbacks/mail","value":{"seen":1}}}
//! {"change":{"revision":1,"transition":"create","actor":{"name":"user:ada"},"state":{...}}}
//! {"change":{"revision":2,"transition":"delete","actor":{"name":"user:ada"},"state":{...}}}
//! {"check":"<SHA-256 of all lines above>"}
//! {"end":{"revision":2,"states":1,"notes":1,"sha256":"<SHA-256 of all lines above>"}}
//! ```

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Actor, Change, Revision, State, Timestamp, Transition};

/// The format that is written. It rises when an older program would misunderstand the file.
pub(super) const NEWEST: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line {
    /// The first line.
    Begin(Header),
    Note(Noted),
    Change(Recorded),
    /// Now and then, so that damage is found near where it is.
    Check(String),
    /// The last line.
    End(Footer),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: u32,
    /// The newest revision in the file.
    pub(super) revision: Revision,
    pub(super) made_at: Timestamp,
}

/// As much of the first line as every format will have.
#[derive(Debug, Deserialize)]
pub(super) struct AnyFormat {
    pub(super) begin: Format,
}

#[derive(Debug, Deserialize)]
pub(super) struct Format {
    pub(super) format: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Noted {
    pub(super) name: String,
    pub(super) value: Value,
}

/// A change. The state before it is that of an earlier line, the time is that of the state.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Recorded {
    pub(super) revision: Revision,
    pub(super) transition: Transition,
    pub(super) actor: Actor,
    pub(super) state: Arc<State>,
}

impl Recorded {
    pub(super) fn of(change: Change) -> Self {
        Self {
            revision: change.revision,
            transition: change.transition,
            actor: change.actor,
            state: change.after,
        }
    }

    pub(super) fn change(self, before: Option<Arc<State>>) -> Change {
        Change {
            revision: self.revision,
            transition: self.transition,
            actor: self.actor,
            at: self.state.updated_at,
            before,
            after: self.state,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Footer {
    pub(super) revision: Revision,
    pub(super) states: u64,
    pub(super) notes: u64,
    pub(super) sha256: String,
}
