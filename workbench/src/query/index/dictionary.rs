//! The distinct values of a column and, for each row, which of them it holds. What categories,
//! sites and the order of texts are made from.

use std::hash::Hash;

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
};
use hashbrown::{HashMap, HashSet};

use super::{NONE, Weigh};
use crate::{
    Error,
    query::{cell::text_of, natural::natural_order},
};

/// Distinct values in natural order (numbers by size), missing not among them.
pub(crate) struct Dictionary {
    /// For each row its place in `values`, or [`NONE`].
    pub(crate) codes: Vec<u32>,
    /// The values as text, in full precision.
    pub(crate) values: Vec<String>,
    /// The values as numbers, where the column holds numbers.
    pub(crate) numbers: Option<Vec<f64>>,
}

impl Weigh for Dictionary {
    fn bytes(&self) -> usize {
        let texts: usize = self.values.iter().map(|text| text.capacity() + 24).sum();
        self.codes.len() * 4 + texts + self.numbers.as_ref().map_or(0, |numbers| numbers.len() * 8)
    }
}

impl Dictionary {
    /// Of a column in one of the four types.
    pub(crate) fn of(column: &ArrayRef) -> Result<Self, Error> {
        let (mut codes, firsts) = match column.data_type() {
            DataType::Int64 => {
                let values = column.as_primitive::<Int64Type>();
                code(column, |row| values.value(row))
            }
            DataType::Float64 => {
                let values = column.as_primitive::<Float64Type>();
                // Zero has two bit patterns and is one value.
                code(column, |row| (values.value(row) + 0.0).to_bits())
            }
            DataType::Date32 => {
                let values = column.as_primitive::<Date32Type>();
                code(column, |row| values.value(row))
            }
            DataType::Utf8View => {
                let values = column.as_string_view();
                code(column, |row| values.value(row))
            }
            other => return Err(Error::Internal(format!("no categories of {other}"))),
        };
        let numbers = numbers(column, &firsts);
        let texts: Vec<String> = firsts
            .iter()
            .map(|row| text_of(column, *row as usize).unwrap_or_default())
            .collect();
        let order = match &numbers {
            Some(numbers) => {
                let mut order: Vec<usize> = (0..numbers.len()).collect();
                order.sort_unstable_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
                order
            }
            None => natural_order(&texts),
        };
        let mut rank = vec![0_u32; order.len()];
        for (to, from) in order.iter().enumerate() {
            rank[*from] = u32::try_from(to).unwrap_or(NONE);
        }
        for code in codes.iter_mut().filter(|code| **code != NONE) {
            *code = rank[*code as usize];
        }
        Ok(Self {
            codes,
            values: order.iter().map(|at| texts[*at].clone()).collect(),
            numbers: numbers.map(|numbers| order.iter().map(|at| numbers[*at]).collect()),
        })
    }

    /// Whether the value at `code` is meant by `asked`: the same text, or the same number.
    pub(crate) fn is_value(&self, code: usize, asked: &str) -> bool {
        let asked = asked.trim();
        self.values[code] == asked
            || self
                .numbers
                .as_ref()
                .is_some_and(|numbers| asked.parse() == Ok(numbers[code]))
    }

    /// Of each text whether it means a value that is here, as [`Self::is_value`] has it.
    pub(crate) fn has(&self, asked: &[impl AsRef<str>]) -> Vec<bool> {
        let texts: HashSet<&str> = self.values.iter().map(String::as_str).collect();
        let numbers = self.numbers.iter().flatten();
        // Zero has two bit patterns and is one value.
        let numbers: HashSet<u64> = numbers.map(|number| (number + 0.0).to_bits()).collect();
        let is_here = |text: &str| {
            let number = || text.parse().map(|number: f64| (number + 0.0).to_bits());
            texts.contains(text)
                || (!numbers.is_empty() && number().is_ok_and(|it| numbers.contains(&it)))
        };
        asked
            .iter()
            .map(|text| is_here(text.as_ref().trim()))
            .collect()
    }
}

/// Codes in order of first appearance, and the row of each first appearance.
fn code<K: Hash + Eq + Copy>(column: &ArrayRef, key: impl Fn(usize) -> K) -> (Vec<u32>, Vec<u32>) {
    let mut seen: HashMap<K, u32> = HashMap::new();
    let mut firsts = Vec::new();
    let mut before: Option<(K, u32)> = None;
    let mut one = |row: usize| {
        if column.is_null(row) {
            return NONE;
        }
        let key = key(row);
        // Values of a person or a visit come in runs.
        if let Some((same, code)) = before
            && same == key
        {
            return code;
        }
        let code = *seen.entry(key).or_insert_with(|| {
            firsts.push(u32::try_from(row).unwrap_or(NONE));
            u32::try_from(firsts.len() - 1).unwrap_or(NONE)
        });
        before = Some((key, code));
        code
    };
    let codes = (0..column.len()).map(&mut one).collect();
    (codes, firsts)
}

fn numbers(column: &ArrayRef, rows: &[u32]) -> Option<Vec<f64>> {
    let rows = rows.iter().map(|row| *row as usize);
    match column.data_type() {
        DataType::Int64 => {
            let values = column.as_primitive::<Int64Type>();
            Some(rows.map(|row| values.value(row) as f64).collect())
        }
        DataType::Float64 => {
            let values = column.as_primitive::<Float64Type>();
            Some(rows.map(|row| values.value(row)).collect())
        }
        _ => None,
    }
}
