//! Reads a profile from a table's Parquet copy, column by column. What the import counted already is taken from there.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Float64Type},
};

use super::{
    ColumnProfile, Extent, Profile,
    pairs::{correlations, missing},
};
use crate::{
    Error, Workbench,
    data::{ColumnInfo, TableInfo},
    statistics::Sample,
    yielding::yielding,
};

impl Workbench {
    /// Describes a table. Nothing of it is kept but what the cache keeps of its columns.
    ///
    /// # Errors
    /// [`Error::Missing`] when its copy is gone.
    pub async fn profile(&self, table: &TableInfo, extent: Extent) -> Result<Profile, Error> {
        let (bench, table) = (self.clone(), table.clone());
        let work = move || yielding(move || made(&bench, &table, extent));
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Error::Internal(error.to_string()))?
    }
}

fn made(bench: &Workbench, table: &TableInfo, extent: Extent) -> Result<Profile, Error> {
    let rows = usize::try_from(table.rows).unwrap_or(usize::MAX);
    let step = match extent {
        Extent::Full => 1,
        Extent::Sampled => rows.div_ceil(Profile::SAMPLE).max(1),
    };
    let looked_at = rows.div_ceil(step);
    let (mut columns, mut compared, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
    let mut left_out = 0;
    for info in &table.columns {
        let is_number = info.is_numeric && info.column_type.is_numeric();
        let mut numbers = None;
        if is_number || info.missing > 0 {
            let column = bench.column(table, &info.name)?;
            if info.missing > 0 {
                gaps.push((info.name.clone(), is_missing(&column.values, step)));
            }
            if is_number {
                let values = values(&column.values, step)?;
                let missing = values.iter().filter(|value| !value.is_finite()).count();
                numbers = Sample::new(values.clone()).describe(missing as u64);
                match compared.len() < Profile::COMPARED {
                    true => compared.push((info.name.clone(), values)),
                    false => left_out += 1,
                }
            }
        }
        columns.push(ColumnProfile {
            numbers,
            ..described(info)
        });
    }
    Ok(Profile {
        table: table.name.clone(),
        checksum: table.checksum.clone(),
        rows: table.rows,
        looked_at: looked_at as u64,
        columns,
        correlations: correlations(&compared, left_out),
        missing: missing(&gaps, looked_at),
    })
}

fn described(info: &ColumnInfo) -> ColumnProfile {
    ColumnProfile {
        name: info.name.clone(),
        column_type: info.column_type,
        missing: info.missing,
        distinct: info.distinct,
        numbers: None,
        categories: info.categories.clone(),
        decimals: info.decimals,
        sketch: info.sketch.clone(),
    }
}

/// Every so-manieth value; NaN where there is none.
fn values(column: &ArrayRef, step: usize) -> Result<Vec<f64>, Error> {
    let numbers = cast(column, &DataType::Float64)?;
    let numbers = numbers.as_primitive::<Float64Type>();
    let chosen = numbers.iter().step_by(step);
    Ok(chosen.map(|value| value.unwrap_or(f64::NAN)).collect())
}

/// Whether each so-manieth row has no value.
fn is_missing(column: &ArrayRef, step: usize) -> Vec<bool> {
    (0..column.len())
        .step_by(step)
        .map(|row| column.is_null(row))
        .collect()
}
