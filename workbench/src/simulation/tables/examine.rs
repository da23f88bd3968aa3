//! Tables that a stranger brought: whether they are a run's tables, before anything else reads them.
//!
//! Everything that the rest of the program takes for granted of tables it wrote itself is looked at here: the columns, the
//! groups, the order of rows, that sums and dates agree, that words are known. First the footers, as a footer that lies
//! about its rows would have a reader make room for them; then the rows.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use arrow::{
    array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, RecordBatch},
    datatypes::{DataType, Date32Type, Float32Type, Int8Type, SchemaRef, UInt16Type, UInt32Type},
};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;

use super::{
    GROUP_PATIENTS, PATIENTS_FILE, VISITS_FILE, digest,
    schema::{UNKNOWN, patients_schema, visits_schema},
    stored::Stored,
};
use crate::{
    query::parallel::{parallel_on, threads},
    simulation::{
        RunResult,
        model::Reason,
        protocol::{DiseaseState, EndKind},
    },
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

/// Looks at the tables in a folder, which must have the rows and the checksum that `expected` says. Blocking.
pub(crate) fn examine(folder: &Path, expected: &RunResult) -> Result<(), Flaw> {
    // A reader of Parquet that meets what nobody ever wrote may give up loudly.
    let looked = catch_unwind(AssertUnwindSafe(|| look(folder, expected)));
    looked.unwrap_or_else(|_| Err(flaw(VISITS_FILE, "it cannot be read at all")))
}

fn look(folder: &Path, expected: &RunResult) -> Result<(), Flaw> {
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
    let digests = parallel_on(threads(), stored.groups(), |group| {
        let patients = stored.group_of_patients(group)?;
        let visits = stored.group_of_visits(group)?;
        let looked = look_at_rows(group, &patients, &visits, visit_rows[group]);
        looked.map_err(|flaw| crate::Error::BadRequest(flaw.to_string()))?;
        digest::of_group(&patients, &visits)
    });
    let digests = digests.map_err(|error| flaw(VISITS_FILE, error.to_string()))?;
    let checksum = digest::of_run(&digests);
    if checksum != expected.checksum {
        let problem = format!("the checksum of both tables is {checksum}");
        return Err(flaw(VISITS_FILE, problem));
    }
    Ok(())
}

fn look_at_footer(
    table: &'static str,
    folder: &Path,
    footer: &ArrowReaderMetadata,
    expected: &SchemaRef,
) -> Result<(), Flaw> {
    let columns = |schema: &SchemaRef| -> Vec<(String, DataType, bool)> {
        let fields = schema.fields().iter();
        let column = |field: &arrow::datatypes::FieldRef| {
            let (name, kind) = (field.name().clone(), field.data_type().clone());
            (name, kind, field.is_nullable())
        };
        fields.map(column).collect()
    };
    let (found, wanted) = (columns(footer.schema()), columns(expected));
    if let Some(column) = wanted.iter().find(|column| !found.contains(column)) {
        let problem = format!("it has no column {} of {}", column.0, column.1);
        return Err(flaw(table, problem));
    }
    if found != wanted {
        return Err(flaw(table, "it has other columns than a run has"));
    }
    let bytes = std::fs::metadata(folder.join(table)).map_or(0, |file| file.len());
    for group in footer.metadata().row_groups() {
        for column in group.columns() {
            let (start, length) = column.byte_range();
            if start.saturating_add(length) > bytes || column.num_values() != group.num_rows() {
                let problem = format!("its footer lies about {}", column.column_path());
                return Err(flaw(table, problem));
            }
        }
    }
    Ok(())
}

/// The rows of one group: what all readers of tables count on.
fn look_at_rows(
    group: usize,
    patients: &RecordBatch,
    visits: &RecordBatch,
    visit_rows: i64,
) -> Result<(), Flaw> {
    let of_patients = Columns(PATIENTS_FILE, patients);
    let of_visits = Columns(VISITS_FILE, visits);
    if i64::try_from(visits.num_rows()) != Ok(visit_rows) {
        return Err(flaw(VISITS_FILE, "it has fewer rows than its footer says"));
    }
    for column in ["baseline_vision", "final_vision"] {
        of_patients.finite(column)?;
    }
    of_visits.finite("vision")?;
    let states = DiseaseState::ALL.map(DiseaseState::name);
    let states: Vec<&str> = states.into_iter().chain([UNKNOWN]).collect();
    of_patients.words("final_disease_state", &states)?;
    of_visits.words("disease_state", &states)?;
    of_patients.words("discontinuation_type", &EndKind::ALL.map(EndKind::name))?;
    of_patients.words("discontinuation_reason", &Reason::ALL.map(Reason::name))?;
    let stopped = of_patients.yes_or_no("discontinued")?;
    for name in [
        "discontinuation_time",
        "discontinuation_type",
        "discontinuation_reason",
    ] {
        let column = of_patients.column(name)?;
        if (0..patients.num_rows()).any(|row| stopped.value(row) == column.is_null(row)) {
            let problem = format!("{name} is there for others than those who stopped");
            return Err(flaw(PATIENTS_FILE, problem));
        }
    }
    let ids = of_patients.numbers::<UInt32Type>("patient_id")?;
    let enrolled = of_patients.numbers::<Date32Type>("enrollment_date")?;
    let injections = of_patients.numbers::<UInt32Type>("total_injections")?;
    let totals = of_patients.numbers::<UInt32Type>("total_visits")?;
    let whose = of_visits.numbers::<UInt32Type>("patient_id")?;
    let days = of_visits.numbers::<UInt16Type>("time_days")?;
    let dates = of_visits.numbers::<Date32Type>("date")?;
    let injected = of_visits.yes_or_no("injected")?;
    let first = group * GROUP_PATIENTS as usize;
    let mut row = 0;
    for (at, id) in ids.iter().enumerate() {
        if *id as usize != first + at + 1 {
            return Err(flaw(PATIENTS_FILE, "patients are not numbered from 1"));
        }
        let (begin, mut given) = (row, 0);
        while row < whose.len() && whose[row] == *id {
            if row > begin && days[row] < days[row - 1] {
                return Err(flaw(
                    VISITS_FILE,
                    format!("patient {id}'s visits are not in order"),
                ));
            }
            if enrolled[at].checked_add(days[row].into()) != Some(dates[row]) {
                let problem = format!("a date of patient {id} is not the day it says");
                return Err(flaw(VISITS_FILE, problem));
            }
            given += u32::from(injected.value(row));
            row += 1;
        }
        if totals[at] as usize != row - begin || injections[at] != given {
            let problem = format!("patient {id}'s visits or injections are other than counted");
            return Err(flaw(PATIENTS_FILE, problem));
        }
    }
    if row != whose.len() {
        return Err(flaw(
            VISITS_FILE,
            "it has visits of nobody, or not in order",
        ));
    }
    Ok(())
}

/// Columns of one table.
struct Columns<'a>(&'static str, &'a RecordBatch);

impl<'a> Columns<'a> {
    fn column(&self, name: &str) -> Result<&'a ArrayRef, Flaw> {
        let column = self.1.column_by_name(name);
        column.ok_or_else(|| flaw(self.0, format!("it has no column {name}")))
    }

    fn numbers<T: ArrowPrimitiveType>(&self, name: &str) -> Result<&'a [T::Native], Flaw> {
        let numbers = self.column(name)?.as_primitive_opt::<T>();
        let numbers = numbers.filter(|numbers| numbers.null_count() == 0);
        let missing = || flaw(self.0, format!("{name} has no value somewhere"));
        Ok(numbers.ok_or_else(missing)?.values())
    }

    fn yes_or_no(&self, name: &str) -> Result<&'a arrow::array::BooleanArray, Flaw> {
        let column = self.column(name)?.as_boolean_opt();
        let column = column.filter(|column| column.null_count() == 0);
        column.ok_or_else(|| flaw(self.0, format!("{name} has no value somewhere")))
    }

    fn finite(&self, name: &str) -> Result<(), Flaw> {
        let numbers = self.numbers::<Float32Type>(name)?;
        match numbers.iter().all(|number| number.is_finite()) {
            true => Ok(()),
            false => Err(flaw(
                self.0,
                format!("{name} has a value that is no number"),
            )),
        }
    }

    /// Whether each word that is used is one of these.
    fn words(&self, name: &str, known: &[&str]) -> Result<(), Flaw> {
        let wrong = |problem: &str| flaw(self.0, format!("{name} {problem}"));
        let coded = self.column(name)?.as_dictionary_opt::<Int8Type>();
        let coded = coded.ok_or_else(|| wrong("has no words"))?;
        let words = coded.values().as_string_opt::<i32>();
        let words = words.ok_or_else(|| wrong("has no words"))?;
        let used: HashSet<i8> = coded.keys().iter().flatten().collect();
        for code in used {
            let word = usize::try_from(code)
                .ok()
                .filter(|code| *code < words.len());
            let word = word.map(|code| words.value(code));
            if !word.is_some_and(|word| known.contains(&word)) {
                return Err(wrong(&format!("has the word {word:?}")));
            }
        }
        Ok(())
    }
}
