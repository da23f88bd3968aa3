//! What a comparison answers. Plain data that crosses to the browser as it is.

use serde::{Deserialize, Serialize};

use super::question::{Measure, Request};

/// What comes of it. Everything that is said of runs is in the order of `runs`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// The question, where a page keeps it with its answer; the server does not repeat it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Request>,
    /// The runs that have results.
    pub runs: Vec<Shown>,
    /// The place of the reference among them.
    pub reference: u32,
    /// What is missing, or does not match.
    pub notes: Vec<Note>,
    /// How time, population and intervals are meant, in sentences.
    pub rules: Vec<String>,
    /// One for each measure; none in the statistical mode.
    pub curves: Vec<Curves>,
    /// The table.
    pub metrics: Vec<Metric>,
    /// Tests, run by run; in the statistical mode only.
    pub pairs: Vec<Pair>,
    /// The month up to which all of them go, where they do not end together.
    pub common_month: Option<u32>,
    /// What stands where simulated runs have vision, if a trial is among the runs: `bili`. Nothing is said of its unit.
    pub measured: Option<String>,
}

impl Comparison {
    /// What an outcome is called here, and its unit.
    pub fn outcome(&self, outcome: Outcome) -> (String, &'static str) {
        named(outcome, self.measured.as_deref())
    }
}

/// What an outcome is called where trials measured this, and its unit.
pub(super) fn named(outcome: Outcome, measured: Option<&str>) -> (String, &'static str) {
    match (outcome, measured) {
        (Outcome::Vision, None) => ("Vision at the end".into(), "letters"),
        (Outcome::Vision, Some(measured)) => ([measured, " at the end"].concat(), ""),
        (Outcome::Change, None) => ("Change of vision".into(), "letters"),
        (Outcome::Change, Some(measured)) => (["Change of ", measured].concat(), ""),
        (Outcome::Injections, _) => ("Injections of a patient".into(), "injections"),
    }
}

/// A run that is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The run.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Patients that came.
    pub patients: u64,
    /// In years of 365.25 days.
    pub duration_years: f64,
}

/// Something that is missing, or does not match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it is.
    pub kind: NoteKind,
    /// The runs it is about.
    pub runs: Vec<String>,
    /// In a sentence.
    pub text: String,
}

/// What can be missing, or not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// There is no such run here.
    Unknown,
    /// It is still being simulated.
    Unfinished,
    /// It failed.
    Failed,
    /// Its tables cannot be read.
    Unreadable,
    /// The reference is not among the runs that are shown.
    Reference,
    /// Fewer than two runs are left.
    Few,
    /// They do not last equally long.
    Duration,
    /// Patients come in different ways, and are followed differently.
    Recruitment,
    /// They were simulated by different versions of the model.
    Engine,
    /// They follow different scheduling rules.
    Model,
    /// Their protocols call different vision poor.
    PoorVision,
    /// The calendar: they do not begin on the same day.
    Start,
}

/// A measure over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// Which.
    pub measure: Measure,
    /// Of each run.
    pub lines: Vec<Vec<Point>>,
    /// Of each run to the reference, where both have a point; in the mode of differences only. The reference's own is
    /// empty.
    pub gaps: Vec<Vec<Gap>>,
}

/// A measure at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Months since enrolment; or percent of the run; or months of the calendar, counted from January of the year 0.
    pub x: f64,
    /// Patients.
    pub n: u64,
    /// Their mean.
    pub mean: f64,
    /// Their median.
    pub median: f64,
    /// Their standard deviation (n - 1); 0 of one.
    pub sd: f64,
    /// Half of the mean's 95 % interval: 1.96 sd / sqrt(n).
    pub half: f64,
}

/// A difference of means at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// As [`Point::x`].
    pub x: f64,
    /// The run less the reference.
    pub difference: f64,
    /// Of its 95 % interval.
    pub low: f64,
    /// Of its 95 % interval.
    pub high: f64,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// `Vision at the end`.
    pub name: String,
    /// `letters`, `%`; empty where there is none.
    pub unit: String,
    /// Decimals that are worth showing.
    pub decimals: u8,
    /// Of each run.
    pub values: Vec<Value>,
    /// Of each run to the reference; none of the reference itself, and where fewer than two patients are counted in one of both.
    pub differences: Vec<Option<Difference>>,
}

/// A value of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// Patients.
    pub n: u64,
    /// In the metric's unit; of nobody 0, which means nothing.
    pub value: f64,
    /// Half of its 95 % interval.
    pub half: f64,
}

/// A run's value less the reference's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// In the metric's unit.
    pub value: f64,
    /// Of its 95 % interval.
    pub low: f64,
    /// Of its 95 % interval.
    pub high: f64,
    /// Which of both is the better.
    pub verdict: Verdict,
}

/// Which way a difference goes. It is neither where its interval has 0 in it, or where more is not simply better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Better than the reference.
    Better,
    /// Worse.
    Worse,
    /// Neither.
    Neither,
}

/// What is tested, patient by patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Vision at the end, in letters; of a trial, what it measured.
    Vision,
    /// The same less baseline.
    Change,
    /// Injections of a patient.
    Injections,
}

/// A run against the reference in one outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The place of the run.
    pub run: u32,
    /// What is tested.
    pub outcome: Outcome,
    /// Patients of the run, and of the reference.
    pub n: [u64; 2],
    /// Of the means, the run less the reference; 0, which means nothing, where nobody is counted in one of both.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
    /// What the tests say together, in a sentence.
    pub words: String,
    /// Three tests and two sizes of effect.
    pub tests: Vec<Test>,
}

/// The tests, and the sizes of effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestKind {
    /// Of means.
    Welch,
    /// Of ranks.
    MannWhitney,
    /// Of whole distributions.
    KolmogorovSmirnov,
    /// The difference in standard deviations.
    CohensD,
    /// The share of pairs that are higher less those that are lower.
    CliffsDelta,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Which.
    pub kind: TestKind,
    /// t, U, D, d or delta; none where it cannot be made, and `words` says why.
    pub statistic: Option<f64>,
    /// Degrees of freedom, of Welch's t.
    pub freedom: Option<f64>,
    /// Two-sided; none of a size of effect.
    pub p: Option<f64>,
    /// The same, corrected by Holm for all p of the answer.
    pub p_holm: Option<f64>,
    /// What it says, in a sentence.
    pub words: String,
}
