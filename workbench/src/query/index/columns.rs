//! Columns out of Parquet files, one at a time, in the few Arrow types the workbench works on.
//! What they mean is not known here.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, new_empty_array},
    compute::{cast, concat},
    datatypes::{DataType, Field, Schema},
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    file::metadata::PageIndexPolicy,
};

use super::{IndexCache, Weigh};
use crate::{Error, storage::Storage};

/// A Parquet file's footer, read once.
pub(crate) struct Footer {
    pub(crate) reader: ArrowReaderMetadata,
}

impl Weigh for Footer {
    fn bytes(&self) -> usize {
        self.reader.metadata().memory_size()
    }
}

impl Footer {
    /// Rows of the file.
    pub(crate) fn rows(&self) -> usize {
        let rows = self.reader.metadata().file_metadata().num_rows();
        usize::try_from(rows).unwrap_or(0)
    }
}

/// One column as `Int64`, `Float64`, `Date32` or `Utf8View`.
///
/// Views, because gathering rows then copies 16 bytes a cell whatever the text's length, and
/// because a column of more than 2 GiB of text has no offsets to overflow.
pub(crate) struct Column {
    pub(crate) values: ArrayRef,
}

impl Weigh for Column {
    fn bytes(&self) -> usize {
        self.values.get_array_memory_size()
    }
}

/// One Parquet file of ours: a table's copy or a result. `id` names its content.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) cache: &'a IndexCache,
    pub(crate) storage: &'a Storage,
    pub(crate) path: &'a Path,
    pub(crate) id: &'a str,
}

impl Source<'_> {
    /// The file, or that it is gone.
    pub(crate) fn open(&self) -> Result<File, Error> {
        let file = self.storage.open(self.path)?;
        file.ok_or_else(|| Error::Missing("The data".into()))
    }

    /// The footer, from the cache.
    pub(crate) fn footer(&self) -> Result<Arc<Footer>, Error> {
        self.cache.get_or_build(&format!("footer/{}", self.id), || {
            let policy = PageIndexPolicy::Optional;
            let options = || ArrowReaderOptions::new().with_offset_index_policy(policy);
            let read = ArrowReaderMetadata::load(&self.open()?, options())?;
            let views = read
                .schema()
                .fields()
                .iter()
                .map(|field| match field.data_type() {
                    DataType::Utf8 | DataType::LargeUtf8 => Arc::new(Field::new(
                        field.name(),
                        DataType::Utf8View,
                        field.is_nullable(),
                    )),
                    _ => Arc::clone(field),
                });
            let schema = Arc::new(Schema::new(views.collect::<Vec<_>>()));
            let options = options().with_schema(schema);
            let reader = ArrowReaderMetadata::try_new(Arc::clone(read.metadata()), options)?;
            Ok(Footer { reader })
        })
    }

    /// A column, from the cache.
    pub(crate) fn column(&self, name: &str) -> Result<Arc<Column>, Error> {
        self.cache
            .get_or_build(&format!("column/{}/{name}", self.id), || self.read(name))
    }

    /// The type a column is loaded in.
    pub(crate) fn column_type(&self, name: &str) -> Result<DataType, Error> {
        let footer = self.footer()?;
        let found = footer.reader.schema().fields().find(name);
        let (_, field) = found.ok_or_else(|| Error::Missing(format!("Column {name}")))?;
        Ok(plain_type(field.data_type()))
    }

    fn read(&self, name: &str) -> Result<Column, Error> {
        let footer = self.footer()?;
        let fields = footer.reader.schema().fields();
        let Some((at, field)) = fields.find(name) else {
            return Err(Error::Missing(format!("Column {name}")));
        };
        let mask = ProjectionMask::roots(footer.reader.parquet_schema(), [at]);
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.open()?, footer.reader.clone())
                .with_projection(mask)
                .with_batch_size(footer.rows().max(1))
                .build()?;
        let mut parts: Vec<ArrayRef> = Vec::new();
        for batch in reader {
            parts.push(Arc::clone(batch?.column(0)));
        }
        let values = match parts.as_slice() {
            [] => new_empty_array(field.data_type()),
            [one] => Arc::clone(one),
            many => concat(&many.iter().map(AsRef::as_ref).collect::<Vec<_>>())?,
        };
        let values = plain(&values)?;
        Ok(Column { values })
    }
}

/// The values in one of the four types.
pub(crate) fn plain(values: &ArrayRef) -> Result<ArrayRef, Error> {
    let kind = plain_type(values.data_type());
    match *values.data_type() == kind {
        true => Ok(Arc::clone(values)),
        false => Ok(cast(values, &kind)?),
    }
}

/// The one of the four types that stands for a type.
fn plain_type(kind: &DataType) -> DataType {
    match kind {
        DataType::Int64 | DataType::Float64 | DataType::Date32 => kind.clone(),
        whole if whole.is_integer() => DataType::Int64,
        number if number.is_numeric() => DataType::Float64,
        _ => DataType::Utf8View,
    }
}
