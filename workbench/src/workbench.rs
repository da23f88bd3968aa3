//! The one door to the workbench: where its files are, its limits, and what it keeps in memory.
//!
//! The methods live with their subject: `data/import.rs`, `query/count.rs`, `query/merge.rs`,
//! `query/page.rs`, `plot/draw.rs`. A `Workbench` holds nothing about who is asking.

use std::{
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    Error,
    data::{MergeKeys, TableInfo},
    incoming::Incoming,
    query::{IndexCache, ballista::Ballista},
    simulation::runs::Runs,
    storage::Storage,
};

/// What one import or query may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Columns of one table.
    pub columns: usize,
    /// Bytes of one cell.
    pub cell_bytes: usize,
    /// Bytes of columns and indexes kept in memory.
    pub cache_bytes: usize,
    /// Bytes of the tables, the result and the runs of one workspace together.
    pub scope_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 2 << 30,
            columns: 2_000,
            cell_bytes: 1 << 20,
            cache_bytes: 1 << 30,
            scope_bytes: 100 << 30,
        }
    }
}

/// The tables a question is about, and the keys they meet on.
#[derive(Debug, Clone)]
pub struct Study {
    /// The tables.
    pub tables: Vec<TableInfo>,
    /// The keys.
    pub keys: MergeKeys,
}

impl Study {
    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&TableInfo> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// The workbench over one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Workbench {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) folder: PathBuf,
    incoming: Incoming,
    /// Where finished tables and results are kept.
    pub(crate) storage: Storage,
    pub(crate) limits: Limits,
    /// Loaded columns and built indexes, bounded by `Limits::cache_bytes`.
    pub(crate) cache: IndexCache,
    /// Bytes of sources that imports have read.
    pub(crate) read: Arc<AtomicU64>,
    /// The cluster on which results are gathered, if there is one.
    pub(crate) ballista: OnceLock<Ballista>,
    /// The runs that stand beside tables and results in workspaces, if there are any.
    runs: OnceLock<Runs>,
}

impl Workbench {
    /// Opens the data folder, making `tables/`, `results/` and `incoming/` where missing and
    /// clearing what imports that a crash interrupted left in `incoming/`.
    pub fn open(folder: impl Into<PathBuf>, limits: Limits) -> Result<Self, Error> {
        Self::open_on(folder, limits, Storage::local())
    }

    /// The same, with tables and results in this storage, of which the folder is the cache.
    pub fn open_on(
        folder: impl Into<PathBuf>,
        limits: Limits,
        storage: Storage,
    ) -> Result<Self, Error> {
        let folder = folder.into();
        let incoming = Incoming::open(&folder.join("incoming"))?;
        for name in ["tables", "results"] {
            let path = folder.join(name);
            std::fs::create_dir_all(&path).map_err(|e| Error::io(&path, e))?;
        }
        let cache = IndexCache::new(limits.cache_bytes);
        Ok(Self {
            inner: Arc::new(Inner {
                folder,
                incoming,
                storage,
                limits,
                cache,
                read: Arc::default(),
                ballista: OnceLock::new(),
                runs: OnceLock::new(),
            }),
        })
    }

    /// From now on these runs count among what a workspace holds, and they are told how much that may be. The first that
    /// are given count.
    pub fn count_runs(&self, runs: &Runs) {
        runs.set_scope_bytes(self.limits().scope_bytes);
        self.inner.runs.get_or_init(|| runs.clone());
    }

    /// The runs that count.
    pub(crate) fn runs(&self) -> Option<&Runs> {
        self.inner.runs.get()
    }

    /// Where files that come in are put; the caller removes each, and what a crash leaves the next start clears.
    pub fn incoming(&self) -> PathBuf {
        self.inner.incoming.path()
    }

    /// The Parquet copy of a table.
    pub fn table_path(&self, id: &str) -> PathBuf {
        self.inner
            .folder
            .join("tables")
            .join(format!("{id}.parquet"))
    }

    /// The Parquet file of a merged result.
    pub fn result_path(&self, id: &str) -> PathBuf {
        self.inner
            .folder
            .join("results")
            .join(format!("{id}.parquet"))
    }

    /// Such a file, brought here from the store where it is not; a gone one is [`Error::Missing`] under `what`.
    pub async fn bring(&self, path: PathBuf, what: &str) -> Result<PathBuf, Error> {
        let storage = self.inner.storage.clone();
        let opening = tokio::task::spawn_blocking(move || {
            let is_here = storage.open(&path)?.is_some();
            Ok(is_here.then_some(path))
        });
        let opened: Result<_, Error> = opening.await.map_err(|e| Error::Internal(e.to_string()))?;
        opened?.ok_or_else(|| Error::Missing(what.to_owned()))
    }

    /// Whether a table's copy is here or in the store.
    pub async fn has_table(&self, id: &str) -> Result<bool, Error> {
        self.has(self.table_path(id)).await
    }

    /// Whether a result's file is here or in the store.
    pub async fn has_result(&self, id: &str) -> Result<bool, Error> {
        self.has(self.result_path(id)).await
    }

    async fn has(&self, path: PathBuf) -> Result<bool, Error> {
        let storage = self.inner.storage.clone();
        let asking = tokio::task::spawn_blocking(move || storage.has(&path));
        asking.await.map_err(|e| Error::Internal(e.to_string()))?
    }

    /// Bytes of columns and indexes that are in memory at the moment; at most [`Limits::cache_bytes`], unless
    /// more is in use.
    pub fn memory(&self) -> u64 {
        self.inner.cache.bytes() as u64
    }

    /// Bytes of sources that imports have read so far, all passes over them together: how far an import is, to who has
    /// no other at the same time. An import comes to [`Workbench::PASSES`] times its file.
    pub fn read_bytes(&self) -> u64 {
        self.inner.read.load(Ordering::Relaxed)
    }

    /// How often an import goes over its source: once for checksum and encoding, once for types, once for values.
    pub const PASSES: u64 = 3;

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }
}
