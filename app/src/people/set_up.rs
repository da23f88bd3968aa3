//! Setting a second factor up: begun with the password, in one login, and turned on with a first code.
//!
//! The account names it in the same write that makes it, so it is asked for from then on, or not there at all.

use std::net::IpAddr;

use holdfast::{Expected, StateId, Ttl, Update};
use serde_json::json;

use super::{
    Account, Email, People, Refused,
    account::people,
    factor::{self, Factor},
    second::keeper,
};
use crate::AppError;

/// A factor that is being set up, for the eyes of who sets it up.
#[derive(Clone, PartialEq, Eq)]
pub struct SetUp {
    /// The key as text.
    pub key: String,
    /// What an authenticator app reads.
    pub address: String,
}

impl People {
    /// Begins to set one up, in this login, for who proves their password again.
    pub async fn begin_factor(
        &self,
        account: &Account,
        login: &str,
        password: String,
        address: IpAddr,
    ) -> Result<(), Refused> {
        self.prove(&account.email, password, address).await?;
        if account.factor.is_some() {
            let one = "This account has a second factor already.";
            return Err(AppError::BadRequest(one.into()).into());
        }
        let begun = Factor::begun(&account.id);
        let new = begun.state(factor::set_up_in(login), factor::set_up())?;
        self.manager()
            .put(new, Expected::Any, &keeper(account))
            .await?;
        Ok(())
    }

    /// The one that is being set up in this login.
    pub async fn set_up(&self, account: &Account, login: &str) -> Result<Option<SetUp>, AppError> {
        if account.factor.is_some() {
            return Ok(None);
        }
        let found = self.read_factor(account, &factor::set_up_in(login)).await?;
        Ok(found.map(|(factor, _)| SetUp {
            key: factor.key.text(),
            address: factor.key.address(&account.email),
        }))
    }

    /// Turns it on, for who shows a code of it. Its recovery codes, which are told this once.
    pub async fn turn_factor_on(
        &self,
        account: &Account,
        login: &str,
        code: &str,
        address: IpAddr,
    ) -> Result<Vec<String>, Refused> {
        let email = Email::parse(&account.email).ok_or(Refused::Email)?;
        let left = self.0.throttle.code(&email, address, self.now())?;
        let begun = factor::set_up_in(login);
        let Some((factor, seen)) = self.read_factor(account, &begun).await? else {
            return Err(Refused::Late);
        };
        let Some(mut factor) = factor.spent(code, self.now()) else {
            return Err(Refused::Code { left });
        };
        factor.since = self.now().0;
        let codes = factor.renew();
        let (id, of_account) = (factor::new_id(), StateId::new(account.id.as_str()));
        let mut all = self.manager().transaction(&keeper(account));
        let now = all.get(&people(), &of_account).await?;
        let now = now.as_deref().and_then(Account::of);
        if now.is_none_or(|now| now.factor.is_some()) {
            return Err(Refused::Late);
        }
        all.register(factor.state(id.clone(), Ttl::Never)?).await?;
        let named = Update::Merge(json!({ "factor": id.as_str() }));
        all.update(&people(), &of_account, named, Expected::Any)
            .await?;
        all.delete(&people(), &begun, Expected::Version(seen))
            .await?;
        all.commit().await?;
        self.0.throttle.forgive_code(&email, address);
        Ok(codes)
    }
}
