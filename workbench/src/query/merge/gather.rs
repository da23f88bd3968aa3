//! The cells of a result's column for a range of rows: pointers through the index, then one `take`.

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, StringViewArray, UInt32Array, new_null_array},
    buffer::{BooleanBuffer, NullBuffer},
    compute::{cast, is_not_null, kernels::zip::zip, take},
    datatypes::{DataType, Field, Schema, SchemaRef},
};

use super::{
    agree::common_type,
    plan::{Cells, Planned},
    rows::{Baselines, Rows},
    writer::Gather,
};
use crate::{
    Error, Study, Workbench,
    query::index::{Keys, NONE, Place, StudyIndex},
};

/// A result that is not written yet.
pub(crate) struct Merged<'a> {
    pub(crate) bench: &'a Workbench,
    pub(crate) study: &'a Study,
    pub(crate) index: Arc<StudyIndex>,
    pub(crate) rows: Rows,
    pub(crate) plan: Vec<Planned>,
    pub(crate) baselines: Option<Baselines>,
}

impl Gather for Merged<'_> {
    fn schema(&self) -> Result<SchemaRef, Error> {
        let fields = self.plan.iter().enumerate().map(|(at, planned)| {
            // No rows are asked for and no column is read: the footers know the types.
            let kind = match &planned.cells {
                Cells::Tables(sources) => self.kind(sources)?,
                _ => self.array(at, 0..0)?.data_type().clone(),
            };
            let is_nullable = !matches!(planned.cells, Cells::Id);
            Ok(Field::new(&planned.column.name, kind, is_nullable))
        });
        Ok(Arc::new(Schema::new(
            fields.collect::<Result<Vec<_>, Error>>()?,
        )))
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn distinct(&self, column: usize) -> u64 {
        self.plan[column].distinct
    }

    fn array(&self, column: usize, rows: Range<usize>) -> Result<ArrayRef, Error> {
        let of_table = |table: usize, name: &str, slot: Option<u32>| {
            let values = self.bench.column(&self.study.tables[table], name)?;
            let pointers = self.pointers(table, slot, rows.clone());
            Ok(take(&values.values, &pointers, None)?)
        };
        self.array_from(column, rows.clone(), of_table)
    }
}

impl Merged<'_> {
    /// A column's cells, of which `of_table` has those of a table's column, in wide form of one visit.
    pub(crate) fn array_from(
        &self,
        column: usize,
        rows: Range<usize>,
        of_table: impl Fn(usize, &str, Option<u32>) -> Result<ArrayRef, Error>,
    ) -> Result<ArrayRef, Error> {
        let planned = &self.plan[column];
        let sources = match &planned.cells {
            Cells::Id => {
                let people = UInt32Array::from(self.rows.person[rows].to_vec());
                return Ok(take(self.index.ids.array(), &people, None)?);
            }
            Cells::Visit => return self.visits(rows),
            Cells::Tables(sources) => sources,
        };
        let mut gathered: Option<ArrayRef> = None;
        let kind = self.kind(sources)?;
        for (table, name) in sources {
            let next = cast(&of_table(*table, name, planned.slot)?, &kind)?;
            let all = match gathered {
                None => next,
                Some(first) => zip(&is_not_null(&first)?, &first, &next)?,
            };
            if all.null_count() == 0 {
                return Ok(all);
            }
            gathered = Some(all);
        }
        Ok(gathered.unwrap_or_else(|| new_null_array(&kind, rows.len())))
    }

    /// The column that names the visit, in long form.
    pub(crate) fn visit_column(&self) -> Option<usize> {
        let mut plan = self.plan.iter();
        plan.position(|planned| matches!(planned.cells, Cells::Visit))
    }

    /// The type of a column made of these.
    fn kind(&self, sources: &[(usize, String)]) -> Result<DataType, Error> {
        let mut kind: Option<DataType> = None;
        for (table, name) in sources {
            let next = self.bench.column_type(&self.study.tables[*table], name)?;
            kind = Some(kind.map_or_else(|| next.clone(), |kind| common_type(&kind, &next)));
        }
        Ok(kind.unwrap_or(DataType::Utf8View))
    }

    /// Rows in a table for rows of the result; missing where it has none.
    fn pointers(&self, table: usize, slot: Option<u32>, rows: Range<usize>) -> UInt32Array {
        let frame_row = |row: usize| match (slot, &self.rows.wide) {
            (Some(slot), Some(wide)) => wide.find(row, slot),
            _ => self.rows.frame[row],
        };
        match &self.index.places[table] {
            Place::Person(places) => {
                nullable(rows.map(|row| places[self.rows.person[row] as usize]))
            }
            Place::Visit(number) => {
                let places = &self.index.frame.tables[*number].rows;
                let at = |row: u32| {
                    if row == NONE {
                        NONE
                    } else {
                        places[row as usize]
                    }
                };
                nullable(rows.map(|row| at(frame_row(row))))
            }
            Place::Apart => nullable(rows.map(|_| NONE)),
        }
    }

    fn visits(&self, rows: Range<usize>) -> Result<ArrayRef, Error> {
        let frame = &self.index.frame;
        let rank = |row: u32| match row {
            NONE => NONE,
            row if frame.is_named(row as usize) => frame.visit[row as usize],
            _ => NONE,
        };
        let ranks = nullable(self.rows.frame[rows].iter().map(|row| rank(*row)));
        match &self.baselines {
            Some(baselines) if matches!(frame.visits, Keys::Texts(_)) => {
                let names =
                    (0..frame.visits.len() as u32).map(|visit| baselines.name(frame, visit));
                Ok(take(
                    &names.map(Some).collect::<StringViewArray>(),
                    &ranks,
                    None,
                )?)
            }
            _ => Ok(take(frame.visits.array(), &ranks, None)?),
        }
    }
}

/// Pointers with [`NONE`] as missing.
pub(crate) fn nullable(pointers: impl Iterator<Item = u32>) -> UInt32Array {
    let mut values: Vec<u32> = pointers.collect();
    if !values.contains(&NONE) {
        return UInt32Array::from(values);
    }
    let valid = BooleanBuffer::collect_bool(values.len(), |at| values[at] != NONE);
    for value in values.iter_mut().filter(|value| **value == NONE) {
        *value = 0;
    }
    UInt32Array::new(values.into(), Some(NullBuffer::new(valid)))
}
