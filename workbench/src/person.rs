//! Who did something, as people know each other.

use serde::{Deserialize, Serialize};

/// Somebody who works here: with an account, or a visitor of one browser.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Person {
    /// Tells people apart: the account's id, or the key of a visitor's session.
    pub key: String,
    /// Their name for others.
    pub name: String,
}
