//! A run's tables read back: whole, some columns, or some groups. Row groups are read on all cores.

use std::{
    fs::File,
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
};

use arrow::array::RecordBatch;
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    file::statistics::Statistics,
};

use super::{
    digest,
    schema::{PATIENTS_FILE, VISITS_FILE},
};
use crate::{
    Error,
    query::parallel::{parallel_on, threads},
    storage::Hold,
    yielding::yielding,
};

/// Which columns are read.
#[derive(Debug, Clone, Copy)]
pub enum Select<'a> {
    /// All of them.
    All,
    /// Those with these names, in the table's order.
    Columns(&'a [&'a str]),
}

/// Both tables in memory, a batch for each group, in order.
#[derive(Debug, Clone)]
pub struct Tables {
    /// Sorted by patient.
    pub patients: Vec<RecordBatch>,
    /// Sorted by patient and time.
    pub visits: Vec<RecordBatch>,
}

/// The tables of one run on disk; footers are read, rows are not.
#[derive(Debug, Clone)]
pub struct Stored {
    patients: Table,
    visits: Table,
    /// The files stay as long as this.
    _hold: Hold,
}

#[derive(Debug, Clone)]
struct Table {
    path: PathBuf,
    footer: ArrowReaderMetadata,
}

impl Stored {
    /// Opens the tables in a run's folder.
    ///
    /// # Errors
    /// [`Error::Io`] where a file is not there, [`Error::Internal`] where one is broken or the two do not belong
    /// together.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let patients = Table::open(folder.join(PATIENTS_FILE))?;
        let visits = Table::open(folder.join(VISITS_FILE))?;
        let (one, other) = (patients.groups(), visits.groups());
        if one != other {
            return Err(Error::Internal(format!(
                "{} has {one} groups of patients, {} has {other}; the run is broken, simulate it again",
                patients.path.display(),
                visits.path.display()
            )));
        }
        Ok(Self {
            patients,
            visits,
            _hold: Hold::default(),
        })
    }

    /// The same, with what keeps the files from leaving.
    pub(in crate::simulation) fn held(self, hold: Hold) -> Self {
        Self {
            _hold: hold,
            ..self
        }
    }

    /// How many groups of patients there are.
    pub fn groups(&self) -> usize {
        self.visits.groups()
    }

    /// The groups that have visits of these patients, by the footer alone.
    pub fn groups_with(&self, patients: &RangeInclusive<u32>) -> Range<usize> {
        let meets = |group: &usize| {
            let column = self.visits.footer.metadata().row_group(*group).column(0);
            // Written by us there is always a statistic; without one the group has to be looked at.
            let Some(Statistics::Int32(ids)) = column.statistics() else {
                return true;
            };
            let id = |id: Option<&i32>| id.map(|id| id.cast_unsigned());
            id(ids.min_opt()).is_none_or(|least| least <= *patients.end())
                && id(ids.max_opt()).is_none_or(|most| most >= *patients.start())
        };
        let first = (0..self.groups()).find(meets);
        let last = (0..self.groups()).rfind(meets);
        first
            .zip(last)
            .map_or(0..0, |(first, last)| first..last + 1)
    }

    /// Patients of some groups.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for a column that is not there.
    pub fn patients(
        &self,
        select: Select<'_>,
        groups: Range<usize>,
    ) -> Result<Vec<RecordBatch>, Error> {
        self.patients.read(select, groups)
    }

    /// Visits of some groups.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for a column that is not there.
    pub fn visits(
        &self,
        select: Select<'_>,
        groups: Range<usize>,
    ) -> Result<Vec<RecordBatch>, Error> {
        self.visits.read(select, groups)
    }

    /// Everything.
    ///
    /// # Errors
    /// [`Error::Internal`] where a file is broken.
    pub fn load(&self) -> Result<Tables, Error> {
        let all = 0..self.groups();
        Ok(Tables {
            patients: self.patients(Select::All, all.clone())?,
            visits: self.visits(Select::All, all)?,
        })
    }

    /// Both footers: of patients, of visits.
    pub(super) fn footers(&self) -> (&ArrowReaderMetadata, &ArrowReaderMetadata) {
        (&self.patients.footer, &self.visits.footer)
    }

    pub(super) fn group_of_patients(&self, group: usize) -> Result<RecordBatch, Error> {
        self.patients.read_group(&ProjectionMask::all(), group)
    }

    pub(super) fn group_of_visits(&self, group: usize) -> Result<RecordBatch, Error> {
        self.visits.read_group(&ProjectionMask::all(), group)
    }

    /// The checksum of what is in the files now; what is broken or was changed has another than the run's.
    ///
    /// # Errors
    /// [`Error::Internal`] where a file cannot be read at all.
    pub fn checksum(&self) -> Result<String, Error> {
        let of_group = |group: usize| {
            let patients = self.group_of_patients(group)?;
            let visits = self.group_of_visits(group)?;
            digest::of_group(&patients, &visits)
        };
        let digests = yielding(|| parallel_on(threads(), self.groups(), of_group))?;
        Ok(digest::of_run(&digests))
    }
}

impl Table {
    fn open(path: PathBuf) -> Result<Self, Error> {
        let file = File::open(&path).map_err(|error| Error::io(&path, error))?;
        let footer = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
        Ok(Self { path, footer })
    }

    fn groups(&self) -> usize {
        self.footer.metadata().num_row_groups()
    }

    fn read(&self, select: Select<'_>, groups: Range<usize>) -> Result<Vec<RecordBatch>, Error> {
        let mask = self.mask(select)?;
        let groups = groups.start..groups.end.min(self.groups());
        parallel_on(threads(), groups.len(), |at| {
            self.read_group(&mask, groups.start + at)
        })
    }

    fn read_group(&self, mask: &ProjectionMask, group: usize) -> Result<RecordBatch, Error> {
        let file = File::open(&self.path).map_err(|error| Error::io(&self.path, error))?;
        let rows = self.footer.metadata().row_group(group).num_rows();
        let mut reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone())
                .with_row_groups(vec![group])
                .with_projection(mask.clone())
                .with_batch_size(usize::try_from(rows).unwrap_or(usize::MAX))
                .build()?;
        let empty = || Error::Internal(format!("{} has an empty group", self.path.display()));
        Ok(reader.next().ok_or_else(empty)??)
    }

    fn mask(&self, select: Select<'_>) -> Result<ProjectionMask, Error> {
        let Select::Columns(names) = select else {
            return Ok(ProjectionMask::all());
        };
        let schema = self.footer.schema();
        for name in names {
            if schema.index_of(name).is_err() {
                let there: Vec<&str> = schema
                    .fields()
                    .iter()
                    .map(|it| it.name().as_str())
                    .collect();
                return Err(Error::BadRequest(format!(
                    "there is no column {name}; there are {}",
                    there.join(", ")
                )));
            }
        }
        let parquet = self.footer.parquet_schema();
        Ok(ProjectionMask::columns(parquet, names.iter().copied()))
    }
}
