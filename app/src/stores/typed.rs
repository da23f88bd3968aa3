//! A server store as a whole, in its type: for programs and forms, which have no handle. Only on the server.

use serde::{Serialize, de::DeserializeOwned};

use super::{server::write, table::Store};
use crate::{
    AppError,
    context::{Caller, read_store},
};

/// A store as it stands, and its version; the default under version 0 while it was never written.
///
/// # Errors
/// [`AppError::NoSession`]; when the states cannot be read, or hold something else.
pub async fn read_typed<T: DeserializeOwned>(
    caller: &Caller,
    store: &Store<T>,
) -> Result<(T, u64), AppError> {
    let stored = read_store(&caller.state.manager, &caller.scope()?, store.entry.key).await?;
    let value = stored.data.map(serde_json::from_value).transpose();
    let value = value.map_err(AppError::internal)?;
    Ok((value.unwrap_or_else(store.default), stored.version))
}

/// Writes a store if it is still as it was seen; its new version.
///
/// # Errors
/// [`AppError::Conflict`] with what is there; [`AppError::Forbidden`] by the engine's door.
pub async fn write_seen<T: Serialize>(
    caller: &Caller,
    store: &Store<T>,
    value: &T,
    seen: u64,
) -> Result<u64, AppError> {
    let data = serde_json::to_value(value).map_err(AppError::internal)?;
    write(caller, &store.entry, data, seen, "program".into()).await
}
