//! The rows of a result in the order of a sort, less those that filters leave out.
//!
//! Numbers and dates become integers of the same order, texts their rank in natural order; one
//! column is sorted at a time, the least important first, each time stable. Takes 16 bytes a row
//! while sorting and 4 to keep.

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
};

use super::matching::matching;
use crate::{
    Error, Workbench,
    query::{
        PageRequest, ResultColumn, ResultInfo, SortKey,
        bitmap::Bitmap,
        index::{Dictionary, Source, Weigh},
        selection::digest,
    },
};

/// Row numbers in order.
pub(crate) enum Order {
    /// The result's own: so many rows.
    Own(usize),
    /// These rows.
    Rows(Vec<u32>),
}

impl Weigh for Order {
    fn bytes(&self) -> usize {
        match self {
            Self::Own(_) => 0,
            Self::Rows(rows) => rows.len() * 4,
        }
    }
}

impl Order {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Own(len) => *len,
            Self::Rows(rows) => rows.len(),
        }
    }

    /// Numbers of the rows at these places.
    pub(crate) fn rows(&self, places: Range<usize>) -> Vec<u32> {
        match self {
            Self::Own(_) => places.map(|row| row as u32).collect(),
            Self::Rows(rows) => rows[places].to_vec(),
        }
    }
}

impl Workbench {
    /// The order a request asks for, from the cache.
    pub(crate) fn order(
        &self,
        result: &ResultInfo,
        request: &PageRequest,
    ) -> Result<Arc<Order>, Error> {
        let rows = usize::try_from(result.row_count).unwrap_or(0);
        let filters: Vec<_> = request
            .filters
            .iter()
            .filter(|filter| !filter.text.trim().is_empty())
            .collect();
        if request.sort.is_empty() && filters.is_empty() {
            return Ok(Arc::new(Order::Own(rows)));
        }
        let name = format!("order/{}/{}", result.id, digest(&(&request.sort, &filters)));
        self.inner.cache.get_or_build(&name, || {
            self.result_source(result, |source| {
                let mut taken = Bitmap::all(rows);
                for filter in &filters {
                    let column = column(result, &filter.column)?;
                    let values = source.column(&column.name)?;
                    taken.and(&matching(column, &values.values, &filter.text)?);
                }
                let mut order: Vec<u32> = taken.iter().map(|row| row as u32).collect();
                for key in request.sort.iter().rev() {
                    order = sorted(source, result, key, &order)?;
                }
                Ok(Order::Rows(order))
            })
        })
    }
}

fn column<'a>(result: &'a ResultInfo, name: &str) -> Result<&'a ResultColumn, Error> {
    let found = result.columns.iter().find(|column| column.name == name);
    found.ok_or_else(|| Error::BadRequest(format!("The result has no column {name}.")))
}

/// The rows of `order` by one column; rows that are equal in it keep their order.
fn sorted(
    source: Source<'_>,
    result: &ResultInfo,
    key: &SortKey,
    order: &[u32],
) -> Result<Vec<u32>, Error> {
    let column = column(result, &key.column)?;
    let values = source.column(&column.name)?;
    let values = &values.values;
    let ranks = Ranks::of(source, &column.name, values)?;
    let direction = if key.descending { u64::MAX } else { 0 };
    let mut known = Vec::with_capacity(order.len());
    let mut missing = Vec::new();
    for (row, place) in order.iter().zip(0_u32..) {
        match values.is_valid(*row as usize) {
            true => known.push((ranks.at(*row as usize) ^ direction, place)),
            false => missing.push(*row),
        }
    }
    if !known.is_sorted() {
        known.sort_unstable();
    }
    let known = known.into_iter().map(|(_, place)| order[place as usize]);
    Ok(known.chain(missing).collect())
}

/// A column's values as integers of the same order.
enum Ranks<'a> {
    Whole(&'a [i64]),
    Number(&'a [f64]),
    Date(&'a [i32]),
    Text(Arc<Dictionary>),
}

/// Turns the order of signed integers into that of unsigned ones.
const SIGN: u64 = 1 << 63;

impl<'a> Ranks<'a> {
    fn of(source: Source<'_>, name: &str, values: &'a ArrayRef) -> Result<Self, Error> {
        Ok(match values.data_type() {
            DataType::Int64 => Self::Whole(values.as_primitive::<Int64Type>().values()),
            DataType::Float64 => Self::Number(values.as_primitive::<Float64Type>().values()),
            DataType::Date32 => Self::Date(values.as_primitive::<Date32Type>().values()),
            _ => {
                let key = format!("values/{}/{name}", source.id);
                Self::Text(source.cache.get_or_build(&key, || Dictionary::of(values))?)
            }
        })
    }

    fn at(&self, row: usize) -> u64 {
        match self {
            Self::Whole(values) => values[row] as u64 ^ SIGN,
            Self::Date(values) => i64::from(values[row]) as u64 ^ SIGN,
            Self::Number(values) => {
                // The two zeros are one value.
                let bits = (values[row] + 0.0).to_bits();
                if bits & SIGN == 0 { bits | SIGN } else { !bits }
            }
            Self::Text(dictionary) => u64::from(dictionary.codes[row]),
        }
    }
}
