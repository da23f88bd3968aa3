//! The server's side of a server store: a guarded write and a read, under the caller's session.

use leptos::prelude::*;

use crate::{AppError, boot::Stored, json::Json};

/// Writes a store if the server still holds `expected` (0: none yet). Gives the new version;
/// a conflict carries what the server holds. `owner` is the account that the page was made for, empty for nobody's: a page
/// that somebody's log-in overtook writes nothing into the other's workspace.
#[server(prefix = "/api", endpoint = "write_store", input = Json, output = Json)]
pub(crate) async fn write_store(
    key: String,
    data: String,
    expected: u64,
    client: String,
    owner: Option<String>,
) -> Result<u64, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let account = caller.visitor.account.as_deref();
        let account = account.map_or("", |account| account.id.as_str());
        if owner.is_some_and(|owner| owner != account) {
            return Err(AppError::NoSession);
        }
        let entry = declared(&key)?;
        let data = parse(&key, &data)?;
        write(&caller, entry, data, expected, client).await
    })
    .await
}

/// Reads a store.
#[server(prefix = "/api", endpoint = "read_store", input = Json, output = Json)]
pub(crate) async fn read_store(key: String) -> Result<Stored, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let entry = declared(&key)?;
        crate::context::read_store(&caller.state.manager, &caller.scope()?, entry.key).await
    })
    .await
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::{declared, parse, write, write_typed};

#[cfg(feature = "ssr")]
mod ssr {
    use holdfast::{Expected, Kind, New, StateId, Ttl, Version};
    use serde::Serialize;
    use serde_json::{Value, json};

    use crate::{
        AppError,
        context::Caller,
        stores::table::{Entry, Keep, Store, TABLE},
    };

    /// Longest name of a tab.
    const MAX_CLIENT: usize = 64;

    /// The declaration of a store: only declared ones can be written.
    pub(crate) fn declared(key: &str) -> Result<&'static Entry, AppError> {
        TABLE
            .iter()
            .find(|entry| entry.key == key)
            .ok_or_else(|| AppError::NotFound("There is no such store.".into()))
    }

    /// The content, which must be JSON.
    pub(crate) fn parse(key: &str, data: &str) -> Result<Value, AppError> {
        serde_json::from_str(data).map_err(|error| AppError::Invalid {
            path: key.to_owned(),
            problem: format!("not JSON: {error}"),
        })
    }

    /// One guarded write through the state engine.
    pub(crate) async fn write(
        caller: &Caller,
        entry: &Entry,
        data: Value,
        expected: u64,
        client: String,
    ) -> Result<u64, AppError> {
        let scope = caller.scope()?;
        if client.len() > MAX_CLIENT {
            return Err(AppError::BadRequest("The tab's name is too long.".into()));
        }
        let actor = caller.actor_in(Some(client))?;
        let new = New {
            id: Some(StateId::scoped(entry.key, &scope)),
            kind: Kind::STORE,
            name: entry.key.to_owned(),
            data,
            metadata: json!({ "store": entry.key }),
            scope,
            ttl: match entry.keep {
                Keep::Session => Ttl::Never,
                Keep::Default => Ttl::Default,
            },
        };
        let expected = match expected {
            0 => Expected::Absent,
            version => Expected::Version(Version(version)),
        };
        Ok(caller
            .state
            .manager
            .put(new, expected, &actor)
            .await?
            .version
            .0)
    }

    /// Writes a store whatever it holds: for a plain form, which knows no version.
    pub(crate) async fn write_typed<T: Serialize>(
        caller: &Caller,
        store: &Store<T>,
        value: &T,
    ) -> Result<(), AppError> {
        let data = serde_json::to_value(value).map_err(AppError::internal)?;
        let scope = caller.scope()?;
        let key = store.entry.key;
        let current = crate::context::read_store(&caller.state.manager, &scope, key).await?;
        write(caller, &store.entry, data, current.version, "form".into()).await?;
        Ok(())
    }
}
