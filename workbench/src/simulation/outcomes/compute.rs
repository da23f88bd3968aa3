//! The measures of a run, out of its tables.

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::{ArrowPrimitiveType, Date32Type, Float32Type, Int8Type, UInt16Type, UInt32Type},
};

use super::{
    patients::Sight,
    types::{INTERVALS, Measure, Outcomes, Population},
};
use crate::{
    Error,
    query::parallel::{parallel_on, threads},
    simulation::{
        model::Reason,
        order::run_days,
        protocol::{Protocol, ProtocolError},
        tables::{Select, Stored},
        types::RunInfo,
    },
    statistics::Moments,
    yielding::yielding,
};

const PATIENTS: [&str; 7] = [
    "patient_id",
    "enrollment_date",
    "baseline_vision",
    "total_injections",
    "total_visits",
    "discontinued",
    "discontinuation_reason",
];
const VISITS: [&str; 3] = ["patient_id", "time_days", "vision"];

/// What one group of patients adds.
#[derive(Default)]
struct Part {
    all: Vec<Sight>,
    still_treated: Vec<Sight>,
    injections: Vec<f64>,
    visits: Vec<f64>,
    reasons: [u64; 3],
    intervals: [u64; 7],
}

/// The outcome measures of a run. Blocking.
///
/// # Errors
/// [`Error::BadRequest`] where the run's protocol or first day cannot be read, [`Error::Internal`] where its tables are
/// broken.
pub fn outcomes(run: &RunInfo, stored: &Stored) -> Result<Outcomes, Error> {
    let poor = poor_below(run).map_err(|error| Error::BadRequest(error.to_string()))?;
    let first_day = crate::data::day_of(&run.start_date);
    let first_day = first_day.ok_or_else(|| {
        Error::BadRequest(format!(
            "there is no day {}; this run has no beginning",
            run.start_date
        ))
    })?;
    let end = first_day.saturating_add_unsigned(run_days(run.duration_years));
    let part_of = |group: usize| {
        let patients = stored.patients(Select::Columns(&PATIENTS), group..group + 1)?;
        let visits = stored.visits(Select::Columns(&VISITS), group..group + 1)?;
        match patients.first().zip(visits.first()) {
            Some((patients, visits)) => part(patients, visits, end),
            None => Ok(Part::default()),
        }
    };
    let parts = yielding(|| parallel_on(threads(), stored.groups(), part_of))?;
    Ok(whole(run, poor, &parts))
}

fn part(patients: &RecordBatch, visits: &RecordBatch, end: i32) -> Result<Part, Error> {
    let of = values::<UInt32Type>(visits, "patient_id")?;
    let days = values::<UInt16Type>(visits, "time_days")?;
    let letters = values::<Float32Type>(visits, "vision")?;
    let baselines = values::<Float32Type>(patients, "baseline_vision")?;
    let enrolled = values::<Date32Type>(patients, "enrollment_date")?;
    let injections = values::<UInt32Type>(patients, "total_injections")?;
    let totals = values::<UInt32Type>(patients, "total_visits")?;
    let discontinued = column(patients, "discontinued")?
        .as_boolean_opt()
        .ok_or_else(|| other_type("discontinued"))?;
    let mut part = Part::default();
    let mut row = 0;
    for (at, id) in values::<UInt32Type>(patients, "patient_id")?
        .iter()
        .enumerate()
    {
        let rest = &of[row..];
        let rows = row..row + rest.partition_point(|patient| patient <= id);
        row = rows.end;
        let followed = u32::try_from(end.saturating_sub(enrolled[at])).unwrap_or_default();
        let baseline = f64::from(baselines[at]);
        let sight = Sight::of(
            baseline,
            followed,
            &days[rows.clone()],
            &letters[rows.clone()],
        );
        part.all.push(sight);
        if !discontinued.value(at) {
            part.still_treated.push(sight);
        }
        part.injections.push(f64::from(injections[at]));
        part.visits.push(f64::from(totals[at]));
        for pair in days[rows].windows(2) {
            part.intervals[bin(u32::from(pair[1] - pair[0]))] += 1;
        }
    }
    part.reasons = reasons(column(patients, "discontinuation_reason")?)?;
    Ok(part)
}

/// The place of an interval among the bins.
pub(crate) fn bin(days: u32) -> usize {
    INTERVALS.partition_point(|most| *most < days)
}

/// How many stopped for each reason.
fn reasons(column: &ArrayRef) -> Result<[u64; 3], Error> {
    let missing = || other_type("discontinuation_reason");
    let coded = column.as_dictionary_opt::<Int8Type>().ok_or_else(missing)?;
    let words = coded.values().as_string_opt::<i32>().ok_or_else(missing)?;
    Ok(Reason::ALL.map(|reason| {
        let is_it =
            |code: &i8| usize::try_from(*code).is_ok_and(|code| words.value(code) == reason.name());
        coded.keys().iter().flatten().filter(is_it).count() as u64
    }))
}

/// Below how many letters the run's protocol calls vision poor; of a trial, which has no protocol, nothing is.
pub(crate) fn poor_below(run: &RunInfo) -> Result<f64, ProtocolError> {
    if run.trial.is_some() {
        return Ok(f64::NEG_INFINITY);
    }
    Ok(Protocol::read(&run.protocol)?.end_rules.poor_vision_below)
}

fn whole(run: &RunInfo, poor: f64, parts: &[Part]) -> Outcomes {
    let joined =
        |of: fn(&Part) -> &Vec<f64>| -> Vec<f64> { parts.iter().flat_map(of).copied().collect() };
    let (injections, visits) = (joined(|part| &part.injections), joined(|part| &part.visits));
    let all_visits: f64 = visits.iter().sum();
    let count = |of: &dyn Fn(&Part) -> u64| parts.iter().map(of).sum();
    let population = |of: fn(&Part) -> &Vec<Sight>| {
        let sights: Vec<Sight> = parts.iter().flat_map(of).copied().collect();
        population(&sights, poor)
    };
    Outcomes {
        recruitment: run.recruitment,
        all: population(|part| &part.all),
        still_treated: population(|part| &part.still_treated),
        injections_per_visit: match all_visits {
            0.0 => 0.0,
            all => injections.iter().sum::<f64>() / all,
        },
        injections: measure(&injections),
        visits: measure(&visits),
        discontinued: Reason::ALL
            .into_iter()
            .enumerate()
            .map(|(at, reason)| (reason.name().to_owned(), count(&|part| part.reasons[at])))
            .collect(),
        intervals: std::array::from_fn(|at| count(&|part| part.intervals[at])),
    }
}

fn population(sights: &[Sight], poor: f64) -> Population {
    let of = |value: fn(&Sight) -> Option<f64>| {
        let values: Vec<f64> = sights.iter().filter_map(value).collect();
        measure(&values)
    };
    let share = |is_it: &dyn Fn(&Sight) -> bool| match sights.len() {
        0 => 0.0,
        all => sights.iter().filter(|sight| is_it(sight)).count() as f64 / all as f64,
    };
    Population {
        baseline: of(|sight| Some(sight.baseline)),
        year_1: of(|sight| sight.year_1),
        year_2: of(|sight| sight.year_2),
        last: of(|sight| Some(sight.last)),
        change: of(|sight| Some(sight.change())),
        maintained: share(&Sight::is_maintained),
        poor_vision: share(&|sight| sight.last < poor),
    }
}

fn measure(values: &[f64]) -> Measure {
    let moments = Moments::of(values);
    Measure {
        n: moments.n,
        mean: moments.mean,
        sd: moments.sd(),
    }
}

pub(crate) fn column<'a>(table: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Error> {
    let missing = || Error::Internal(format!("the run has no column {name}"));
    table.column_by_name(name).ok_or_else(missing)
}

pub(crate) fn values<'a, T: ArrowPrimitiveType>(
    table: &'a RecordBatch,
    name: &str,
) -> Result<&'a [T::Native], Error> {
    let numbers = column(table, name)?.as_primitive_opt::<T>();
    let numbers = numbers.filter(|numbers| numbers.null_count() == 0);
    Ok(numbers.ok_or_else(|| other_type(name))?.values())
}

pub(crate) fn other_type(name: &str) -> Error {
    Error::Internal(format!("the column {name} of the run is of another type"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_interval_is_in_one_of_seven_bins() {
        let days = [1, 35, 36, 63, 64, 111, 112, 119, 120, 180, 181, 365, 366];
        assert_eq!(days.map(bin), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
    }
}
