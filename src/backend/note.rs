//! What the engine itself has to remember beside the states: how far a subscriber has come, wrapped
//! keys, the newest schema version. It is not news to anybody, so it is not in the log.

use serde_json::Value;

/// A small durable value under a name, outside the log. It is changed by compare and swap, so several
/// servers can agree on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// What was written.
    pub value: Value,
    /// How often it was written: 1, 2, ... A removed note begins again with 1.
    pub version: u64,
}

impl Note {
    /// A note as a backend keeps it.
    pub(super) fn read(version: u64, text: &str) -> Result<Self, serde_json::Error> {
        let value = serde_json::from_str(text)?;
        Ok(Self { value, version })
    }
}
