//! How much is too much: each limit is a setting, each refusal names it.
//!
//! What is malformed rather than large is the business of `validate`; how often is too often, of `rate`.

mod rate;

use std::{fmt, time::Duration};

pub(crate) use self::rate::Gate;
pub use self::rate::{Access, Buckets, Left, Rate, RateLimits};
use crate::StateId;

/// The limits of an engine. All sizes are bytes of JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The data of one state; never above [`Limits::MAX_DATA_BYTES`], whatever is set.
    pub data_bytes: u64,
    /// The metadata of one state; never above [`Limits::MAX_METADATA_BYTES`], whatever is set.
    pub metadata_bytes: u64,
    /// How deeply the data or metadata of one state may nest.
    pub depth: u64,
    /// How many states that are not deleted one scope may have.
    pub scope_states: u64,
    /// How large these states may be together.
    pub scope_bytes: u64,
    /// How long one operation may take.
    pub timeout: Duration,
}

impl Limits {
    /// The most that `data_bytes` can be set to.
    pub const MAX_DATA_BYTES: u64 = 10 * 1024 * 1024;
    /// The most that `metadata_bytes` can be set to: beside the largest data, sealed or not, it still fits into one line
    /// of a backup.
    pub const MAX_METADATA_BYTES: u64 = 4 * 1024 * 1024;
    /// The longest name of a state, an actor, a scope, a kind: they are shown in one line.
    pub const NAME_BYTES: u64 = 1024;

    /// Webhooks of all scopes together: a server has a task for each, and all of them are in one note.
    pub const ENDPOINTS: u64 = 1000;

    /// The limit behind one kind of refusal.
    pub fn of(&self, bound: Bound) -> u64 {
        match bound {
            Bound::Id => StateId::MAX_BYTES as u64,
            Bound::Name => Self::NAME_BYTES,
            Bound::Data => self.data_bytes.min(Self::MAX_DATA_BYTES),
            Bound::Metadata => self.metadata_bytes.min(Self::MAX_METADATA_BYTES),
            Bound::Depth => self.depth,
            Bound::ScopeStates => self.scope_states,
            Bound::ScopeBytes => self.scope_bytes,
            Bound::Endpoints => Self::ENDPOINTS,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            data_bytes: 1024 * 1024,
            metadata_bytes: 64 * 1024,
            depth: 32,
            scope_states: 100_000,
            scope_bytes: 1024 * 1024 * 1024,
            timeout: Duration::from_secs(10),
        }
    }
}

/// What can be too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The bytes of an id.
    Id,
    /// The bytes of a name.
    Name,
    /// The bytes of a state's data.
    Data,
    /// The bytes of a state's metadata.
    Metadata,
    /// The levels of nesting.
    Depth,
    /// The states of a scope.
    ScopeStates,
    /// The bytes of a scope's states.
    ScopeBytes,
    /// The webhooks of all scopes.
    Endpoints,
}

impl Bound {
    /// The setting that decides, as it is named in the configuration. The length of ids and names
    /// is fixed: what indexes them relies on it. So is the number of webhooks ([`Limits::ENDPOINTS`]).
    pub fn setting(self) -> &'static str {
        match self {
            Self::Id => "state.id_bytes",
            Self::Name => "state.name_bytes",
            Self::Data => "state.data_bytes",
            Self::Metadata => "state.metadata_bytes",
            Self::Depth => "state.depth",
            Self::ScopeStates => "state.scope_states",
            Self::ScopeBytes => "state.scope_bytes",
            Self::Endpoints => "webhooks.endpoints",
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "the length of the id in bytes",
            Self::Name => "the length of the name in bytes",
            Self::Data => "the size of the data in bytes",
            Self::Metadata => "the size of the metadata in bytes",
            Self::Depth => "the depth of nesting",
            Self::ScopeStates => "the number of states in this scope",
            Self::ScopeBytes => "the size of all states of this scope in bytes",
            Self::Endpoints => "the number of webhooks",
        })
    }
}
