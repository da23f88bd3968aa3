//! Key values of several tables on one scale: each distinct value gets its rank in natural order.
//! Whole numbers stay numbers; as soon as one table writes an id as text, all are compared as text.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, StringViewArray},
    datatypes::{DataType, Float64Type, Int64Type},
};
use hashbrown::HashMap;

use super::{NONE, columns::Column};
use crate::{
    Error,
    query::{cell::text_of, natural::natural_order},
};

/// Direct look-up tables may be this many times larger than the number of keys.
const SPREAD: usize = 8;

/// Distinct key values in natural order.
pub(crate) enum Keys {
    /// All whole numbers, ascending.
    Numbers(Int64Array),
    /// Text, in natural order.
    Texts(StringViewArray),
}

impl Keys {
    pub(crate) fn len(&self) -> usize {
        self.array().len()
    }

    /// The key as text.
    pub(crate) fn text(&self, rank: usize) -> String {
        text_of(self.array(), rank).unwrap_or_default()
    }

    /// The keys as an Arrow array, in their order.
    pub(crate) fn array(&self) -> &dyn Array {
        match self {
            Self::Numbers(numbers) => numbers,
            Self::Texts(texts) => texts,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.array().get_array_memory_size()
    }
}

/// Ranks of `columns` on one scale made of the values of the first `universe` columns; [`NONE`] for
/// a missing value and for one that is not on the scale.
pub(crate) fn rank(
    columns: &[Arc<Column>],
    universe: usize,
) -> Result<(Keys, Vec<Vec<u32>>), Error> {
    let whole: Option<Vec<Int64Array>> =
        columns.iter().map(|column| whole(&column.values)).collect();
    match whole {
        Some(numbers) => Ok(rank_numbers(&numbers, universe)),
        None => {
            let texts: Vec<StringViewArray> =
                columns.iter().map(|column| texts(&column.values)).collect();
            rank_texts(&texts, universe)
        }
    }
}

/// The values as whole numbers, if they all are.
fn whole(values: &ArrayRef) -> Option<Int64Array> {
    match values.data_type() {
        DataType::Int64 => Some(values.as_primitive::<Int64Type>().clone()),
        DataType::Float64 => {
            let values: &Float64Array = values.as_primitive::<Float64Type>();
            // 2^53: from there on an f64 skips whole numbers.
            let is_whole =
                |value: f64| value.trunc() == value && value.abs() <= 9_007_199_254_740_992.0;
            values.iter().flatten().all(is_whole).then(|| {
                values
                    .iter()
                    .map(|value| value.map(|value| value as i64))
                    .collect()
            })
        }
        // A column without any value fits everywhere.
        _ if values.null_count() == values.len() => Some(Int64Array::new_null(values.len())),
        _ => None,
    }
}

fn texts(values: &ArrayRef) -> StringViewArray {
    match values.data_type() {
        DataType::Utf8View => values.as_string_view().clone(),
        _ => (0..values.len()).map(|row| text_of(values, row)).collect(),
    }
}

fn rank_numbers(columns: &[Int64Array], universe: usize) -> (Keys, Vec<Vec<u32>>) {
    let values = || {
        columns[..universe]
            .iter()
            .flat_map(|column| column.iter().flatten())
    };
    let count: usize = columns[..universe].iter().map(Array::len).sum();
    let least = values().min().unwrap_or(0);
    let most = values().max().unwrap_or(-1);
    let span = usize::try_from(i128::from(most) - i128::from(least) + 1).unwrap_or(usize::MAX);
    if span > count.saturating_mul(SPREAD).saturating_add(1 << 16) {
        let mut distinct: Vec<i64> = values().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let places: HashMap<i64, u32> = distinct.iter().copied().zip(0..).collect();
        let find = |value: i64| places.get(&value).copied().unwrap_or(NONE);
        let ranks = columns.iter().map(|column| look_up(column, find)).collect();
        return (Keys::Numbers(distinct.into()), ranks);
    }
    let mut places = vec![NONE; span];
    let offset = |value: i64| usize::try_from(i128::from(value) - i128::from(least)).ok();
    for at in values().filter_map(offset) {
        places[at] = 0;
    }
    let mut distinct = Vec::new();
    for (place, value) in places
        .iter_mut()
        .zip(least..)
        .filter(|(place, _)| **place == 0)
    {
        *place = u32::try_from(distinct.len()).unwrap_or(NONE);
        distinct.push(value);
    }
    let find = |value: i64| {
        let at = value
            .checked_sub(least)
            .and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| places.get(at)).copied().unwrap_or(NONE)
    };
    let ranks = columns.iter().map(|column| look_up(column, find)).collect();
    (Keys::Numbers(distinct.into()), ranks)
}

fn look_up(column: &Int64Array, find: impl Fn(i64) -> u32) -> Vec<u32> {
    if column.null_count() == 0 {
        return column.values().iter().map(|value| find(*value)).collect();
    }
    column
        .iter()
        .map(|value| value.map_or(NONE, &find))
        .collect()
}

fn rank_texts(
    columns: &[StringViewArray],
    universe: usize,
) -> Result<(Keys, Vec<Vec<u32>>), Error> {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let mut distinct: Vec<&str> = Vec::new();
    for text in columns[..universe]
        .iter()
        .flat_map(|column| column.iter().flatten())
    {
        seen.entry(text).or_insert_with(|| {
            distinct.push(text);
            u32::try_from(distinct.len() - 1).unwrap_or(NONE)
        });
    }
    if u32::try_from(distinct.len()).is_err() {
        return Err(Error::BadRequest(
            "There are more keys than 4 billion.".into(),
        ));
    }
    let order = natural_order(&distinct);
    let mut places = vec![NONE; distinct.len()];
    for (rank, first) in order.iter().zip(0..).map(|(first, rank)| (rank, *first)) {
        places[first] = rank;
    }
    let find = |text: &str| seen.get(text).map_or(NONE, |first| places[*first as usize]);
    let ranks = columns
        .iter()
        .map(|column| column.iter().map(|text| text.map_or(NONE, find)).collect())
        .collect();
    let sorted: StringViewArray = order.iter().map(|first| Some(distinct[*first])).collect();
    Ok((Keys::Texts(sorted), ranks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: ArrayRef) -> Arc<Column> {
        Arc::new(Column { values })
    }

    #[test]
    fn numbers_meet_numbers_and_texts_meet_texts_naturally() -> Result<(), Error> {
        let whole = column(Arc::new(Int64Array::from(vec![Some(10), Some(9), None])));
        let float = column(Arc::new(Float64Array::from(vec![9.0, 11.0])));
        let (keys, ranks) = rank(&[whole.clone(), float], 1)?;
        assert_eq!((keys.text(0), keys.text(1)), ("9".into(), "10".into()));
        assert_eq!(ranks, [vec![1, 0, NONE], vec![0, NONE]]);

        let texts = column(Arc::new(StringViewArray::from(vec!["10", "P2", "9"])));
        let (keys, ranks) = rank(&[texts, whole], 2)?;
        assert_eq!(keys.len(), 3);
        assert_eq!(ranks, [vec![1, 2, 0], vec![1, 0, NONE]]);
        Ok(())
    }

    #[test]
    fn ids_far_apart_need_no_table_between_them() -> Result<(), Error> {
        let ids = column(Arc::new(Int64Array::from(vec![i64::MAX, i64::MIN, 0])));
        let (keys, ranks) = rank(&[ids], 1)?;
        assert_eq!((keys.len(), &ranks[0]), (3, &vec![2, 0, 1]));
        Ok(())
    }
}
