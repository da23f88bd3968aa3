//! A session's id: 128 random bits. It is a password, so it stays in the cookie.
//!
//! Two hashes are made of it, each under its own prefix, so that neither tells the other: the one
//! the record is kept under, and the key by which states and logs know the session.

use std::fmt;

use app::SessionKey;
use holdfast::StateId;
use sha2::{Digest, Sha256};
use tower_sessions::session::Id;

const AT_REST: &[u8] = b"holdfast/session/at-rest\0";
const KEY: &[u8] = b"holdfast/session/key\0";
/// Hex digits of a key: 128 bits, as many as the id has.
const KEY_DIGITS: usize = 32;

/// A session's id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionId(Id);

impl SessionId {
    /// A new id from the generator that tower-sessions seeds from the operating system.
    pub fn random() -> Self {
        Self(Id::default())
    }

    /// The id a cookie holds; none if it is malformed.
    pub fn parse(cookie: &str) -> Option<Self> {
        cookie.parse().ok().map(Self)
    }

    /// The text for the cookie.
    pub(super) fn to_cookie(self) -> String {
        self.0.to_string()
    }

    /// What the record is kept under.
    pub(crate) fn at_rest(self) -> StateId {
        let digest = self.hash(AT_REST);
        let (first, _) = digest.split_at(size_of::<i128>());
        let id = Id(first
            .iter()
            .fold(0, |bits, byte| (bits << 8) | i128::from(*byte)));
        StateId::new(id.to_string())
    }

    /// What states and logs know the session by.
    pub fn key(self, is_isolated: bool) -> SessionKey {
        if !is_isolated {
            return SessionKey(SessionKey::EVERYBODY.into());
        }
        let mut key = hex::encode(self.hash(KEY));
        key.truncate(KEY_DIGITS);
        SessionKey(key.into())
    }

    fn hash(self, prefix: &[u8]) -> [u8; 32] {
        let hash = Sha256::new()
            .chain_update(prefix)
            .chain_update(self.0.0.to_le_bytes());
        hash.finalize().into()
    }
}

/// Never the id itself: whoever reads a log must not become its session.
impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({})", self.key(true).0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn an_id_comes_back_from_its_cookie() {
        let id = SessionId::random();
        assert_eq!(SessionId::parse(&id.to_cookie()).unwrap(), id);
    }

    #[test]
    fn malformed_cookies_are_no_ids() {
        for text in [
            "",
            "x",
            "AAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAAA",
            "\"><script>",
            "AAAAAAAAAAA AAAAAAAAAA",
        ] {
            assert_eq!(SessionId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn neither_hash_nor_debug_text_holds_the_id() {
        let id = SessionId::random();
        let cookie = id.to_cookie();
        assert_ne!(id.at_rest().as_str(), id.0.to_string());
        assert_ne!(id.at_rest().as_str(), &*id.key(true).0);
        assert!(!format!("{id:?}").contains(&cookie));
        assert_ne!(id.key(true), SessionId::random().key(true));
    }

    #[test]
    fn without_isolation_everybody_has_one_key() {
        assert_eq!(
            SessionId::random().key(false),
            SessionId::random().key(false)
        );
    }
}
