//! Takes the content out of old records: one statement a batch, which holds up no writer. What it replaces
//! is given back to the database by its vacuum.

use super::{Fault, notes::Notes};
use crate::backend::Thinned;

const THIN: &str = "
    UPDATE log l SET state = n.state
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[])
         n (revision, scope, id, version, state)
    WHERE l.revision = n.revision AND l.scope = n.scope AND l.id = n.id AND l.version = n.version
      AND NOT EXISTS (SELECT FROM states s
                      WHERE s.scope = n.scope AND s.id = n.id AND s.revision = n.revision)";

pub(super) async fn records(notes: &Notes, records: &[Thinned]) -> Result<u64, Fault> {
    fn column<T>(
        records: &[Thinned],
        of: impl Fn(&Thinned) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        records.iter().map(of).collect()
    }
    let query = sqlx::query(THIN)
        .bind(column(records, |it| Ok(i64::try_from(it.revision.0)?))?)
        .bind(column(records, |it| Ok(it.state.scope.to_string()))?)
        .bind(column(records, |it| Ok(it.state.id.as_str().to_owned()))?)
        .bind(column(records, |it| {
            Ok(i64::try_from(it.state.version.0)?)
        })?)
        .bind(column(records, |it| {
            Ok(serde_json::to_string(&*it.state)?)
        })?);
    notes.execute(query).await
}
