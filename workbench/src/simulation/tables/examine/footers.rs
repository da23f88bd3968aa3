//! The footer of a stranger's table: its columns, and whether what it speaks of is there.

use std::path::Path;

use arrow::datatypes::{DataType, FieldRef, SchemaRef};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;

use super::{Flaw, flaw};

/// Whether a footer has a run's columns, and lies about none of them.
pub(super) fn look_at_footer(
    table: &'static str,
    folder: &Path,
    footer: &ArrowReaderMetadata,
    expected: &SchemaRef,
) -> Result<(), Flaw> {
    let columns = |schema: &SchemaRef| -> Vec<(String, DataType, bool)> {
        let fields = schema.fields().iter();
        let column = |field: &FieldRef| {
            let (name, kind) = (field.name().clone(), field.data_type().clone());
            (name, kind, field.is_nullable())
        };
        fields.map(column).collect()
    };
    let (found, wanted) = (columns(footer.schema()), columns(expected));
    if let Some(column) = wanted.iter().find(|column| !found.contains(column)) {
        let problem = format!("it has no column {} of {}", column.0, column.1);
        return Err(flaw(table, problem));
    }
    if found != wanted {
        return Err(flaw(table, "it has other columns than a run has"));
    }
    let bytes = std::fs::metadata(folder.join(table)).map_or(0, |file| file.len());
    for group in footer.metadata().row_groups() {
        for column in group.columns() {
            let (start, length) = column.byte_range();
            if start.saturating_add(length) > bytes || column.num_values() != group.num_rows() {
                let problem = format!("its footer lies about {}", column.column_path());
                return Err(flaw(table, problem));
            }
        }
    }
    Ok(())
}
