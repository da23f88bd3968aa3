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

// The chain has one row at a time, so its order is newest first, and LIMIT stops the walk. It begins at the state's
// newest record, or at the one that was met last: a next page does not walk again what the last one walked.
pub(super) const HISTORY: &str = "
    WITH RECURSIVE chain (revision, previous, version) AS (
        SELECT l.revision, l.previous, l.version
        FROM states s CROSS JOIN log l ON l.revision = coalesce(?5, s.revision) AND l.scope = s.scope AND l.id = s.id
        WHERE s.scope = ?1 AND s.id = ?2
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use rusqlite::{Connection, StatementStatus};

    use super::HISTORY;

    /// A state of 1500 versions, and nothing else in the log.
    const VERSIONS: &str = "
        INSERT INTO log
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1500)
        SELECT n, nullif(n - 1, 0), 'ada', 'a', n, 'update', 'user:ada', NULL, n, 'store', 1, NULL, 2, '{}' FROM n;
        INSERT INTO states (scope, id, kind, version, revision, live, due, bytes)
        VALUES ('ada', 'a', 'store', 1500, 1500, 1, NULL, 2);";

    #[test]
    fn the_last_page_of_a_history_is_as_much_work_as_the_first() {
        let database = Connection::open_in_memory().unwrap();
        for sql in [
            include_str!("../../../migrations/sqlite/0001_states.sql"),
            include_str!("../../../migrations/sqlite/0003_states_by_number.sql"),
            VERSIONS,
        ] {
            database.execute_batch(sql).unwrap();
        }
        // The versions that were found, and the steps of SQLite's machine that it took.
        let page = |before: i64, from: Option<i64>| {
            let mut statement = database.prepare(HISTORY).unwrap();
            let asked = ("ada", "a", before, 10_i64, from);
            let rows = statement.query_map(asked, |row| row.get(0)).unwrap();
            let found: Vec<i64> = rows.map(Result::unwrap).collect();
            (found, statement.get_status(StatementStatus::VmStep))
        };
        let (newest, first) = page(i64::MAX, None);
        let (oldest, last) = page(11, Some(11));
        let (walked_to, walk) = page(11, None);
        assert_eq!(newest, (1491..=1500).rev().collect::<Vec<_>>());
        assert_eq!(oldest, (1..=10).rev().collect::<Vec<_>>());
        assert_eq!(walked_to, oldest);
        assert!(last < 2 * first, "{last} steps, and {first} for the first");
        assert!(walk > 10 * last, "{walk} steps from the newest on");
    }
}
