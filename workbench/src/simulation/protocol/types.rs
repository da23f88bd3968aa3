//! A protocol as it was read. Plain data that crosses to the browser as it is.

use serde::{Deserialize, Serialize};

use super::scheduling::Scheduling;

/// How the disease stands at a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DiseaseState {
    /// Not seen before: where everybody begins, and nobody comes back to.
    Naive,
    /// Dry.
    Stable,
    /// Wet.
    Active,
    /// Very wet.
    HighlyActive,
}

impl DiseaseState {
    /// All of them; the place is the code in tables.
    pub const ALL: [Self; 4] = [Self::Naive, Self::Stable, Self::Active, Self::HighlyActive];

    /// As protocols and tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Naive => "NAIVE",
            Self::Stable => "STABLE",
            Self::Active => "ACTIVE",
            Self::HighlyActive => "HIGHLY_ACTIVE",
        }
    }
}

/// One number for each state that a visit can find.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// For [`DiseaseState::Stable`].
    pub stable: f64,
    /// For [`DiseaseState::Active`].
    pub active: f64,
    /// For [`DiseaseState::HighlyActive`].
    pub highly_active: f64,
}

impl Row {
    /// Changes nothing as multipliers.
    pub const ONES: Self = Self {
        stable: 1.0,
        active: 1.0,
        highly_active: 1.0,
    };

    /// The three numbers in the order of the states.
    pub fn numbers(self) -> [f64; 3] {
        [self.stable, self.active, self.highly_active]
    }
}

/// A row for each state at the visit before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub struct Rows {
    /// From [`DiseaseState::Naive`].
    pub naive: Row,
    /// From [`DiseaseState::Stable`].
    pub stable: Row,
    /// From [`DiseaseState::Active`].
    pub active: Row,
    /// From [`DiseaseState::HighlyActive`].
    pub highly_active: Row,
}

impl Rows {
    /// The row from one state.
    pub fn from(&self, state: DiseaseState) -> Row {
        match state {
            DiseaseState::Naive => self.naive,
            DiseaseState::Stable => self.stable,
            DiseaseState::Active => self.active,
            DiseaseState::HighlyActive => self.highly_active,
        }
    }
}

/// What an injection does to the transitions, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TreatmentEffect {
    /// A visit is under treatment if the last injection is at most so many days back.
    pub days: u32,
    /// Multipliers of the transitions under treatment; rows are brought back to 1 afterwards. Those from
    /// [`DiseaseState::Naive`] are 1.
    pub multipliers: Rows,
}

/// A normal distribution of letters won (lost below 0) between two visits: mean and standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Change(pub f64, pub f64);

/// How vision changes at a visit that finds a state, treated or not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct VisionChanges {
    pub naive_treated: Change,
    pub naive_untreated: Change,
    pub stable_treated: Change,
    pub stable_untreated: Change,
    pub active_treated: Change,
    pub active_untreated: Change,
    pub highly_active_treated: Change,
    pub highly_active_untreated: Change,
}

impl VisionChanges {
    /// The change where a visit finds `state`.
    pub fn of(&self, state: DiseaseState, is_treated: bool) -> Change {
        match (state, is_treated) {
            (DiseaseState::Naive, true) => self.naive_treated,
            (DiseaseState::Naive, false) => self.naive_untreated,
            (DiseaseState::Stable, true) => self.stable_treated,
            (DiseaseState::Stable, false) => self.stable_untreated,
            (DiseaseState::Active, true) => self.active_treated,
            (DiseaseState::Active, false) => self.active_untreated,
            (DiseaseState::HighlyActive, true) => self.highly_active_treated,
            (DiseaseState::HighlyActive, false) => self.highly_active_untreated,
        }
    }
}

/// Vision before the first visit, in whole ETDRS letters. `range` is the least and the most, both included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Baseline {
    /// Normal, cut to the whole letter toward 0; what is outside the range is put to its end.
    Normal {
        /// In letters.
        mean: f64,
        /// In letters.
        sd: f64,
        /// In letters.
        range: [u8; 2],
    },
    /// A beta distribution over the range whose density above the threshold is reduced, as clinics treat fewer people
    /// who still see well; rounded to the nearest letter.
    BetaWithThreshold {
        /// First shape.
        a: f64,
        /// Second shape.
        b: f64,
        /// In letters.
        range: [u8; 2],
        /// In letters.
        threshold: f64,
        /// The share of the density above the threshold that is taken away, 0 to 1.
        reduction: f64,
    },
    /// Each letter of the range as often.
    Uniform {
        /// In letters.
        range: [u8; 2],
    },
}

/// What it counts as when a patient stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// As agreed.
    Planned,
    /// Because of harm.
    Adverse,
    /// Because it does not help.
    Ineffective,
}

impl EndKind {
    /// All of them; the place is the code in tables.
    pub const ALL: [Self; 3] = [Self::Planned, Self::Adverse, Self::Ineffective];

    /// As protocols and tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Adverse => "adverse",
            Self::Ineffective => "ineffective",
        }
    }
}

/// When a patient may stop; rates are chances at a visit, asked in the order of the fields until one hits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndRules {
    /// Asked where vision is below so many letters.
    pub poor_vision_below: f64,
    /// The chance then.
    pub poor_vision_rate: f64,
    /// What it counts as.
    pub poor_vision_kind: EndKind,
    /// Asked after more injections than that.
    pub injections_over: u32,
    /// The chance then.
    pub injections_rate: f64,
    /// What it counts as.
    pub injections_kind: EndKind,
    /// Asked where the first visit is more months back.
    pub months_over: u32,
    /// The chance then.
    pub months_rate: f64,
    /// What it counts as.
    pub months_kind: EndKind,
}

/// What a protocol says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its name for people.
    pub name: String,
    /// Of its author's counting.
    pub version: String,
    /// Who wrote it.
    pub author: String,
    /// `YYYY-MM-DD`.
    pub created_date: String,
    /// What it is for.
    pub description: String,
}

/// A protocol that can be simulated: complete, and in itself without contradiction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// What it says about itself.
    pub about: About,
    /// When patients come, and when they are injected.
    pub scheduling: Scheduling,
    /// Chances of each state at the next visit; each row sums to 1.
    pub transitions: Rows,
    /// What an injection does to them.
    pub treatment: TreatmentEffect,
    /// How vision changes at a visit.
    pub vision_changes: VisionChanges,
    /// Vision before the first visit.
    pub baseline: Baseline,
    /// When patients stop.
    pub end_rules: EndRules,
    /// SHA-256 of the text it was read from, in hexadecimal digits.
    pub checksum: String,
}
