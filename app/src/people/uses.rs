//! When tokens were last used: a note for each, beside the log, which is for what people do.
//!
//! Every request under a token comes by here. What was noted is remembered, so that most of them ask the database for
//! nothing; whether a token is good is decided elsewhere, each time.

use holdfast::{StateManager, Timestamp};
use moka::sync::Cache;
use serde_json::json;

use crate::AppError;

/// When a token was last used is noted no more often than this.
const EVERY_MS: i64 = 10 * 60_000;
/// Tokens whose last note is remembered, some 200 bytes each. For another the note is read again.
const REMEMBERED: u64 = 10_000;

/// What this process knows to be noted: the hash of a token's text, and when it was used.
#[derive(Debug)]
pub(super) struct Uses(Cache<String, i64>);

impl Default for Uses {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED))
    }
}

impl Uses {
    /// Notes that a token is used, unless that was noted a moment ago, here or by another server.
    pub(super) async fn note(
        &self,
        manager: &StateManager,
        id: &str,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let is_recent = |last: &i64| now.0.saturating_sub(*last) < EVERY_MS;
        if self.0.get(id).as_ref().is_some_and(is_recent) {
            return Ok(());
        }
        let name = name(id);
        let note = manager.note(&name).await?;
        let noted = note.as_ref().and_then(|note| note.value.as_i64());
        let last = match noted.filter(is_recent) {
            Some(last) => last,
            None => {
                let seen = note.map_or(0, |note| note.version);
                // Somebody else may have written the same.
                manager.write_note(&name, seen, Some(&json!(now.0))).await?;
                now.0
            }
        };
        self.0.insert(id.to_owned(), last);
        Ok(())
    }

    /// Forgets a token that is there no more.
    pub(super) async fn forget(&self, manager: &StateManager, id: &str) -> Result<(), AppError> {
        self.0.invalidate(id);
        let name = name(id);
        if let Some(note) = manager.note(&name).await? {
            manager.write_note(&name, note.version, None).await?;
        }
        Ok(())
    }
}

/// When a token was last used, in milliseconds since 1970, as it is noted.
pub(super) async fn last(manager: &StateManager, id: &str) -> Result<Option<i64>, AppError> {
    let note = manager.note(&name(id)).await?;
    Ok(note.and_then(|note| note.value.as_i64()))
}

fn name(id: &str) -> String {
    format!("token-used/{id}")
}
