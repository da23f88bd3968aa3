//! What is in `manifest.json`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::PackageError;
use crate::simulation::tables::{PATIENTS_FILE, VISITS_FILE};

const FORMAT: &str = "holdfast run";
/// Raised when a reader of today could not read what is written then.
const FORMAT_VERSION: u32 = 1;

/// What is in a package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    format_version: u32,
    /// When it was made, in milliseconds since 1970.
    pub exported_at: i64,
    /// The run.
    pub run: Exported,
    /// Every other file.
    pub(super) files: Vec<Listed>,
}

/// A run, as it travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exported {
    /// Its id where it comes from.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Anything else.
    pub notes: String,
    /// When it was ordered there, in milliseconds since 1970.
    pub created_at: i64,
    /// Which shape `record` has.
    pub schema_version: u32,
    /// What happened: protocol, seed, result with its checksum.
    pub record: Value,
}

/// A file, as the manifest vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Manifest {
    pub(super) fn new(run: Exported, exported_at: i64, files: Vec<Listed>) -> Self {
        Self {
            format: FORMAT.into(),
            format_version: FORMAT_VERSION,
            exported_at,
            run,
            files,
        }
    }

    /// Bytes of the run's tables, as the package has it.
    pub(crate) fn bytes_of_tables(&self) -> u64 {
        let tables = [PATIENTS_FILE, VISITS_FILE];
        let files = self.files.iter();
        let tables = files.filter(|file| tables.contains(&file.name.as_str()));
        tables.map(|file| file.bytes).fold(0, u64::saturating_add)
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| PackageError::Manifest(format!("cannot be read: {error}")))?;
        if manifest.format != FORMAT {
            let problem = format!("is of a \"{}\", not of a \"{FORMAT}\"", manifest.format);
            return Err(PackageError::Manifest(problem));
        }
        if manifest.format_version > FORMAT_VERSION {
            let problem = format!(
                "has format {}; this program knows formats up to {FORMAT_VERSION}. Bring it up to date",
                manifest.format_version
            );
            return Err(PackageError::Manifest(problem));
        }
        Ok(manifest)
    }
}
