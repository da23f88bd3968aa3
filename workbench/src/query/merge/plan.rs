//! The columns of a result: which, in what order, under what name, and where their cells come from.
//!
//! Keys first, then the cohort's columns, then each table's in the study's order. A column that
//! several taken tables have, and that agrees wherever they share a row, appears once.

use std::collections::BTreeMap;

use super::{
    names::{make_unique, widen},
    rows::{Baselines, Rows},
};
use crate::{
    Error, Study, Workbench,
    data::{ColumnInfo, ColumnType},
    query::{
        MergeSpec, ResultColumn,
        index::{Frame, Keys, Place, StudyIndex, cohort_of},
        selection::{is_key, session},
    },
};

/// Where the cells of a result's column come from.
#[derive(Clone)]
pub(crate) enum Cells {
    /// The participant's id.
    Id,
    /// The visit's name.
    Visit,
    /// Columns of tables (table number, column): the first that has a value.
    Tables(Vec<(usize, String)>),
}

/// One column of a result.
pub(crate) struct Planned {
    pub(crate) column: ResultColumn,
    pub(crate) cells: Cells,
    /// In wide form, the visit.
    pub(crate) slot: Option<u32>,
    /// Distinct values at most, where known: decides the encoding.
    pub(crate) distinct: u64,
}

impl Workbench {
    /// The columns of a result.
    pub(crate) fn plan(
        &self,
        study: &Study,
        index: &StudyIndex,
        spec: &MergeSpec,
        rows: &Rows,
        baselines: Option<&Baselines>,
    ) -> Result<Vec<Planned>, Error> {
        let mut plan = vec![id_column(study, index)?];
        if rows.wide.is_none() && takes_visits(study, index, spec) {
            plan.extend(visit_column(study, index, baselines));
        }
        let taken = taken_columns(study, index, spec)?;
        let mut tables_of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (table, column) in &taken {
            tables_of.entry(&column.name).or_default().push(*table);
        }
        let mut visit_columns = Vec::new();
        for (table, info) in &taken {
            let sharing = tables_of
                .get(info.name.as_str())
                .map(Vec::as_slice)
                .unwrap_or_default();
            let is_shared = sharing.len() > 1;
            let agrees = is_shared && self.agrees(study, index, sharing, &info.name)?;
            if agrees && sharing.first() != Some(table) {
                continue;
            }
            let sources = if agrees {
                sharing
            } else {
                std::slice::from_ref(table)
            };
            let name = match is_shared && !agrees {
                true => format!("{}.{}", study.tables[*table].name, info.name),
                false => info.name.clone(),
            };
            let planned = Planned {
                column: together(
                    study,
                    sources,
                    result_column(&study.tables[*table].name, info, name),
                ),
                cells: Cells::Tables(sources.iter().map(|at| (*at, info.name.clone())).collect()),
                slot: None,
                distinct: info.distinct,
            };
            let is_visit = sources
                .iter()
                .any(|at| matches!(index.places[*at], Place::Visit(_)));
            match is_visit && rows.wide.is_some() {
                true => visit_columns.push(planned),
                false => plan.push(planned),
            }
        }
        if let Some(wide) = &rows.wide {
            let visit_name = |visit: u32| match baselines {
                Some(baselines) => baselines.name(&index.frame, visit),
                None => index.frame.visits.text(visit as usize),
            };
            let visits = wide
                .slots
                .iter()
                .map(|slot| slot.name(&index.frame, visit_name))
                .collect();
            widen(&mut plan, visit_columns, visits)?;
        }
        make_unique(&mut plan);
        Ok(plan)
    }
}

/// Whether any taken table is visit by visit.
fn takes_visits(study: &Study, index: &StudyIndex, spec: &MergeSpec) -> bool {
    let is_taken = |table: &str| spec.selection.tables.contains_key(table);
    let mut tables = study.tables.iter().zip(&index.places);
    tables.any(|(table, place)| is_taken(&table.name) && matches!(place, Place::Visit(_)))
}

/// The taken columns that are there and are no keys: the cohort's, then the others', each in its
/// table's order.
fn taken_columns<'a>(
    study: &'a Study,
    index: &StudyIndex,
    spec: &MergeSpec,
) -> Result<Vec<(usize, &'a ColumnInfo)>, Error> {
    let cohort = cohort_of(study)?;
    let others = (0..study.tables.len()).filter(|at| *at != cohort);
    let mut taken = Vec::new();
    for at in std::iter::once(cohort).chain(others) {
        let table = &study.tables[at];
        if !spec.selection.tables.contains_key(&table.name)
            || matches!(index.places[at], Place::Apart)
        {
            continue;
        }
        let columns = table
            .columns
            .iter()
            .filter(|column| !is_key(study, &column.name));
        let columns = columns.filter(|column| spec.selection.has(&table.name, &column.name));
        taken.extend(columns.map(|column| (at, column)));
    }
    Ok(taken)
}

fn id_column(study: &Study, index: &StudyIndex) -> Result<Planned, Error> {
    let table = &study.tables[cohort_of(study)?];
    let name = &study.keys.primary_id;
    let info = table.column(name);
    Ok(key_column(&table.name, name, info, &index.ids, Cells::Id))
}

fn visit_column(
    study: &Study,
    index: &StudyIndex,
    baselines: Option<&Baselines>,
) -> Option<Planned> {
    let name = session(study)?;
    let table = study
        .tables
        .iter()
        .find(|table| table.column(name).is_some())?;
    let mut planned = key_column(
        &table.name,
        name,
        table.column(name),
        &index.frame.visits,
        Cells::Visit,
    );
    if baselines.is_some_and(|baselines| has_any(&index.frame, baselines)) {
        planned.column.is_numeric = false;
    }
    Some(planned)
}

fn has_any(frame: &Frame, baselines: &Baselines) -> bool {
    (0..frame.visits.len()).any(|rank| baselines.has(rank as u32))
}

fn key_column(
    table: &str,
    name: &str,
    info: Option<&ColumnInfo>,
    keys: &Keys,
    cells: Cells,
) -> Planned {
    let is_numeric = matches!(keys, Keys::Numbers(_));
    let kind = if is_numeric {
        ColumnType::Integer
    } else {
        ColumnType::Text
    };
    Planned {
        column: ResultColumn {
            name: name.into(),
            table: table.into(),
            column: name.into(),
            visit: None,
            column_type: info.map_or(kind, |info| match info.column_type {
                ColumnType::Integer | ColumnType::Number => kind,
                other => other,
            }),
            is_numeric,
            is_key: true,
            decimals: 0,
            missing: 0,
            mean: None,
            sd: None,
            range: None,
        },
        cells,
        slot: None,
        distinct: keys.len() as u64,
    }
}

fn result_column(table: &str, info: &ColumnInfo, name: String) -> ResultColumn {
    ResultColumn {
        name,
        table: table.into(),
        column: info.name.clone(),
        visit: None,
        column_type: info.column_type,
        is_numeric: info.is_numeric,
        is_key: false,
        decimals: info.decimals,
        missing: 0,
        mean: None,
        sd: None,
        range: None,
    }
}

/// A column made of several tables' that agree: where one counts in whole numbers and another does
/// not, it is a number, in the finer precision.
fn together(study: &Study, sources: &[usize], mut column: ResultColumn) -> ResultColumn {
    let others = sources
        .iter()
        .filter_map(|at| study.tables[*at].column(&column.column));
    for other in others {
        column.decimals = column.decimals.max(other.decimals);
        if other.column_type != column.column_type {
            column.is_numeric &= other.is_numeric;
            column.column_type = if column.is_numeric {
                ColumnType::Number
            } else {
                ColumnType::Text
            };
        }
    }
    column
}
