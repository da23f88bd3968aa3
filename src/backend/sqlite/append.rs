//! The rows of the log on their way into the file: bound as they are, many to a statement.
//!
//! As one JSON array they were one statement, but SQLite took longer to parse it than to write the rows.

use std::sync::LazyLock;

use sqlx::{Arguments, SqliteConnection, sqlite::SqliteArguments};

use super::{Fault, SqliteFault, Write};
use crate::{Status, backend::origin};

/// Rows that one statement takes: a group is a few of the large ones and a few of the small. The largest
/// has 3,584 parameters of the 32,766 that SQLite lets a statement have.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

const INSERT: &str = "
    INSERT INTO log (revision, previous, scope, id, version, transition, actor, client, at, kind,
                     live, due, bytes, state)
    VALUES ";

const COLUMNS: usize = 14;

const ROW: &str = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// The statements of these sizes.
static STATEMENTS: LazyLock<[String; SIZES.len()]> =
    LazyLock::new(|| SIZES.map(|size| format!("{INSERT}{}", vec![ROW; size].join(", "))));

/// One row.
pub(super) struct Row<'a> {
    revision: i64,
    previous: Option<i64>,
    scope: String,
    version: i64,
    bytes: i64,
    write: &'a Write,
    json: &'a str,
}

impl<'a> Row<'a> {
    pub(super) fn of(
        revision: u64,
        previous: Option<u64>,
        write: &'a Write,
        json: &'a str,
    ) -> Result<Self, Fault> {
        Ok(Self {
            revision: i64::try_from(revision)?,
            previous: previous.map(i64::try_from).transpose()?,
            scope: write.after.scope.to_string(),
            version: i64::try_from(write.after.version.0)?,
            bytes: i64::try_from(write.bytes)?,
            write,
            json,
        })
    }

    fn bind(self, values: &mut SqliteArguments<'a>) -> Result<(), Fault> {
        let state = &self.write.after;
        values.add(self.revision)?;
        values.add(self.previous)?;
        values.add(self.scope)?;
        values.add(state.id.as_str())?;
        values.add(self.version)?;
        values.add(self.write.transition.as_str())?;
        values.add(&*self.write.actor.name)?;
        values.add(origin::of(&self.write.actor))?;
        values.add(state.updated_at.0)?;
        values.add(state.kind.as_str())?;
        values.add(state.status != Status::DELETED)?;
        values.add(self.write.due.map(|due| due.0))?;
        values.add(self.bytes)?;
        values.add(self.json)?;
        Ok(())
    }
}

/// Appends rows to the log.
pub(super) async fn append(
    mut rows: Vec<Row<'_>>,
    connection: &mut SqliteConnection,
) -> Result<(), Fault> {
    for (size, statement) in SIZES.into_iter().zip(&*STATEMENTS) {
        while rows.len() >= size {
            let mut values = SqliteArguments::default();
            values.reserve(size * COLUMNS, 0);
            for row in rows.drain(..size) {
                row.bind(&mut values)?;
            }
            let query = sqlx::query_with(statement, values);
            let done = query.execute(&mut *connection).await;
            done.map_err(SqliteFault::from)?;
        }
    }
    Ok(())
}
