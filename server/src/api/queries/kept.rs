//! The list of saved queries as one store: read, and changed where others may be at it too.

use app::{AppError, Caller, SAVED_QUERIES_STORE as STORE, read_typed, write_seen};
use workbench::query::SavedQuery;

/// How often another write to the list may come in between.
const TRIES: usize = 5;

/// The queries, the newest first.
pub(super) async fn all(caller: &Caller) -> Result<Vec<SavedQuery>, AppError> {
    Ok(read_typed(caller, &STORE).await?.0)
}

/// The query of this id.
///
/// # Errors
/// [`AppError::NotFound`].
pub(super) async fn one(caller: &Caller, id: &str) -> Result<SavedQuery, AppError> {
    let queries = all(caller).await?;
    let query = queries.into_iter().find(|query| query.id == id);
    query.ok_or_else(missing)
}

/// One change of the list. Where another one was faster it is made again on top of that, so it has to look for itself
/// whether what it is about is still as it was.
pub(super) async fn write(
    caller: &Caller,
    mut change: impl FnMut(&mut Vec<SavedQuery>) -> Result<SavedQuery, AppError>,
) -> Result<SavedQuery, AppError> {
    for _ in 0..TRIES {
        let (mut queries, version) = read_typed(caller, &STORE).await?;
        let before = queries.clone();
        let about = change(&mut queries)?;
        if queries == before {
            return Ok(about);
        }
        match write_seen(caller, &STORE, &queries, version).await {
            Err(AppError::Conflict { .. }) => {}
            Err(error) => return Err(error),
            Ok(_) => return Ok(about),
        }
    }
    Err(AppError::Busy(
        "Others write saved queries all the time. Try again.".into(),
    ))
}

/// Where the query is that was seen.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Conflict`] with what it has become.
pub(super) fn place_of(queries: &[SavedQuery], seen: &SavedQuery) -> Result<usize, AppError> {
    let at = queries.iter().position(|query| query.id == seen.id);
    let at = at.ok_or_else(missing)?;
    match queries[at] == *seen {
        true => Ok(at),
        false => Err(AppError::Conflict {
            version: 0,
            data: serde_json::to_string(&queries[at]).ok(),
        }),
    }
}

/// A name for it that no other query has.
pub(super) fn free(queries: &[SavedQuery], wish: &str) -> String {
    let is_free = |id: &str| queries.iter().all(|query| query.id != id);
    if is_free(wish) {
        return wish.to_owned();
    }
    let mut others = (2..).map(|n| format!("{wish}-{n}"));
    others.find(|id| is_free(id)).unwrap_or_default()
}

fn missing() -> AppError {
    AppError::NotFound("This query is not here any more.".into())
}
