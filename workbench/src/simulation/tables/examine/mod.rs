//! Tables that a stranger brought: whether they are a run's tables, before anything else reads them.
//!
//! Everything that the rest of the program takes for granted of tables it wrote itself is looked at here: the columns, the
//! groups, the order of rows, that sums and dates agree, that words are known. First the footers, as a footer that lies
//! about its rows would have a reader make room for them; then the rows.

mod footers;
mod rows;

use std::{
    ops::RangeInclusive,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use parquet::arrow::arrow_reader::ArrowReaderMetadata;

use self::{footers::look_at_footer, rows::look_at_rows};
use super::{
    GROUP_PATIENTS, PATIENTS_FILE, VISITS_FILE, digest,
    schema::{patients_schema, visits_schema},
    stored::Stored,
    sums::Sums,
};
use crate::{
    query::parallel::{parallel_on, threads},
    simulation::{Means, RunResult},
    yielding::yielding,
};

/// Visits of one group: 2,000 of each patient, more than any protocol asks for.
const GROUP_VISITS: i64 = 2000 * GROUP_PATIENTS as i64;

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table}: {problem}")]
pub(crate) struct Flaw {
    /// Its file.
    pub(crate) table: &'static str,
    /// What was found.
    pub(crate) problem: String,
}

fn flaw(table: &'static str, problem: impl Into<String>) -> Flaw {
    Flaw {
        table,
        problem: problem.into(),
    }
}

/// Looks at the tables in a folder, which must have the rows and the checksum that `expected` says, of patients who came
/// on a day of `span`; the means of what is in them. Blocking.
pub(crate) fn examine(
    folder: &Path,
    expected: &RunResult,
    span: &RangeInclusive<i32>,
) -> Result<Option<Means>, Flaw> {
    // A reader of Parquet that meets what nobody ever wrote may give up loudly.
    let look = || yielding(|| look(folder, expected, span));
    let looked = catch_unwind(AssertUnwindSafe(look));
    looked.unwrap_or_else(|_| Err(flaw(VISITS_FILE, "it cannot be read at all")))
}

fn look(
    folder: &Path,
    expected: &RunResult,
    span: &RangeInclusive<i32>,
) -> Result<Option<Means>, Flaw> {
    let stored = Stored::open(folder).map_err(|error| flaw(VISITS_FILE, error.to_string()))?;
    let (patients, visits) = stored.footers();
    let groups = u64::from(expected.patients).div_ceil(u64::from(GROUP_PATIENTS));
    if stored.groups() as u64 != groups {
        let problem = format!("it has {} groups instead of {groups}", stored.groups());
        return Err(flaw(PATIENTS_FILE, problem));
    }
    look_at_footer(PATIENTS_FILE, folder, patients, &patients_schema())?;
    look_at_footer(VISITS_FILE, folder, visits, &visits_schema())?;
    let rows = |footer: &ArrowReaderMetadata| {
        let groups = footer.metadata().row_groups().iter();
        groups.map(|group| group.num_rows()).collect::<Vec<_>>()
    };
    let (patient_rows, visit_rows) = (rows(patients), rows(visits));
    for (at, rows) in patient_rows.iter().enumerate() {
        let first = at as i64 * i64::from(GROUP_PATIENTS);
        let whole = (i64::from(expected.patients) - first).min(GROUP_PATIENTS.into());
        if *rows != whole {
            let problem = format!("group {at} has {rows} patients instead of {whole}");
            return Err(flaw(PATIENTS_FILE, problem));
        }
    }
    if let Some(rows) = visit_rows
        .iter()
        .find(|rows| !(1..=GROUP_VISITS).contains(rows))
    {
        let problem = format!("it claims {rows} visits of {GROUP_PATIENTS} patients");
        return Err(flaw(VISITS_FILE, problem));
    }
    let visits: i64 = visit_rows.iter().sum();
    if u64::try_from(visits) != Ok(expected.visits) {
        let problem = format!("it has {visits} visits instead of {}", expected.visits);
        return Err(flaw(VISITS_FILE, problem));
    }
    let looked = parallel_on(threads(), stored.groups(), |group| {
        let patients = stored.group_of_patients(group)?;
        let visits = stored.group_of_visits(group)?;
        let looked = look_at_rows(group, &patients, &visits, visit_rows[group], span);
        looked.map_err(|flaw| crate::Error::BadRequest(flaw.to_string()))?;
        let sums = Sums::of_group(&patients);
        Ok((digest::of_group(&patients, &visits)?, sums))
    });
    let looked = looked.map_err(|error| flaw(VISITS_FILE, error.to_string()))?;
    let (digests, sums): (Vec<_>, Vec<_>) = looked.into_iter().unzip();
    let checksum = digest::of_run(&digests);
    if checksum != expected.checksum {
        let problem = format!("the checksum of both tables is {checksum}");
        return Err(flaw(VISITS_FILE, problem));
    }
    Ok(Sums::means(&sums))
}
