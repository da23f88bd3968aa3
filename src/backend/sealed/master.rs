//! The master key: it wraps data keys and nothing else. It comes from a setting or a file, and is
//! known by its print, which may be shown.

use std::{
    fmt,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{
    SealedFault,
    key::{Box, Key},
};

/// More than any way to write 32 bytes needs.
const MAX_FILE: u64 = 1024;

/// The key that wraps the keys.
pub struct MasterKey {
    key: Key,
    print: String,
}

/// A data key as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Wrapped {
    /// The print of the master key.
    pub(super) master: String,
    #[serde(flatten)]
    sealed: Box,
}

impl MasterKey {
    /// A key from a setting: 32 bytes in base64, or as 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`SealedFault::Malformed`], which does not repeat what was given.
    pub fn parse(text: &str) -> Result<Self, SealedFault> {
        let text = text.trim();
        let bytes = if text.len() == 64 {
            hexadecimal(text)
        } else {
            BASE64_STANDARD.decode(text).ok()
        };
        let bytes = Zeroizing::new(bytes.ok_or(SealedFault::Malformed)?);
        let key = Key::from_bytes(&bytes).ok_or(SealedFault::Malformed)?;
        let digest = Sha256::new().chain_update("holdfast master key");
        let digest = digest.chain_update(key.bytes()).finalize();
        let print = digest.get(..6).unwrap_or_default();
        let print = BASE64_URL_SAFE_NO_PAD.encode(print);
        Ok(Self { key, print })
    }

    /// A key from a file that, on Unix, only its owner may read.
    ///
    /// # Errors
    /// [`SealedFault::Exposed`] when others may read it, [`SealedFault::File`] when nobody can.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SealedFault> {
        let path = path.as_ref();
        let failed = |source| SealedFault::File {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        if let Some(mode) = exposed(&file).map_err(failed)? {
            let path = path.to_owned();
            return Err(SealedFault::Exposed { path, mode });
        }
        let mut text = Zeroizing::new(String::new());
        let read = file.take(MAX_FILE).read_to_string(&mut text);
        read.map_err(failed)?;
        Self::parse(&text)
    }

    /// What the key is known by: 48 bits of a digest, from which it cannot be found.
    pub fn print(&self) -> &str {
        &self.print
    }

    /// Wraps a data key.
    pub(super) fn wrap(&self, id: &str, key: &Key) -> Result<Wrapped, SealedFault> {
        Ok(Wrapped {
            master: self.print.clone(),
            sealed: self.key.seal(&bound(id), key.bytes())?,
        })
    }

    /// Unwraps a data key that this key has wrapped.
    pub(super) fn unwrap(&self, id: &str, wrapped: &Wrapped) -> Result<Key, SealedFault> {
        let bytes = self.key.open(&bound(id), &wrapped.sealed);
        let key = bytes.and_then(|bytes| Key::from_bytes(&bytes));
        key.ok_or_else(|| SealedFault::BrokenKey { key: id.to_owned() })
    }
}

/// A wrapped key unwraps under its own name only.
fn bound(id: &str) -> Vec<u8> {
    format!("holdfast data key 1 {id}").into_bytes()
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    let bytes = digits.map(|pair| {
        let [high, low] =
            [pair.first()?, pair.last()?].map(|digit| char::from(*digit).to_digit(16));
        u8::try_from(high? * 16 + low?).ok()
    });
    bytes.collect()
}

/// The permissions of a file that others than its owner may read.
#[cfg(unix)]
fn exposed(file: &File) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    Ok((mode & 0o077 != 0).then_some(mode))
}

/// Elsewhere permissions are for the operator to check.
#[cfg(not(unix))]
fn exposed(_: &File) -> io::Result<Option<u32>> {
    Ok(None)
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.print)
    }
}
