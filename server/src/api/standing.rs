//! Whether who listens is still who they were when they began: logged in or with a good token, in use, in the same
//! role and tenant.
//!
//! Looked at again when a session ends here, when the account or the token changes anywhere, and once in a while for what
//! none of these told: a session that ended on another server.

use std::{net::IpAddr, sync::Arc, time::Duration};

use app::{
    AppError, Visitor,
    people::{Account, Role, TOKEN, Tenant, people},
};
use axum::http::HeaderMap;
use futures::StreamExt;
use holdfast::{Interest, Kind, StateId, StateManager};
use tokio::sync::broadcast::{self, error::RecvError};

use super::{Asker, Shared};
use crate::sessions::{Door, Ended};

/// How often it is looked at without a sign.
const EVERY: Duration = Duration::from_secs(30);

/// One listener.
pub(super) struct Standing {
    door: Door,
    states: StateManager,
    ends: broadcast::Receiver<Ended>,
    handle: Option<String>,
    /// What they asked for: it decides whether a token counts.
    path: &'static str,
    headers: HeaderMap,
    address: IpAddr,
    account: Option<Arc<Account>>,
    token: Option<String>,
}

impl Standing {
    pub(super) fn of(shared: &Shared, asker: &Asker, path: &'static str) -> Self {
        Self {
            door: shared.door.clone(),
            states: shared.app.manager.clone(),
            ends: shared.door.sessions.ends(),
            handle: shared.door.handle(&asker.headers),
            path,
            headers: asker.headers.clone(),
            address: asker.address,
            account: asker.visitor.account.clone(),
            token: asker.visitor.token.as_ref().map(|token| token.id.clone()),
        }
    }

    /// Returns when it is not so any more. For who is not logged in, when their session is over.
    pub(super) async fn until_over(mut self) {
        let Ok(after) = self.states.revision().await else {
            return;
        };
        let account = self.account.iter().map(|account| account.id.as_str());
        let ids = account.chain(self.token.as_deref()).map(StateId::new);
        let interest = Interest {
            scope: Some(people()),
            kinds: vec![Kind::USER, Kind::new(TOKEN)],
            ids: ids.collect(),
            ..Interest::default()
        };
        let mut changes = match &self.account {
            Some(_) => self.states.watch(interest, after),
            None => futures::stream::pending().boxed(),
        };
        // What happened between the request and here.
        while self.is_same().await {
            loop {
                tokio::select! {
                    change = changes.next() => {
                        // A stream that broke off would end the waiting at once, each time.
                        if !matches!(change, Some(Ok(_))) {
                            changes = futures::stream::pending().boxed();
                        }
                        break;
                    }
                    ended = self.ends.recv() => if self.is_about_me(&ended) { break },
                    () = tokio::time::sleep(EVERY) => break,
                }
            }
        }
    }

    /// Whether something ended that this listener may have been part of.
    fn is_about_me(&self, ended: &Result<Ended, RecvError>) -> bool {
        match ended {
            Ok(Ended::Session(handle)) => self.handle.as_deref() == Some(&**handle),
            Ok(Ended::Account(id)) => self.account.as_ref().is_some_and(|it| it.id == **id),
            Err(_) => true,
        }
    }

    /// A look that fails says nothing; the next one will.
    async fn is_same(&self) -> bool {
        let visitor = self.door.who(self.path, &self.headers, self.address).await;
        match visitor {
            Ok(visitor) => {
                who(&visitor.account) == who(&self.account) && visitor_is_there(&visitor)
            }
            // A token that is not good any more is refused; a cookie is nobody's.
            Err(AppError::NoSession) => false,
            Err(_) => true,
        }
    }
}

fn visitor_is_there(visitor: &Visitor) -> bool {
    visitor.scope().is_some()
}

/// What of an account makes a difference to a page.
fn who(account: &Option<Arc<Account>>) -> Option<(&str, &str, Role, &Tenant)> {
    let account = account.as_deref()?;
    Some((&account.id, &account.name, account.role, &account.tenant))
}
