//! What programs are told of configurations, and its shape for the description of the API. What the workbench has types for is
//! sent as these; here is only how they look.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use workbench::configurations::{Configuration, Editor, Lock, Version, VersionSide, files};

/// One editing session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    session_id: String,
    config_name: String,
    user_id: String,
    user_name: String,
    /// Milliseconds since 1970, UTC.
    loaded_at: i64,
    /// Milliseconds since 1970, UTC.
    last_accessed: i64,
    /// Whether there are changes that are not saved.
    modified: bool,
    version: u64,
    concurrent_sessions: usize,
}

/// Who is in a file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Active {
    pub(super) sessions: Vec<Session>,
    #[schema(value_type = Option<LockShape>, required = true)]
    pub(super) lock: Option<Lock>,
}

/// Every file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Files {
    #[schema(value_type = Vec<ConfigurationShape>)]
    pub(super) configurations: Vec<Configuration>,
}

/// A file as it is, or was.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct File {
    name: String,
    version: u64,
    saved_by: String,
    content: String,
}

/// What a file was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfigurationPast)]
pub(super) struct Past {
    #[schema(value_type = Vec<VersionShape>)]
    pub(super) versions: Vec<Version>,
    pub(super) backups: Vec<Backup>,
}

/// What a save replaced, as a file beside it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfigurationBackup)]
pub(super) struct Backup {
    id: String,
    /// When it was replaced, in milliseconds since 1970, UTC.
    at: i64,
    /// In bytes.
    size: u64,
}

impl From<files::Backup> for Backup {
    fn from(backup: files::Backup) -> Self {
        Self {
            id: backup.id,
            at: backup.at.0,
            size: backup.size,
        }
    }
}

impl File {
    pub(super) fn of(name: String, side: VersionSide) -> Self {
        Self {
            name,
            version: side.version,
            saved_by: side.by,
            content: side.text,
        }
    }
}

impl Session {
    /// Somebody in this file, one of so many.
    pub(super) fn of(name: &str, editor: &Editor, count: usize) -> Self {
        Self {
            session_id: editor.session.clone(),
            config_name: name.to_owned(),
            user_id: editor.person.key.clone(),
            user_name: editor.person.name.clone(),
            loaded_at: editor.since,
            last_accessed: editor.seen,
            modified: editor.has_changes,
            version: editor.opened,
            concurrent_sessions: count,
        }
    }
}

/// Declares how a type of the workbench looks.
macro_rules! shapes {
    ($($(#[$told:meta])* $shape:ident as $name:ident { $($(#[$field_told:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$told])*
            #[derive(ToSchema)]
            #[schema(as = $name)]
            #[expect(dead_code, reason = "a shape: the workbench's own type is sent")]
            pub(super) struct $shape {
                $($(#[$field_told])* $field: $type,)*
            }
        )*
    };
}

shapes! {
    /// Somebody.
    PersonShape as Person {
        key: String,
        name: String,
    }

    /// A lock: nobody else saves the file.
    LockShape as Lock {
        person: PersonShape,
        /// In which editing session.
        session: String,
        /// Rises each time the lock passes on.
        token: u64,
        /// Milliseconds since 1970, UTC.
        until: i64,
        /// Who asks for it, and their session.
        #[schema(required = true)]
        asked: Option<Vec<Value>>,
    }

    /// A file in the list.
    ConfigurationShape as Configuration {
        name: String,
        format: String,
        /// In bytes.
        size: u64,
        /// Milliseconds since 1970, UTC.
        modified: i64,
        version: u64,
        saved_by: String,
        /// What is wrong with it.
        #[schema(required = true)]
        problem: Option<String>,
        /// Who has it open.
        #[schema(value_type = Vec<Object>)]
        editors: Vec<Value>,
        #[schema(required = true)]
        lock: Option<LockShape>,
    }

    /// One version of a file.
    VersionShape as ConfigurationVersion {
        version: u64,
        /// Milliseconds since 1970, UTC.
        at: i64,
        /// Who saved it.
        by: String,
        /// What led to it: `create`, `save`, `merge`, `overwrite`, `restore` or `disk`, another program.
        action: String,
        /// The version that came back, for a restore.
        #[schema(required = true)]
        of: Option<u64>,
        /// What changed, in a line.
        summary: String,
        /// Whether the file ended here.
        is_deleted: bool,
    }

    /// What is wrong with a text.
    ProblemShape as ConfigurationProblem {
        /// From 1.
        line: u32,
        /// From 1, in characters.
        column: u32,
        /// Where in the file's own terms; empty for a broken rule of the format.
        path: String,
        /// What is wrong and what to do.
        message: String,
    }

    /// What a check of a text tells.
    CheckedShape as CheckedConfiguration {
        /// Its top-level entries; empty where it cannot be read.
        #[schema(value_type = Vec<Object>)]
        entities: Vec<Value>,
        problems: Vec<ProblemShape>,
        /// The schema it was held against.
        #[schema(required = true)]
        schema: Option<String>,
    }

    /// What was saved.
    Kept as Stored {
        version: u64,
        etag: String,
        /// The text that is there now.
        text: String,
        /// What others had changed meanwhile and is in it now.
        merged: Vec<Value>,
        /// The backup of what was there before.
        #[schema(required = true)]
        backup: Option<String>,
    }
}
