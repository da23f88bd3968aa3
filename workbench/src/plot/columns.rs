//! The few columns a plot needs, out of a result's file, as numbers or categories.
//!
//! Knows types; knows nothing of plots. The columns come from the workbench's cache, so that a
//! plot that is drawn again, or selected from, reads nothing.

use std::{collections::HashMap, hash::Hash};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
    temporal_conversions::date32_to_datetime,
};

use crate::{Error, Workbench, data::natural_order, query::ResultInfo};

/// The code of a missing value.
pub(super) const MISSING: u32 = u32::MAX;

/// Some columns of a result, whole.
pub(super) struct Columns {
    pub(super) rows: usize,
    arrays: HashMap<String, ArrayRef>,
}

/// A column as codes into its distinct values.
#[derive(Debug, Clone, Default)]
pub(super) struct Categories {
    /// The distinct values in natural order.
    pub(super) names: Vec<String>,
    /// One a row; [`MISSING`] without a value.
    pub(super) codes: Vec<u32>,
}

/// A column as codes without names.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    /// Distinct values; codes are below.
    pub(super) distinct: usize,
    /// One a row; [`MISSING`] without a value.
    pub(super) codes: Vec<u32>,
}

impl Columns {
    /// The named columns, which the result has.
    pub(super) fn read(
        bench: &Workbench,
        info: &ResultInfo,
        names: &[&str],
    ) -> Result<Self, Error> {
        let mut arrays = HashMap::new();
        for &name in names {
            let column = bench.result_source(info, |source| source.column(name))?;
            arrays.insert(name.to_owned(), ArrayRef::clone(&column.values));
        }
        let rows = arrays.values().map(|array| array.len()).max().unwrap_or(0);
        if rows >= MISSING as usize - 1 {
            return Err(Error::BadRequest(
                "This result has more rows than a plot can count. Narrow the cohort.".to_owned(),
            ));
        }
        Ok(Self { rows, arrays })
    }

    /// A column as numbers; NaN where there is no finite value. Dates are days since 1970.
    pub(super) fn numbers(&self, name: &str) -> Result<Vec<f64>, Error> {
        let column = self.array(name)?;
        let numbers = match column.data_type() {
            DataType::Date32 => cast(&cast(column, &DataType::Int32)?, &DataType::Float64)?,
            _ => cast(column, &DataType::Float64)?,
        };
        let numbers = numbers.as_primitive::<Float64Type>();
        Ok(if numbers.null_count() == 0 {
            numbers.values().to_vec()
        } else {
            numbers
                .iter()
                .map(|value| value.unwrap_or(f64::NAN))
                .collect()
        })
    }

    /// A column as categories; `None` if it has more than `most` distinct values.
    pub(super) fn categories(&self, name: &str, most: usize) -> Result<Option<Categories>, Error> {
        let column = self.array(name)?;
        Ok(match column.data_type() {
            DataType::Float64 => encode(bits(column.as_primitive::<Float64Type>().iter()), most)
                .map(|(keys, codes)| {
                    let keys: Vec<f64> = keys.into_iter().map(f64::from_bits).collect();
                    in_order(&keys, codes, f64::total_cmp, f64::to_string)
                }),
            DataType::Int64 => encode(column.as_primitive::<Int64Type>().iter(), most)
                .map(|(keys, codes)| in_order(&keys, codes, Ord::cmp, i64::to_string)),
            DataType::Date32 => encode(column.as_primitive::<Date32Type>().iter(), most)
                .map(|(keys, codes)| in_order(&keys, codes, Ord::cmp, |day| date(*day))),
            _ => encode(column.as_string_view().iter(), most).map(|(keys, codes)| {
                in_order(
                    &keys,
                    codes,
                    |a, b| natural_order(a, b),
                    |text| (*text).to_owned(),
                )
            }),
        })
    }

    /// Equal values as equal codes, in no order: who is who. Any number of values.
    pub(super) fn codes(&self, name: &str) -> Result<Codes, Error> {
        let column = self.array(name)?;
        let found = if column.data_type() == &DataType::Utf8View {
            encode(column.as_string_view().iter(), self.rows).map(|(k, codes)| (k.len(), codes))
        } else {
            let values = self.numbers(name)?.into_iter();
            encode(bits(values.map(Some)), self.rows).map(|(k, codes)| (k.len(), codes))
        };
        // There are never more values than rows.
        let (distinct, codes) = found.unwrap_or_default();
        Ok(Codes { distinct, codes })
    }

    fn array(&self, name: &str) -> Result<&ArrayRef, Error> {
        let found = self.arrays.get(name);
        found.ok_or_else(|| Error::Internal(format!("the plot did not read column {name}")))
    }
}

/// Numbers as keys; what is not finite is missing, and the two zeros are one value.
fn bits(values: impl Iterator<Item = Option<f64>>) -> impl Iterator<Item = Option<u64>> {
    values.map(|value| value.filter(|v| v.is_finite()).map(|v| (v + 0.0).to_bits()))
}

/// Distinct keys as they come, and each row's code; `None` beyond `most` keys.
fn encode<K: Hash + Eq + Copy>(
    values: impl Iterator<Item = Option<K>>,
    most: usize,
) -> Option<(Vec<K>, Vec<u32>)> {
    let mut known: HashMap<K, u32> = HashMap::new();
    let mut keys = Vec::new();
    let mut codes = Vec::with_capacity(values.size_hint().0);
    // A participant's rows follow each other: most values are known without hashing.
    let mut last: Option<(K, u32)> = None;
    for value in values {
        let Some(key) = value else {
            codes.push(MISSING);
            continue;
        };
        let code = match last {
            Some((same, code)) if same == key => code,
            _ => *known.entry(key).or_insert_with(|| {
                keys.push(key);
                (keys.len() - 1) as u32
            }),
        };
        if keys.len() > most {
            return None;
        }
        last = Some((key, code));
        codes.push(code);
    }
    Some((keys, codes))
}

/// Codes renumbered so that they follow the order of the keys.
fn in_order<K>(
    keys: &[K],
    mut codes: Vec<u32>,
    compare: impl Fn(&K, &K) -> std::cmp::Ordering,
    name: impl Fn(&K) -> String,
) -> Categories {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|&a, &b| compare(&keys[a], &keys[b]));
    let mut rank = vec![0; keys.len()];
    for (place, &key) in order.iter().enumerate() {
        rank[key] = place as u32;
    }
    for code in codes.iter_mut().filter(|code| **code != MISSING) {
        *code = rank[*code as usize];
    }
    Categories {
        names: order.iter().map(|&key| name(&keys[key])).collect(),
        codes,
    }
}

fn date(day: i32) -> String {
    date32_to_datetime(day).map_or_else(|| day.to_string(), |time| time.date().to_string())
}
