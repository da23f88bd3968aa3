//! Proving who one is: passwords at the login, and other ones.

use std::net::IpAddr;

use holdfast::{Expected, StateId, Update};
use serde_json::json;

use super::{
    Account, Email, People, Refused,
    account::people,
    book::program,
    secret::{self, Secret},
    strength,
};
use crate::AppError;

impl People {
    /// The account of who knows its password.
    pub async fn log_in(
        &self,
        email: &str,
        password: String,
        address: IpAddr,
    ) -> Result<Account, Refused> {
        // What is no address is nobody's, and counts like one.
        let email = Email::parse(email).unwrap_or_else(Email::nobody);
        let left = self.0.throttle.attempt(&email, address, self.now())?;
        let secret = secret::read(self.manager(), &email).await?;
        let hash = secret.as_ref().map(|secret| secret.password.as_str());
        let is_right = self.0.hasher.is_right(password, hash).await?;
        let id = secret.as_ref().map_or("nobody", |secret| &secret.account);
        let account = self.account(id).await?;
        match account.filter(|account| is_right && account.is_active) {
            Some(account) => {
                self.0.throttle.forgive(&email, address);
                Ok(account)
            }
            None => Err(Refused::Credentials { left }),
        }
    }

    /// Gives an account another password. Ending its other logins is the caller's business.
    pub async fn change_password(
        &self,
        account: &Account,
        current: String,
        new: String,
        address: IpAddr,
    ) -> Result<(), Refused> {
        self.log_in(&account.email, current, address).await?;
        self.reset_password(account, new).await
    }

    /// The same, by who needs not know the present one: the operator.
    pub async fn reset_password(&self, account: &Account, new: String) -> Result<(), Refused> {
        let email = Email::parse(&account.email).ok_or(Refused::Email)?;
        strength::check(&new, &email, &account.name).map_err(Refused::Password)?;
        let password = self.0.hasher.hash(new).await?;
        let Some(known) = secret::read(self.manager(), &email).await? else {
            return Err(Refused::Credentials { left: 0 });
        };
        let secret = Secret { password, ..known };
        if !secret::write(self.manager(), &email, &secret).await? {
            return Err(AppError::Busy("Somebody else was faster. Try again.".into()).into());
        }
        // The history tells that, and when; never what.
        let note = Update::Merge(json!({ "password_changed_at": self.now().0 }));
        let id = StateId::new(account.id.as_str());
        let program = program().on(account.actor_name());
        self.manager()
            .update(&people(), &id, note, Expected::Any, &program)
            .await?;
        Ok(())
    }
}
