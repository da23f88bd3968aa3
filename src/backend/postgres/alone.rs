//! A write that came alone, as it travels: one call of `holdfast_write_one`, without arrays.

use sqlx::PgConnection;

use super::{Write, clamped, group::Row};
use crate::{Status, backend::origin};

const WRITE: &str = "
    SELECT holdfast_write_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

/// Has the database write it, and says at which revision. `None`: it was not written by this, and the
/// group that it is has to be asked for under the same number.
pub(super) async fn write(
    write: &Write,
    row: &Row,
    connection: &mut PgConnection,
    writer: i64,
    number: i64,
) -> Result<Option<i64>, sqlx::Error> {
    let state = &write.after;
    let seen = write.before.as_ref().map_or(0, |state| state.version.0);
    sqlx::query_scalar(WRITE)
        .bind(writer)
        .bind(number)
        .bind(&*row.scope)
        .bind(state.id.as_str())
        .bind(clamped(seen))
        .bind(clamped(state.version.0))
        .bind(state.status != Status::DELETED)
        .bind(clamped(write.bytes))
        .bind(clamped(write.quota.states))
        .bind(clamped(write.quota.bytes))
        .bind(write.transition.as_str())
        .bind(&*write.actor.name)
        .bind(origin::of(&write.actor))
        .bind(state.updated_at.0)
        .bind(state.kind.as_str())
        .bind(write.due.map(|due| due.0))
        .bind(&*row.state)
        .fetch_one(connection)
        .await
}
