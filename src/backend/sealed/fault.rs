//! How keeping secrets can fail, and what to do then. No message has a key or what was sealed in it.

use std::{io, path::PathBuf};

use crate::{StateId, Version, backend::Fault};

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealedFault {
    /// There are sealed states, and no key to open them with.
    #[error(
        "this database holds sealed states; open it with its master key (setting `state.master_key`)"
    )]
    NoMaster,
    /// What was given is no key.
    #[error(
        "a master key is 32 random bytes in base64 or as 64 hexadecimal digits; \
         make one with `openssl rand -base64 32`"
    )]
    Malformed,
    /// Others than the owner may read the file with the master key.
    #[error("others may read the master key in {} (mode {mode:o}); `chmod 600` it", path.display())]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file with the master key cannot be read.
    #[error("the master key in {} cannot be read: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system reports.
        source: io::Error,
    },
    /// The keys were wrapped with a master key that was not given. Keys are named by their prints.
    #[error(
        "the data key `{key}` is wrapped by the master key {wrapped_by}, and {given} was given; \
         give that one (after a rotation: as the former one)"
    )]
    WrongMaster {
        /// Which data key.
        key: String,
        /// The print of the master key that is needed.
        wrapped_by: String,
        /// The prints of those that there are.
        given: String,
    },
    /// A sealed state names a data key that is not kept any more, though nobody had it forgotten.
    #[error("the data key `{key}` is lost; restore its note from a backup")]
    Lost {
        /// Which data key.
        key: String,
    },
    /// A sealed state does not open with its key: it was changed, or moved from another place.
    #[error("what is sealed in `{id}` {version} was changed or moved; restore it from a backup")]
    Broken {
        /// Which state.
        id: StateId,
        /// Which of its versions.
        version: Version,
    },
    /// A note with a wrapped key was changed.
    #[error("the data key `{key}` does not unwrap: its note was changed; restore it from a backup")]
    BrokenKey {
        /// Which data key.
        key: String,
    },
    /// What names a sensitive field is no JSON Pointer.
    #[error("`{pointer}` is no JSON Pointer (RFC 6901); write `/{pointer}`?")]
    Pointer {
        /// What was given.
        pointer: String,
    },
    /// Notes `key/...` are the backend's own.
    #[error("the note `{name}` holds a wrapped key and is not for others")]
    Reserved {
        /// Which note.
        name: String,
    },
    /// The operating system has no randomness to give.
    #[error("the operating system gives no randomness")]
    Random,
    /// The backend behind failed.
    #[error(transparent)]
    Behind(#[from] Fault),
}
