//! Whether who listens is still who they were when they began: logged in or with a good token, in use, in the same
//! role and tenant.
//!
//! Looked at again when the session, the account or the token changes, on whichever server, and once in a while for what
//! no change tells: that the session's time is over.

use std::{net::IpAddr, sync::Arc, time::Duration};

use app::{
    AppError, Visitor,
    people::{Account, Role, TOKEN, Tenant, people},
};
use axum::http::HeaderMap;
use futures::StreamExt;
use holdfast::{Interest, Kind, StateId, StateManager, backend::Cache};

use super::{Asker, Shared};
use crate::sessions::{Door, RECORD, sessions};

/// How often it is looked at without a sign.
const EVERY: Duration = Duration::from_secs(30);

/// One listener.
pub(super) struct Standing {
    door: Door,
    states: StateManager,
    cache: Option<Arc<Cache>>,
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
            cache: shared.cache.clone(),
            handle: shared.door.handle(&asker.headers),
            path,
            headers: asker.headers.clone(),
            address: asker.address,
            account: asker.visitor.account.clone(),
            token: asker.visitor.token.as_ref().map(|token| token.id.clone()),
        }
    }

    /// Returns when it is not so any more. For who is not logged in, when their session is over.
    pub(super) async fn until_over(self) {
        let Ok(after) = self.states.revision().await else {
            return;
        };
        // The first look is no older than where watching begins: what was cached before would hide what is behind.
        if let Some(cache) = &self.cache
            && cache.reach(after).await.is_err()
        {
            return;
        }
        let mut changes = self.states.watch_any(self.interests(), after);
        // What happened between the request and here.
        while self.is_same().await {
            tokio::select! {
                change = changes.next() => {
                    // A stream that broke off would end the waiting at once, each time.
                    if !matches!(change, Some(Ok(_))) {
                        changes = futures::stream::pending().boxed();
                    }
                }
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// The session, and who is logged in there or whose token it is.
    fn interests(&self) -> Vec<Interest> {
        let session = self.handle.as_deref().map(|handle| Interest {
            scope: Some(sessions()),
            kinds: vec![Kind::new(RECORD)],
            ids: vec![StateId::new(handle)],
            ..Interest::default()
        });
        let account = self.account.iter().map(|account| account.id.as_str());
        let ids: Vec<StateId> = account
            .chain(self.token.as_deref())
            .map(StateId::new)
            .collect();
        let person = (!ids.is_empty()).then(|| Interest {
            scope: Some(people()),
            kinds: vec![Kind::USER, Kind::new(TOKEN)],
            ids,
            ..Interest::default()
        });
        session.into_iter().chain(person).collect()
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
