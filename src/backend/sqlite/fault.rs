//! What can go wrong with a file, told apart by who can help.

use std::{error::Error, io, sync::Arc};

use sqlx::migrate::MigrateError;

use super::Fault;

/// What SQLite or the system said.
type Cause = Arc<dyn Error + Send + Sync>;

/// Why the database file did not do what was asked. Nothing was written. Every [`Fault`] of this backend
/// that the file is the cause of is one of these: `fault.downcast_ref::<SqliteFault>()`. The next
/// operation tries again, so whoever removes the cause need not restart anything.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SqliteFault {
    /// The disk is full. Of a quota that is used up, or a limit on the size of files, SQLite says no more than that it
    /// cannot write: that is [`Unreachable`](Self::Unreachable).
    #[error("there is no room left for the database: {0}")]
    Full(Cause),
    /// The file may only be read. Readers are served. Where it was not closed cleanly, `-wal` and `-shm`
    /// beside it count as well, and once they may be written it has to be opened again.
    #[error("the database may only be read: {0}")]
    ReadOnly(Cause),
    /// Another program held the file for longer than a writer waits.
    #[error("another program holds the database: {0}")]
    Busy(Cause),
    /// The file cannot be opened, read or written. If the machine stops before the next write,
    /// the one that failed may be found done.
    #[error("the database cannot be reached: {0}")]
    Unreachable(Cause),
    /// The file is not a database, or no longer a whole one: restore a backup.
    #[error("the database is damaged: {0}")]
    Damaged(Cause),
    /// The tables do not take it, however often they are asked.
    #[error("SQLite refuses: {0}")]
    Refused(Cause),
    /// The writer ended, because its runtime did.
    #[error("the writer of this database has stopped; open it again")]
    Stopped,
}

impl From<sqlx::Error> for SqliteFault {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(error) => error.code(),
            sqlx::Error::Encode(_) | sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => {
                return Self::Refused(Arc::new(error));
            }
            _ => return Self::Unreachable(Arc::new(error)),
        };
        let code = code.and_then(|code| code.parse().ok());
        kind(code)(Arc::new(error))
    }
}

impl From<rusqlite::Error> for SqliteFault {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error().map(|error| error.extended_code);
        kind(code)(Arc::new(error))
    }
}

/// The fault that a result code stands for, if SQLite was asked at all.
fn kind(code: Option<i32>) -> fn(Cause) -> SqliteFault {
    // The low byte is the primary code (https://sqlite.org/rescode.html).
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => SqliteFault::Busy,
        Some(8) => SqliteFault::ReadOnly,
        Some(10 | 14) => SqliteFault::Unreachable,
        Some(11 | 26) => SqliteFault::Damaged,
        Some(13) => SqliteFault::Full,
        _ => SqliteFault::Refused,
    }
}

impl SqliteFault {
    /// A fault of a file under its name; one of anything else as it is.
    pub(super) fn named(fault: Fault) -> Fault {
        let fault = match fault.downcast::<sqlx::Error>() {
            Ok(error) => return Self::from(*error).into(),
            Err(fault) => fault,
        };
        let fault = match fault.downcast::<rusqlite::Error>() {
            Ok(error) => return Self::from(*error).into(),
            Err(fault) => fault,
        };
        match fault.downcast::<io::Error>() {
            Ok(error) => Self::Unreachable(Arc::new(*error)).into(),
            Err(fault) => fault,
        }
    }

    /// What kept the tables from being brought up to date: under its name where the file did, else as it is.
    pub(super) fn of_migration(error: MigrateError) -> Fault {
        let (MigrateError::Execute(told) | MigrateError::ExecuteMigration(told, _)) = &error else {
            return error.into();
        };
        let sqlx::Error::Database(told) = told else {
            return error.into();
        };
        let code = told.code().and_then(|code| code.parse().ok());
        kind(code)(Arc::new(error)).into()
    }

    /// The fault that every other write would meet now, too.
    pub(super) fn of_all(fault: &Fault) -> Option<&Self> {
        let fault = fault.downcast_ref::<Self>();
        fault.filter(|fault| !matches!(fault, Self::Refused(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_room_is_told_from_one_that_cannot_be_written() {
        let of = |code| kind(Some(code))(Arc::new(io::Error::other("why")));
        let full = of(13);
        assert!(matches!(full, SqliteFault::Full(_)), "{full}");
        // A write that failed for whatever reason, and the index of the write-ahead log without room: what was committed is in
        // the log by then, and may be found done.
        for unreachable in [10, 10 | (3 << 8), 10 | (19 << 8)] {
            let fault = of(unreachable);
            assert!(matches!(fault, SqliteFault::Unreachable(_)), "{fault}");
        }
    }
}
