//! Which column of a trial's table means what, and where a run came from. Plain data that crosses to the browser.

use serde::{Deserialize, Serialize};

/// What a time is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeIs {
    /// Days since the patient was enrolled.
    #[default]
    Days,
    /// A date.
    Date,
}

/// Which column means what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Whose row it is.
    pub patient: String,
    /// When it was.
    pub time: String,
    /// What that column holds.
    pub time_is: TimeIs,
    /// What was measured: it stands where a simulated run has vision.
    pub measure: String,
    /// Whether there was an injection.
    pub injected: Option<String>,
    /// Which arm the patient is in: each becomes a run of its own.
    pub arm: Option<String>,
}

/// What a run that was not simulated was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The file's name as it came.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub checksum: String,
    /// Which column meant what.
    pub mapping: Mapping,
    /// The arm, as the table has it.
    pub arm: Option<String>,
    /// What a reader should know: what was left out, what is not known.
    pub remarks: Vec<String>,
}

/// Where a run came from that came in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The file's name as it came.
    pub file: String,
    /// The run's id there.
    pub id: String,
    /// When the package was made, in milliseconds since 1970.
    pub exported_at: i64,
}
