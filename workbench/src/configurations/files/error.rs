//! What can go wrong with a configuration file, and who can fix it.

use std::{io, path::PathBuf};

use crate::configurations::merge::MergeError;

/// One failure, for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// 400. The name cannot be one of this folder's. The person chooses another.
    #[error("\"{name}\" cannot be the name of a configuration: {problem}")]
    BadName {
        /// As it came.
        name: String,
        /// Why, and what to do.
        problem: &'static str,
    },
    /// 404. No such file or backup. The person loads the list again.
    #[error("there is no \"{0}\" here any more")]
    Missing(String),
    /// 403. What stands under that name is a link, a folder or a device. The operator puts a file there.
    #[error("\"{0}\" is not a plain file, so it is left alone")]
    NotAFile(String),
    /// 409 or 412. Somebody else has saved since. The person merges with what stands there now.
    #[error("\"{name}\" was changed by somebody else; merge with the version that is there now")]
    Conflict {
        /// The file.
        name: String,
        /// The version that is there now; none if the file is gone.
        etag: Option<String>,
        /// Its text.
        text: String,
    },
    /// 422. The text is not valid. The person fixes the place.
    #[error(transparent)]
    Invalid(#[from] MergeError),
    /// 422. The file is not text in UTF-8. Its author converts it.
    #[error("\"{name}\" is not UTF-8 text from byte {at} on; convert it")]
    NotText {
        /// The file.
        name: String,
        /// The first byte that is not.
        at: usize,
    },
    /// 413. The file is longer than a merge takes. Its author splits it.
    #[error("\"{name}\" has more than {limit} bytes; split it")]
    TooLarge {
        /// The file.
        name: String,
        /// Bytes.
        limit: usize,
    },
    /// 500. What was written is not what is there. The operator looks at the disk; the backup has the version before.
    #[error(
        "\"{0}\" was written, but reads back differently; the version before is among the backups"
    )]
    NotVerified(String),
    /// 500. The disk refuses. The operator looks.
    #[error("cannot use {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

impl FileError {
    pub(in crate::configurations) fn io(
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::Io { path, source }
    }
}
