//! Making tenants and putting people into them: what the administrators of the whole server do, who are those of the first
//! tenant.
//!
//! A tenant is a state of the kind `tenant` among the accounts, so that its making is in the log. Who is in it is written
//! in each account. The first tenant is always there.

use holdfast::{Actor, Expected, Kind, Lifecycle, New, StateId, Status, Ttl, Update, Version};
use serde_json::json;

use super::{
    Account, People, Tenant,
    account::people,
    book::{Demotion, program},
};
use crate::{AppError, features::ensure_features_in};

/// The kind of tenants.
pub const TENANT: &str = "tenant";
/// Tenants of one server: one answer lists them.
const MOST: usize = 200;

/// How a tenant may change.
pub fn lifecycle_of_tenants() -> Lifecycle {
    Lifecycle::starting(Status::ACTIVE)
}

fn id(tenant: &Tenant) -> StateId {
    StateId::new(format!("{TENANT}:{tenant}"))
}

impl People {
    /// The tenants of this server, the first one first.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, AppError> {
        let kind = Kind::new(TENANT);
        let states = self
            .manager()
            .list(&people(), Some(&kind), None, MOST)
            .await?;
        let made = states.iter().filter_map(|state| Tenant::parse(&state.name));
        Ok(std::iter::once(Tenant::default()).chain(made).collect())
    }

    /// Makes a tenant, in this actor's name, with the flags that every tenant has. That it is there already is no problem.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] by the engine's door; [`AppError::BadRequest`] where there are too many.
    pub async fn make_tenant(&self, tenant: &Tenant, actor: &Actor) -> Result<(), AppError> {
        let there = self.tenants().await?;
        if !there.contains(tenant) {
            if there.len() >= MOST {
                return Err(AppError::BadRequest(format!(
                    "This server has {MOST} tenants already."
                )));
            }
            let new = New::of(Kind::new(TENANT), tenant.as_str(), people(), json!({}))
                .with_id(id(tenant))
                .with_ttl(Ttl::Never);
            match self.manager().put(new, Expected::Absent, actor).await {
                // Somebody else was as quick.
                Ok(_) | Err(holdfast::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        ensure_features_in(self.manager(), &tenant.common()).await?;
        Ok(())
    }

    /// Makes the flags that are new with this program, in every tenant.
    pub async fn furnish_tenants(&self) -> Result<(), AppError> {
        for tenant in self.tenants().await? {
            ensure_features_in(self.manager(), &tenant.common()).await?;
        }
        Ok(())
    }

    /// The tenant of this name, if it was made.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn tenant(&self, name: &str) -> Result<Tenant, AppError> {
        let tenant = Tenant::parse(name);
        let there = self.tenants().await?;
        tenant
            .filter(|tenant| there.contains(tenant))
            .ok_or_else(|| AppError::NotFound(format!("There is no tenant {name:?} here.")))
    }

    /// Puts an account into another tenant, in this actor's name. Its workspace goes along; what it shares ends,
    /// because it was meant for the people it leaves.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] by the engine's door; [`AppError::BadRequest`] for the server's last administrator.
    pub async fn set_tenant(
        &self,
        account: &Account,
        tenant: &Tenant,
        version: Option<u64>,
        actor: &Actor,
    ) -> Result<(), AppError> {
        if account.tenant == *tenant {
            return Ok(());
        }
        let shares = self.shares_of(account).await?;
        let expected = version.map_or(Expected::Any, |version| Expected::Version(Version(version)));
        let update = Update::Merge(match tenant.is_first() {
            true => json!({ "tenant": null }),
            false => json!({ "tenant": tenant }),
        });
        self.demote(&account.id, Demotion::Update(update), expected, actor)
            .await?;
        // From here on nobody can read them any more; should we be cut off, they are there and of no use.
        for share in shares {
            let (scope, of_share) = (account.tenant.sharing(), StateId::new(share.id));
            self.manager()
                .delete(&scope, &of_share, Expected::Any, &program())
                .await?;
        }
        Ok(())
    }
}
