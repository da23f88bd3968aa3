//! Columns of a trial's table in the few types that are wanted of them.

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, RecordBatch, StringArray},
    compute::cast,
    datatypes::{DataType, Date32Type, Float64Type},
};

use super::{
    read::Stopped,
    types::{Mapping, TimeIs},
};
use crate::{Error, simulation::order::refused};

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Stopped> {
    let missing = || Error::Internal(format!("the column {name} was not read"));
    Ok(batch.column_by_name(name).ok_or_else(missing)?)
}

pub(super) fn texts(batch: &RecordBatch, name: &str) -> Result<StringArray, Stopped> {
    let texts = cast(column(batch, name)?, &DataType::Utf8)?;
    Ok(texts.as_string::<i32>().clone())
}

pub(super) fn text(texts: &StringArray, at: usize) -> Option<&str> {
    let text = texts.is_valid(at).then(|| texts.value(at).trim());
    text.filter(|text| !text.is_empty())
}

pub(super) fn numbers(
    batch: &RecordBatch,
    field: &'static str,
    name: &str,
) -> Result<Float64Array, Stopped> {
    let column = column(batch, name)?;
    if !column.data_type().is_numeric() {
        let problem = format!("\"{name}\" holds no numbers; choose another column");
        return Err(refused(field, problem).into());
    }
    let numbers = cast(column, &DataType::Float64)?;
    Ok(numbers.as_primitive::<Float64Type>().clone())
}

/// Days, or days since 1970.
pub(super) fn times(batch: &RecordBatch, mapping: &Mapping) -> Result<Float64Array, Stopped> {
    let name = &mapping.time;
    match mapping.time_is {
        TimeIs::Days => numbers(batch, "time", name),
        TimeIs::Date => {
            let dates = column(batch, name)?.as_primitive_opt::<Date32Type>();
            let none = || {
                let problem = format!("\"{name}\" holds no dates; choose another column, or days");
                refused("time", problem)
            };
            let dates = dates.ok_or_else(none)?;
            Ok(dates.iter().map(|day| day.map(f64::from)).collect())
        }
    }
}

/// Yes is `1`, `true`, `yes` or `y`, and any number but 0.
pub(super) fn yes_or_no(
    batch: &RecordBatch,
    name: &str,
    before: usize,
) -> Result<BooleanArray, Stopped> {
    if column(batch, name)?.data_type().is_numeric() {
        let numbers = numbers(batch, "injected", name)?;
        return Ok(numbers.iter().map(|it| it.map(|it| it != 0.0)).collect());
    }
    let texts = texts(batch, name)?;
    let read = |at: usize| match text(&texts, at).map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("1" | "true" | "yes" | "y") => Ok(Some(true)),
        Some("0" | "false" | "no" | "n") => Ok(Some(false)),
        Some(other) => {
            let line = before + at + 2;
            let problem = format!("line {line}: \"{other}\" is neither yes nor no");
            Err(refused("injected", problem))
        }
    };
    let read: Vec<Option<bool>> = (0..texts.len()).map(read).collect::<Result<_, _>>()?;
    Ok(read.into())
}
