//! What can go wrong at the desk, and who can fix it.

use crate::configurations::{Lock, Problem, files::FileError, merge::MergeError};

/// One failure, for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// About the file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The engine refused or failed.
    #[error(transparent)]
    State(#[from] holdfast::Error),
    /// 404. The editing session is over. The program opens the file again; the draft is kept.
    #[error("this editing session is over; open the file again, your draft is kept")]
    Ended,
    /// 423. Somebody else has locked the file. The person asks for the lock.
    #[error("{name} is locked by {}; ask for the lock, or keep your work as a copy", .lock.person.name)]
    Locked {
        /// The file.
        name: String,
        /// The lock.
        lock: Box<Lock>,
    },
    /// 409. The lock under which this was to be saved has passed on. The person looks at what is there now.
    #[error("your lock has ended; nothing was saved, look at what is there now and save again")]
    LockLost,
    /// 403. Only who has the lock, or an administrator, may do this.
    #[error("only who has the lock may do this")]
    NotHolder,
    /// 404. The version is not there, or its content has been removed.
    #[error("version {version} of {name} is not there any more; load the file again")]
    NoVersion {
        /// The file.
        name: String,
        /// The version.
        version: u64,
    },
    /// 429. Others are at the file and do not come to an end. The person tries again.
    #[error("others are saving {0} just now; nothing was changed, try again in a moment")]
    Busy(String),
    /// 422. The text does not fit its schema. The person mends the places.
    #[error("{}", told(.0))]
    Unfit(Vec<Problem>),
    /// 500. A task of ours ended early.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<MergeError> for DeskError {
    fn from(error: MergeError) -> Self {
        Self::File(FileError::Invalid(error))
    }
}

/// The first problem with its place, and how many there are beside it.
pub(crate) fn told(problems: &[Problem]) -> String {
    let Some(first) = problems.first() else {
        return "the text does not fit its schema".into();
    };
    let more = match problems.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let place = if first.path.is_empty() { "" } else { ", " };
    format!(
        "line {}{place}{}: {}{more}",
        first.line, first.path, first.message
    )
}
