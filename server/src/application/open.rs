//! Opens what the settings name: states, tables, sessions.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use app::{TABLE, Tier};
use holdfast::{Clock, Kind, StateManager, backend};
use workbench::Workbench;

use crate::{
    Error, Settings,
    sessions::Sessions,
    settings::{Backend, Database},
};

/// What every key begins with, so that Redis can be shared with other programs.
const REDIS_PREFIX: &str = "holdfast";

pub(super) async fn open_states(
    settings: &Settings,
    clock: Arc<dyn Clock>,
) -> Result<StateManager, Error> {
    let state = &settings.state;
    let backend: Arc<dyn backend::Backend> = match state.backend {
        Backend::Client | Backend::Memory => Arc::new(backend::Memory::new()),
        Backend::Redis => {
            let redis = backend::Redis::connect(&state.redis_url, REDIS_PREFIX).await;
            Arc::new(redis.map_err(Error::States)?)
        }
        Backend::Database => match settings.database()? {
            Database::Sqlite(file) => {
                Arc::new(backend::Sqlite::open(&file).await.map_err(Error::States)?)
            }
            Database::Postgres(url) => Arc::new(
                backend::Postgres::connect(url)
                    .await
                    .map_err(Error::States)?,
            ),
        },
    };
    let limits = holdfast::Limits {
        data_bytes: state.data_bytes,
        metadata_bytes: state.metadata_bytes,
        depth: state.depth,
        scope_states: state.scope_states,
        scope_bytes: state.scope_bytes,
        timeout: Duration::from_secs(state.timeout),
    };
    Ok(StateManager::builder(backend)
        .clock(clock)
        .limits(limits)
        .ttl(Kind::STORE, Duration::from_secs(state.ttl_default))
        .build())
}

pub(super) fn open_workbench(settings: &Settings) -> Result<Workbench, Error> {
    let data = &settings.data;
    let limits = workbench::Limits {
        file_bytes: data.file_bytes,
        columns: data.columns,
        cell_bytes: data.cell_bytes,
        cache_bytes: data.cache_bytes,
    };
    Ok(Workbench::open(&settings.data_dir, limits)?)
}

/// Sessions last as long as the states they lead to: in a file where these are in one.
pub(super) async fn open_sessions(
    settings: &Settings,
    clock: Arc<dyn Clock>,
) -> Result<Sessions, Error> {
    let file = settings.data_dir.join("sessions.db");
    let file: Option<&Path> = match settings.state.backend {
        Backend::Client | Backend::Memory => None,
        Backend::Redis | Backend::Database => Some(&file),
    };
    Ok(Sessions::open(file, &settings.session, clock).await?)
}

/// Who holds which store: as the settings say; with `client`, the browser holds every one.
pub(super) fn tiers(settings: &Settings) -> BTreeMap<String, Tier> {
    let mut tiers = settings.stores.clone();
    if settings.state.backend == Backend::Client {
        tiers.extend(
            TABLE
                .iter()
                .map(|entry| (entry.key.to_owned(), Tier::Browser)),
        );
    }
    tiers
}

pub(super) async fn sweep_sessions(sessions: Sessions, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    loop {
        ticks.tick().await;
        if let Err(error) = sessions.sweep().await {
            tracing::warn!(%error, "expired sessions could not be removed; tried again in {every:?}");
        }
    }
}
