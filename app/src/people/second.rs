//! The second factor that an account names: asked for, turned off and taken away. How it comes to be is in `set_up`.
//!
//! A code is spent by writing the factor over the version that was read, so of two servers that hear the same code one takes
//! it. Ending logins is the caller's business, but where somebody else takes a factor away.

use std::net::IpAddr;

use holdfast::{Actor, Expected, StateId, Ttl, Update, Version};
use serde_json::{Value, json};

use super::{Account, Email, People, Refused, account::people, book::program, factor::Factor};
use crate::AppError;

/// How often somebody else may be faster before it is left at that.
const TRIES: usize = 3;

/// A factor that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// Recovery codes that are left.
    pub left: usize,
}

impl People {
    /// The one that is asked for.
    pub async fn factor_in_use(&self, account: &Account) -> Result<Option<InUse>, AppError> {
        let Some(id) = &account.factor else {
            return Ok(None);
        };
        let found = self.read_factor(account, id).await?;
        Ok(found.map(|(factor, _)| InUse {
            since: factor.since,
            left: factor.recovery.len(),
        }))
    }

    /// The account of who proved its password a moment ago, in milliseconds since 1970, and now shows a code.
    pub async fn log_in_with_code(
        &self,
        account: &str,
        proved_at: i64,
        code: &str,
        address: IpAddr,
    ) -> Result<Account, Refused> {
        let account = self.account(account).await?;
        let account = account.filter(|it| it.is_active && it.knows_login_of(proved_at));
        let account = account.ok_or(Refused::Late)?;
        self.spend(&account, code, address, |_| {}).await?;
        Ok(account)
    }

    /// Other recovery codes in the place of those there are, for who proves both factors. They are told this once.
    pub async fn renew_recovery_codes(
        &self,
        account: &Account,
        password: String,
        code: &str,
        address: IpAddr,
    ) -> Result<Vec<String>, Refused> {
        self.prove(&account.email, password, address).await?;
        let mut codes = Vec::new();
        let renew = |factor: &mut Factor| codes = factor.renew();
        self.spend(account, code, address, renew).await?;
        Ok(codes)
    }

    /// Turns it off, for who proves both factors.
    pub async fn turn_factor_off(
        &self,
        account: &Account,
        password: String,
        code: &str,
        address: IpAddr,
    ) -> Result<(), Refused> {
        self.prove(&account.email, password, address).await?;
        self.spend(account, code, address, |_| {}).await?;
        let off = json!({ "factor": null });
        self.forget_factor(account, off, Expected::Any, &keeper(account))
            .await?;
        Ok(())
    }

    /// Takes somebody's factor away, in this actor's name: they lost it. Their logins end.
    ///
    /// # Errors
    /// [`AppError::BadRequest`] where there is none; [`AppError::Forbidden`] by the engine's door; [`AppError::Conflict`].
    pub async fn remove_factor(
        &self,
        account: &Account,
        version: Option<u64>,
        actor: &Actor,
    ) -> Result<(), AppError> {
        let expected = version.map_or(Expected::Any, |version| Expected::Version(Version(version)));
        let off = json!({ "factor": null, "factor_removed_at": self.now().0 });
        self.forget_factor(account, off, expected, actor).await?;
        self.logins().end_all(&account.id, None).await?;
        Ok(())
    }

    /// The account stops to name it; then it goes.
    async fn forget_factor(
        &self,
        account: &Account,
        off: Value,
        expected: Expected,
        actor: &Actor,
    ) -> Result<(), AppError> {
        let Some(id) = &account.factor else {
            let none = "This account has no second factor.";
            return Err(AppError::BadRequest(none.into()));
        };
        let (of_account, off) = (StateId::new(account.id.as_str()), Update::Merge(off));
        self.manager()
            .update(&people(), &of_account, off, expected, actor)
            .await?;
        // From here on it is asked for by nobody. Should we be cut off, it is there and of no use.
        let gone = self
            .manager()
            .delete(&people(), id, Expected::Any, &keeper(account))
            .await;
        match gone {
            Ok(()) | Err(holdfast::Error::Absent { .. } | holdfast::Error::Expired { .. }) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a code, once, and does this to the factor in the same write.
    async fn spend(
        &self,
        account: &Account,
        code: &str,
        address: IpAddr,
        mut also: impl FnMut(&mut Factor) + Send,
    ) -> Result<(), Refused> {
        let email = Email::parse(&account.email).ok_or(Refused::Email)?;
        let left = self.0.throttle.code(&email, address, self.now())?;
        let id = account.factor.as_ref().ok_or(Refused::Late)?;
        for _ in 0..TRIES {
            let Some((factor, seen)) = self.read_factor(account, id).await? else {
                return Err(Refused::Late);
            };
            let Some(mut factor) = factor.spent(code, self.now()) else {
                return Err(Refused::Code { left });
            };
            also(&mut factor);
            let new = factor.state(id.clone(), Ttl::Never)?;
            let put = self
                .manager()
                .put(new, Expected::Version(seen), &keeper(account))
                .await;
            match put {
                Ok(_) => {
                    self.0.throttle.forgive_code(&email, address);
                    return Ok(());
                }
                // Somebody was faster with a code, perhaps with this one.
                Err(holdfast::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Busy("Somebody else was faster. Try again.".into()).into())
    }

    /// A factor of this account, if it is one, and the version it was read at.
    pub(super) async fn read_factor(
        &self,
        account: &Account,
        id: &StateId,
    ) -> Result<Option<(Factor, Version)>, AppError> {
        let Some(state) = self.manager().look_up(&people(), id).await? else {
            return Ok(None);
        };
        let factor = Factor::of(&state)?;
        Ok((factor.account == account.id).then_some((factor, state.version)))
    }
}

/// The program, where it keeps a person's factor for them.
pub(super) fn keeper(account: &Account) -> Actor {
    program().on(account.actor_name())
}
