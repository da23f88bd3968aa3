//! Making accounts: for whoever asks, with a link, at the terminal.

use std::net::IpAddr;

use holdfast::{Expected, StateId, Transition};

use super::{
    Account, Email, Invitation, Joining, Link, People, Post, Refused, Role, SignUp, Tenant,
    account::{self, people},
    book::{is_administrator, program},
    links,
    secret::{self, Secret},
};
use crate::AppError;

/// How often somebody else may be faster with the same address before it is left at that.
const TRIES: usize = 3;

impl People {
    /// A new link for the first administrator, if there is no administrator.
    pub async fn first_link(&self) -> Result<Option<Link>, AppError> {
        let is_there = self.all().await?.iter().any(is_administrator);
        Ok((!is_there).then(|| self.0.first.renew()))
    }

    /// Whether this is the first administrator's link.
    pub fn is_first_link(&self, link: &str) -> bool {
        self.0.first.is(link)
    }

    /// Makes the first administrator.
    pub async fn make_first(&self, link: &str, joining: Joining) -> Result<(), Refused> {
        let (email, name) = self.checked(&joining).await?;
        if !self.0.first.is(link) || self.all().await?.iter().any(is_administrator) {
            return Err(Refused::Link);
        }
        let Some(secret) = self.claim(&email, joining.password).await? else {
            return Err(Refused::Taken);
        };
        if !self.0.first.use_up(link) {
            return Err(Refused::Link);
        }
        let post = Role::Admin.into();
        let made = self.open(secret, &name, &email, &post, "the first link");
        made.await.inspect_err(|_| self.0.first.put_back(link))
    }

    /// Makes an invitation, in this person's name. Whether they may is the caller's business.
    pub async fn invite(&self, by: &Account, role: Role, tenant: Tenant) -> Result<Link, AppError> {
        links::sweep(self.manager(), self.now()).await?;
        let post = Post { role, tenant };
        links::invite(self.manager(), post, by.actor_name(), self.now()).await
    }

    /// What this link gives, if it is still good.
    pub async fn invitation(&self, link: &str) -> Result<Option<Invitation>, AppError> {
        let found = self.still_good(link).await?;
        Ok(found.map(|(invitation, _)| invitation))
    }

    /// An invitation whose maker may still make it: it is good no longer than they are.
    async fn still_good(&self, link: &str) -> Result<Option<(Invitation, u64)>, AppError> {
        let found = links::invitation(self.manager(), link, self.now()).await?;
        let Some((invitation, seen)) = found else {
            return Ok(None);
        };
        let id = invitation.by.strip_prefix("user:").unwrap_or_default();
        let by = self.account(id).await?;
        let may_invite = by.is_some_and(|by| {
            let is_there = by.tenant.is_first() || by.tenant == invitation.tenant;
            by.is_active && by.role == Role::Admin && is_there
        });
        Ok(may_invite.then_some((invitation, seen)))
    }

    /// Makes an account for who was invited. Who has one already logs in with it, and the link stays good; so it does where
    /// the account cannot be made.
    pub async fn join(&self, link: &str, joining: Joining, address: IpAddr) -> Result<(), Refused> {
        let (email, name) = self.checked(&joining).await?;
        self.0.throttle.from(address, self.now())?;
        let Some((invitation, seen)) = self.still_good(link).await? else {
            return Err(Refused::Link);
        };
        if self.0.terms.sign_up == SignUp::Closed {
            return Err(Refused::Closed);
        }
        let Some(secret) = self.claim(&email, joining.password).await? else {
            return Ok(());
        };
        if !links::use_up(self.manager(), link, seen).await? {
            return Err(Refused::Link);
        }
        let by = format!("an invitation by {}", invitation.by);
        let post = Post {
            role: invitation.role,
            tenant: invitation.tenant.clone(),
        };
        let made = self.open(secret, &name, &email, &post, &by).await;
        if made.is_err() {
            links::put_back(self.manager(), link, &invitation).await?;
        }
        made
    }

    /// Whether who signs up now administers this server.
    pub async fn first_administers(&self) -> Result<bool, AppError> {
        Ok(self.0.terms.first_administers && !self.has_accounts().await?)
    }

    /// Makes an account for whoever asks, where that is allowed. Nobody is told whether the address had one already,
    /// and it takes as long either way. `is_here`: whether they sit at the machine of the server.
    pub async fn sign_up(
        &self,
        joining: Joining,
        address: IpAddr,
        is_here: bool,
    ) -> Result<(), Refused> {
        if self.0.terms.sign_up != SignUp::Open {
            return Err(Refused::Closed);
        }
        let (email, name) = self.checked(&joining).await?;
        self.0.throttle.from(address, self.now())?;
        let role = match is_here && self.first_administers().await? {
            true => Role::Admin,
            false => self.0.terms.role,
        };
        self.make(&email, &name, joining.password, role.into(), "sign up")
            .await?;
        Ok(())
    }

    /// Makes an account on the command line.
    pub async fn add(&self, joining: Joining, post: impl Into<Post>) -> Result<bool, Refused> {
        let (email, name) = self.checked(&joining).await?;
        let post = post.into();
        self.make(&email, &name, joining.password, post, "the command line")
            .await
    }

    /// Whether it was made: not where the address has one.
    async fn make(
        &self,
        email: &Email,
        name: &str,
        password: String,
        post: Post,
        made_by: &str,
    ) -> Result<bool, Refused> {
        let Some(secret) = self.claim(email, password).await? else {
            return Ok(false);
        };
        self.open(secret, name, email, &post, made_by).await?;
        Ok(true)
    }

    /// The first half of an account: what proves who it is, kept under an address that has none. Should we be cut off behind
    /// it, the address is still free. None where it has an account; that takes as long.
    async fn claim(&self, email: &Email, password: String) -> Result<Option<Secret>, Refused> {
        let hash = self.0.hasher.hash(password).await?;
        for _ in 0..TRIES {
            let known = secret::read(self.manager(), email).await?;
            let owner = known.as_ref().map_or("nobody", |secret| &secret.account);
            if self.account(owner).await?.is_some() {
                break;
            }
            let secret = Secret {
                account: hex::encode(rand::random::<[u8; 16]>()),
                password: hash.clone(),
                seen: known.map_or(0, |secret| secret.seen),
            };
            if secret::write(self.manager(), email, &secret).await? {
                return Ok(Some(secret));
            }
        }
        secret::pretend(self.manager()).await?;
        Ok(None)
    }

    /// The second half: the account itself.
    async fn open(
        &self,
        secret: Secret,
        name: &str,
        email: &Email,
        post: &Post,
        made_by: &str,
    ) -> Result<(), Refused> {
        let new = account::new(&secret.account, name, email, post, made_by);
        let id = StateId::new(secret.account);
        let mut both = self.manager().transaction(&program());
        both.register(new).await?;
        both.transition(&people(), &id, Transition::ACTIVATE, Expected::Any)
            .await?;
        both.commit().await?;
        Ok(())
    }

    /// What of it can be judged before anything is looked up.
    async fn checked(&self, joining: &Joining) -> Result<(Email, String), Refused> {
        let email = Email::parse(&joining.email).ok_or(Refused::Email)?;
        let name = account::name(&joining.name).map_err(|_| Refused::Name)?;
        self.check_new(&joining.password, &email, &name).await?;
        Ok((email, name))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::sync::Arc;

    use holdfast::{StateManager, SystemClock, backend::Memory};

    use super::*;
    use crate::people::{NoLogins, SecondFactor, Terms};

    #[tokio::test]
    async fn a_link_stays_good_while_too_many_passwords_wait() {
        let states = StateManager::builder(Arc::new(Memory::new()));
        let terms = Terms {
            sign_up: SignUp::Invitation,
            role: Role::Viewer,
            second_factor: SecondFactor::Optional,
            breached: None,
            first_administers: false,
            must_log_in: false,
        };
        let people = People::new(
            states.build(),
            Arc::new(SystemClock),
            terms,
            Arc::new(NoLogins),
        )
        .unwrap();
        let joining = |email: &str| Joining {
            email: email.into(),
            name: "P".into(),
            password: "kelp holds fast".into(),
        };
        let is_busy =
            |done: Result<(), Refused>| matches!(done, Err(Refused::Failed(AppError::Busy(_))));
        let here = IpAddr::from([127, 0, 0, 1]);

        let first = people.first_link().await.unwrap().unwrap();
        let make = || people.make_first(first.reveal(), joining("ada@lab.org"));
        people.0.hasher.wait(true);
        assert!(is_busy(make().await));
        people.0.hasher.wait(false);
        assert_eq!(make().await, Ok(()));

        let ada = people.all().await.unwrap().remove(0);
        let invited = people.invite(&ada, Role::Editor, Tenant::default());
        let link = invited.await.unwrap();
        let join = || people.join(link.reveal(), joining("bob@lab.org"), here);
        people.0.hasher.wait(true);
        assert!(is_busy(join().await));
        people.0.hasher.wait(false);
        assert_eq!(join().await, Ok(()));
    }
}
