//! How records are read: the readers' SQL, and what its rows mean.

use std::{cmp::Reverse, sync::Arc};

use sqlx::FromRow;

use super::{
    Fault, Held, clamped, count,
    link::{Question, Readers},
};
use crate::{Change, Revision, State, Timestamp, Transition, backend::origin, log::PAGE_BYTES};

pub(super) const GET: &str = "
    SELECT l.state FROM states s JOIN log l ON l.revision = s.revision
    WHERE s.scope = $1 AND s.id = $2";

pub(super) const SCAN: &str = "
    SELECT l.state FROM states s JOIN log l ON l.revision = s.revision
    WHERE s.scope = $1 AND s.id > $2 AND s.live AND ($3::text IS NULL OR s.kind = $3)
    ORDER BY s.id LIMIT $4";

pub(super) const DUE: &str = "
    SELECT l.state FROM states s JOIN log l ON l.revision = s.revision
    WHERE s.due <= $1 ORDER BY s.due LIMIT $2 OFFSET $3";

// The chain has one row at a time, so its order is newest first, and LIMIT stops the walk: joins
// are nested loops here (see `link`), which keep it. It begins at the state's newest record, or at the one
// that was met last: a next page does not walk again what the last one walked.
pub(super) const HISTORY: &str = "
    WITH RECURSIVE chain (revision, previous, version) AS (
        SELECT l.revision, l.previous, l.version
        FROM states s JOIN log l
            ON l.revision = coalesce($5::bigint, s.revision) AND l.scope = s.scope AND l.id = s.id
        WHERE s.scope = $1 AND s.id = $2
        UNION ALL
        SELECT l.revision, l.previous, l.version
        FROM chain c JOIN log l ON l.revision = c.previous)
    SELECT l.revision, l.transition, l.actor, l.client, l.at, l.state AS after, b.state AS before
    FROM chain c JOIN log l ON l.revision = c.revision
    LEFT JOIN log b ON b.revision = c.previous
    WHERE c.version < $3 LIMIT $4";

// Each row is met without its states first: so many records are taken as weigh less than a bound, and always one.
pub(super) const LOG: &str = "
    SELECT l.revision, l.transition, l.actor, l.client, l.at, l.state AS after, b.state AS before
    FROM (SELECT m.revision, m.previous, sum(m.bytes) OVER (ORDER BY m.revision) - m.bytes AS weight
          FROM (SELECT l.revision, l.previous, octet_length(l.state) + coalesce(octet_length(b.state), 0) AS bytes
                FROM log l LEFT JOIN log b ON b.revision = l.previous
                WHERE l.revision > $1 ORDER BY l.revision LIMIT $2) m) n
    JOIN log l ON l.revision = n.revision
    LEFT JOIN log b ON b.revision = n.previous
    WHERE n.weight < $3 ORDER BY n.revision";

pub(super) const REVISION: &str = "SELECT revision FROM head WHERE only_row";

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

/// The changes behind `after`, oldest first.
pub(super) async fn log(
    readers: &Readers,
    after: Revision,
    limit: usize,
) -> Result<Vec<Change>, Fault> {
    let bind = |query: Question<'static, Record>| {
        query
            .bind(clamped(after.0))
            .bind(count(limit))
            .bind(PAGE_BYTES)
    };
    let records = readers.rows(LOG, bind).await?;
    records.into_iter().map(Record::change).collect()
}

/// The newest revision.
pub(super) async fn revision(readers: &Readers) -> Result<Revision, Fault> {
    let found: Vec<(i64,)> = readers.rows(REVISION, |query| query).await?;
    let (newest,) = found.first().ok_or("the table `head` has lost its row")?;
    Ok(Revision(u64::try_from(*newest)?))
}

/// What all scopes hold.
pub(super) const HELD: &str = "SELECT CAST(coalesce(sum(states), 0) AS bigint), CAST(coalesce(sum(bytes), 0) AS bigint) FROM scopes";

pub(super) fn held(states: i64, bytes: i64) -> Result<Held, Fault> {
    Ok(Held {
        states: u64::try_from(states)?,
        bytes: u64::try_from(bytes)?,
    })
}
