//! How long files of tables and results are kept: as long as a state refers to them, and a while longer.
//!
//! - `needed`: which files those are, read off the log
//! - `files`: the others go, from the folder and from the object store
//!
//! A file is named by what is in it, so that many states, in many workspaces, share one. Nobody counts them: the log knows
//! every state there was, and is read from its beginning. Several servers may do that at the same time; a file is removed
//! once, whoever does it. Between the import or merge that finds a file and the state that refers to it there is a moment
//! in which nothing does, so a new file stays, and what is used again counts as new (`Workbench::renew`).

mod files;
mod needed;

use std::time::{Duration, SystemTime};

use holdfast::{StateManager, Timestamp};
use serde_json::json;

use crate::{Error, Workbench};

/// A file that was written or used within this is in somebody's hands, whatever states say: an import or a merge is over
/// by then, and so is a question about one.
pub const NEW: Duration = Duration::from_secs(24 * 3600);
/// Since when files are cleared away for these states. A data folder that comes under other states, by a mistake in the
/// settings or before states are moved there, loses nothing at first.
const SINCE: &str = "files/since";

impl Workbench {
    /// Removes tables and results to which no state refers, nor did within `kept`, and which were not written or used
    /// since `older_than`: how many there were. The first time it only notes when that was, and nothing goes before
    /// `kept` is over.
    ///
    /// # Errors
    /// [`Error::State`] as the engine fails, [`Error::Io`] and [`Error::StoreAway`] where a file cannot be removed; what
    /// is left then goes the next time.
    pub async fn collect(
        &self,
        states: &StateManager,
        now: Timestamp,
        kept: Duration,
        older_than: SystemTime,
    ) -> Result<u64, Error> {
        let kept = i64::try_from(kept.as_millis()).unwrap_or(i64::MAX);
        let since = Timestamp(now.0.saturating_sub(kept));
        if begun(states, now).await? > since {
            return Ok(0);
        }
        let mut keep = needed::needed(states, since).await?;
        keep.extend(self.import_samples().await?.into_iter().map(|it| it.id));
        self.collect_files(&keep, older_than).await
    }
}

/// When these states were first asked what they need.
async fn begun(states: &StateManager, now: Timestamp) -> Result<Timestamp, Error> {
    if let Some(note) = states.note(SINCE).await? {
        return Ok(note.value.as_i64().map_or(now, Timestamp));
    }
    states.write_note(SINCE, 0, Some(&json!(now.0))).await?;
    Ok(now)
}
