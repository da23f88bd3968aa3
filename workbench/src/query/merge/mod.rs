//! The merge: the rows left, the columns taken, into one Parquet file in the data folder; and its
//! first page before the file is there.
//!
//! Memory, in bytes: the index (16 a participant and 8 a visit of the union, plus 4 a visit and
//! visit-level table), 8 a row of the result, the taken columns as far as `Limits::cache_bytes`
//! lets them stay (one per core at the least), and two row groups of encoded columns. Of what a cluster gathers one row
//! group of columns is here at a time.

mod agree;
mod gather;
mod names;
mod plan;
mod rows;
mod stats;
mod unfinished;
mod writer;

use std::{fs::File, io::BufWriter, time::Instant};

use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    gather::{Merged, nullable},
    plan::Cells,
    stats::Stats,
    writer::{GROUP_ROWS, Gather, write},
};
use self::{
    rows::{Baselines, Rows},
    unfinished::Unfinished,
};
use super::{
    ClusterNote, MergeSpec, Page, PageRequest, ResultColumn, ResultInfo,
    ballista::{Ballista, Gathered},
    cell::shown,
    cohort::Narrowing,
    parallel::parallel,
    selection::result_id,
};
use crate::{Error, Study, Workbench, yielding::yielding};

/// Where a result's file keeps what made it.
const NOTE: &str = "holdfast.result";
/// Written through this much at a time.
const WRITE_BYTES: usize = 1 << 20;
/// Rows of a row group where the columns do not all fit into the cache and have to be read again
/// for each group.
const LARGE_GROUP_ROWS: usize = 1 << 20;

impl Workbench {
    /// Merges and keeps the result. A result that is there already is not computed again.
    pub async fn merge(
        &self,
        study: &Study,
        spec: &MergeSpec,
        now_ms: i64,
        cancel: &CancellationToken,
    ) -> Result<ResultInfo, Error> {
        let (bench, study, spec) = (self.clone(), study.clone(), spec.clone());
        let cancel = cancel.clone();
        let work = move || yielding(move || bench.merge_now(&study, &spec, now_ms, &cancel));
        super::off_thread(work).await
    }

    /// A page of the result before it is merged, straight from the index, in the result's own
    /// order: `request`'s sort and filters are for [`Workbench::page`]. Statistics of the columns
    /// are left out.
    pub async fn preview(
        &self,
        study: &Study,
        spec: &MergeSpec,
        request: &PageRequest,
    ) -> Result<(Vec<ResultColumn>, Page), Error> {
        let (bench, study, spec) = (self.clone(), study.clone(), spec.clone());
        let request = request.clone();
        super::off_thread(move || bench.preview_now(&study, &spec, &request)).await
    }

    fn preview_now(
        &self,
        study: &Study,
        spec: &MergeSpec,
        request: &PageRequest,
    ) -> Result<(Vec<ResultColumn>, Page), Error> {
        let merged = self.merged(study, spec)?;
        let total = merged.rows();
        let start = usize::try_from(request.offset)
            .unwrap_or(usize::MAX)
            .min(total);
        let limit = request.limit.min(PageRequest::MAX_LIMIT) as usize;
        let range = start..total.min(start + limit);
        let columns: Vec<ResultColumn> = merged
            .plan
            .iter()
            .map(|planned| planned.column.clone())
            .collect();
        let cells = parallel(columns.len(), |at| merged.array(at, range.clone()))?;
        let row = |row: usize| {
            let cells = cells.iter().zip(&columns);
            cells
                .map(|(cells, column)| shown(cells, row, column.decimals))
                .collect()
        };
        let page = Page {
            offset: start as u64,
            total: total as u64,
            rows: (0..range.len()).map(row).collect(),
        };
        Ok((columns, page))
    }

    fn merge_now(
        &self,
        study: &Study,
        spec: &MergeSpec,
        now_ms: i64,
        cancel: &CancellationToken,
    ) -> Result<ResultInfo, Error> {
        let start = Instant::now();
        let id = result_id(study, spec);
        if let Some(found) = self.kept_result(&id)? {
            self.renew(&self.result_path(&id))?;
            return Ok(ResultInfo {
                spec: spec.clone(),
                // Nobody was asked this time.
                cluster: None,
                ..found
            });
        }
        let merged = self.merged(study, spec)?;
        let report = self.count_now(study, &spec.filters, &spec.selection)?;
        let mut info = ResultInfo {
            row_count: merged.rows() as u64,
            participants: merged.rows.participants(),
            columns: Vec::new(),
            filters_applied: report.steps,
            spec: spec.clone(),
            provenance: provenance(study, spec),
            keys: study.keys.clone(),
            bytes: 0,
            elapsed_ms: 0,
            created_at: now_ms,
            cluster: None,
            id,
        };
        let written = match self.inner.ballista.get() {
            Some(ballista) => self.write_on(ballista, &merged, &mut info, start, cancel),
            None => {
                let group_rows = self.group_rows(&merged);
                self.write_result(&merged, &merged, group_rows, &mut info, start, cancel)
            }
        };
        let (unfinished, file) = written?;
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let target = self.result_path(&info.id);
        self.inner.storage.put(unfinished.path(), &target)?;
        info.bytes = unfinished.finish(&file, &target)?;
        info.elapsed_ms = elapsed(start);
        Ok(info)
    }

    /// Writes a result whose cells a cluster gathers, or this server where the cluster does not.
    fn write_on(
        &self,
        ballista: &Ballista,
        merged: &Merged<'_>,
        info: &mut ResultInfo,
        start: Instant,
        cancel: &CancellationToken,
    ) -> Result<(Unfinished, File), Error> {
        let note = |problem| {
            let at = ballista.scheduler.clone();
            Some(ClusterNote { at, problem })
        };
        info.cluster = note(None);
        let lines = Unfinished::path_of(&self.incoming(), &info.id).with_added_extension("parquet");
        let gathered = Gathered::on(ballista, merged, &lines, cancel);
        let written = gathered.and_then(|gathered| {
            let written = self.write_result(merged, &gathered, GROUP_ROWS, info, start, cancel)?;
            gathered.finish()?;
            Ok(written)
        });
        match written {
            Err(Error::Cluster(problem)) => {
                tracing::warn!(
                    at = ballista.scheduler,
                    problem,
                    "a result is gathered here"
                );
                info.cluster = note(Some(problem));
                self.write_result(merged, merged, self.group_rows(merged), info, start, cancel)
            }
            written => written,
        }
    }

    /// Writes a result into a file that is not kept yet.
    fn write_result(
        &self,
        merged: &Merged<'_>,
        source: &impl Gather,
        group_rows: usize,
        info: &mut ResultInfo,
        start: Instant,
        cancel: &CancellationToken,
    ) -> Result<(Unfinished, File), Error> {
        let (unfinished, file) = Unfinished::create(&self.incoming(), &info.id)?;
        let sink = BufWriter::with_capacity(WRITE_BYTES, &file);
        write(sink, source, group_rows, cancel, |stats| {
            info.columns = columns_with(merged, stats);
            info.elapsed_ms = elapsed(start);
            Some((NOTE.into(), serde_json::to_string(&info).ok()?))
        })?;
        Ok((unfinished, file))
    }

    /// What would be written.
    pub(in crate::query) fn merged<'a>(
        &'a self,
        study: &'a Study,
        spec: &MergeSpec,
    ) -> Result<Merged<'a>, Error> {
        let index = self.index(study)?;
        let universe = self.universe(study, &index, &spec.selection)?;
        let filters = self.filters(study, &index, &spec.filters)?;
        let cohort = Narrowing::new(&universe, &index)
            .with(filters.active(None))
            .cohort();
        let baselines = spec
            .consolidate_baseline
            .then(|| Baselines::of(&index.frame));
        let rows = Rows::of(&index, &cohort, spec.shape, baselines.as_ref())?;
        let plan = self.plan(study, &index, spec, &rows, baselines.as_ref())?;
        Ok(Merged {
            bench: self,
            study,
            index,
            rows,
            plan,
            baselines,
        })
    }

    /// The result of this name, if its file is there and says what it is.
    fn kept_result(&self, id: &str) -> Result<Option<ResultInfo>, Error> {
        let file = match self.inner.storage.open(&self.result_path(id)) {
            // Another merge replaces it.
            Err(Error::StoreDamaged { .. }) => None,
            opened => opened?,
        };
        Ok(file.and_then(|file| noted(&file)))
    }

    /// Small groups, unless every group would mean reading the columns again.
    fn group_rows(&self, merged: &Merged<'_>) -> usize {
        let cells: u64 = merged
            .study
            .tables
            .iter()
            .map(|table| table.rows)
            .max()
            .unwrap_or(0);
        let columns = merged.plan.len() as u64;
        // 16 bytes a cell is a text view, the widest that is not text itself.
        let bytes = cells.saturating_mul(columns).saturating_mul(16);
        let fits = bytes <= self.inner.limits.cache_bytes as u64;
        if fits { GROUP_ROWS } else { LARGE_GROUP_ROWS }
    }
}

/// What a result's file says it is.
fn noted(file: &File) -> Option<ResultInfo> {
    let footer = ArrowReaderMetadata::load(file, ArrowReaderOptions::new()).ok()?;
    let notes = footer.metadata().file_metadata().key_value_metadata()?;
    let note = notes.iter().find(|note| note.key == NOTE)?.value.as_ref()?;
    let info: ResultInfo = serde_json::from_str(note).ok()?;
    let bytes = file.metadata().ok()?.len();
    Some(ResultInfo { bytes, ..info })
}

fn columns_with(merged: &Merged<'_>, stats: &[Stats]) -> Vec<ResultColumn> {
    let columns = merged.plan.iter().map(|planned| &planned.column).zip(stats);
    let with = |(column, stats): (&ResultColumn, &Stats)| {
        let mut column = column.clone();
        column.missing = stats.missing;
        if column.is_numeric && !column.is_key {
            (column.mean, column.sd) = (stats.mean(), stats.sd());
        }
        if column.is_numeric {
            column.range = stats.range();
        }
        column
    };
    columns.map(with).collect()
}

/// The tables a result is made from: the cohort, the taken, and those of the cards that are on.
pub(in crate::query) fn provenance(study: &Study, spec: &MergeSpec) -> Vec<(String, String)> {
    let is_used = |name: &String| {
        let mut cards = spec.filters.cards.iter();
        *name == study.keys.cohort_table
            || spec.selection.tables.contains_key(name)
            || cards.any(|card| card.enabled && card.table == *name)
    };
    let used = study.tables.iter().filter(|table| is_used(&table.name));
    used.map(|table| (table.name.clone(), table.checksum.clone()))
        .collect()
}

fn elapsed(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
