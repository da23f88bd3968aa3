//! How records are read: the readers' SQL, and what its rows mean.

use std::{cmp::Reverse, sync::Arc};

use sqlx::{FromRow, SqlitePool};

use super::{Fault, Held, SqliteFault};
use crate::{Change, Revision, State, Timestamp, Transition, backend::origin};

pub(super) const GET: &str = "
    SELECT l.state FROM states s JOIN log l ON l.revision = s.revision
    WHERE s.scope = ?1 AND s.id = ?2";

pub(super) const SCAN: &str = "
    SELECT l.state FROM states s JOIN log l ON l.revision = s.revision
    WHERE s.scope = ?1 AND s.id > ?2 AND s.live AND (?3 IS NULL OR s.kind = ?3)
    ORDER BY s.id LIMIT ?4";

// The chain has one row at a time, so its order is newest first, and LIMIT stops the walk.
pub(super) const HISTORY: &str = "
    WITH RECURSIVE chain (revision, previous, version) AS (
        SELECT l.revision, l.previous, l.version
        FROM states s JOIN log l ON l.revision = s.revision WHERE s.scope = ?1 AND s.id = ?2
        UNION ALL
        SELECT l.revision, l.previous, l.version
        FROM chain c JOIN log l ON l.revision = c.previous)
    SELECT l.revision, l.transition, l.actor, l.client, l.at, l.state AS after, b.state AS before
    FROM chain c CROSS JOIN log l ON l.revision = c.revision
    LEFT JOIN log b ON b.revision = c.previous
    WHERE c.version < ?3 LIMIT ?4";

// Each row is met without its states first: so many records are taken as weigh less than a bound, and always one.
pub(super) const LOG: &str = "
    SELECT l.revision, l.transition, l.actor, l.client, l.at, l.state AS after, b.state AS before
    FROM (SELECT m.revision, m.previous, sum(m.bytes) OVER (ORDER BY m.revision) - m.bytes AS weight
          FROM (SELECT l.revision, l.previous, l.bytes + coalesce(b.bytes, 0) AS bytes
                FROM log l LEFT JOIN log b ON b.revision = l.previous
                WHERE l.revision > ?1 ORDER BY l.revision LIMIT ?2) m) n
    CROSS JOIN log l ON l.revision = n.revision
    LEFT JOIN log b ON b.revision = n.previous
    WHERE n.weight < ?3 ORDER BY n.revision";

pub(super) const REVISION: &str = "SELECT coalesce(max(revision), 0) FROM log";

/// A row of the log with the state before it.
#[derive(FromRow)]
pub(super) struct Record {
    revision: i64,
    transition: String,
    actor: String,
    client: Option<String>,
    at: i64,
    after: String,
    before: Option<String>,
}

impl Record {
    pub(super) fn change(self) -> Result<Change, Fault> {
        Ok(Change {
            revision: Revision(u64::try_from(self.revision)?),
            transition: Transition::new(self.transition),
            actor: origin::actor(self.actor, self.client),
            at: Timestamp(self.at),
            before: self.before.as_deref().map(state).transpose()?,
            after: state(&self.after)?,
        })
    }
}

/// Where the log ends.
pub(super) async fn revision(readers: &SqlitePool) -> Result<Revision, Fault> {
    let newest: i64 = sqlx::query_scalar(REVISION)
        .fetch_one(readers)
        .await
        .map_err(SqliteFault::from)?;
    Ok(Revision(u64::try_from(newest)?))
}

/// A state's changes, newest first: the order of the statement is the order of its joins, and nothing but that.
pub(super) fn history(records: Vec<Record>) -> Result<Vec<Change>, Fault> {
    let changes = records.into_iter().map(Record::change);
    let mut changes: Vec<Change> = changes.collect::<Result<_, _>>()?;
    changes.sort_by_key(|change| Reverse(change.after.version));
    Ok(changes)
}

/// A state from its JSON.
pub(super) fn state(text: &str) -> Result<Arc<State>, Fault> {
    Ok(Arc::new(serde_json::from_str(text)?))
}

/// What all scopes hold.
pub(super) const HELD: &str =
    "SELECT coalesce(sum(states), 0), coalesce(sum(bytes), 0) FROM scopes";

pub(super) fn held(states: i64, bytes: i64) -> Result<Held, Fault> {
    Ok(Held {
        states: u64::try_from(states)?,
        bytes: u64::try_from(bytes)?,
    })
}
