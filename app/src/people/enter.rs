//! Proving who one is: passwords at the login, and other ones. What comes after a password is in `second`.

use std::net::IpAddr;

use holdfast::{Expected, StateId, Update};
use serde_json::json;

use super::{
    Account, Breached, Email, People, Refused,
    account::people,
    book::program,
    secret::{self, Secret},
    strength,
};
use crate::AppError;

/// How far somebody got with their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// They are in.
    Fully(Account),
    /// They have a second factor, and are not in before it is proved.
    Half(Account),
}

impl People {
    /// The account of who knows its password, and whether that is enough.
    pub async fn log_in(
        &self,
        email: &str,
        password: String,
        address: IpAddr,
    ) -> Result<Entered, Refused> {
        let account = self.prove(email, password, address).await?;
        Ok(match account.factor {
            None => Entered::Fully(account),
            Some(_) => Entered::Half(account),
        })
    }

    /// Whether who is logged in still knows their password: before what only they should do.
    pub async fn ask_again(
        &self,
        account: &Account,
        password: String,
        address: IpAddr,
    ) -> Result<(), Refused> {
        self.prove(&account.email, password, address).await?;
        Ok(())
    }

    /// The account of who knows its password.
    pub(super) async fn prove(
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
        self.prove(&account.email, current, address).await?;
        self.reset_password(account, new).await
    }

    /// The same, by who needs not know the present one: the operator.
    pub async fn reset_password(&self, account: &Account, new: String) -> Result<(), Refused> {
        let email = Email::parse(&account.email).ok_or(Refused::Email)?;
        self.check_new(&new, &email, &account.name).await?;
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

    /// Whether a password is good enough to be this person's: hard to guess, and not among those that were stolen elsewhere.
    pub(super) async fn check_new(
        &self,
        password: &str,
        email: &Email,
        name: &str,
    ) -> Result<(), Refused> {
        strength::check(password, email, name).map_err(Refused::Password)?;
        let Some(breached) = self.terms().breached.clone() else {
            return Ok(());
        };
        let is_stolen = is_stolen(breached, password.to_owned()).await;
        match is_stolen {
            Ok(false) => Ok(()),
            Ok(true) => Err(Refused::Password(strength::STOLEN)),
            Err(error) => Err(error.into()),
        }
    }
}

/// Looks it up, off the async threads. A list that cannot be read makes no password good.
async fn is_stolen(breached: Breached, password: String) -> Result<bool, AppError> {
    let looked = tokio::task::spawn_blocking(move || breached.has(password.as_bytes()));
    let found = looked.await.map_err(AppError::internal)?;
    found.map_err(AppError::internal)
}
