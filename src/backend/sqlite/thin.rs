//! Takes the content out of old records: one transaction a batch, beside the writer's. Pages that become
//! free are used again; the file does not become smaller.

use sqlx::SqlitePool;

use super::{Fault, SqliteFault};
use crate::backend::Thinned;

const THIN: &str = "
    UPDATE log SET state = n.state
    FROM (SELECT e.value ->> 0 AS revision, e.value ->> 1 AS scope, e.value ->> 2 AS id,
                 e.value ->> 3 AS version, e.value -> 4 AS state FROM json_each(?1) e) n
    WHERE log.revision = n.revision AND log.scope = n.scope AND log.id = n.id
      AND log.version = n.version
      AND NOT EXISTS (SELECT 1 FROM states s
                      WHERE s.scope = n.scope AND s.id = n.id AND s.revision = n.revision)";

pub(super) async fn records(writer: &SqlitePool, records: &[Thinned]) -> Result<u64, Fault> {
    let rows = records.iter().map(|record| {
        let state = &record.state;
        let scope = state.scope.to_string();
        (record.revision, scope, &state.id, state.version, &**state)
    });
    let rows = serde_json::to_string(&rows.collect::<Vec<_>>())?;
    let done = sqlx::query(THIN).bind(rows).execute(writer).await;
    Ok(done.map_err(SqliteFault::from)?.rows_affected())
}
