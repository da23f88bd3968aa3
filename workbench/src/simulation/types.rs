//! What is told about runs. Plain data that crosses to the browser as it is.

use serde::{Deserialize, Serialize};

use super::trial::{Carried, Trial};

/// How patients come, and with it how long each is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recruitment {
    /// All on the first day: everybody is followed for the whole duration.
    AllAtOnce,
    /// A Poisson stream over the whole run: whoever comes later is followed for less, until the run's last day. How
    /// many come is by chance; the number ordered is the mean.
    OverTheRun,
}

impl Recruitment {
    /// How long patients are followed, in words, as every result states it.
    pub fn follow_up(self) -> &'static str {
        match self {
            Self::AllAtOnce => "every patient is followed for the whole duration",
            Self::OverTheRun => "patients arrive over the whole run and are followed until its end",
        }
    }
}

/// What is to be simulated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The run's name for people; without one, its two words.
    pub name: Option<String>,
    /// The protocol's YAML.
    pub protocol: String,
    /// How many patients; on average, where they come over the run.
    pub patients: u32,
    /// How long, in years of 365.25 days.
    pub duration_years: f64,
    /// What chance depends on: the same seed, the same result.
    pub seed: u64,
    /// How patients come.
    pub recruitment: Recruitment,
    /// The first day, `YYYY-MM-DD`.
    pub start_date: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Anything else.
    pub notes: String,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Waits for its turn, or is being simulated.
    Pending,
    /// Its tables are there.
    Completed,
    /// There are none: cancelled, interrupted, or something went wrong.
    Failed,
}

impl RunStatus {
    /// As states and addresses have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// Means over all patients, to four decimals: what a list says of a run without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Means {
    /// Vision before the first treatment, in ETDRS letters; of a trial the measure that stands in its place.
    pub baseline: f64,
    /// The same at the last visit; of who stopped, carried forward.
    pub last: f64,
    /// Injections of a patient.
    pub injections: f64,
}

/// What a simulation produced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Rows of the table of patients.
    pub patients: u32,
    /// Rows of the table of visits.
    pub visits: u64,
    /// Of both files together.
    pub bytes: u64,
    /// SHA-256 over the content of both tables, in hexadecimal digits; the same on any number of threads.
    pub checksum: String,
    /// How long it took to simulate and write, in milliseconds.
    pub runtime_ms: u64,
    /// Means over its patients; `None` of runs that were kept before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means: Option<Means>,
}

/// A run, with everything that tells how it came to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    /// `sim_<YYYYMMDD>_<HHMMSS>_<YY-FF>_<two-word name>`, by UTC.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Where it stands.
    pub status: RunStatus,
    /// Why it failed, for people.
    pub reason: Option<String>,
    /// The protocol's name.
    pub protocol_name: String,
    /// Its version, of its author's counting.
    pub protocol_version: String,
    /// SHA-256 of its text, in hexadecimal digits.
    pub protocol_checksum: String,
    /// Its text.
    pub protocol: String,
    /// The program's version of the model; the same seed gives the same result under the same engine.
    pub engine: String,
    /// The scheduling rule: `treat_and_extend` or `reactive`; `imported` where nothing was simulated. Such a run has no
    /// protocol.
    pub model: String,
    /// How many patients were ordered.
    pub patients: u32,
    /// In years of 365.25 days.
    pub duration_years: f64,
    /// What chance depended on.
    pub seed: u64,
    /// How patients come; [`Recruitment::follow_up`] says how long they are followed.
    pub recruitment: Recruitment,
    /// The first day, `YYYY-MM-DD`.
    pub start_date: String,
    /// When it was ordered, in milliseconds since 1970.
    pub created_at: i64,
    /// By whom.
    pub created_by: String,
    /// What it was made of, where nothing was simulated.
    pub trial: Option<Trial>,
    /// Where it came from, where it came in a package.
    pub carried: Option<Carried>,
    /// What it produced, when it is completed.
    pub result: Option<RunResult>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Anything else.
    pub notes: String,
    /// Whether it is to be kept in memory before others.
    pub is_pinned: bool,
    /// When its tables were last read, in milliseconds since 1970.
    pub last_accessed: Option<i64>,
    /// How often they were read.
    pub access_count: u64,
    /// Of its state: what a change names as what it has seen.
    pub version: u64,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Patients simulated and encoded.
    pub done: u32,
    /// Patients in all.
    pub total: u32,
}

/// What people change about a run that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// Its name for people.
    pub name: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Anything else.
    pub notes: String,
    /// Whether it is to be kept in memory before others.
    pub is_pinned: bool,
}

/// Which runs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Words that must all be there: in names, protocols, tags, notes or any other field.
    pub text: Option<String>,
    /// Tags that it must have, exactly.
    pub tags: Vec<String>,
    /// Where it must stand.
    pub status: Option<RunStatus>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Runs on one page, at most 200.
    pub limit: u32,
}

/// A page of runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The runs, the last changed first.
    pub runs: Vec<RunInfo>,
    /// How many there are on all pages together.
    pub total: u64,
    /// Whether there are exactly so many, or at least.
    pub is_exact: bool,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}
