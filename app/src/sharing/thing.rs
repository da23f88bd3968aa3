//! What is shared and with whom: plain data on both sides.

use serde::{Deserialize, Serialize};

/// Something of a person's that they can share.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "what", content = "item", rename_all = "lowercase")]
pub enum Thing {
    /// A saved query, by its id.
    Query(String),
    /// A table, by its name.
    Table(String),
    /// The merged result, whatever it is at the time.
    Result,
    /// A run, by its id.
    Run(String),
}

/// With whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum With {
    /// Everybody of the tenant, now and later.
    Everybody,
    /// One person, by their account's id.
    Person(String),
}

/// No account is called so: their ids are numbers in hexadecimal.
const EVERYBODY: &str = "everybody";

impl With {
    /// As it is stored and looked for.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Everybody => EVERYBODY,
            Self::Person(id) => id,
        }
    }
}

impl From<String> for With {
    fn from(text: String) -> Self {
        match text.as_str() {
            EVERYBODY => Self::Everybody,
            _ => Self::Person(text),
        }
    }
}

impl From<With> for String {
    fn from(with: With) -> Self {
        with.as_str().to_owned()
    }
}
