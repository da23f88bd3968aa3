//! Opens what is kept as files: tables and results, runs, and the object store of which their folder may be the cache.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use holdfast::{Clock, StateManager};
use tokio::time::Instant;
use workbench::{Workbench, keeping::NEW, simulation::runs::Runs, storage::Storage};

use crate::{Error, Settings};

/// A run that was deleted can be brought back for so long.
const RUNS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long after a start files are cleared away first.
const COLLECT_AFTER: Duration = Duration::from_secs(600);

/// Where tables, results and runs are kept. The object store need not answer yet.
pub(crate) fn open_storage(settings: &Settings) -> Result<Storage, Error> {
    storage_of(settings, settings.storage.local_bytes)
}

/// The same beside a server that may be running. That one alone lets local copies go, as it knows which it has in use.
pub(crate) fn open_storage_beside(settings: &Settings) -> Result<Storage, Error> {
    storage_of(settings, 0)
}

pub(crate) fn open_workbench(settings: &Settings, storage: Storage) -> Result<Workbench, Error> {
    let data = &settings.data;
    let limits = workbench::Limits {
        file_bytes: data.file_bytes,
        columns: data.columns,
        cell_bytes: data.cell_bytes,
        cache_bytes: data.cache_bytes,
        scope_bytes: data.scope_bytes,
    };
    let workbench = Workbench::open_on(&settings.data_dir, limits, storage)?;
    if let Some(ballista) = settings.query.ballista() {
        workbench.gather_on(ballista);
    }
    Ok(workbench)
}

/// The folder of runs. One that was going when its server died has failed from then on.
pub(crate) async fn open_runs(
    settings: &Settings,
    manager: &StateManager,
    clock: Arc<dyn Clock>,
    storage: Storage,
) -> Result<Runs, Error> {
    let folder = settings.data_dir.join("simulations");
    let runs = Runs::open_on(&folder, manager.clone(), clock, storage).await;
    let runs = runs.map_err(|error| Error::Settings(format!("{}: {error}", folder.display())))?;
    runs.set_memory_budget(settings.simulations.memory_bytes);
    Ok(runs)
}

/// Removes the tables of runs that were deleted long enough ago.
pub(in crate::application) async fn sweep(runs: Runs, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    loop {
        ticks.tick().await;
        if let Err(error) = runs.sweep(RUNS_KEPT).await {
            tracing::warn!(%error, "tables of deleted runs could not be removed; tried again in {every:?}");
        }
    }
}

/// Removes files of tables and results that nothing refers to any more, once a day. A server that has just started has other things to do.
pub(in crate::application) async fn collect(
    workbench: Workbench,
    states: StateManager,
    clock: Arc<dyn Clock>,
    kept: Duration,
) {
    let mut days = tokio::time::interval_at(Instant::now() + COLLECT_AFTER, NEW);
    loop {
        days.tick().await;
        let older_than = a_day_ago();
        match workbench
            .collect(&states, clock.now(), kept, older_than)
            .await
        {
            Ok(0) => {}
            Ok(removed) => tracing::info!(
                removed,
                "files of tables and results went that nothing referred to any more"
            ),
            Err(error) => {
                tracing::warn!(%error, "files that nothing refers to could not be removed; tried again in a day")
            }
        }
    }
}

/// A day before now, by the clock that dates files.
#[expect(
    clippy::disallowed_methods,
    reason = "files carry the computer's own time"
)]
fn a_day_ago() -> SystemTime {
    SystemTime::now() - NEW
}

fn storage_of(settings: &Settings, local_bytes: u64) -> Result<Storage, Error> {
    let Some(bucket) = settings.storage.bucket() else {
        return Ok(Storage::local());
    };
    let opened = Storage::objects(&bucket, &settings.data_dir, local_bytes);
    opened.map_err(|error| Error::Settings(format!("storage: {error}")))
}
