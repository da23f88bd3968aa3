//! Passwords: argon2id off the async threads, so many at once, and the same work whether there is an account or not.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use tokio::sync::Semaphore;

use crate::AppError;

/// Memory, passes, lanes: what OWASP's Password Storage Cheat Sheet asks of argon2id at least. 19 MiB each.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashed at once: each takes a core for a moment and 19 MiB.
const AT_ONCE: usize = 2;
/// Waiting for their turn: some seconds' worth. More are told to come back.
const WAITING: usize = 64;
/// Hashes and checks passwords.
#[derive(Debug)]
pub(super) struct Hasher {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// What a password is held against where there is no account.
    nobody: Arc<str>,
}

impl Hasher {
    pub(super) fn new() -> Result<Self, AppError> {
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: AtomicUsize::new(0),
            nobody: hashed("nobody has this password")?.into(),
        })
    }

    /// The hash of a password, with a salt of its own.
    pub(super) async fn hash(&self, password: String) -> Result<String, AppError> {
        self.at_its_turn(move || hashed(&password)).await?
    }

    /// Whether this password is the one that was hashed. Without a hash it takes as long, and is not.
    pub(super) async fn is_right(
        &self,
        password: String,
        hash: Option<&str>,
    ) -> Result<bool, AppError> {
        let is_there = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| Arc::clone(&self.nobody), Arc::from);
        let is_right = self.at_its_turn(move || verified(&password, &hash)).await?;
        Ok(is_right && is_there)
    }

    /// As if so many waited that no more are taken, or nobody.
    #[cfg(test)]
    pub(super) fn wait(&self, is_full: bool) {
        let waiting = if is_full { WAITING + AT_ONCE } else { 0 };
        self.waiting.store(waiting, Relaxed);
    }

    async fn at_its_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let _waiting = Waiting::of(&self.waiting)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(AppError::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(AppError::internal)
    }
}

/// One who waits; goes with the request.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(waiting: &'a AtomicUsize) -> Result<Self, AppError> {
        let before = waiting.fetch_add(1, Relaxed);
        let this = Self(waiting);
        if before < WAITING + AT_ONCE {
            return Ok(this);
        }
        Err(AppError::Busy(
            "Many people are logging in at once. Try again in a few seconds.".into(),
        ))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

fn argon2id() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(AppError::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hashed(password: &str) -> Result<String, AppError> {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(AppError::internal)?;
    let hash = argon2id()?.hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(AppError::internal)?.to_string())
}

fn verified(password: &str, hash: &str) -> bool {
    // The parameters are those of the hash: older ones stay good until the password is changed.
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_hash_is_argon2id_with_the_chosen_costs_and_another_salt_each_time() {
        let (one, other) = (
            hashed("a long sentence").unwrap(),
            hashed("a long sentence").unwrap(),
        );
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(verified("a long sentence", &one));
        assert!(!verified("a long sentencE", &one));
        assert!(!verified("a long sentence", "$argon2id$broken"));
    }

    #[tokio::test]
    async fn without_an_account_no_password_is_right() {
        let hasher = Hasher::new().unwrap();
        let nobody = hasher.is_right("nobody has this password".into(), None);
        assert!(!nobody.await.unwrap());
    }
}
