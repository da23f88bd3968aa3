//! Who is asking: a session, an account, a token. Comes with the request. Only on the server.

use std::{net::IpAddr, sync::Arc};

use holdfast::{Actor, Scope};
use workbench::{Person, simulation::runs::By, workspace::Workspace};

use crate::{
    AppError, AppState,
    people::{Account, Use},
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

    /// Refuses a program whose token may only read: for what is no write to a state, which the engine would refuse.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn may_write(&self) -> Result<(), AppError> {
        match &self.token {
            Some(token) if !token.may_write => {
                Err(AppError::Forbidden("This token may only read.".into()))
            }
            _ => Ok(()),
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

    /// As whom the visitor asks for runs.
    pub fn by(&self) -> Option<By> {
        Some(By {
            scope: self.scope()?,
            actor: self.actor(None)?,
            name: self.person()?.name,
        })
    }

    /// The visitor's study, writing in the name of one of their tabs.
    pub fn workspace(&self, state: &AppState, client: Option<String>) -> Option<Workspace> {
        let (scope, actor) = (self.scope()?, self.actor(client)?);
        let (manager, workbench) = (state.manager.clone(), state.workbench.clone());
        Some(Workspace::new(manager, workbench, scope, actor))
    }
}
