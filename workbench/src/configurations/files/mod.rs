//! A folder of configuration files that other programs read and people edit in their own editors too. The files stay
//! plain files; what is ours (backups, locks, unfinished copies) is in `.holdfast` beside them.
//!
//! A save is one step for every program that uses this module on the folder: [`try_lock`](Folder::try_lock), read what is
//! there, compare, [`replace`](Folder::replace): keep a backup, write a copy, make it durable, look again, exchange the two,
//! look at what came out, read back. Other programs do not know the lock. What they write until the exchange is noticed,
//! stays, and is the save's conflict; two things are not: what a program that had the file open writes into it in place after
//! the exchange, and, where the system cannot exchange two files (`swap`), what is written between the last look and the
//! rename, some microseconds.
//!
//! Everything here blocks: call it off the async threads.

mod backups;
mod error;
mod folder;
pub(super) mod name;
mod save;
mod swap;

pub use self::{
    backups::Backup,
    error::FileError,
    folder::{Folder, Listed, Loaded},
    save::Saved,
};
