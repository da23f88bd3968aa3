//! What can go wrong with runs, and who can fix it.

use crate::simulation::{OrderError, RunStatus, package::PackageError, protocol::ProtocolError};

/// One failure, for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum RunsError {
    /// 422. The protocol cannot be read. Its author mends the named places.
    #[error("the protocol cannot be simulated: {0}")]
    Protocol(#[from] ProtocolError),
    /// 422. A field of the order or the change is out of its bounds. The person corrects it.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// 422. What was brought is no package of a run, or not a whole one. Its maker mends it.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// 404. There is no such run here.
    #[error("there is no run {0} here")]
    Missing(String),
    /// 409. The run is not over. The person waits, or cancels it.
    #[error("{0} is still being simulated; wait for it, or cancel it")]
    Pending(String),
    /// 409. The run has no tables. The person starts another.
    #[error("{id} has no results: {reason}")]
    NoResults {
        /// The run.
        id: String,
        /// Why.
        reason: String,
    },
    /// 409. The run is over, so there is nothing to cancel.
    #[error("{id} is over already: {status:?}")]
    Over {
        /// The run.
        id: String,
        /// Where it stands.
        status: RunStatus,
    },
    /// 410. The run was deleted, and its files were swept since.
    #[error("the tables of {0} have been swept; start it again with the same seed")]
    Swept(String),
    /// 409. Several runs were to be changed, and somebody else was faster with these. The person looks, and tries again.
    #[error("somebody changed {} in the meantime, so that nothing was done; try again", .0.join(", "))]
    Changed(Vec<String>),
    /// 422. One of several packages cannot be taken in, so none was.
    #[error("{file}: {problem}")]
    Brought {
        /// The file's name.
        file: String,
        /// What is wrong with it.
        problem: Box<RunsError>,
    },
    /// 503. Too many runs wait. The person comes back later.
    #[error("{0} runs are waiting already; start this one when some are over")]
    Busy(usize),
    /// The engine refused or failed.
    #[error(transparent)]
    State(#[from] holdfast::Error),
    /// The files of a run cannot be read or written.
    #[error(transparent)]
    Files(#[from] crate::Error),
}
