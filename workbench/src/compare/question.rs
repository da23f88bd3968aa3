//! What is asked of runs. Plain data that crosses to the browser as it is.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Runs of one comparison.
pub const RUNS: RangeInclusive<usize> = 2..=20;

/// How runs are laid beside one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All lines in one chart.
    #[default]
    Overlay,
    /// A chart for each, on one scale.
    SideBySide,
    /// The difference of each to the reference.
    Difference,
    /// Tests of each against the reference.
    Statistical,
}

/// What time means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// The calendar: the first day of each month.
    Absolute,
    /// Months since a patient's enrolment.
    #[default]
    Relative,
    /// Time since enrolment as a share of the run's duration.
    Normalised,
}

/// What is followed over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// ETDRS letters.
    #[default]
    Vision,
    /// Injections of a patient so far.
    Injections,
    /// The share that has not stopped, 0 to 1.
    StillTreated,
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// Everybody who is followed until then; who stopped is there with the last value, carried forward.
    #[default]
    All,
    /// Of those, who has not stopped.
    StillTreated,
}

/// Which middle is drawn; both are in every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Centre {
    /// With its interval.
    #[default]
    Mean,
    /// Half of the patients are above it.
    Median,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Request {
    /// The runs, in the order in which they are shown.
    pub ids: Vec<String>,
    /// How.
    #[serde(default)]
    pub mode: Mode,
    /// What time means.
    #[serde(default)]
    pub time: Time,
    /// What is followed over time; nothing is as good as vision.
    #[serde(default)]
    pub measures: Vec<Measure>,
    /// Who is counted.
    #[serde(default)]
    pub population: Population,
    /// The run that others are compared with; the first, without one.
    #[serde(default)]
    pub reference: Option<String>,
    /// Looks at every patient until this month since enrolment only.
    #[serde(default)]
    pub until_month: Option<u32>,
    /// Which middle is drawn.
    #[serde(default)]
    pub centre: Centre,
}
