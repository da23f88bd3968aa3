//! What a run was made of, and what it produced, as programs are told.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workbench::simulation::{
    RunResult,
    trial::{Carried, Mapping, TimeIs, Trial},
};

/// What a simulation produced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunResult)]
pub(super) struct Produced {
    /// Rows of the table of patients.
    patients: u32,
    /// Rows of the table of visits.
    visits: u64,
    /// Of both files together.
    bytes: u64,
    /// SHA-256 over the content of both tables: the same seed and engine give the same.
    checksum: String,
    /// How long it took to simulate and write, in milliseconds.
    runtime_ms: u64,
    /// Means over its patients; absent of runs kept before there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    means: Option<PatientMeans>,
}

/// Means over all patients of a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunMeans)]
pub(super) struct PatientMeans {
    /// Vision before the first treatment, in ETDRS letters; of a trial the measure that stands in its place.
    baseline: f64,
    /// The same at the last visit; of who stopped, carried forward.
    last: f64,
    /// Injections of a patient.
    injections: f64,
}

/// Which column of a trial's table meant what.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrialColumns)]
pub(super) struct Columns {
    /// Whose row it is.
    patient: String,
    /// When it was.
    time: String,
    /// `days` since the patient was enrolled, or a `date`.
    time_is: TimeKind,
    /// What stands where a simulated run has vision.
    measure: String,
    /// Whether there was an injection.
    injected: Option<String>,
    /// Which arm the patient is in.
    arm: Option<String>,
}

/// What a time is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrialTime)]
pub(super) enum TimeKind {
    /// Days since the patient was enrolled.
    #[default]
    Days,
    /// A date.
    Date,
}

/// What a run was made of that was not simulated.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OfTrial {
    /// The file's name as it came.
    file: String,
    /// SHA-256 of the file.
    checksum: String,
    /// Which column meant what.
    mapping: Columns,
    /// The arm, as the table has it.
    arm: Option<String>,
    /// What was left out, and what is not known.
    remarks: Vec<String>,
}

/// Where a run came from that came in a package.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OfPackage {
    /// The file's name as it came.
    file: String,
    /// The run's id there.
    id: String,
    /// When the package was made.
    exported_at: i64,
}

impl From<RunResult> for Produced {
    fn from(result: RunResult) -> Self {
        Self {
            patients: result.patients,
            visits: result.visits,
            bytes: result.bytes,
            checksum: result.checksum,
            runtime_ms: result.runtime_ms,
            means: result.means.map(|means| PatientMeans {
                baseline: means.baseline,
                last: means.last,
                injections: means.injections,
            }),
        }
    }
}

impl From<Mapping> for Columns {
    fn from(mapping: Mapping) -> Self {
        Self {
            patient: mapping.patient,
            time: mapping.time,
            time_is: mapping.time_is.into(),
            measure: mapping.measure,
            injected: mapping.injected,
            arm: mapping.arm,
        }
    }
}

impl From<TimeIs> for TimeKind {
    fn from(time: TimeIs) -> Self {
        match time {
            TimeIs::Days => Self::Days,
            TimeIs::Date => Self::Date,
        }
    }
}

impl From<TimeKind> for TimeIs {
    fn from(time: TimeKind) -> Self {
        match time {
            TimeKind::Days => Self::Days,
            TimeKind::Date => Self::Date,
        }
    }
}

impl From<Trial> for OfTrial {
    fn from(trial: Trial) -> Self {
        Self {
            file: trial.file,
            checksum: trial.checksum,
            mapping: trial.mapping.into(),
            arm: trial.arm,
            remarks: trial.remarks,
        }
    }
}

impl From<Carried> for OfPackage {
    fn from(carried: Carried) -> Self {
        Self {
            file: carried.file,
            id: carried.id,
            exported_at: carried.exported_at,
        }
    }
}
