//! How a run is told to programs. Times are milliseconds since 1970 by UTC.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workbench::simulation::{Recruitment as Coming, RunInfo, RunStatus, registry::RunRow};

use super::origin::{OfPackage, OfTrial, Produced};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RunStatus)]
pub(super) enum Status {
    /// It waits for its turn, or is being simulated.
    Pending,
    /// Its tables are there.
    Completed,
    /// There are none: cancelled, interrupted, or something went wrong.
    Failed,
}

/// How patients come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Recruitment {
    /// All on the first day: everybody is followed for the whole duration.
    #[default]
    AllAtOnce,
    /// A Poisson stream over the whole run: whoever comes later is followed for less.
    OverTheRun,
}

/// A word to find runs by.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = RunTag, min_length = 1, max_length = 60, pattern = "\\S", example = "nhs")]
pub(super) struct Tag(pub(super) String);

/// A run, with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Run {
    /// `sim_<YYYYMMDD>_<HHMMSS>_<YY-FF>_<two words>`.
    id: String,
    /// Its name for people.
    name: String,
    /// Where it stands.
    status: Status,
    /// Why it failed.
    reason: Option<String>,
    /// The protocol's name; of a trial, its file.
    protocol_name: String,
    /// The protocol's version, of its author's counting.
    protocol_version: String,
    /// SHA-256 of the protocol's text.
    protocol_checksum: String,
    /// The protocol as it was; empty of a trial.
    protocol: String,
    /// The program's version of the model.
    engine: String,
    /// The scheduling rule, `treat_and_extend` or `reactive`; `imported` where nothing was simulated.
    model: String,
    /// Patients ordered; on average, where they come over the run.
    patients: u32,
    /// In years of 365.25 days.
    years: f64,
    /// What chance depended on.
    seed: u64,
    /// How patients come.
    recruitment: Recruitment,
    /// The first day.
    #[schema(format = Date)]
    start_date: String,
    /// When it was ordered.
    created_at: i64,
    /// By whom.
    created_by: String,
    /// What it was made of, where nothing was simulated.
    trial: Option<OfTrial>,
    /// Where it came from, where it came in a package.
    carried: Option<OfPackage>,
    /// What it produced, once it is completed.
    result: Option<Produced>,
    /// Words to find it by.
    tags: Vec<String>,
    /// Anything else.
    notes: String,
    /// Whether its result stays in memory before others.
    is_pinned: bool,
    /// When its tables were last read. That is no change: neither this nor the count is part of the `ETag`.
    last_accessed: Option<i64>,
    /// How often they were read.
    access_count: u64,
    /// What `If-Match` names.
    #[schema(minimum = 1)]
    version: u64,
    /// Whether it is one's own; else somebody shares it, and it can only be read.
    is_own: bool,
}

/// A run in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunRow)]
pub(super) struct Row {
    /// Its id.
    id: String,
    /// Its name for people.
    name: String,
    /// Where it stands.
    status: Status,
    /// Why it failed.
    reason: Option<String>,
    /// The protocol's name.
    protocol_name: String,
    /// The protocol's version.
    protocol_version: String,
    /// The scheduling rule.
    model: String,
    /// Patients ordered.
    patients: u32,
    /// In years of 365.25 days.
    years: f64,
    /// Visits, once it is completed.
    visits: Option<u64>,
    /// Bytes of both tables.
    bytes: Option<u64>,
    /// How long it took, in milliseconds.
    runtime_ms: Option<u64>,
    /// Words to find it by.
    tags: Vec<String>,
    /// Whether its result stays in memory before others.
    is_pinned: bool,
    /// When it was ordered.
    created_at: i64,
    /// What `If-Match` names.
    #[schema(minimum = 1)]
    version: u64,
}

impl Run {
    pub(super) fn of(run: RunInfo, is_own: bool) -> Self {
        Self {
            id: run.id,
            name: run.name,
            status: run.status.into(),
            reason: run.reason,
            protocol_name: run.protocol_name,
            protocol_version: run.protocol_version,
            protocol_checksum: run.protocol_checksum,
            protocol: run.protocol,
            engine: run.engine,
            model: run.model,
            patients: run.patients,
            years: run.duration_years,
            seed: run.seed,
            recruitment: run.recruitment.into(),
            start_date: run.start_date,
            created_at: run.created_at,
            created_by: run.created_by,
            trial: run.trial.map(Into::into),
            carried: run.carried.map(Into::into),
            result: run.result.map(Into::into),
            tags: run.tags,
            notes: run.notes,
            is_pinned: run.is_pinned,
            last_accessed: run.last_accessed,
            access_count: run.access_count,
            version: run.version,
            is_own,
        }
    }
}

impl From<RunRow> for Row {
    fn from(row: RunRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            status: row.status.into(),
            reason: row.reason,
            protocol_name: row.protocol,
            protocol_version: row.protocol_version,
            model: row.model,
            patients: row.patients,
            years: row.years,
            visits: row.visits,
            bytes: row.bytes,
            runtime_ms: row.runtime_ms,
            tags: row.tags,
            is_pinned: row.is_pinned,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

impl From<RunStatus> for Status {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Pending => Self::Pending,
            RunStatus::Completed => Self::Completed,
            RunStatus::Failed => Self::Failed,
        }
    }
}

impl From<Status> for RunStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Completed => Self::Completed,
            Status::Failed => Self::Failed,
        }
    }
}

impl From<Coming> for Recruitment {
    fn from(coming: Coming) -> Self {
        match coming {
            Coming::AllAtOnce => Self::AllAtOnce,
            Coming::OverTheRun => Self::OverTheRun,
        }
    }
}

impl From<Recruitment> for Coming {
    fn from(recruitment: Recruitment) -> Self {
        match recruitment {
            Recruitment::AllAtOnce => Self::AllAtOnce,
            Recruitment::OverTheRun => Self::OverTheRun,
        }
    }
}
