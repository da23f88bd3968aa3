//! Who is asking: a session, an account, a token. Comes with the request. Only on the server.

use std::{net::IpAddr, sync::Arc};

use holdfast::{Actor, Kind, Scope};
use workbench::{Person, workspace::Workspace};

use crate::{
    AppError, AppState,
    people::{Account, Place, Use},
};

/// The hash of a session's id: what states and logs know it by. The id itself stays in the cookie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey(pub Arc<str>);

impl SessionKey {
    /// The key of the one study that everybody shares where `state.enable_user_isolation` is off.
    pub const EVERYBODY: &str = "everybody";
}

/// Where somebody is logged in: one of the server's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// Names the session among those of the account.
    pub handle: String,
    /// The browser's workspace from before, while it is not decided what becomes of it.
    pub former: Option<SessionKey>,
}

/// Who is asking. Comes with the request, and is never kept longer.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The browser's session, if it has one.
    pub session: Option<SessionKey>,
    /// The account they are logged in to.
    pub account: Option<Arc<Account>>,
    /// The session's place among the account's.
    pub login: Option<Arc<LoggedIn>>,
    /// The token that a program came with.
    pub token: Option<Arc<Use>>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

impl Visitor {
    /// What the visitor may see: their own. A person who is logged in has one workspace on all devices; where everybody
    /// shares one study, all have that.
    pub fn scope(&self) -> Option<Scope> {
        let is_everybodys = |key: &&SessionKey| &*key.0 == SessionKey::EVERYBODY;
        if let Some(shared) = self.session.as_ref().filter(is_everybodys) {
            return Some(Scope::Session(shared.0.to_string()));
        }
        match (&self.account, &self.session) {
            (Some(account), _) => Some(account.scope()),
            (None, Some(session)) => Some(Scope::Session(session.0.to_string())),
            (None, None) => None,
        }
    }

    /// What the visitor sees together with others: their tenant's, or, without an account, the first tenant's.
    pub fn common(&self) -> Scope {
        match &self.account {
            Some(account) => account.tenant.common(),
            None => Scope::Shared,
        }
    }

    /// In whose name the visitor writes; the engine holds the write against what that allows.
    pub fn actor(&self, client: Option<String>) -> Option<Actor> {
        let name = match (&self.token, &self.account) {
            (Some(token), _) => format!("token:{}", token.id),
            (None, Some(account)) => account.actor_name(),
            (None, None) => self.scope()?.to_string(),
        };
        Some(Actor {
            name,
            client,
            address: self.address,
        })
    }

    /// Refuses who may not bring anything into their study, before any of it is received: the engine is asked only when
    /// all of it is there.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn check_may_bring(&self) -> Result<(), AppError> {
        if self.token.as_ref().is_some_and(|token| !token.may_write) {
            return Err(AppError::Forbidden("this token may only read".into()));
        }
        let role = self.account.as_ref().map(|account| account.role);
        match role.filter(|role| !role.may(Kind::DATASET.as_str(), Place::Own, "create")) {
            None => Ok(()),
            Some(role) => Err(AppError::Forbidden(format!(
                "the role {role} does not allow to bring in files"
            ))),
        }
    }

    /// Who the visitor is to others.
    pub fn person(&self) -> Option<Person> {
        if let Some(account) = &self.account {
            return Some(Person {
                key: account.id.clone(),
                name: account.name.clone(),
            });
        }
        let key = self.session.as_ref()?.0.to_string();
        let first: String = key.chars().take(4).collect();
        Some(Person {
            name: format!("Guest {first}"),
            key,
        })
    }

    /// The visitor's study, writing in the name of one of their tabs.
    pub fn workspace(&self, state: &AppState, client: Option<String>) -> Option<Workspace> {
        let (scope, actor) = (self.scope()?, self.actor(client)?);
        let (manager, workbench) = (state.manager.clone(), state.workbench.clone());
        Some(Workspace::new(manager, workbench, scope, actor))
    }
}
