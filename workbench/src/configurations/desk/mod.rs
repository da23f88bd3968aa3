//! Editing together: who has which file open, what they have not saved, whose lock it is, and every version there was.
//!
//! - `versions`: a file's versions are those of a state of kind `configuration`; a change on disk behind our back is one
//! - `sessions`: an editing session is a state of kind `editing`, which ends when nobody does anything in it
//! - `drafts`: what is not saved is a state of kind `draft` in its author's own scope
//! - `save` and `put`: what is changed in an editing session, and without one
//! - `store`: check, back up, write, verify, and tell
//! - `locks`: a lock is a state of kind `lock` with a token that rises each time it passes on
//! - `list` and `shelf`: what is in the folder; making, copying, naming, deleting
//! - `disk`: looks for what other programs wrote
//! - `news`: what of all this is told to who listens
//!
//! - `hold`: one change of a file at a time
//!
//! Whatever changes a file or its lock holds it (`hold`), on this and other servers, so that file and state cannot disagree
//! but for a crash between the two: then the next look takes the file as somebody else's edit. Whoever only reads waits for
//! nobody. The engine's log tells everybody.

mod disk;
mod drafts;
mod error;
mod hold;
mod list;
mod locks;
mod news;
mod put;
mod save;
mod sessions;
mod shelf;
mod store;
mod versions;

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use holdfast::{
    Actor, Clock, Expected, HistoryQuery, Kind, Lifecycle, New, Scope, State, StateId,
    StateManager, Status, Timestamp, Transition,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::Instrument;

pub(crate) use self::error::told;
pub use self::{disk::DiskWatch, error::DeskError, news::News, save::Work};
use self::{
    hold::{Held, Turns},
    list::Seen,
    versions::Current,
};
use super::files::{FileError, Folder};
use crate::Person;

/// A configuration file with its versions.
pub const CONFIGURATION: Kind = Kind::from_static("configuration");
/// An editing session.
pub const EDITING: Kind = Kind::from_static("editing");
/// A lock on a file.
pub const LOCK: Kind = Kind::from_static("lock");
/// Work that is not saved.
pub const DRAFT: Kind = Kind::from_static("draft");

/// An editing session ends after so long without a sign of life, and so does a lock.
pub const IDLE: Duration = Duration::from_secs(30 * 60);
/// A draft that nobody touches is kept so long.
const DRAFT_LIFE: Duration = Duration::from_secs(90 * 24 * 3600);
/// Sessions, locks and files that one question takes in: far more than a team has.
const MANY: usize = 1000;

/// The kinds of the desk, for the engine's builder.
pub fn kinds() -> [(Kind, Lifecycle); 4] {
    let kept = Lifecycle::starting(Status::ACTIVE).update([Status::ACTIVE]);
    let passing = kept
        .clone()
        .step(Transition::EXPIRE, [Status::ACTIVE], Status::EXPIRED);
    let renewed = passing.clone().renewed_by_updates();
    [
        (CONFIGURATION, kept),
        (EDITING, renewed.clone()),
        // Others write into a lock too, when they ask for it: that is no sign of life of its holder.
        (LOCK, passing),
        (DRAFT, renewed),
    ]
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Who {
    /// Where their own states are.
    pub scope: Scope,
    /// In whose name they write.
    pub actor: Actor,
    /// How others know them.
    pub person: Person,
    /// Whether they may break another's lock and write over what others saved.
    pub may_override: bool,
}

/// The desk over one folder. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    folder: Folder,
    /// Whose the files are: everybody's, or a tenant's.
    scope: Scope,
    states: StateManager,
    clock: Arc<dyn Clock>,
    /// What was last seen of each file, so that a list need not read all of them.
    seen: Mutex<HashMap<String, Seen>>,
    /// Who of this program's tasks may change which file.
    turns: Turns,
}

impl Desk {
    /// Opens the folder of everybody, and makes it if it is not there.
    ///
    /// # Errors
    /// [`FileError::Io`] if it cannot be made or is no folder.
    pub fn open(
        root: &Path,
        states: StateManager,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FileError> {
        Self::open_for(Scope::Shared, root, states, clock)
    }

    /// Opens a folder whose files are those of this scope.
    ///
    /// # Errors
    /// [`FileError::Io`] if it cannot be made or is no folder.
    pub fn open_for(
        scope: Scope,
        root: &Path,
        states: StateManager,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FileError> {
        let folder = Folder::open(root)?;
        let inner = Inner {
            folder,
            scope,
            states,
            clock,
            seen: Mutex::default(),
            turns: Turns::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Folder {
        &self.inner.folder
    }

    fn states(&self) -> &StateManager {
        &self.inner.states
    }

    fn scope(&self) -> &Scope {
        &self.inner.scope
    }

    fn turns(&self) -> &Turns {
        &self.inner.turns
    }

    fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    fn with_seen<T>(&self, work: impl FnOnce(&mut HashMap<String, Seen>) -> T) -> T {
        work(
            &mut self
                .inner
                .seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// What stands under an id, out of the log itself: a cache may not know yet what another server wrote while it had
    /// the folder's lock. `None` for what is deleted or over.
    async fn newest(&self, id: &StateId) -> Result<Option<Arc<State>>, DeskError> {
        let newest = HistoryQuery::last(1);
        let found = self.states().history(self.scope(), id, newest).await?;
        let state = found.into_iter().next().map(|change| change.after);
        let is_there = |state: &Arc<State>| {
            let is_over = state.expires_at.is_some_and(|at| at <= self.now());
            state.status == Status::ACTIVE && !is_over
        };
        Ok(state.filter(is_there))
    }

    /// Work on files, off the async threads.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> Result<T, DeskError> + Send + 'static,
    ) -> Result<T, DeskError> {
        let desk = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&desk.inner.folder)).await;
        done.map_err(|error| DeskError::Internal(error.to_string()))?
    }

    /// Does to its end what must not stop halfway, even if the person who asked for it hangs up.
    async fn to_its_end<T: Send + 'static>(
        work: impl Future<Output = Result<T, DeskError>> + Send + 'static,
    ) -> Result<T, DeskError> {
        let done = tokio::spawn(work.in_current_span()).await;
        done.map_err(|error| DeskError::Internal(error.to_string()))?
    }

    /// What the engine's door would say to a change of this file: asked before the folder is touched, because the file is
    /// written first. Drafted in a transaction that is never committed.
    async fn check_allowed(&self, who: &Who, name: &str) -> Result<(), DeskError> {
        let mut draft = self.states().transaction(&who.actor);
        let new = New::of(CONFIGURATION, name, self.scope().clone(), Value::Null);
        match draft
            .put(new.with_id(id_of(&CONFIGURATION, name)), Expected::Any)
            .await
        {
            Err(refused @ holdfast::Error::Forbidden { .. }) => Err(refused.into()),
            // Whatever else there is to be said is said when it is written.
            _ => Ok(()),
        }
    }
}

fn id_of(kind: &Kind, name: &str) -> StateId {
    StateId::new(format!("{kind}:{name}"))
}

fn read<T: DeserializeOwned>(data: &Value) -> Result<T, DeskError> {
    T::deserialize(data).map_err(|error| DeskError::Internal(format!("unreadable state: {error}")))
}

fn write(value: &impl serde::Serialize) -> Result<Value, DeskError> {
    serde_json::to_value(value).map_err(|error| DeskError::Internal(error.to_string()))
}
