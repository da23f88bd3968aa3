//! What signs a message: known to the engine and the receiver, shown to nobody else.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::Error;

/// How a secret begins, so that people and scanners of leaks know one.
const PREFIX: &str = "whsec_";

/// Bytes that a secret may have (Standard Webhooks 1.0.0, "Signature scheme").
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A key of HMAC-SHA256 as text: `whsec_` and base64. It is stored with its endpoint and never shown:
/// not by `Debug`, and no error names it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A new secret of 32 random bytes.
    pub fn generate(random: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        Self(format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes)))
    }

    /// A secret that somebody else made.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless it is `whsec_` and the base64 of 24 to 64 bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let secret = Self(text.into());
        secret.check()?;
        Ok(secret)
    }

    /// The secret as text, to be handed to the receiver once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let digits = self.0.strip_prefix(PREFIX);
        let bytes = digits.and_then(|digits| BASE64_STANDARD.decode(digits).ok());
        if !bytes.is_some_and(|bytes| BYTES.contains(&bytes.len())) {
            let problem = "must be `whsec_` and the base64 of 24 to 64 bytes";
            return Err(Error::invalid("data.secrets", problem));
        }
        Ok(())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_generated_secret_is_32_bytes_another_each_time_and_not_shown() {
        let mut random = StdRng::seed_from_u64(7);
        let secrets: Vec<Secret> = (0..100).map(|_| Secret::generate(&mut random)).collect();
        for secret in &secrets {
            assert_eq!(secret.reveal().len(), PREFIX.len() + 44);
            secret.check().unwrap();
            assert_eq!(format!("{secret:?}"), "Secret(..)");
        }
        assert!(secrets.windows(2).all(|two| two.first() != two.last()));
    }

    #[test]
    fn a_secret_of_another_form_is_refused_without_being_named() {
        for text in [
            "",
            "whsec_",
            "whsec_AAAA",
            "whsec_!!!!aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            let refused = Secret::new(text).unwrap_err();
            assert!(!refused.to_string().contains("AAAA"), "{refused}");
        }
        assert!(Secret::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").is_ok());
    }
}
