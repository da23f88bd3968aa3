//! Connections that read, each on a thread that may wait for the disk. A search is some dozen small statements; asked from
//! there each is a plain call, and one way there and back is enough.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, OpenFlags};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

use super::super::{BUSY, READERS, STATEMENTS};
use crate::backend::Fault;

/// How much of the index is read without being copied.
const MAPPED: i64 = 1 << 30;

/// To both files of one database.
#[derive(Debug)]
pub(super) struct Readers {
    database: PathBuf,
    index: PathBuf,
    idle: Mutex<Vec<Reader>>,
    turns: Arc<Semaphore>,
}

/// A connection to the index, and one to the states that it names.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) index: Connection,
    pub(super) log: Connection,
}

impl Readers {
    pub(super) fn of(database: &Path, index: &Path) -> Arc<Self> {
        Arc::new(Self {
            database: database.to_owned(),
            index: index.to_owned(),
            idle: Mutex::default(),
            turns: Arc::new(Semaphore::new(READERS as usize)),
        })
    }

    /// Does this work with one of them. It goes on when nobody waits for it any more.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Reader) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let turn = Arc::clone(&self.turns).acquire_owned().await?;
        let readers = Arc::clone(self);
        let read = move || -> Result<T, Fault> {
            let _turn = turn;
            let idle = readers.idle().pop();
            let mut reader = idle.map_or_else(|| readers.open(), Ok)?;
            let found = work(&mut reader)?;
            // One that failed is not used again.
            readers.idle().push(reader);
            Ok(found)
        };
        spawn_blocking(read).await?
    }

    /// Closes all of them. Nobody reads before the answer is dropped.
    pub(super) async fn closed(&self) -> Result<OwnedSemaphorePermit, Fault> {
        let turns = Arc::clone(&self.turns).acquire_many_owned(READERS).await?;
        let idle = std::mem::take(&mut *self.idle());
        spawn_blocking(move || drop(idle)).await?;
        Ok(turns)
    }

    fn open(&self) -> Result<Reader, Fault> {
        let index = opened(&self.index)?;
        index.pragma_update(None, "cache_size", super::file::CACHE)?;
        index.pragma_update(None, "mmap_size", MAPPED)?;
        let log = opened(&self.database)?;
        Ok(Reader { index, log })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn opened(path: &Path) -> rusqlite::Result<Connection> {
    // Whoever reads a file with a write-ahead log writes into the table of its readers.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}
