//! The index of a study: who is in it, their visits, and where each table keeps the row. Built from
//! the key columns alone; it knows nothing of filters or results.

mod cache;
mod columns;
mod dictionary;
mod frame;
mod keys;
mod participants;

use std::sync::Arc;

use arrow::datatypes::DataType;

pub(crate) use cache::{IndexCache, Weigh};
pub(crate) use columns::{Column, Footer, Source, plain};
pub(crate) use dictionary::Dictionary;
pub(crate) use frame::Frame;
pub(crate) use keys::Keys;

use self::{frame::Ranked, keys::rank, participants::PersonRows};
use super::{
    parallel::parallel,
    selection::{digest, session},
};
use crate::{Error, Study, Workbench, data::TableInfo};

/// No row, no participant, no code.
pub(crate) const NONE: u32 = u32::MAX;

/// How a table is reached.
pub(crate) enum Place {
    /// One row a participant: the row of each, or [`NONE`].
    Person(Vec<u32>),
    /// Visit by visit: its number in [`Frame::tables`].
    Visit(usize),
    /// It has no key column and takes no part.
    Apart,
}

/// The index over a study's tables.
pub(crate) struct StudyIndex {
    /// Names it in the cache: the tables and the keys.
    pub(crate) name: String,
    /// Ids of the participants; a participant's number is the place here.
    pub(crate) ids: Keys,
    /// The cohort's (first) row of each participant.
    pub(crate) cohort_rows: Vec<u32>,
    /// All visits.
    pub(crate) frame: Frame,
    /// One entry per table of the study, in its order.
    pub(crate) places: Vec<Place>,
}

impl Weigh for StudyIndex {
    fn bytes(&self) -> usize {
        let places: usize = self
            .places
            .iter()
            .map(|place| {
                if let Place::Person(rows) = place {
                    rows.len() * 4
                } else {
                    0
                }
            })
            .sum();
        self.ids.bytes() + self.cohort_rows.len() * 4 + self.frame.bytes() + places
    }
}

impl StudyIndex {
    /// How many participants there are.
    pub(crate) fn participants(&self) -> usize {
        self.cohort_rows.len()
    }
}

impl Workbench {
    /// The file of a table.
    pub(crate) fn table_source<T>(
        &self,
        table: &TableInfo,
        read: impl FnOnce(Source<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let path = self.table_path(&table.id);
        read(Source {
            cache: &self.inner.cache,
            storage: &self.inner.storage,
            path: &path,
            id: &table.id,
        })
        .map_err(|e| match e {
            Error::Missing(what) => Error::Missing(format!("{what} of table {}", table.name)),
            other => other,
        })
    }

    /// A column of a table, from the cache.
    pub(crate) fn column(&self, table: &TableInfo, name: &str) -> Result<Arc<Column>, Error> {
        self.table_source(table, |source| source.column(name))
    }

    /// The type a column is loaded in; reads the footer only.
    pub(crate) fn column_type(&self, table: &TableInfo, name: &str) -> Result<DataType, Error> {
        self.table_source(table, |source| source.column_type(name))
    }

    /// A column's distinct values, from the cache.
    pub(crate) fn dictionary(
        &self,
        table: &TableInfo,
        name: &str,
    ) -> Result<Arc<Dictionary>, Error> {
        let key = format!("values/{}/{name}", table.id);
        self.inner
            .cache
            .get_or_build(&key, || Dictionary::of(&self.column(table, name)?.values))
    }

    /// The index of a study, from the cache. Blocks while it is built.
    pub(crate) fn index(&self, study: &Study) -> Result<Arc<StudyIndex>, Error> {
        let name = index_name(study);
        let key = format!("index/{name}");
        self.inner
            .cache
            .get_or_build(&key, || self.build_index(study, name))
    }

    fn build_index(&self, study: &Study, name: String) -> Result<StudyIndex, Error> {
        let keys = &study.keys;
        let cohort = cohort_of(study)?;
        let session = session(study);
        let session_of = |table: &TableInfo| session.filter(|name| table.column(name).is_some());
        let joined: Vec<usize> = joinable(study, cohort);
        let wanted: Vec<(usize, &str)> = joined
            .iter()
            .map(|at| (*at, keys.primary_id.as_str()))
            .chain(
                joined
                    .iter()
                    .filter_map(|at| Some((*at, session_of(&study.tables[*at])?))),
            )
            .collect();
        let loaded = parallel(wanted.len(), |at| {
            let (table, column) = wanted[at];
            self.column(&study.tables[table], column)
        })?;
        let (id_columns, visit_columns) = loaded.split_at(joined.len());

        let (ids, ranks) = rank(id_columns, 1)?;
        let (visits, mut visit_ranks) = rank(visit_columns, visit_columns.len())?;
        let mut visit_ranks = visit_ranks.drain(..);
        let mut places: Vec<Place> = study.tables.iter().map(|_| Place::Apart).collect();
        let mut cohort_rows = Vec::new();
        let mut ranked = Vec::new();
        for (at, person) in joined.into_iter().zip(ranks) {
            let has_visits = session_of(&study.tables[at]).is_some();
            let found = (at == cohort || !has_visits).then(|| PersonRows::of(&person, ids.len()));
            let is_person = match &found {
                _ if has_visits => false,
                // A further row of a participant in the cohort table has no visit to belong to;
                // in another table it is one more row without a visit.
                Some(found) => at == cohort || found.repeated == 0,
                None => false,
            };
            if is_person && at != cohort {
                places[at] = Place::Person(found.map(|found| found.rows).unwrap_or_default());
                continue;
            }
            if at == cohort {
                cohort_rows = found.map(|found| found.rows).unwrap_or_default();
                if is_person {
                    places[at] = Place::Person(cohort_rows.clone());
                    continue;
                }
            }
            let visit = match has_visits {
                true => visit_ranks.next().unwrap_or_default(),
                false => vec![NONE; person.len()],
            };
            places[at] = Place::Visit(ranked.len());
            ranked.push(Ranked { person, visit });
        }
        Ok(StudyIndex {
            name,
            ids,
            cohort_rows,
            frame: Frame::of(visits, ranked)?,
            places,
        })
    }
}

/// Names the index: everything that decides it.
fn index_name(study: &Study) -> String {
    let tables = study
        .tables
        .iter()
        .map(|table| (&table.id, &table.name))
        .collect::<Vec<_>>();
    digest(&(
        tables,
        &study.keys.cohort_table,
        &study.keys.primary_id,
        session(study),
    ))
}

/// The cohort table's place in the study.
pub(crate) fn cohort_of(study: &Study) -> Result<usize, Error> {
    let keys = &study.keys;
    let found = study
        .tables
        .iter()
        .position(|table| table.name == keys.cohort_table);
    let Some(at) = found else {
        return Err(Error::BadRequest(format!(
            "The cohort table {} is not here.",
            keys.cohort_table
        )));
    };
    if study.tables[at].column(&keys.primary_id).is_none() {
        return Err(Error::BadRequest(format!(
            "The cohort table {} has no column {}.",
            keys.cohort_table, keys.primary_id
        )));
    }
    Ok(at)
}

/// Tables that have the primary id: the cohort first, the others in the study's order.
fn joinable(study: &Study, cohort: usize) -> Vec<usize> {
    let has_id = |at: &usize| study.tables[*at].column(&study.keys.primary_id).is_some();
    let others = (0..study.tables.len()).filter(|at| *at != cohort);
    std::iter::once(cohort)
        .chain(others.filter(has_id))
        .collect()
}
