//! What can be shared, and how a share is told.

use app::sharing::{Thing as Lendable, answers::Lent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something of a person's that they can share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "what", rename_all = "lowercase", deny_unknown_fields)]
#[schema(as = SharedThing)]
pub(super) enum Thing {
    /// A saved query.
    Query {
        /// Its id.
        item: String,
    },
    /// A table.
    Table {
        /// Its name.
        item: String,
    },
    /// The merged result, whatever it is at the time.
    Result,
    /// A run.
    Run {
        /// Its id.
        item: String,
    },
}

impl From<Thing> for Lendable {
    fn from(thing: Thing) -> Self {
        match thing {
            Thing::Query { item } => Self::Query(item),
            Thing::Table { item } => Self::Table(item),
            Thing::Result => Self::Result,
            Thing::Run { item } => Self::Run(item),
        }
    }
}

impl From<Lendable> for Thing {
    fn from(thing: Lendable) -> Self {
        match thing {
            Lendable::Query(item) => Self::Query { item },
            Lendable::Table(item) => Self::Table { item },
            Lendable::Result => Self::Result,
            Lendable::Run(item) => Self::Run { item },
        }
    }
}

/// A share: it points at something of its owner's, and nothing is copied.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Share {
    /// Names it.
    pub(super) id: String,
    /// What is shared.
    thing: Thing,
    /// With whom: an account's id, or `everybody` of the tenant.
    with: String,
    /// What they are called; `null` for everybody.
    name: Option<String>,
    /// Whether they may keep a copy.
    may_copy: bool,
    /// Counts its changes.
    pub(super) version: u64,
}

impl From<Lent> for Share {
    fn from(Lent { shared, name }: Lent) -> Self {
        Self {
            id: shared.id,
            thing: shared.share.thing.into(),
            with: shared.share.with.into(),
            name,
            may_copy: shared.share.may_copy,
            version: shared.version,
        }
    }
}
