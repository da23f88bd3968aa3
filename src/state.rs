//! What a state is: plain types that also compile to WASM.
//!
//! This module owns names, numbers and their meaning. It does not know how a state may change
//! (that is `lifecycle`) nor where it is kept (that is `backend`).

use std::{borrow::Cow, fmt, net::IpAddr, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Digest, Removed};

/// Names one state within its scope, in at most [`StateId::MAX_BYTES`] bytes: the same id in two scopes is
/// two states, so nobody can take another's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateId(Arc<str>);

impl StateId {
    /// The longest id the engine accepts.
    pub const MAX_BYTES: usize = 256;

    /// An id from any text; its length is checked when it is first written.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// An id that also tells the scope, for logs and people: `<name>@<scope>`.
    pub fn scoped(name: &str, scope: &Scope) -> Self {
        Self(format!("{name}@{scope}").into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A short name out of a small vocabulary: borrowed when built in, owned when configured.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $constant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            $($(#[$item])* pub const $constant: Self = Self(Cow::Borrowed($text));)*

            /// One of an application's own.
            pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
                Self(text.into())
            }

            /// The same where it is known when the program is built.
            pub const fn from_static(text: &'static str) -> Self {
                Self(Cow::Borrowed(text))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

vocabulary! {
    /// What a state is about; decides its lifecycle.
    Kind {
        /// A person's account.
        USER = "user",
        /// Work with a beginning and an outcome: a payment, an import, a merge.
        TRANSACTION = "transaction",
        /// A plan or quota that runs for a time.
        SUBSCRIPTION = "subscription",
        /// A feature flag.
        FEATURE = "feature",
        /// A browser's session.
        SESSION = "session",
        /// One hybrid store of a workspace.
        STORE = "store",
        /// A table or a merged result.
        DATASET = "dataset",
        /// An address that is told of changes.
        WEBHOOK = "webhook",
        /// What the engine says when it takes the content out of old versions.
        COMPACTION = "compaction",
    }
}

vocabulary! {
    /// Where in its lifecycle a state stands.
    Status {
        /// Waits for its first activation.
        PENDING = "pending",
        /// In use.
        ACTIVE = "active",
        /// Paused; can be resumed.
        SUSPENDED = "suspended",
        /// Its time is over.
        EXPIRED = "expired",
        /// A transaction that reached its goal.
        COMPLETED = "completed",
        /// A transaction that did not.
        FAILED = "failed",
        /// A subscription not yet started.
        INACTIVE = "inactive",
        /// A feature that is on.
        ENABLED = "enabled",
        /// A feature that is off.
        DISABLED = "disabled",
        /// Gone for readers; its history stays.
        DELETED = "deleted",
    }
}

vocabulary! {
    /// What was done to a state.
    Transition {
        /// The first version came to be.
        CREATE = "create",
        /// Put into use.
        ACTIVATE = "activate",
        /// Paused.
        SUSPEND = "suspend",
        /// Taken up again.
        RESUME = "resume",
        /// Its time ran out.
        EXPIRE = "expire",
        /// Its data changed, its status did not.
        UPDATE = "update",
        /// An older version's content came back as a new version.
        ROLLBACK = "rollback",
        /// Its data came into the shape of a newer schema version.
        UPGRADE = "upgrade",
        /// Removed for readers.
        DELETE = "delete",
    }
}

/// Counts the writes of one state: 1, 2, ... It goes on after a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// A place in the log. Revisions rise strictly; a reader that has seen one can resume behind it.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Revision(pub u64);

/// Milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Whose a state is. A reader of one scope never sees another's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "lowercase")]
pub enum Scope {
    /// Everybody's.
    Shared,
    /// An organisation's.
    Tenant(String),
    /// A person's, on all their devices.
    User(String),
    /// A browser's.
    Session(String),
}

impl Scope {
    /// The organisation whose it is, if it is one's.
    pub fn tenant(&self) -> Option<&str> {
        match self {
            Self::Tenant(id) => Some(id),
            Self::Shared | Self::User(_) | Self::Session(_) => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shared => f.write_str("shared"),
            Self::Tenant(id) => write!(f, "tenant:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Session(id) => write!(f, "session:{id}"),
        }
    }
}

/// Who did something: a person, a browser, or the engine itself, and from which tab or program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// A stable name: `session:ab12`, `user:ada`, `system`.
    pub name: String,
    /// The tab or program, so that it can tell its own changes from others'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Where the request came from, if it came over a network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
}

impl Actor {
    /// Somebody of this name, on no tab and from nowhere.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            client: None,
            address: None,
        }
    }

    /// The engine itself: the sweeper, migrations.
    pub fn system() -> Self {
        Self::new("system")
    }

    /// The same on this tab, or in this program.
    #[must_use]
    pub fn on(self, client: impl Into<String>) -> Self {
        Self {
            client: Some(client.into()),
            ..self
        }
    }
}

/// One state at one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Its name in the engine.
    pub id: StateId,
    /// What it is about.
    pub kind: Kind,
    /// Its name for people.
    pub name: String,
    /// Where in its lifecycle it stands.
    pub status: Status,
    /// Its content, any JSON.
    pub data: Value,
    /// What is known about it: environment, created_by, tags.
    pub metadata: Value,
    /// How often it was written.
    pub version: Version,
    /// The shape of `data`.
    pub schema_version: u32,
    /// Whose it is.
    pub scope: Scope,
    /// When version 1 was written.
    pub created_at: Timestamp,
    /// When this version was written.
    pub updated_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// Set where a policy took `data` and `metadata` out of an old version: both are null then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Arc<Removed>>,
    /// Chains this version to the one before; empty before it is written. Last, so that it is found in the JSON.
    #[serde(default)]
    pub digest: Digest,
}

/// What a write says about the version it saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// The writer does not care, and says so.
    Any,
    /// There must be no such state yet (or only a deleted one).
    Absent,
    /// The state must stand at exactly this version.
    Version(Version),
}

/// How new data meets the old.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", content = "data", rename_all = "lowercase")]
pub enum Update {
    /// JSON Merge Patch (RFC 7396): named fields change, `null` removes, the rest stays.
    Merge(Value),
    /// The new data takes the place of the old.
    Replace(Value),
}

/// One record of the log: who changed what, when, from what to what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its place in the log.
    pub revision: Revision,
    /// What was done.
    pub transition: Transition,
    /// By whom.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// The state before; absent for a first version.
    pub before: Option<Arc<State>>,
    /// The state after.
    pub after: Arc<State>,
}
