//! What is told about configurations. Plain data that crosses to the browser as it is.

use serde::{Deserialize, Serialize};

use super::merge::{Conflict, Entity, Format, Merged};
use crate::Person;

/// What led to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A new file.
    Create,
    /// Saved as it was written.
    Save,
    /// Saved together with what others had saved since.
    Merge,
    /// Saved in place of what others had saved since, by somebody who may.
    Overwrite,
    /// An older version came back.
    Restore,
    /// Another program wrote the file.
    Disk,
}

/// Where somebody is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// 1-based.
    pub line: u32,
    /// The top-level entry, if the line is in one.
    pub entity: Option<String>,
}

/// One editing session: somebody who has a file open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editor {
    /// Names the session.
    pub session: String,
    /// Who.
    pub person: Person,
    /// Where they are.
    pub place: Place,
    /// Whether they have changes that are not saved.
    pub has_changes: bool,
    /// The file's version when they opened it.
    pub opened: u64,
    /// When they opened it, in milliseconds since 1970.
    pub since: i64,
    /// When they did something last.
    pub seen: i64,
}

/// A lock: nobody else saves the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Who has it.
    pub person: Person,
    /// In which editing session.
    pub session: String,
    /// Rises each time the lock passes on. A save names it, so that one under a lock that has passed on is refused.
    pub token: u64,
    /// When it ends by itself, in milliseconds since 1970.
    pub until: i64,
    /// Who asks for it, and their session.
    pub asked: Option<(Person, String)>,
}

/// A file in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// By its ending.
    pub format: Format,
    /// In bytes.
    pub size: u64,
    /// When it was written last, by whatever program, in milliseconds since 1970.
    pub modified: i64,
    /// Its newest version; 0 where it could not be taken in.
    pub version: u64,
    /// Who saved that.
    pub saved_by: String,
    /// What is wrong with it, if something is.
    pub problem: Option<String>,
    /// Who has it open.
    pub editors: Vec<Editor>,
    /// Its lock.
    pub lock: Option<Lock>,
}

/// What everybody who has a file open sees of it, live.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Room {
    /// Who has it open.
    pub editors: Vec<Editor>,
    /// Its lock.
    pub lock: Option<Lock>,
    /// Its newest version; 0 if the file is gone.
    pub version: u64,
    /// Who saved that.
    pub saved_by: String,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
}

/// Work that is not saved yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// The version it began from.
    pub base: u64,
    /// The draft's own version, for the next time it is kept.
    pub version: u64,
    /// When it was kept, in milliseconds since 1970.
    pub kept_at: i64,
}

/// A file as somebody opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The editing session.
    pub session: String,
    /// The file.
    pub name: String,
    /// By its ending.
    pub format: Format,
    /// Its newest version.
    pub version: u64,
    /// The version for programs.
    pub etag: String,
    /// Its text.
    pub text: String,
    /// What this person had not saved yet.
    pub draft: Option<Draft>,
    /// Who else is here.
    pub room: Room,
}

/// One thing that is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// Where in the file's own terms: `treat_and_extend.min_interval_days`; empty for a broken rule of the format.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What a check of a text tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checked {
    /// Its top-level entries; empty where it cannot be read.
    pub entities: Vec<Entity>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// The schema it was held against.
    pub schema: Option<String>,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The version that is there now.
    pub version: u64,
    /// The same for programs.
    pub etag: String,
    /// The text that is there now.
    pub text: String,
    /// What others had changed meanwhile and is in it now.
    pub merged: Vec<Merged>,
    /// The backup of what was there before.
    pub backup: Option<String>,
}

/// One of the versions that meet in a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VersionSide {
    /// Its number; 0 for what is not saved.
    pub version: u64,
    /// Who saved it.
    pub by: String,
    /// All of it.
    pub text: String,
}

/// Two versions that need choices before they are one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflicts {
    /// What both started from.
    pub base: VersionSide,
    /// What is there now.
    pub theirs: VersionSide,
    /// What was to be saved.
    pub mine: VersionSide,
    /// The merged text with mine in every open place.
    pub draft: String,
    /// What merged by itself.
    pub merged: Vec<Merged>,
    /// What needs a choice.
    pub conflicts: Vec<Conflict>,
}

/// How a save ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaveOutcome {
    /// Saved.
    Saved(Stored),
    /// Nothing was saved: these places need a choice.
    Conflicts(Box<Conflicts>),
}

/// One version in a file's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number.
    pub version: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who.
    pub by: String,
    /// What led to it.
    pub action: Action,
    /// The version that came back, for a restore.
    pub of: Option<u64>,
    /// What changed, in a line.
    pub summary: String,
    /// Whether the file ended here.
    pub is_deleted: bool,
}
