//! Columns that several tables have besides the keys, and whether they say the same: then a merge
//! keeps one of them, else one for each table. The rule is the merge's (`query/merge/agree.rs`): a
//! missing cell contradicts nothing, and columns of different types never agree.

use arrow::{
    array::{Array, ArrayRef, UInt64Array},
    compute::{kernels::cmp::eq, take},
};

use super::{
    key_columns::load,
    key_report::{Keyed, pack},
    types::{Level, MergeKeys, SharedColumn},
};
use crate::{Error, Workbench};

/// Finds them among the tables that can be joined, in the order of the first table's columns.
pub(super) fn shared_columns(
    workbench: &Workbench,
    tables: &[Keyed],
    keys: &MergeKeys,
) -> Result<Vec<SharedColumn>, Error> {
    let joined: Vec<&Keyed> = tables.iter().filter(|table| table.is_joined()).collect();
    let mut shared: Vec<SharedColumn> = Vec::new();
    for table in &joined {
        for column in &table.info.columns {
            let name = column.name.as_str();
            // A visit column in a participant table is no key there, but no measurement either.
            let is_key = name == keys.primary_id || Some(name) == keys.session_id.as_deref();
            if is_key || shared.iter().any(|known| known.column == name) {
                continue;
            }
            let having: Vec<&Keyed> = joined
                .iter()
                .copied()
                .filter(|table| table.info.column(name).is_some())
                .collect();
            if having.len() > 1 {
                shared.push(SharedColumn {
                    column: name.to_owned(),
                    tables: having.iter().map(|table| table.info.name.clone()).collect(),
                    agrees: all_agree(workbench, &having, name)?,
                });
            }
        }
    }
    Ok(shared)
}

fn all_agree(workbench: &Workbench, tables: &[&Keyed], name: &str) -> Result<bool, Error> {
    let mut columns = Vec::with_capacity(tables.len());
    for table in tables {
        let mut loaded = load(workbench, table.info, &[name])?;
        columns.extend(loaded.pop().map(|column| (*table, column)));
    }
    for (index, left) in columns.iter().enumerate() {
        for right in &columns[index + 1..] {
            if !agree(left, right)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Whether two tables say the same in every row they share.
fn agree((left, a): &(&Keyed, ArrayRef), (right, b): &(&Keyed, ArrayRef)) -> Result<bool, Error> {
    if a.data_type() != b.data_type() {
        return Ok(false);
    }
    // Look each row up in the coarser table, so that every row is looked at.
    if left.join.level == Level::Visit && right.join.level == Level::Participant {
        return rows_agree(left, a, right, b);
    }
    Ok(rows_agree(right, b, left, a)?
        && (left.join.level != right.join.level || rows_agree(left, a, right, b)?))
}

fn rows_agree(
    rows: &Keyed,
    values: &ArrayRef,
    base: &Keyed,
    base_values: &ArrayRef,
) -> Result<bool, Error> {
    let is_same_level = rows.join.level == base.join.level;
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for (row, key) in rows.rows.iter().enumerate() {
        let key = if is_same_level {
            *key
        } else {
            pack(rows.participant[row], 0)
        };
        if let Some(other) = key.and_then(|key| base.first_row.get(&key)) {
            here.push(row as u64);
            there.push(*other as u64);
        }
    }
    let here = take(values, &UInt64Array::from(here), None)?;
    let there = take(base_values, &UInt64Array::from(there), None)?;
    // A comparison with a missing cell is neither true nor false.
    Ok(eq(&here, &there)?.false_count() == 0)
}
