//! How an account and its role are told.

use app::people::{Account, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person may do; each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub(super) enum Rank {
    /// Looks, filters and plots.
    Viewer,
    /// Imports, merges and runs in a workspace of their own.
    Analyst,
    /// Changes what several people share.
    Editor,
    /// Decides who may do what, and runs the server.
    Admin,
}

impl From<Role> for Rank {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Analyst => Self::Analyst,
            Role::Editor => Self::Editor,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<Rank> for Role {
    fn from(rank: Rank) -> Self {
        match rank {
            Rank::Viewer => Self::Viewer,
            Rank::Analyst => Self::Analyst,
            Rank::Editor => Self::Editor,
            Rank::Admin => Self::Admin,
        }
    }
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct User {
    /// Names it for ever.
    id: String,
    /// What the person is called.
    name: String,
    /// How they log in.
    email: String,
    role: Rank,
    /// The organisation they belong to.
    tenant: String,
    /// Whether it may be used.
    is_active: bool,
    /// Whether a second factor is asked for when they log in.
    has_second_factor: bool,
    /// Counts its changes.
    version: u64,
    /// When it was made, in milliseconds since 1970 UTC.
    created_at: i64,
}

impl From<Account> for User {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            name: account.name,
            email: account.email,
            role: account.role.into(),
            tenant: account.tenant.to_string(),
            is_active: account.is_active,
            has_second_factor: account.factor.is_some(),
            version: account.version,
            created_at: account.created_at,
        }
    }
}
