//! Which bucket, and with which credentials.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder, path::Path as Key,
};

use crate::Error;

/// A connection that takes longer is none.
const CONNECT: Duration = Duration::from_secs(5);
/// One request; a download that takes longer goes on in another.
const REQUEST: Duration = Duration::from_secs(60);
/// A store that stumbles is asked again so often, and so long: then whoever waits is told.
const RETRIES: usize = 3;
const RETRIED_FOR: Duration = Duration::from_secs(60);
const BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(2);
/// Bytes of a credentials file.
const MAX_FILE: u64 = 1 << 16;

/// A bucket of an S3-compatible store. Credentials come from a file, or from the usual environment variables and what else
/// an AWS client looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    /// `s3://bucket/prefix`.
    pub url: String,
    /// Where the store is, if not at AWS: `https://minio.lab.org:9000`.
    pub endpoint: Option<String>,
    /// Its region; many stores do not care.
    pub region: Option<String>,
    /// Whether it may be spoken to without encryption.
    pub allow_http: bool,
    /// A file as AWS has it: `aws_access_key_id = ...` and `aws_secret_access_key = ...`, a line each.
    pub credentials_file: Option<PathBuf>,
}

/// Why there can be no such bucket.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The address is none of a bucket.
    #[error("`{0}` is no bucket: write s3://bucket or s3://bucket/prefix")]
    Url(String),
    /// The credentials file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// Others may read the credentials.
    #[error("{} may be read by others than its owner: chmod 600 it", .0.display())]
    Exposed(PathBuf),
    /// A key is not in the file.
    #[error("{} has no `{key}`", path.display())]
    Incomplete {
        /// The file.
        path: PathBuf,
        /// What is missing.
        key: &'static str,
    },
    /// The client refuses it.
    #[error("{0}")]
    Refused(object_store::Error),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] Error),
}

impl Bucket {
    /// The store, and what comes before each name in it.
    pub(super) fn open(&self) -> Result<(Arc<dyn ObjectStore>, Key), PlaceError> {
        let (bucket, prefix) = self.parts()?;
        let client = ClientOptions::new()
            .with_connect_timeout(CONNECT)
            .with_timeout(REQUEST)
            .with_allow_http(self.allow_http);
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: BACKOFF,
                max_backoff: LONGEST_BACKOFF,
                base: 2.0,
            },
            max_retries: RETRIES,
            retry_timeout: RETRIED_FOR,
        };
        let builder = match &self.credentials_file {
            Some(_) => AmazonS3Builder::new(),
            None => AmazonS3Builder::from_env(),
        };
        let mut builder = builder
            .with_bucket_name(bucket)
            .with_client_options(client)
            .with_retry(retry);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        if let Some(path) = &self.credentials_file {
            let text = secret(path)?;
            let needed = |key| {
                let path = path.clone();
                value(&text, key).ok_or(PlaceError::Incomplete { path, key })
            };
            builder = builder
                .with_access_key_id(needed("aws_access_key_id")?)
                .with_secret_access_key(needed("aws_secret_access_key")?);
            if let Some(token) = value(&text, "aws_session_token") {
                builder = builder.with_token(token);
            }
        }
        let store = builder.build().map_err(PlaceError::Refused)?;
        Ok((Arc::new(store), prefix))
    }

    fn parts(&self) -> Result<(&str, Key), PlaceError> {
        let wrong = || PlaceError::Url(self.url.clone());
        let rest = self.url.strip_prefix("s3://").ok_or_else(wrong)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if bucket.is_empty() || !bucket.bytes().all(is_plain) {
            return Err(wrong());
        }
        let prefix = Key::parse(prefix).map_err(|_| wrong())?;
        Ok((bucket, prefix))
    }
}

fn secret(path: &Path) -> Result<String, PlaceError> {
    let failed = |source| PlaceError::File {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    if is_exposed(&file).map_err(failed)? {
        return Err(PlaceError::Exposed(path.to_owned()));
    }
    let mut text = String::new();
    file.take(MAX_FILE)
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(text)
}

#[cfg(unix)]
fn is_exposed(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_file: &File) -> io::Result<bool> {
    Ok(false)
}

/// The first value of a key; sections are passed over.
fn value(text: &str, key: &str) -> Option<String> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    let mut values = pairs.filter(|(name, _)| name.trim() == key);
    values.next().map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn bucket(url: &str) -> Bucket {
        Bucket {
            url: url.into(),
            ..Bucket::default()
        }
    }

    #[test]
    fn an_address_is_a_bucket_and_a_prefix() {
        for (url, name, prefix) in [
            ("s3://lab", "lab", ""),
            ("s3://lab/", "lab", ""),
            ("s3://lab-1/holdfast/a", "lab-1", "holdfast/a"),
        ] {
            let bucket = bucket(url);
            let (found, key) = bucket.parts().unwrap();
            assert_eq!((found, key.as_ref()), (name, prefix));
        }
        for url in [
            "",
            "lab",
            "s3://",
            "s3:///a",
            "https://lab/a",
            "s3://a b",
            "s3://a/../b",
        ] {
            assert!(
                matches!(bucket(url).parts(), Err(PlaceError::Url(_))),
                "{url}"
            );
        }
    }

    #[test]
    fn credentials_are_read_from_a_file_of_ones_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        let text = "[default]\naws_access_key_id = AK\naws_secret_access_key=a=b\n";
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |mode| {
                let mode = std::fs::Permissions::from_mode(mode);
                std::fs::set_permissions(&path, mode)
            };
            mode(0o644).unwrap();
            assert!(matches!(secret(&path), Err(PlaceError::Exposed(_))));
            mode(0o600).unwrap();
        }
        let read = secret(&path).unwrap();
        assert_eq!(value(&read, "aws_access_key_id").unwrap(), "AK");
        assert_eq!(value(&read, "aws_secret_access_key").unwrap(), "a=b");
        assert_eq!(value(&read, "aws_session_token"), None);
    }
}
