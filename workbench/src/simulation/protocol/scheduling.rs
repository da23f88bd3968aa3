//! When patients come and when they are injected, as a protocol has it. Plain data that crosses to the browser as it is.

use serde::{Deserialize, Serialize};

/// The visits before intervals adapt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loading {
    /// So many visits from the first on.
    pub doses: u32,
    /// Each of them is followed by the next after so many days.
    pub every_days: u16,
}

/// Loading, then an injection at every visit; only the interval adapts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreatAndExtend {
    /// Never sooner.
    pub min_interval_days: u16,
    /// Never later.
    pub max_interval_days: u16,
    /// Later by so much where the disease is stable.
    pub extension_days: u16,
    /// Sooner by so much where it is not.
    pub shortening_days: u16,
    /// What comes first.
    pub loading: Loading,
}

/// An injection unless the visit before found the disease stable; no loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reactive {
    /// After a visit with an injection.
    pub injected_interval_days: u16,
    /// Days since the last injection count as at least so many.
    pub min_interval_days: u16,
    /// Never later.
    pub max_interval_days: u16,
    /// Added to the days since the last injection.
    pub extension_days: u16,
}

/// When patients come, and when they are injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheduling {
    /// As [`TreatAndExtend`] says.
    TreatAndExtend(TreatAndExtend),
    /// As [`Reactive`] says.
    Reactive(Reactive),
}

impl Scheduling {
    /// The rule's name, as `protocol_type` has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::TreatAndExtend(_) => "treat_and_extend",
            Self::Reactive(_) => "reactive",
        }
    }
}
