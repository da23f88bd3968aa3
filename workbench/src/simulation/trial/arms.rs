//! Rows become patients, arm by arm.

use super::{
    DAY_0,
    read::{Row, Rows},
    types::{Mapping, TimeIs},
};
use crate::{
    data::{Day, day_of, natural_order},
    simulation::{
        OrderError,
        model::DAYS_A_YEAR,
        order::{MAX_YEARS, refused},
        tables::Measured,
    },
};

/// Arms of one table: what people compare, not a column of names chosen by mistake.
const MAX_ARMS: usize = 20;
/// The last day of the longest trial, counted from its first.
const LAST_DAY: i64 = (MAX_YEARS * DAYS_A_YEAR) as i64 - 1;

/// A patient: the arm, the id, the day they came, and their visits.
type Known = (Option<String>, String, i32, Vec<Measured>);

/// The patients of one arm, in the natural order of their ids.
#[derive(Debug)]
pub(crate) struct Arm {
    /// As the table has it; none where there are no arms.
    pub(crate) name: Option<String>,
    /// Each with the day they came, counted from 1970, and their visits in order of time.
    pub(crate) patients: Vec<(i32, Vec<Measured>)>,
    /// The first day of all arms, counted from 1970.
    pub(crate) first_day: i32,
    /// How long the longest of all arms was followed, in years.
    pub(crate) years: f64,
    /// What a reader should know.
    pub(crate) remarks: Vec<String>,
}

/// The arms of a table, in natural order.
pub(crate) fn arms(table: Rows, mapping: &Mapping) -> Result<Vec<Arm>, OrderError> {
    let Rows {
        patients,
        rows,
        unmeasured,
    } = table;
    let mut of_patient: Vec<Vec<Row>> = vec![Vec::new(); patients.len()];
    for row in rows {
        of_patient[row.patient].push(row);
    }
    let mut remarks = Remarks::new(mapping, unmeasured);
    let mut known = Vec::new();
    for ((id, arm), mut rows) in patients.into_iter().zip(of_patient) {
        if mapping.arm.is_some() && arm.is_none() {
            remarks.without_arm += 1;
            continue;
        }
        // Stable: what was written down twice on one day stays in the table's order.
        rows.sort_by_key(|row| row.day);
        if rows.is_empty() {
            remarks.without_measure += 1;
            continue;
        }
        let (enrolled, visits) = visits(&id, &rows, mapping, &mut remarks)?;
        known.push((arm, id, enrolled, visits));
    }
    known.sort_by(|a, b| {
        let arms = natural_order(a.0.as_deref().unwrap_or(""), b.0.as_deref().unwrap_or(""));
        arms.then_with(|| natural_order(&a.1, &b.1))
    });
    let last_day = |one: &Known| one.2 + one.3.last().map_or(0, |visit| i32::from(visit.day));
    let first = known.iter().min_by_key(|one| one.2);
    let last = known.iter().max_by_key(|one| last_day(one));
    let (Some(first), Some(last)) = (first, last) else {
        return Err(refused("measure", "no patient of this table has a measure"));
    };
    let (first_day, days) = (first.2, last_day(last) - first.2);
    if i64::from(days) > LAST_DAY {
        let from = (first.1.as_str(), i64::from(first_day));
        let to = (last.1.as_str(), i64::from(last_day(last)));
        return Err(too_long(mapping, from, to));
    }
    // Rounded up to a hundredth, so that the last day is within.
    let years = (f64::from(days + 1) / DAYS_A_YEAR * 100.0).ceil() / 100.0;
    let remarks = remarks.said();
    let mut arms: Vec<Arm> = Vec::new();
    for (name, _, enrolled, visits) in known {
        if arms.last().is_none_or(|arm| arm.name != name) {
            arms.push(Arm {
                name,
                patients: Vec::new(),
                first_day,
                years,
                remarks: remarks.clone(),
            });
        }
        if let Some(arm) = arms.last_mut() {
            arm.patients.push((enrolled, visits));
        }
    }
    if arms.len() > MAX_ARMS {
        let problem = format!(
            "there are {} arms; at most {MAX_ARMS} become runs",
            arms.len()
        );
        return Err(refused("arm", problem));
    }
    Ok(arms)
}

/// When a patient came, and their visits.
fn visits(
    id: &str,
    rows: &[Row],
    mapping: &Mapping,
    remarks: &mut Remarks,
) -> Result<(i32, Vec<Measured>), OrderError> {
    let first = rows.first().map_or(0, |row| row.day);
    let last = rows.last().map_or(first, |row| row.day);
    let (enrolled, from) = match mapping.time_is {
        TimeIs::Date => (i32::try_from(first).unwrap_or_default(), first),
        TimeIs::Days => {
            remarks.before_day_0 += u64::from(first < 0);
            (day_of(DAY_0).unwrap_or_default(), first.min(0))
        }
    };
    if last - from > LAST_DAY {
        return Err(too_long(mapping, (id, from), (id, last)));
    }
    let visit = |row: &Row| Measured {
        // The last of them fits.
        day: u16::try_from(row.day - from).unwrap_or(u16::MAX),
        value: row.value,
        is_injected: row.is_injected,
    };
    Ok((enrolled, rows.iter().map(visit).collect()))
}

/// The table goes over more years than a trial has: from one patient's time to another's.
fn too_long(mapping: &Mapping, first: (&str, i64), last: (&str, i64)) -> OrderError {
    let told = |(patient, day): (&str, i64)| {
        let date = Day::of(day).filter(|_| mapping.time_is == TimeIs::Date);
        let time = date.map_or_else(|| format!("day {day}"), |date| date.to_string());
        format!("{time} (patient {patient})")
    };
    let problem = format!(
        "\"{}\" goes from {} to {}; a trial has at most {MAX_YEARS} years, so one of them is wrong",
        mapping.time,
        told(first),
        told(last)
    );
    refused("time", problem)
}

/// What is counted on the way, for the reader.
struct Remarks<'a> {
    mapping: &'a Mapping,
    unmeasured: u64,
    without_measure: u64,
    without_arm: u64,
    before_day_0: u64,
}

impl<'a> Remarks<'a> {
    fn new(mapping: &'a Mapping, unmeasured: u64) -> Self {
        Self {
            mapping,
            unmeasured,
            without_measure: 0,
            without_arm: 0,
            before_day_0: 0,
        }
    }

    fn said(&self) -> Vec<String> {
        let mut said = Vec::new();
        let mut say = |count: u64, text: &str| {
            if count > 0 {
                said.push(format!("{count} {text}"));
            }
        };
        say(self.unmeasured, "rows without the measure were left out.");
        say(
            self.without_measure,
            "patients without any measure were left out.",
        );
        say(self.without_arm, "patients without an arm were left out.");
        say(
            self.before_day_0,
            "patients begin before day 0; their days are counted from their first visit.",
        );
        if self.mapping.time_is == TimeIs::Days {
            said.push(format!("The table has no dates: day 0 is put at {DAY_0}."));
        }
        if self.mapping.injected.is_none() {
            said.push("The table tells of no injections.".to_owned());
        }
        said.push("Disease states and why patients stopped are not known.".to_owned());
        said
    }
}
