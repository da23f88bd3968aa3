//! Holds every write that comes in a person's name against the table of roles, at the engine's door.
//!
//! A write names its actor: `user:<account>`, `token:<token>` or `session:<browser>`. The role is read from the
//! account's state for each write, so a change of it holds from the next write on, on every server and in every open
//! connection. Other names (`system`, a command) are the program's own and are not limited.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use async_trait::async_trait;
use holdfast::{
    Actor, Authority, Deed, Error, Kind, Powers, Scope, State, StateId, StateManager, Status,
    Transition,
};

use super::{Account, Share, Token, account::people, role::Place};

/// Gives actors the powers of their roles.
#[derive(Debug, Default)]
pub struct Roles {
    /// Whether this server has accounts. It is never taken back: an account that is deleted was one.
    has_accounts: AtomicBool,
}

#[async_trait]
impl Authority for Roles {
    async fn powers(
        &self,
        states: &StateManager,
        scope: &Scope,
        actor: &Actor,
    ) -> Result<Powers, Error> {
        match actor.name.split_once(':') {
            Some(("user", id)) => Ok(of_account(find(states, id).await?, true)),
            Some(("token", id)) => {
                let token = states.look_up(&people(), &StateId::new(id)).await?;
                let Some(token) = token.as_deref().and_then(Token::of) else {
                    return Ok(Powers::none("this token is not good any more"));
                };
                if !token.may_write {
                    return Ok(Powers::none("this token may only read"));
                }
                Ok(of_account(find(states, &token.account).await?, false))
            }
            Some(("session", _)) if scope.to_string() == actor.name => Ok(Powers::all()),
            Some(("session", _)) if self.has_accounts(states).await? => Ok(Powers::none(
                "log in first: on this server people have accounts",
            )),
            _ => Ok(Powers::all()),
        }
    }
}

impl Roles {
    async fn has_accounts(&self, states: &StateManager) -> Result<bool, Error> {
        if !self.has_accounts.load(Relaxed) && has_accounts(states).await? {
            self.has_accounts.store(true, Relaxed);
        }
        Ok(self.has_accounts.load(Relaxed))
    }
}

/// Whether this server has accounts.
pub(super) async fn has_accounts(states: &StateManager) -> Result<bool, Error> {
    let found = states.list(&people(), Some(&Kind::USER), None, 1).await?;
    Ok(!found.is_empty())
}

async fn find(states: &StateManager, id: &str) -> Result<Option<Account>, Error> {
    let found = states.look_up(&people(), &StateId::new(id)).await?;
    let found = found.filter(|state| state.status == Status::ACTIVE);
    Ok(found.as_deref().and_then(Account::of))
}

/// What an account may do; nothing when it is not in use. A token acts for a person, and is none: it changes no
/// accounts, makes no tokens and shares nothing.
fn of_account(account: Option<Account>, is_person: bool) -> Powers {
    let Some(account) = account else {
        return Powers::none("this account is not in use");
    };
    Powers::limited(move |deed: &Deed<'_>| {
        let place = match deed.scope {
            Scope::User(id) if *id == account.id => Place::Own,
            // Where everybody on the server shares one study, it is each one's own.
            Scope::Session(key) if key == crate::SessionKey::EVERYBODY => Place::Own,
            scope if *scope == account.tenant.common() => Place::Shared,
            scope if *scope == account.tenant.sharing() && is_person => {
                of_sharing(deed, &account.id)
            }
            scope if *scope == people() && is_person => of_people(deed, &account),
            _ => Place::Others,
        };
        let (kind, transition) = (deed.kind.as_str(), deed.transition.as_str());
        if account.role.may(kind, place, transition) {
            return Ok(());
        }
        let role = account.role;
        Err(format!(
            "the role {role} does not allow to {transition} a {kind} here"
        ))
    })
}

/// Whether it is about the person only, or about somebody whom they may know of: people of another tenant are the
/// business of the first tenant's administrators.
fn of_people(deed: &Deed<'_>, me: &Account) -> Place {
    let owner = |state: &State| Token::of(state).is_some_and(|token| token.account == me.id);
    // What is deleted has no content any more; whose it was is in what was before.
    let is_own = match deed.before {
        Some(before) => owner(before),
        None => owner(deed.after),
    };
    let is_near = |state: &State| Account::of(state).is_some_and(|it| it.tenant == me.tenant);
    let is_over = *deed.transition == Transition::DELETE;
    let is_one_of_us = deed.before.is_none_or(is_near) && (is_over || is_near(deed.after));
    match is_own {
        true => Place::Mine,
        false if me.tenant.is_first() || is_one_of_us => Place::People,
        false => Place::Others,
    }
}

/// Whose share it is. One that is there and one that would be must both be the person's: nobody shares in another's name,
/// and nobody turns another's share into theirs.
fn of_sharing(deed: &Deed<'_>, account: &str) -> Place {
    let owner = |state: &State| Share::of(state).is_some_and(|share| share.owner == account);
    // What is deleted has no content any more.
    let is_over = *deed.transition == Transition::DELETE;
    let was_own = deed.before.is_none_or(owner);
    let is_own = owner(deed.after) || (is_over && deed.before.is_some());
    if was_own && is_own {
        Place::Sharing
    } else {
        Place::SharedByOthers
    }
}
