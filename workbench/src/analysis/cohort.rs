//! A run's tables, patient by patient, on all cores.

use arrow::{array::RecordBatch, datatypes::UInt32Type};

use super::group::{Group, Life};
use crate::{
    Error,
    query::parallel::parallel,
    simulation::{
        RunInfo,
        outcomes::values,
        run_days,
        tables::{Select, Stored, Tables},
    },
    yielding::yielding,
};

const PATIENTS: [&str; 6] = [
    "patient_id",
    "enrollment_date",
    "baseline_vision",
    "discontinued",
    "discontinuation_time",
    "discontinuation_reason",
];
const VISITS: [&str; 5] = [
    "patient_id",
    "time_days",
    "vision",
    "injected",
    "disease_state",
];

/// What charts need of a run's tables, and no other columns. Blocking.
///
/// # Errors
/// [`Error::Internal`] where a file is broken.
pub fn read(stored: &Stored) -> Result<Tables, Error> {
    let all = 0..stored.groups();
    Ok(Tables {
        patients: stored.patients(Select::Columns(&PATIENTS), all.clone())?,
        visits: stored.visits(Select::Columns(&VISITS), all)?,
    })
}

/// The patients of a run. What is counted of them are its methods, each in the file of its name.
#[derive(Debug, Clone, Copy)]
pub struct Cohort<'a> {
    tables: &'a Tables,
    /// The run's last day, since 1970.
    end: i32,
    /// Days of the run.
    pub(super) days: u32,
}

impl<'a> Cohort<'a> {
    /// The patients of a run in its tables.
    ///
    /// # Errors
    /// [`Error::BadRequest`] where the run's first day cannot be read.
    pub fn of(run: &RunInfo, tables: &'a Tables) -> Result<Self, Error> {
        let first_day = crate::data::day_of(&run.start_date).ok_or_else(|| {
            Error::BadRequest(format!(
                "there is no day {}; this run has no beginning",
                run.start_date
            ))
        })?;
        let days = run_days(run.duration_years);
        Ok(Self {
            tables,
            end: first_day.saturating_add_unsigned(days),
            days,
        })
    }

    /// Takes every patient in; a part for each group of patients, in order, on any number of cores.
    pub(super) fn each<T: Send>(
        &self,
        part: impl Fn() -> T + Sync,
        take: impl Fn(&mut T, &Life<'_>) + Sync,
    ) -> Result<Vec<T>, Error> {
        let (patients, visits) = (&self.tables.patients, &self.tables.visits);
        let of_group = |at: usize| {
            let group = Group::of(&patients[at], &visits[at])?;
            let mut part = part();
            group.each(self.end, |life| take(&mut part, life));
            Ok::<_, Error>(part)
        };
        yielding(|| parallel(patients.len().min(visits.len()), of_group))
    }

    /// How many there are.
    pub fn patients(&self) -> u64 {
        let rows = self.tables.patients.iter().map(RecordBatch::num_rows);
        rows.sum::<usize>() as u64
    }

    /// Their numbers, in order.
    pub(super) fn ids(&self) -> Result<Vec<u32>, Error> {
        let mut ids = Vec::new();
        for patients in &self.tables.patients {
            ids.extend_from_slice(values::<UInt32Type>(patients, "patient_id")?);
        }
        Ok(ids)
    }
}
