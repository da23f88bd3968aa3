//! What the result checksum is taken of: the values of both tables, group by group.
//!
//! Of a group, table by table (patients, visits): the number of rows, then each column. A number is its bytes, least
//! first; a yes or no is one byte; a word is its length in one byte and its letters; in a column that may have none,
//! each value is led by a byte that says whether there is one. The checksum is SHA-256 of the groups' SHA-256 digests.
//! Nothing of Parquet is in it, so another way of writing the same rows keeps it.

use arrow::{
    array::{Array, ArrayRef, AsArray, PrimitiveArray, RecordBatch},
    datatypes::{
        ArrowPrimitiveType, DataType, Date32Type, Float32Type, Int8Type, UInt16Type, UInt32Type,
    },
};
use sha2::{Digest, Sha256};

use crate::Error;

/// The digest of one group.
pub(super) type GroupDigest = [u8; 32];

/// The digest of a group's rows.
pub(super) fn of_group(patients: &RecordBatch, visits: &RecordBatch) -> Result<GroupDigest, Error> {
    let mut hasher = Sha256::new();
    let mut bytes = Vec::new();
    for table in [patients, visits] {
        hasher.update((table.num_rows() as u64).to_le_bytes());
        for (column, field) in table.columns().iter().zip(table.schema_ref().fields()) {
            bytes.clear();
            put_column(column, field.is_nullable(), &mut bytes)?;
            hasher.update(&bytes);
        }
    }
    Ok(hasher.finalize().into())
}

/// The checksum of a run, in hexadecimal digits.
pub(super) fn of_run(groups: &[GroupDigest]) -> String {
    let mut hasher = Sha256::new();
    for group in groups {
        hasher.update(group);
    }
    hex::encode(hasher.finalize())
}

fn put_column(column: &ArrayRef, may_be_none: bool, out: &mut Vec<u8>) -> Result<(), Error> {
    match column.data_type() {
        DataType::UInt32 => {
            put_numbers(
                column.as_primitive::<UInt32Type>(),
                may_be_none,
                u32::to_le_bytes,
                out,
            );
        }
        DataType::UInt16 => {
            put_numbers(
                column.as_primitive::<UInt16Type>(),
                may_be_none,
                u16::to_le_bytes,
                out,
            );
        }
        DataType::Date32 => {
            put_numbers(
                column.as_primitive::<Date32Type>(),
                may_be_none,
                i32::to_le_bytes,
                out,
            );
        }
        DataType::Float32 => {
            put_numbers(
                column.as_primitive::<Float32Type>(),
                may_be_none,
                f32::to_le_bytes,
                out,
            );
        }
        DataType::Boolean => out.extend(column.as_boolean().values().iter().map(u8::from)),
        DataType::Dictionary(..) => put_words(column, may_be_none, out)?,
        other => {
            return Err(Error::Internal(format!(
                "no table of a run has a column of {other}"
            )));
        }
    }
    Ok(())
}

fn put_numbers<T: ArrowPrimitiveType, const N: usize>(
    numbers: &PrimitiveArray<T>,
    may_be_none: bool,
    bytes: impl Fn(T::Native) -> [u8; N],
    out: &mut Vec<u8>,
) {
    if !may_be_none {
        let start = out.len();
        out.resize(start + numbers.len() * N, 0);
        for (place, value) in out[start..].chunks_exact_mut(N).zip(numbers.values()) {
            place.copy_from_slice(&bytes(*value));
        }
        return;
    }
    out.reserve(numbers.len() * (N + 1));
    for value in numbers {
        out.push(value.is_some().into());
        if let Some(value) = value {
            out.extend_from_slice(&bytes(value));
        }
    }
}

/// A word's code is the file's own affair; what counts are its letters.
fn put_words(column: &ArrayRef, may_be_none: bool, out: &mut Vec<u8>) -> Result<(), Error> {
    let coded = column.as_dictionary::<Int8Type>();
    let words: Vec<Vec<u8>> = coded
        .values()
        .as_string_opt::<i32>()
        .ok_or_else(|| Error::Internal("a column of words has other values".into()))?
        .iter()
        .map(|word| {
            let word = word.unwrap_or_default();
            let led = may_be_none.then_some(1).into_iter();
            led.chain([u8::try_from(word.len()).unwrap_or(u8::MAX)])
                .chain(word.bytes())
                .collect()
        })
        .collect();
    for code in coded.keys() {
        match code.and_then(|code| words.get(usize::try_from(code).ok()?)) {
            Some(word) => out.extend_from_slice(word),
            None => out.push(0),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::sync::Arc;

    use arrow::array::{DictionaryArray, Int8Array, StringArray, UInt16Array};

    use super::*;

    fn bytes(column: ArrayRef, may_be_none: bool) -> Vec<u8> {
        let mut out = Vec::new();
        put_column(&column, may_be_none, &mut out).unwrap();
        out
    }

    #[test]
    fn words_count_and_not_their_codes() {
        let words = |codes: Vec<Option<i8>>, words: Vec<&str>| -> ArrayRef {
            let values = Arc::new(StringArray::from(words));
            Arc::new(DictionaryArray::<Int8Type>::try_new(Int8Array::from(codes), values).unwrap())
        };
        let one = words(vec![Some(0), None, Some(1)], vec!["a", "bc"]);
        let other = words(vec![Some(1), None, Some(0)], vec!["bc", "a"]);
        assert_eq!(bytes(one.clone(), true), bytes(other, true));
        assert_eq!(bytes(one, true), [1, 1, b'a', 0, 1, 2, b'b', b'c']);
    }

    #[test]
    fn nothing_and_zero_are_told_apart() {
        let column = |value| -> ArrayRef { Arc::new(UInt16Array::from(vec![value, Some(258)])) };
        assert_eq!(bytes(column(None), true), [0, 1, 2, 1]);
        assert_eq!(bytes(column(Some(0)), true), [1, 0, 0, 1, 2, 1]);
        assert_eq!(bytes(column(Some(0)), false), [0, 0, 2, 1]);
    }
}
