//! Where finished files are kept beside the data folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use workbench::storage::Bucket;

/// An object store for tables, results and runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageSettings {
    /// `s3://bucket/prefix`; without it the data folder is all there is.
    pub url: String,
    /// Where the store is, if not at AWS.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// Whether it may be spoken to without encryption.
    pub allow_http: bool,
    /// The file of the credentials; only its owner may read it.
    pub credentials_file: String,
    /// Bytes of local copies that are kept; 0: all of them.
    pub local_bytes: u64,
}

impl StorageSettings {
    /// The bucket, if there is one.
    pub fn bucket(&self) -> Option<Bucket> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some(Bucket {
            url: given(&self.url)?,
            endpoint: given(&self.endpoint),
            region: given(&self.region),
            allow_http: self.allow_http,
            credentials_file: given(&self.credentials_file).map(PathBuf::from),
        })
    }

    /// What makes no sense, in words.
    pub(super) fn problem(&self) -> Option<String> {
        if self.endpoint.starts_with("http://") && !self.allow_http {
            let problem = "is not encrypted: write https://, or set storage.allow_http = true";
            return Some(format!("storage.endpoint: `{}` {problem}", self.endpoint));
        }
        let others = [&self.endpoint, &self.region, &self.credentials_file];
        if self.url.is_empty() && others.iter().any(|other| !other.is_empty()) {
            return Some("storage.url: is missing: s3://bucket/prefix".into());
        }
        None
    }

    /// Makes a path that is relative to the settings file what it is from here.
    pub(super) fn beside(&mut self, folder: &Path) {
        if !self.credentials_file.is_empty() {
            let file = folder.join(&self.credentials_file);
            self.credentials_file = file.to_string_lossy().into_owned();
        }
    }
}
