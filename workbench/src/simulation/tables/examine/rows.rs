//! The rows of a stranger's tables: everything that is taken for granted of our own.

use std::{collections::HashSet, ops::RangeInclusive};

use arrow::{
    array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, RecordBatch},
    datatypes::{Date32Type, Float32Type, Int8Type, UInt16Type, UInt32Type},
};

use super::{Flaw, flaw};
use crate::simulation::{
    model::Reason,
    protocol::{DiseaseState, EndKind},
    tables::{GROUP_PATIENTS, PATIENTS_FILE, UNKNOWN, VISITS_FILE},
};

/// The rows of one group: what all readers of tables count on. Patients come on a day of `span`.
pub(super) fn look_at_rows(
    group: usize,
    patients: &RecordBatch,
    visits: &RecordBatch,
    visit_rows: i64,
    span: &RangeInclusive<i32>,
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
        // So that no count of days from it on overflows.
        if !span.contains(&enrolled[at]) {
            let problem = format!("patient {id} came on a day that is not of the run");
            return Err(flaw(PATIENTS_FILE, problem));
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

    fn yes_or_no(&self, name: &str) -> Result<&'a BooleanArray, Flaw> {
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
