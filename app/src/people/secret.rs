//! What proves who somebody is: the hash of their password, in a note beside the log.
//!
//! A note, not a state: the log keeps what it was told for ever, and an old hash is worth nothing but to who steals it.
//! The note is found by a hash of the address; that there can be one only makes addresses unique on every server.

use holdfast::StateManager;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Email;
use crate::AppError;

/// What is kept under an address.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Secret {
    /// The account's id.
    pub(super) account: String,
    /// The argon2id hash in the PHC string format.
    pub(super) password: String,
    /// How often the note was written.
    #[serde(skip)]
    pub(super) seen: u64,
}

/// Never the hash.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({})", self.account)
    }
}

fn name(email: &Email) -> String {
    format!("account/{}", email.digest())
}

/// What is kept for this address.
pub(super) async fn read(
    manager: &StateManager,
    email: &Email,
) -> Result<Option<Secret>, AppError> {
    let Some(note) = manager.note(&name(email)).await? else {
        return Ok(None);
    };
    let secret = Secret::deserialize(&note.value).map_err(AppError::internal)?;
    Ok(Some(Secret {
        seen: note.version,
        ..secret
    }))
}

/// Keeps it in the place of what was seen. `false` when somebody else was faster.
pub(super) async fn write(
    manager: &StateManager,
    email: &Email,
    secret: &Secret,
) -> Result<bool, AppError> {
    let value = serde_json::to_value(secret).map_err(AppError::internal)?;
    let name = name(email);
    Ok(manager.write_note(&name, secret.seen, Some(&value)).await?)
}

/// Writes as much as a new account would be, and keeps nothing: who asks cannot tell by the time.
pub(super) async fn pretend(manager: &StateManager) -> Result<(), AppError> {
    const SPARE: &str = "spare";
    for _ in 0..2 {
        let seen = manager.note(SPARE).await?.map_or(0, |note| note.version);
        let value = Value::from("x".repeat(200));
        manager.write_note(SPARE, seen, Some(&value)).await?;
    }
    Ok(())
}
