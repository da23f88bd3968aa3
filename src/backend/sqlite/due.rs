//! What is due: an index that has each state no later than it is due.
//!
//! A time that is put off, as a store's is with every write, stays where it is in the index, so such a write touches
//! one tree less. It is moved when the old time comes and somebody asks what is due. When a state is really due
//! stands in its newest record.

use sqlx::{FromRow, SqlitePool};

use super::{Fault, SqliteFault, count, row};
use crate::{Timestamp, backend::Due};

const DUE: &str = "
    SELECT l.state, l.revision, l.due IS s.due AS is_exact
    FROM states s JOIN log l ON l.revision = s.revision
    WHERE s.due <= ?1 ORDER BY s.due LIMIT ?2 OFFSET ?3";

// As the newest record says, should somebody have written since.
const INDEX: &str = "
    UPDATE states SET due = (SELECT l.due FROM log l WHERE l.revision = states.revision)
    WHERE number IN (SELECT s.number FROM json_each(?1) e CROSS JOIN log l ON l.revision = e.value
                     CROSS JOIN states s ON s.scope = l.scope AND s.id = l.id)";

#[derive(FromRow)]
struct Indexed {
    state: String,
    revision: i64,
    is_exact: bool,
}

/// The states whose time has come, the longest overdue first, without the first `passed`.
pub(super) async fn states(
    readers: &SqlitePool,
    writer: &SqlitePool,
    now: Timestamp,
    passed: usize,
    limit: usize,
) -> Result<Vec<Due>, Fault> {
    loop {
        let found: Vec<Indexed> = sqlx::query_as(DUE)
            .bind(now.0)
            .bind(count(limit))
            .bind(count(passed))
            .fetch_all(readers)
            .await
            .map_err(SqliteFault::from)?;
        let put_off = found.iter().filter(|it| !it.is_exact);
        let put_off: Vec<i64> = put_off.map(|it| it.revision).collect();
        if put_off.is_empty() {
            return Ok(found.iter().map(|it| row::state(&it.state)).collect());
        }
        index(writer, &put_off).await?;
    }
}

/// Has the index show when the states of these records are due.
async fn index(writer: &SqlitePool, revisions: &[i64]) -> Result<(), Fault> {
    let revisions = serde_json::to_string(revisions)?;
    let done = sqlx::query(INDEX).bind(revisions).execute(writer).await;
    done.map_err(SqliteFault::from)?;
    Ok(())
}
