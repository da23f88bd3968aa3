//! A folder of configuration files that other programs read and people edit in their own editors too. The files stay
//! plain files; what is ours (backups, locks, unfinished copies) is in `.holdfast` beside them.
//!
//! A save is one step for every program that uses this module on the folder: [`lock`](Folder::lock), read what is there,
//! compare, [`replace`](Folder::replace): keep a backup, write a copy, make it durable, rename, read back. Other programs do not know the lock: what they write
//! between our reading and our renaming is kept as a backup of the next save only if they had finished.
//!
//! Everything here blocks: call it off the async threads.

mod backups;
mod error;
mod folder;
mod name;
mod save;

pub use self::{
    backups::Backup,
    error::FileError,
    folder::{Folder, Listed, Loaded},
    save::Saved,
};
