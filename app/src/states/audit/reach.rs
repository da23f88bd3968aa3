//! Whose changes somebody may look at: all of the server's, or those of their tenant. Only on the server.

use std::collections::HashSet;

use holdfast::{Change, Scope, State};

use crate::{
    AppError,
    context::Caller,
    people::{Account, Role, Tenant, Token, people},
};

/// How far somebody sees.
pub(super) enum Reach {
    /// Everybody's.
    All,
    /// What the people of a tenant did and share, and what was done to their accounts.
    Tenant {
        tenant: Tenant,
        accounts: HashSet<String>,
    },
}

impl Reach {
    /// That of who asks.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who administers nothing.
    pub(super) async fn of(caller: &Caller) -> Result<Self, AppError> {
        if caller.administers().await? {
            return Ok(Self::All);
        }
        let me = caller.visitor.account.as_deref();
        let Some(me) = me.filter(|me| me.role == Role::Admin) else {
            let told = "Only who administers this server sees what everybody did.";
            return Err(AppError::Forbidden(told.into()));
        };
        let all = caller.state.people.of_tenant(&me.tenant).await?;
        Ok(Self::Tenant {
            tenant: me.tenant.clone(),
            accounts: all.into_iter().map(|account| account.id).collect(),
        })
    }

    /// Whether a change is within it.
    pub(super) fn has(&self, change: &Change) -> bool {
        let Self::Tenant { tenant, accounts } = self else {
            return true;
        };
        match &change.after.scope {
            Scope::User(id) => accounts.contains(id),
            scope if *scope == people() => {
                let is_near = |state: &State| match (Account::of(state), Token::of(state)) {
                    (Some(account), _) => account.tenant == *tenant,
                    (_, Some(token)) => accounts.contains(&token.account),
                    (None, None) => false,
                };
                // Who came from another tenant or went to one: what was there is not ours to see.
                is_near(&change.after) && change.before.as_deref().is_none_or(is_near)
            }
            scope => *scope == tenant.common() || *scope == tenant.sharing(),
        }
    }

    /// Whether this account may be named.
    pub(super) fn knows(&self, account: &Account) -> bool {
        match self {
            Self::All => true,
            Self::Tenant { tenant, .. } => account.tenant == *tenant,
        }
    }
}
