//! The writer's own connection, without a thread and a queue of its own in between: a group is hundreds of small
//! statements, and each is a plain call (docs/decisions/0028).

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{BUSY, CHECKPOINT_PAGES};

/// The writer's page cache in kB, negative as SQLite wants it: the states that are written again
/// and again stay in it.
const CACHE: i64 = -32_768;

/// The file that the writer's connections go to. It is there, and its tables are up to date.
#[derive(Debug, Clone)]
pub(super) struct Link(PathBuf);

impl Link {
    pub(super) fn to(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(super) fn open(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.0, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "cache_size", CACHE)?;
        // What a statement keeps to take itself back with stays in memory: as a file it was made, written
        // and removed with every group.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(connection)
    }
}
