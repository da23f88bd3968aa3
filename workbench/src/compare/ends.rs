//! What came of a run's patients: the values that are tabulated and tested.

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{Float32Type, Int8Type, UInt32Type},
};

use super::{
    ask::Side,
    lives::{self, each},
    question::Population,
    rows::{column, flags, other_type, values},
    span::Span,
    types::Outcome,
};
use crate::{
    Error,
    query::{
        Weigh,
        parallel::{parallel_on, threads},
    },
    simulation::{RunInfo, model::Reason, outcomes::poor_below},
    statistics::{Moments, Sample, ratio},
};

/// What is called poor vision where a run's protocol cannot be read.
const POOR: f64 = 35.0;
/// Letters that may be lost while vision counts as maintained.
const MAINTAINED: f64 = 5.0;

const PATIENTS: [&str; 6] = [
    "baseline_vision",
    "final_vision",
    "total_injections",
    "total_visits",
    "discontinued",
    "discontinuation_reason",
];

/// Patients of one run as they were at the end, or at the month up to which they are looked at.
pub(super) struct Ends {
    /// Whether it was measured in a trial: nobody says then what is good or poor.
    pub is_trial: bool,
    pub baseline: Moments,
    pub vision: Values,
    pub change: Values,
    pub injections: Values,
    pub visits: Moments,
    /// Injections for each visit, and the standard error.
    pub ratio: [f64; 2],
    /// Who lost at most 5 letters.
    pub maintained: u64,
    /// Who sees less than the protocol calls poor; nobody of a trial, which has none.
    pub poor: u64,
    /// Everybody, whoever is counted above.
    pub all: u64,
    /// Who stopped, of everybody.
    pub stopped: u64,
    /// Of these, for each of [`Reason::ALL`].
    pub reasons: [u64; 3],
}

/// Values in order, and what is summed of them.
pub(super) struct Values {
    pub sample: Sample,
    pub moments: Moments,
}

impl Values {
    fn new(values: Vec<f64>) -> Self {
        let sample = Sample::new(values);
        let moments = Moments::of(sample.values());
        Self { sample, moments }
    }
}

impl Ends {
    pub(super) fn of(&self, outcome: Outcome) -> &Values {
        match outcome {
            Outcome::Vision => &self.vision,
            Outcome::Change => &self.change,
            Outcome::Injections => &self.injections,
        }
    }
}

impl Weigh for Ends {
    fn bytes(&self) -> usize {
        size_of::<Self>() + 3 * self.vision.sample.len() * size_of::<f64>()
    }
}

/// What one group of patients adds.
#[derive(Default)]
struct Part {
    baseline: Vec<f64>,
    vision: Vec<f64>,
    injections: Vec<f64>,
    visits: Vec<f64>,
    all: u64,
    stopped: u64,
    reasons: [u64; 3],
}

impl Part {
    fn push(&mut self, baseline: f32, vision: f32, injections: u32, visits: u32) {
        self.baseline.push(f64::from(baseline));
        self.vision.push(f64::from(vision));
        self.injections.push(f64::from(injections));
        self.visits.push(f64::from(visits));
    }

    fn stop(&mut self, is_stopped: bool, reason: Option<usize>) {
        self.stopped += u64::from(is_stopped);
        if let Some(reason) = reason.filter(|_| is_stopped) {
            self.reasons[reason] += 1;
        }
    }
}

/// Below how many letters a run's vision is called poor.
pub(super) fn poor_vision(run: &RunInfo) -> f64 {
    poor_below(run).unwrap_or(POOR)
}

/// What came of a run's patients. Blocking.
pub(super) fn ends(side: &Side, span: &Span, population: Population) -> Result<Ends, Error> {
    let only_treated = population == Population::StillTreated;
    let parts = parallel_on(threads(), side.rows.groups(), |group| {
        if span.is_cut {
            part_until(side, span, only_treated, group)
        } else {
            part(&side.rows.patients(&PATIENTS, group)?, only_treated)
        }
    })?;
    Ok(whole(&parts, &side.info))
}

/// At the end of the run: the table of patients says it all.
fn part(patients: &RecordBatch, only_treated: bool) -> Result<Part, Error> {
    let baseline = values::<Float32Type>(patients, "baseline_vision")?;
    let vision = values::<Float32Type>(patients, "final_vision")?;
    let injections = values::<UInt32Type>(patients, "total_injections")?;
    let visits = values::<UInt32Type>(patients, "total_visits")?;
    let stopped = flags(patients, "discontinued")?;
    let reasons = reasons(patients)?;
    let mut part = Part {
        all: baseline.len() as u64,
        ..Part::default()
    };
    for at in 0..baseline.len() {
        part.stop(stopped.value(at), reasons[at]);
        if !(only_treated && stopped.value(at)) {
            part.push(baseline[at], vision[at], injections[at], visits[at]);
        }
    }
    Ok(part)
}

/// At a month: visits until then are counted.
fn part_until(side: &Side, span: &Span, only_treated: bool, group: usize) -> Result<Part, Error> {
    let columns = [&PATIENTS[..], &lives::PATIENTS[..]].concat();
    let patients = side.rows.patients(&columns, group)?;
    let visits = side.rows.visits(&lives::VISITS, group)?;
    let baseline = values::<Float32Type>(&patients, "baseline_vision")?;
    let reasons = reasons(&patients)?;
    let mut part = Part {
        all: baseline.len() as u64,
        ..Part::default()
    };
    each((&patients, &visits), span, |life| {
        part.stop(life.stopped.is_some(), reasons[life.at]);
        if only_treated && life.stopped.is_some() {
            return;
        }
        let seen = life.visits_until(life.followed);
        let baseline = baseline[life.at];
        let vision = seen
            .checked_sub(1)
            .map_or(baseline, |last| life.vision[last]);
        let injections = (0..seen).filter(|visit| life.is_injected(*visit)).count();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        part.push(baseline, vision, count(injections), count(seen));
    })?;
    Ok(part)
}

/// Why each stopped, as the place in [`Reason::ALL`]; a reason of another name is none of them.
fn reasons(patients: &RecordBatch) -> Result<Vec<Option<usize>>, Error> {
    const NAME: &str = "discontinuation_reason";
    let missing = || other_type(NAME);
    let coded = column(patients, NAME)?
        .as_dictionary_opt::<Int8Type>()
        .ok_or_else(missing)?;
    let words = coded.values().as_string_opt::<i32>().ok_or_else(missing)?;
    let places: Vec<Option<usize>> = words
        .iter()
        .map(|word| {
            Reason::ALL
                .iter()
                .position(|reason| word == Some(reason.name()))
        })
        .collect();
    let place = |code: i8| *places.get(usize::try_from(code).ok()?)?;
    Ok(coded
        .keys()
        .iter()
        .map(|code| code.and_then(place))
        .collect())
}

fn whole(parts: &[Part], run: &RunInfo) -> Ends {
    let poor = poor_vision(run);
    let joined =
        |of: fn(&Part) -> &Vec<f64>| -> Vec<f64> { parts.iter().flat_map(of).copied().collect() };
    let (baseline, vision) = (joined(|part| &part.baseline), joined(|part| &part.vision));
    let (injections, visits) = (joined(|part| &part.injections), joined(|part| &part.visits));
    let change: Vec<f64> = vision
        .iter()
        .zip(&baseline)
        .map(|(end, start)| end - start)
        .collect();
    let count = |values: &[f64], is_it: &dyn Fn(f64) -> bool| {
        values.iter().filter(|value| is_it(**value)).count() as u64
    };
    Ends {
        is_trial: run.trial.is_some(),
        baseline: Moments::of(&baseline),
        visits: Moments::of(&visits),
        ratio: ratio(&injections, &visits),
        maintained: count(&change, &|change| change >= -MAINTAINED),
        poor: count(&vision, &|letters| letters < poor),
        all: parts.iter().map(|part| part.all).sum(),
        stopped: parts.iter().map(|part| part.stopped).sum(),
        reasons: std::array::from_fn(|reason| parts.iter().map(|part| part.reasons[reason]).sum()),
        vision: Values::new(vision),
        change: Values::new(change),
        injections: Values::new(injections),
    }
}
