//! What is wrong with a package, for the person who brought it.

use super::{MAX_DEPTH, MAX_FILES, MAX_MANIFEST, MAX_RATIO, MAX_UNPACKED};

/// 422, but for [`PackageError::Disk`]. Nothing of the package was kept.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// It cannot be read as a ZIP file, or not in one way only.
    #[error("this is no package of a run: {0}")]
    Archive(String),
    /// Too many files.
    #[error("the package has {0} files; it may have {MAX_FILES}")]
    Files(u64),
    /// Too many bytes.
    #[error("the package unpacks to more than {MAX_UNPACKED} bytes")]
    Unpacked,
    /// Packed tighter than data of this kind can be.
    #[error(
        "{0} unpacks to more than {MAX_RATIO} times its size, as files do that are made to fill a disk"
    )]
    Ratio(String),
    /// A name that leads elsewhere, or means something to an operating system.
    #[error("the package has a file named {name:?}: {problem}")]
    Name {
        /// The name as it is there.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Deeper than anybody needs.
    #[error("{0:?} is more than {MAX_DEPTH} folders deep")]
    Depth(String),
    /// A link, a device, an encrypted or an exotically packed file.
    #[error("{name} is {what}; a package has plain files only")]
    Kind {
        /// The file.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// Two files of one name: which is meant?
    #[error("{0} is in the package twice")]
    Twice(String),
    /// A file that must be there is not.
    #[error("the package has no {0}")]
    Missing(String),
    /// A file of which the manifest knows nothing.
    #[error("{0} is in the package and not in its manifest")]
    Unlisted(String),
    /// The manifest cannot be used.
    #[error("manifest.json {0}")]
    Manifest(String),
    /// The manifest is larger than one that describes a run.
    #[error("manifest.json has more than {MAX_MANIFEST} bytes")]
    LargeManifest,
    /// A file is not the one that the manifest describes.
    #[error("{name} is not what the manifest says: {problem}")]
    Differs {
        /// The file.
        name: String,
        /// Where they differ.
        problem: String,
    },
    /// A table is not a table of a run, or not this run's.
    #[error("{name} cannot be used: {problem}")]
    Table {
        /// The file.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Our own files. Not the package's fault.
    #[error(transparent)]
    Disk(#[from] crate::Error),
}

impl From<zip::result::ZipError> for PackageError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Archive(error.to_string())
    }
}
