//! Where merged results are gathered.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use workbench::query::ballista::Ballista;

/// What says that a cluster gathers.
const CLUSTER: &str = "ballista://";
/// The program that talks to a cluster, beside this one.
const PROGRAM: &str = "holdfast-ballista";

/// Who gathers the cells of a merged result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuerySettings {
    /// `local`, or `ballista://host:50050`.
    pub engine: String,
    /// The program that talks to the cluster; without it `holdfast-ballista` beside this program.
    pub ballista_program: PathBuf,
    /// Seconds that the cluster may take to the first rows, and from each to the next, before this server does its work.
    pub ballista_seconds: u64,
}

impl Default for QuerySettings {
    fn default() -> Self {
        Self {
            engine: "local".into(),
            ballista_program: PathBuf::new(),
            ballista_seconds: 600,
        }
    }
}

impl QuerySettings {
    /// The cluster, if there is one.
    pub fn ballista(&self) -> Option<Ballista> {
        let beside = || {
            let this = std::env::current_exe().unwrap_or_default();
            this.with_file_name(PROGRAM)
        };
        let program = &self.ballista_program;
        Some(Ballista {
            scheduler: self.engine.strip_prefix(CLUSTER)?.to_owned(),
            program: match program.as_os_str().is_empty() {
                true => beside(),
                false => program.clone(),
            },
            patience: Duration::from_secs(self.ballista_seconds),
        })
    }

    /// What makes no sense, in words.
    pub(super) fn problem(&self) -> Option<String> {
        let is_address = |at: &str| {
            let parts = at.rsplit_once(':');
            parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        };
        let is_known = match self.engine.strip_prefix(CLUSTER) {
            Some(at) => is_address(at),
            None => self.engine == "local",
        };
        if !is_known {
            let expected = "is neither `local` nor `ballista://host:50050`";
            return Some(format!("query.engine: `{}` {expected}", self.engine));
        }
        (self.ballista_seconds == 0).then(|| "query.ballista_seconds: must be at least 1".into())
    }
}
