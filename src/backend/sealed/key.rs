//! One key and what is sealed with it: XChaCha20-Poly1305 with a random nonce of 192 bits, which may
//! be drawn for every write without counting (draft-irtf-cfrg-xchacha).
//!
//! A key never leaves this type but to be wrapped, is overwritten when it is dropped, and shows
//! nothing of itself.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::{TryRngCore as _, rngs::OsRng};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::SealedFault;

const KEY: usize = 32;
const NONCE: usize = 24;

/// A key of 256 bits.
pub(super) struct Key(Zeroizing<[u8; KEY]>);

/// What is sealed, in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Box {
    nonce: String,
    text: String,
}

impl Key {
    /// A new key from the randomness of the operating system.
    pub(super) fn random() -> Result<Self, SealedFault> {
        let mut bytes = Zeroizing::new([0; KEY]);
        random(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// A key from its bytes; `None` when these are not 32.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The key's bytes, to be wrapped or digested.
    pub(super) fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// Seals `text` for the place that `bound` names: it opens nowhere else.
    pub(super) fn seal(&self, bound: &[u8], text: &[u8]) -> Result<Box, SealedFault> {
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let payload = Payload {
            msg: text,
            aad: bound,
        };
        let sealed = self.cipher().encrypt(XNonce::from_slice(&nonce), payload);
        // Only a text of more than 256 GB is refused.
        let sealed = sealed.map_err(|_| SealedFault::Random)?;
        Ok(Box {
            nonce: BASE64_STANDARD.encode(nonce),
            text: BASE64_STANDARD.encode(sealed),
        })
    }

    /// What is in the box; `None` when it was sealed with another key, for another place, or changed.
    pub(super) fn open(&self, bound: &[u8], sealed: &Box) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE] = BASE64_STANDARD
            .decode(&sealed.nonce)
            .ok()?
            .try_into()
            .ok()?;
        let text = BASE64_STANDARD.decode(&sealed.text).ok()?;
        let payload = Payload {
            msg: &text,
            aad: bound,
        };
        let opened = self.cipher().decrypt(XNonce::from_slice(&nonce), payload);
        opened.ok().map(Zeroizing::new)
    }

    /// It overwrites its copy of the key, too.
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes().into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

fn random(bytes: &mut [u8]) -> Result<(), SealedFault> {
    OsRng.try_fill_bytes(bytes).map_err(|_| SealedFault::Random)
}
