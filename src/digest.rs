//! What chains the versions of a state: each carries a digest of itself and of the one before.
//!
//! Only the type; it is computed in `manager::chain` and checked by `verify`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// BLAKE3 over the digest of the version before, and what was done to make this one: so nothing of a
/// state's history can be changed without changing all digests behind it. Records written before BLAKE3 was
/// chosen carry SHA-256 of the same. Text is hexadecimal.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

/// The two digits of each byte.
static DIGITS: [[u8; 2]; 256] = {
    let sixteen = b"0123456789abcdef";
    let mut digits = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        digits[byte] = [sixteen[byte >> 4], sixteen[byte & 15]];
        byte += 1;
    }
    digits
};

impl Digest {
    /// Its text.
    pub(crate) fn digits(&self) -> [u8; 64] {
        let mut text = [0; 64];
        for (digits, byte) in text.as_chunks_mut().0.iter_mut().zip(self.0) {
            *digits = DIGITS[usize::from(byte)];
        }
        text
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(&*text, &mut bytes).map_err(D::Error::custom)?;
        Ok(Self(bytes))
    }
}
