//! The accounts of this server: found and changed, always through the engine. How they come to be is in `join`.

use std::sync::Arc;

use holdfast::{
    Actor, Clock, Error, Expected, Kind, StateId, StateManager, Transaction, Transition, Update,
    Version,
};
use serde_json::json;

use super::{
    Account, Email, Logins, Role, Tenant, Terms, account::people, authority, links, password,
    secret, throttle::Throttle, uses::Uses,
};
use crate::AppError;

/// Accounts read at a time.
const PAGE: usize = 500;
/// How often somebody else may be faster before it is left at that.
const TRIES: usize = 5;

/// The accounts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct People(pub(super) Arc<Parts>);

#[derive(Debug)]
pub(super) struct Parts {
    pub(super) manager: StateManager,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) terms: Terms,
    pub(super) hasher: password::Hasher,
    pub(super) throttle: Throttle,
    pub(super) first: links::First,
    pub(super) logins: Arc<dyn Logins>,
    pub(super) uses: Uses,
}

impl People {
    /// The accounts that this engine keeps.
    ///
    /// # Errors
    /// When passwords cannot be hashed here.
    pub fn new(
        manager: StateManager,
        clock: Arc<dyn Clock>,
        terms: Terms,
        logins: Arc<dyn Logins>,
    ) -> Result<Self, AppError> {
        Ok(Self(Arc::new(Parts {
            manager,
            clock,
            terms,
            hasher: password::Hasher::new()?,
            throttle: Throttle::default(),
            first: links::First::default(),
            logins,
            uses: Uses::default(),
        })))
    }

    pub(super) fn manager(&self) -> &StateManager {
        &self.0.manager
    }

    pub(super) fn now(&self) -> holdfast::Timestamp {
        self.0.clock.now()
    }

    /// Where people are logged in.
    pub fn logins(&self) -> &dyn Logins {
        &*self.0.logins
    }

    /// On what terms people join and enter.
    pub fn terms(&self) -> &Terms {
        &self.0.terms
    }

    /// Whether this server has accounts; without any, whoever reaches it works as ever.
    pub async fn has_accounts(&self) -> Result<bool, AppError> {
        Ok(authority::has_accounts(self.manager()).await?)
    }

    /// An account, in use or not.
    pub async fn account(&self, id: &str) -> Result<Option<Account>, AppError> {
        let found = self.manager().look_up(&people(), &StateId::new(id)).await?;
        Ok(found.as_deref().and_then(Account::of))
    }

    /// The account with this address.
    pub async fn with_email(&self, email: &Email) -> Result<Option<Account>, AppError> {
        match secret::read(self.manager(), email).await? {
            Some(secret) => self.account(&secret.account).await,
            None => Ok(None),
        }
    }

    /// Every account, by name.
    pub async fn all(&self) -> Result<Vec<Account>, AppError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self
                .manager()
                .list(&people(), Some(&Kind::USER), after.as_ref(), PAGE)
                .await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|state| state.id.clone());
            all.extend(page.iter().filter_map(|state| Account::of(state)));
            if is_last {
                all.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
                return Ok(all);
            }
        }
    }

    /// The accounts of one tenant, by name.
    pub async fn of_tenant(&self, tenant: &Tenant) -> Result<Vec<Account>, AppError> {
        let mut all = self.all().await?;
        all.retain(|account| account.tenant == *tenant);
        Ok(all)
    }

    /// Gives an account another role, in this actor's name.
    pub async fn set_role(
        &self,
        id: &str,
        role: Role,
        expected: Expected,
        actor: &Actor,
    ) -> Result<(), AppError> {
        let update = Update::Merge(json!({ "role": role.word() }));
        if role != Role::Admin {
            return self
                .demote(id, Demotion::Update(update), expected, actor)
                .await;
        }
        let id = StateId::new(id);
        self.manager()
            .update(&people(), &id, update, expected, actor)
            .await?;
        Ok(())
    }

    /// Takes an account out of use: its logins end, its tokens and open streams are refused from now on.
    pub async fn suspend(
        &self,
        id: &str,
        version: Option<u64>,
        actor: &Actor,
    ) -> Result<(), AppError> {
        self.demote(id, Demotion::Suspend, seen(version), actor)
            .await?;
        self.0.logins.end_all(id, None).await?;
        Ok(())
    }

    /// Takes it into use again.
    pub async fn resume(
        &self,
        id: &str,
        version: Option<u64>,
        actor: &Actor,
    ) -> Result<(), AppError> {
        let id = StateId::new(id);
        self.manager()
            .transition(&people(), &id, Transition::RESUME, seen(version), actor)
            .await?;
        Ok(())
    }

    /// Makes a change after which an account administers the server no more, unless nobody else does: a server whose last
    /// administrator is gone could not be helped from inside. Who else does is part of the transaction, so of two who do
    /// this to each other at once one stays.
    pub(super) async fn demote(
        &self,
        id: &str,
        how: Demotion,
        expected: Expected,
        actor: &Actor,
    ) -> Result<(), AppError> {
        let account = StateId::new(id);
        for _ in 0..TRIES {
            let mut change = self.manager().transaction(actor);
            if !self.leaves_one(&mut change, &account).await? {
                return Err(AppError::BadRequest(
                    "This is the only administrator. Make somebody else one first.".into(),
                ));
            }
            match &how {
                Demotion::Update(update) => {
                    let update = update.clone();
                    change.update(&people(), &account, update, expected).await?
                }
                Demotion::Suspend => {
                    let suspend = Transition::SUSPEND;
                    change
                        .transition(&people(), &account, suspend, expected)
                        .await?
                }
            };
            match change.commit().await {
                Ok(_) => return Ok(()),
                // Looked at again: whoever was faster may have left this one as the only administrator.
                Err(Error::Conflicts { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Busy(
            "Somebody else was faster. Try again.".into(),
        ))
    }

    /// Whether the server has an administrator without this account. What it read must still be so at the commit.
    async fn leaves_one(&self, change: &mut Transaction, id: &StateId) -> Result<bool, AppError> {
        if !administers(change, id).await? {
            return Ok(true);
        }
        for other in self.all().await?.iter().filter(|it| is_administrator(it)) {
            let other = StateId::new(other.id.as_str());
            if other != *id && administers(change, &other).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What takes somebody out of the administrators.
pub(super) enum Demotion {
    /// Another role or tenant.
    Update(Update),
    /// The account is out of use.
    Suspend,
}

fn seen(version: Option<u64>) -> Expected {
    version.map_or(Expected::Any, |version| Expected::Version(Version(version)))
}

async fn administers(change: &mut Transaction, id: &StateId) -> Result<bool, AppError> {
    let found = change.get(&people(), id).await?;
    let account = found.as_deref().and_then(Account::of);
    Ok(account.is_some_and(|account| is_administrator(&account)))
}

/// Whether they administer the whole server.
pub(super) fn is_administrator(account: &Account) -> bool {
    account.is_active && account.role == Role::Admin && account.tenant.is_first()
}

/// The program itself, where it keeps accounts.
pub(super) fn program() -> Actor {
    Actor::new("accounts")
}
