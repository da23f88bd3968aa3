//! Whether a column that several tables have says the same in every row they share. A value against
//! a missing one is a difference, as in the key report: keeping one column would lose the value.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    buffer::NullBuffer,
    compute::cast,
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
};

use crate::{
    Error, Study, Workbench,
    query::index::{NONE, Place, StudyIndex, Weigh},
};

struct Agrees(bool);

impl Weigh for Agrees {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl Workbench {
    /// Whether `column` is the same in all these tables, wherever two of them share a row.
    pub(crate) fn agrees(
        &self,
        study: &Study,
        index: &StudyIndex,
        tables: &[usize],
        column: &str,
    ) -> Result<bool, Error> {
        for (at, one) in tables.iter().enumerate() {
            for other in &tables[at + 1..] {
                let name = format!("agrees/{}/{one}/{other}/{column}", index.name);
                let agrees = self.inner.cache.get_or_build(&name, || {
                    let one_values = &self.column(&study.tables[*one], column)?.values;
                    let other_values = &self.column(&study.tables[*other], column)?.values;
                    let pairs = shared_rows(index, *one, *other);
                    Ok(Agrees(same(one_values, other_values, pairs)?))
                })?;
                if !agrees.0 {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// Rows of two tables that meet in a row of a result.
fn shared_rows<'a>(
    index: &'a StudyIndex,
    one: usize,
    other: usize,
) -> Box<dyn Iterator<Item = (usize, usize)> + 'a> {
    let frame = &index.frame;
    let row_in = |table: usize| {
        move |row: usize| match &index.places[table] {
            Place::Person(rows) => rows[frame.person[row] as usize],
            Place::Visit(slot) => frame.tables[*slot].rows[row],
            Place::Apart => NONE,
        }
    };
    let is_shared = |pair: &(u32, u32)| pair.0 != NONE && pair.1 != NONE;
    let plain = |pair: (u32, u32)| (pair.0 as usize, pair.1 as usize);
    match (&index.places[one], &index.places[other]) {
        (Place::Person(one), Place::Person(other)) => Box::new(
            one.iter()
                .copied()
                .zip(other.iter().copied())
                .filter(is_shared)
                .map(plain),
        ),
        _ => {
            let (one, other) = (row_in(one), row_in(other));
            let pair = move |row| (one(row), other(row));
            Box::new((0..frame.len()).map(pair).filter(is_shared).map(plain))
        }
    }
}

/// Numbers are compared as numbers, the rest as it is written.
fn same(
    one: &ArrayRef,
    other: &ArrayRef,
    mut pairs: Box<dyn Iterator<Item = (usize, usize)> + '_>,
) -> Result<bool, Error> {
    let common = common_type(one.data_type(), other.data_type());
    let (one, other) = (cast(one, &common)?, cast(other, &common)?);
    let (one_missing, other_missing) = (one.logical_nulls(), other.logical_nulls());
    let is_missing =
        |nulls: &Option<NullBuffer>, row| nulls.as_ref().is_some_and(|n| n.is_null(row));
    macro_rules! compare {
        ($one:expr, $other:expr) => {{
            let (one, other) = ($one, $other);
            pairs.all(
                |(a, b)| match (is_missing(&one_missing, a), is_missing(&other_missing, b)) {
                    (false, false) => one.value(a) == other.value(b),
                    (one, other) => one == other,
                },
            )
        }};
    }
    Ok(match common {
        DataType::Int64 => compare!(
            one.as_primitive::<Int64Type>(),
            other.as_primitive::<Int64Type>()
        ),
        DataType::Float64 => {
            compare!(
                one.as_primitive::<Float64Type>(),
                other.as_primitive::<Float64Type>()
            )
        }
        DataType::Date32 => {
            compare!(
                one.as_primitive::<Date32Type>(),
                other.as_primitive::<Date32Type>()
            )
        }
        _ => compare!(one.as_string_view(), other.as_string_view()),
    })
}

/// The type in which values of two columns can stand in one.
pub(super) fn common_type(one: &DataType, other: &DataType) -> DataType {
    match one == other {
        true => one.clone(),
        false if one.is_numeric() && other.is_numeric() => DataType::Float64,
        false => DataType::Utf8View,
    }
}
