//! Whether the tables of a study meet: what each joins on, what is left over, which columns they
//! share. Computed from the stored keys of every row, never from estimates.
//!
//! A table joins on participant and visit if the study is longitudinal and the table has both, else
//! on the participant; without a participant column it cannot be joined.

use std::collections::HashSet;

use super::{
    key_checks::checks,
    key_columns::{MISSING, NumberMap, Numbering, load},
    shared_columns::shared_columns,
    types::{KeyReport, Level, MergeKeys, TableInfo, TableJoin},
};
use crate::{Error, Study, Workbench, yielding::yielding};

impl Workbench {
    /// How the tables of a study join, and whether their keys meet.
    ///
    /// # Errors
    /// [`Error::Missing`] if a table's copy is gone.
    pub async fn key_report(&self, study: &Study) -> Result<KeyReport, Error> {
        let (workbench, study) = (self.clone(), study.clone());
        let work = move || yielding(move || workbench.key_report_blocking(&study));
        let run = tokio::task::spawn_blocking(work);
        run.await
            .map_err(|e| Error::Internal(format!("the key report stopped: {e}")))?
    }

    fn key_report_blocking(&self, study: &Study) -> Result<KeyReport, Error> {
        let (mut participants, mut visits) = (Numbering::default(), Numbering::default());
        let tables = study
            .tables
            .iter()
            .map(|table| self.keyed(table, &study.keys, &mut participants, &mut visits))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(KeyReport {
            checks: checks(&tables, &study.keys),
            shared_columns: shared_columns(self, &tables, &study.keys)?,
            tables: tables.into_iter().map(|table| table.join).collect(),
        })
    }

    fn keyed<'a>(
        &self,
        table: &'a TableInfo,
        keys: &MergeKeys,
        participants: &mut Numbering,
        visits: &mut Numbering,
    ) -> Result<Keyed<'a>, Error> {
        let (on, level) = join_of(table, keys);
        let columns = load(self, table, &on)?;
        let participant = columns
            .first()
            .map(|column| participants.number(column))
            .transpose()?
            .unwrap_or_default();
        let visit = columns
            .get(1)
            .map(|column| visits.number(column))
            .transpose()?;
        let rows: Vec<Option<u64>> = match &visit {
            None => participant.iter().map(|p| pack(*p, 0)).collect(),
            Some(visit) => participant
                .iter()
                .zip(visit)
                .map(|(p, v)| pack(*p, *v))
                .collect(),
        };
        let mut first_row = NumberMap::default();
        first_row.reserve(rows.len());
        for (row, key) in rows.iter().enumerate() {
            if let Some(key) = key {
                first_row.entry(*key).or_insert(row);
            }
        }
        let join = TableJoin {
            table: table.name.clone(),
            on: on.iter().map(|name| (*name).to_owned()).collect(),
            level,
            rows: table.rows,
            unique: first_row.len() as u64,
        };
        let present = participant
            .iter()
            .copied()
            .filter(|p| *p != MISSING)
            .collect();
        Ok(Keyed {
            info: table,
            join,
            participant,
            rows,
            first_row,
            present,
        })
    }
}

/// A table with its keys as numbers.
pub(super) struct Keyed<'a> {
    pub(super) info: &'a TableInfo,
    pub(super) join: TableJoin,
    /// Participant of each row.
    pub(super) participant: Vec<u32>,
    /// Packed key of each row; none where a part is missing.
    pub(super) rows: Vec<Option<u64>>,
    /// First row of each key.
    pub(super) first_row: NumberMap<usize>,
    /// Participants with at least one row.
    pub(super) present: HashSet<u32>,
}

impl Keyed<'_> {
    pub(super) fn is_joined(&self) -> bool {
        !self.join.on.is_empty()
    }

    pub(super) fn is_visit_level(&self) -> bool {
        self.is_joined() && self.join.level == Level::Visit
    }

    pub(super) fn keys_not_in(&self, others: &[&Keyed]) -> u64 {
        let is_alone = |key: &&u64| {
            !others
                .iter()
                .any(|other| other.first_row.contains_key(*key))
        };
        self.first_row.keys().filter(is_alone).count() as u64
    }
}

/// One number for participant and visit.
pub(super) fn pack(participant: u32, visit: u32) -> Option<u64> {
    (participant != MISSING && visit != MISSING)
        .then(|| (u64::from(participant) << 32) | u64::from(visit))
}

fn join_of<'a>(table: &TableInfo, keys: &'a MergeKeys) -> (Vec<&'a str>, Level) {
    if table.column(&keys.primary_id).is_none() {
        return (Vec::new(), Level::Participant);
    }
    match &keys.session_id {
        Some(session) if keys.is_longitudinal && table.column(session).is_some() => {
            (vec![&keys.primary_id, session], Level::Visit)
        }
        _ => (vec![&keys.primary_id], Level::Participant),
    }
}
