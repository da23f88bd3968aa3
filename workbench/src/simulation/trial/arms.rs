//! Rows become patients, arm by arm.

use super::{
    DAY_0,
    read::{Row, Rows},
    types::{Mapping, TimeIs},
};
use crate::{
    data::{day_of, natural_order},
    simulation::{OrderError, model::DAYS_A_YEAR, order::refused, tables::Measured},
};

/// Arms of one table: what people compare, not a column of names chosen by mistake.
const MAX_ARMS: usize = 20;
/// The longest that a patient may be followed: as many days as a table of a run can tell.
const MAX_DAYS: i64 = u16::MAX as i64;

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
    if known.is_empty() {
        return Err(refused("measure", "no patient of this table has a measure"));
    }
    known.sort_by(|a, b| {
        let arms = natural_order(a.0.as_deref().unwrap_or(""), b.0.as_deref().unwrap_or(""));
        arms.then_with(|| natural_order(&a.1, &b.1))
    });
    let first_day = known.iter().map(|one| one.2).min().unwrap_or_default();
    let last = |one: &(Option<String>, String, i32, Vec<Measured>)| {
        let day = one.3.last().map_or(0, |visit| i32::from(visit.day));
        one.2 - first_day + day
    };
    let days = known.iter().map(last).max().unwrap_or_default();
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
    let (enrolled, from) = match mapping.time_is {
        TimeIs::Date => (i32::try_from(first).unwrap_or_default(), first),
        TimeIs::Days => {
            remarks.before_day_0 += u64::from(first < 0);
            (day_of(DAY_0).unwrap_or_default(), first.min(0))
        }
    };
    let visit = |row: &Row| {
        let day = row.day - from;
        let day = u16::try_from(day).map_err(|_| {
            let problem =
                format!("patient {id} has a visit on day {day}; the last possible is {MAX_DAYS}");
            refused("time", problem)
        })?;
        Ok(Measured {
            day,
            value: row.value,
            is_injected: row.is_injected,
        })
    };
    let visits = rows.iter().map(visit).collect::<Result<_, _>>()?;
    Ok((enrolled, visits))
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
