//! What can go wrong in the workbench, and who can fix it.

use std::{io::ErrorKind, path::PathBuf};

use crate::data::bytes_text;

/// One failure. The text is for the person who asked: what happened, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file's content cannot be a table. The person fixes the file.
    #[error("{}", display_bad_file(.file, *.line, .column.as_deref(), .problem))]
    BadFile {
        /// The file's name as it came.
        file: String,
        /// 1-based line in the file, where known.
        line: Option<u64>,
        /// Column name or number, where known.
        column: Option<String>,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A limit of this server. The person sends less, or the operator raises the setting.
    #[error("{what} is over the limit of {limit} ({setting}).")]
    TooLarge {
        /// What is too large, with its size.
        what: String,
        /// The limit, for people.
        limit: String,
        /// The setting that raises it.
        setting: &'static str,
    },
    /// The workspace has no room for it. The person deletes something, or the operator raises `data.scope_bytes`.
    #[error(
        "This workspace holds {} of tables, results and runs, and may hold {} (data.scope_bytes): there is no room for {} more. \
         Delete runs or tables, then try again.",
        bytes_text(*.held), bytes_text(*.limit), bytes_text(*.wanted)
    )]
    NoRoom {
        /// Bytes that it holds.
        held: u64,
        /// Bytes that were to come, near enough.
        wanted: u64,
        /// Bytes that it may hold.
        limit: u64,
    },
    /// The question does not fit the data: an unknown column, no table. The person asks again.
    #[error("{0}")]
    BadRequest(String),
    /// The table or result is not here (any more). The person imports or merges again.
    #[error("{0} is not here any more.")]
    Missing(String),
    /// The person cancelled.
    #[error("Cancelled. Nothing was kept.")]
    Cancelled,
    /// The disk is full. The operator makes room.
    #[error("The disk is full. Nothing was kept; make room and try again.")]
    DiskFull,
    /// The file store is away or refuses, and it was needed. The person tries again later; the operator looks.
    #[error(
        "The file store cannot be used at the moment ({name}: {problem}). Nothing is lost and nothing was half kept. \
         Try again in a while; `holdfast doctor` says more."
    )]
    StoreAway {
        /// What was put, fetched or looked for.
        name: String,
        /// Why not.
        problem: String,
    },
    /// The file store has something else than what was put there, so it was not used. The operator brings it back.
    #[error(
        "{name} in the file store is not as it was put there: {problem}. It was not used. Bring back an older version \
         of the object, or import, merge or simulate it again."
    )]
    StoreDamaged {
        /// The object.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The cluster did not gather a result. This server does it instead; the operator looks.
    #[error("The Ballista cluster did not gather the result: {0}.")]
    Cluster(String),
    /// A file of ours cannot be read or written. The operator looks.
    #[error("cannot use {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// The state engine refused or failed.
    #[error(transparent)]
    State(#[from] holdfast::Error),
    /// Arrow, Parquet or DataFusion failed. We look.
    #[error("internal: {0}")]
    Internal(String),
}

fn display_bad_file(file: &str, line: Option<u64>, column: Option<&str>, problem: &str) -> String {
    let line = line.map(|l| format!(", line {l}")).unwrap_or_default();
    let column = column.map(|c| format!(", column {c}")).unwrap_or_default();
    format!("{file}{line}{column}: {problem}")
}

impl Error {
    /// An I/O failure at a path; a full disk is told apart.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        if is_disk_full(&source) {
            return Self::DiskFull;
        }
        Self::Io {
            path: path.into(),
            source,
        }
    }

    /// A library's failure: ours, unless a full disk is behind it.
    fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        if is_disk_full(error) {
            return Self::DiskFull;
        }
        Self::Internal(error.to_string())
    }
}

/// Looks for a full disk, or a person's full quota, behind a library's error.
fn is_disk_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            if matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
                return true;
            }
            // `source` of an I/O error skips the error it wraps.
            next = io
                .get_ref()
                .map(|inner| inner as &(dyn std::error::Error + 'static));
        } else {
            next = error.source();
        }
    }
    false
}

impl From<arrow::error::ArrowError> for Error {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::internal(&error)
    }
}

impl From<parquet::errors::ParquetError> for Error {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::internal(&error)
    }
}
