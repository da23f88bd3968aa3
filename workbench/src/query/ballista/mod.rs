//! Cells of a result gathered on a Ballista cluster, by the plan that gathers them here.
//!
//! Who is in a result, its rows and its columns come out of the study's index, as always. What a cluster does is the
//! large part, the gathering: it is given the rows as lines, each with the keys that it has in every table, joins the
//! tables to them, and hands back their cells in the order of the lines. The answer is held against the index line by
//! line, so that it is the result that this server would have made, or no answer.
//!
//! - `job`: what the server and the cluster's client say to each other
//! - `lines`: the rows as the cluster is given them
//! - `client`: the client's process
//! - `cells`: the answer as columns of the result

#[cfg(feature = "engine")]
mod cells;
#[cfg(feature = "engine")]
mod client;
mod job;
#[cfg(feature = "engine")]
mod lines;

pub use job::{GatherJob, GatherKey, GatherTable, LINE, cell, found, key};

#[cfg(feature = "engine")]
pub(crate) use self::cells::Gathered;
#[cfg(feature = "engine")]
pub use self::engine::Ballista;
#[cfg(feature = "engine")]
use self::engine::failed;

#[cfg(feature = "engine")]
mod engine {
    use std::{path::PathBuf, time::Duration};

    use crate::{Error, Workbench};

    /// A cluster on which results are gathered.
    #[derive(Debug, Clone)]
    pub struct Ballista {
        /// Its scheduler: `host:50050`.
        pub scheduler: String,
        /// The program that talks to it, `holdfast-ballista`.
        pub program: PathBuf,
        /// How long it may take to its first rows, and from each to the next, before it is given up.
        pub patience: Duration,
    }

    impl Workbench {
        /// From now on results are gathered on this cluster, and here only where that fails. The first that is given
        /// counts.
        pub fn gather_on(&self, ballista: Ballista) {
            self.inner.ballista.get_or_init(|| ballista);
        }
    }

    /// The cluster did not do it. Somebody else does.
    pub(super) fn failed(problem: impl ToString) -> Error {
        Error::Cluster(problem.to_string())
    }
}
