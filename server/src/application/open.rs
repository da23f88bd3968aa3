//! Opens what the settings name: states, configurations, sessions; what is kept as files is opened by `files`.

mod files;

use std::{collections::BTreeMap, num::NonZeroU32, sync::Arc, time::Duration};

use app::{
    TABLE, Tier,
    people::{
        FACTOR, Roles, SHARE, Share, TENANT, TOKEN, lifecycle_of_factors, lifecycle_of_shares,
        lifecycle_of_tenants, lifecycle_of_tokens,
    },
};
use holdfast::{
    Clock, Kind, StateManager,
    backend::{self, Cache, CacheSettings, MasterKey, Sealed, Sensitive},
    callbacks::webhooks::{self, Endpoint, Webhooks},
    error::Problem,
    feature::Audience,
    limits::{Rate, RateLimits},
};
use workbench::{
    configurations::{
        desk::{self, Desk},
        files::FileError,
    },
    simulation::runs,
};

pub(super) use self::files::{collect, sweep};
pub(crate) use self::files::{open_runs, open_storage, open_storage_beside, open_workbench};

use crate::{
    Error, Settings,
    api::{ANSWER, lifecycle_of_answers},
    sessions::{RECORD, Sessions, lifecycle_of_records, take_over},
    settings::{Address, Backend},
};

/// An engine, and what it stands on.
pub(crate) struct Opened {
    pub(crate) states: StateManager,
    /// In front of the backend, if there is one.
    pub(crate) cache: Option<Arc<Cache>>,
    /// The same backend alone, as [`open_bare`] has it: for backups.
    pub(crate) bare: StateManager,
    /// The same cache and backend for the program's own records, of which there may be any number.
    pub(crate) own: StateManager,
}

/// The states as the settings say, and the cache in front of them if there is one.
pub(crate) async fn open_states(
    settings: &Settings,
    clock: Arc<dyn Clock>,
) -> Result<(StateManager, Option<Arc<Cache>>), Error> {
    let opened = open_all(settings, clock).await?;
    Ok((opened.states, opened.cache))
}

/// The same, with the backend alone.
pub(crate) async fn open_all(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Opened, Error> {
    let state = &settings.state;
    let backend = open_backend(settings, &address(settings)?).await?;
    let bare = builder(settings, Arc::clone(&backend))?;
    let bare = bare.clock(Arc::clone(&clock)).build();
    let behind = sealed(settings, backend, clock.clone()).await?;
    let is_here = matches!(state.backend, Backend::Client | Backend::Memory);
    let cache = if is_here || state.cache_bytes == 0 {
        None
    } else {
        let cache = CacheSettings {
            bytes: state.cache_bytes,
            stale: Duration::from_secs(state.cache_stale),
        };
        let cache = Cache::before(Arc::clone(&behind), cache).await;
        Some(Arc::new(cache.map_err(Error::States)?))
    };
    let front: Arc<dyn backend::Backend> = match &cache {
        Some(cache) => Arc::clone(cache) as _,
        None => behind,
    };
    let own = builder(settings, Arc::clone(&front))?
        .limits(holdfast::Limits {
            scope_states: u64::MAX,
            scope_bytes: u64::MAX,
            ..limits(settings)
        })
        .rate_limits(RateLimits::default())
        .clock(Arc::clone(&clock))
        .build();
    let builder = builder(settings, front)?.authority(Arc::new(Roles::default()));
    let states = builder.clock(clock).open().await?;
    Ok(Opened {
        states,
        cache,
        bare,
        own,
    })
}

/// The engine in front of one backend alone, for what copies or checks what is stored: sensitive states
/// stay sealed.
pub(crate) async fn open_bare(
    settings: &Settings,
    address: &Address,
) -> Result<StateManager, Error> {
    let backend = open_backend(settings, address).await?;
    Ok(builder(settings, backend)?.build())
}

/// The keys of what is sealed, without states in front of them.
pub(crate) async fn open_keys(
    settings: &Settings,
    clock: Arc<dyn Clock>,
) -> Result<Arc<Sealed>, Error> {
    if settings.protection.master_key_file.is_empty() {
        let problem = "protection.master_key_file names no master key, so nothing is sealed";
        return Err(Error::Settings(problem.into()));
    }
    let backend = open_backend(settings, &address(settings)?).await?;
    seal(settings, backend, clock).await
}

/// Where `state.backend` and its address lead.
pub(crate) fn address(settings: &Settings) -> Result<Address, Error> {
    let state = &settings.state;
    match state.backend {
        Backend::Client | Backend::Memory => Ok(Address::Memory),
        Backend::Redis => Ok(Address::Redis(state.redis_url.clone())),
        Backend::Database => settings.address(&state.database_url),
    }
}

/// Where states are kept, in a word for people.
pub(super) fn backend_name(settings: &Settings) -> Result<&'static str, Error> {
    Ok(match address(settings)? {
        Address::Memory => "memory",
        Address::Redis(_) => "Redis",
        Address::Sqlite(_) => "SQLite",
        Address::Postgres(_) => "PostgreSQL",
    })
}

async fn open_backend(
    settings: &Settings,
    address: &Address,
) -> Result<Arc<dyn backend::Backend>, Error> {
    let prefix = &settings.state.redis_prefix;
    let opened: Arc<dyn backend::Backend> = match address {
        Address::Memory => Arc::new(backend::Memory::new()),
        Address::Redis(url) => {
            let redis = backend::Redis::connect(url, prefix).await;
            Arc::new(redis.map_err(Error::States)?)
        }
        Address::Sqlite(file) => {
            let sqlite = backend::Sqlite::open(file).await;
            Arc::new(sqlite.map_err(Error::States)?)
        }
        Address::Postgres(url) => {
            let postgres = backend::Postgres::connect(url).await;
            Arc::new(postgres.map_err(Error::States)?)
        }
    };
    Ok(opened)
}

/// With what is sensitive sealed, if anything is.
async fn sealed(
    settings: &Settings,
    behind: Arc<dyn backend::Backend>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn backend::Backend>, Error> {
    if settings.protection.master_key_file.is_empty() {
        return Ok(behind);
    }
    let sealed: Arc<dyn backend::Backend> = seal(settings, behind, clock).await?;
    Ok(sealed)
}

async fn seal(
    settings: &Settings,
    behind: Arc<dyn backend::Backend>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<Sealed>, Error> {
    let protection = &settings.protection;
    let key = |file: &String| {
        MasterKey::from_file(file).map_err(|error| Error::Settings(format!("protection: {error}")))
    };
    let files = std::iter::once(&protection.master_key_file);
    let files = files.chain(&protection.former_master_key_files);
    let masters = files.map(key).collect::<Result<_, _>>()?;
    // What signs messages is sealed without being asked for, so is what proves who somebody is, and what was answered: it
    // may hold anything.
    let own = Sensitive::default()
        .kind(Kind::new(ANSWER))
        .kind(Kind::new(FACTOR));
    let own = own.fields(Kind::WEBHOOK, ["/secrets"]);
    let own = own.map_err(|error| Error::Settings(format!("protection: {error}")))?;
    let mut kinds = settings.kinds.iter();
    let sensitive = kinds.try_fold(own, |so_far, (name, kind)| kind.protect(name, so_far))?;
    let sealed = Sealed::open(behind, masters, sensitive, clock).await;
    let sealed = sealed.map_err(|error| Error::States(error.into()))?;
    if !protection.former_master_key_files.is_empty() {
        let keys = sealed.rewrap().await;
        let keys = keys.map_err(|error| Error::States(error.into()))?;
        tracing::info!(
            keys,
            "data keys were wrapped by the new master key; the former ones may go"
        );
    }
    Ok(Arc::new(sealed))
}

fn limits(settings: &Settings) -> holdfast::Limits {
    let state = &settings.state;
    holdfast::Limits {
        data_bytes: state.data_bytes,
        metadata_bytes: state.metadata_bytes,
        depth: state.depth,
        scope_states: state.scope_states,
        scope_bytes: state.scope_bytes,
        timeout: Duration::from_secs(state.timeout),
    }
}

fn builder(
    settings: &Settings,
    backend: Arc<dyn backend::Backend>,
) -> Result<holdfast::Builder, Error> {
    let state = &settings.state;
    let rate = |per_second| {
        Some(Rate {
            per_second: NonZeroU32::new(per_second)?,
            burst: NonZeroU32::new(state.burst)?,
        })
    };
    let builder = StateManager::builder(backend)
        .lifecycle(Kind::new(TOKEN), lifecycle_of_tokens())
        .lifecycle(Kind::new(FACTOR), lifecycle_of_factors())
        .lifecycle(Kind::new(TENANT), lifecycle_of_tenants())
        .lifecycle(Kind::new(SHARE), lifecycle_of_shares())
        .lifecycle(Kind::new(RECORD), lifecycle_of_records())
        .lifecycle(Kind::new(ANSWER), lifecycle_of_answers())
        .guard(Kind::new(SHARE), |_, new| Share::check(new))
        .limits(limits(settings))
        .rate_limits(RateLimits {
            reads: rate(state.reads_per_second),
            writes: rate(state.writes_per_second),
        })
        .slow_above(Duration::from_millis(settings.monitor.slow_ms))
        .ttl(Kind::STORE, Duration::from_secs(state.ttl_default))
        .guard(Kind::FEATURE, |_, new| {
            fits(Audience::of(&new.data).map(drop))
        })
        .guard(Kind::WEBHOOK, |_, new| fits(Endpoint::of(new).map(drop)));
    let own = desk::kinds().into_iter().chain(runs::kinds());
    let builder = own.fold(builder, |builder, (kind, lifecycle)| {
        builder.lifecycle(kind, lifecycle)
    });
    let builder = runs::upcasted(builder);
    let mut kinds = settings.kinds.iter();
    kinds.try_fold(builder, |builder, (name, kind)| kind.declare(name, builder))
}

/// What the engine says about the data of its own kinds, as a guard says it.
fn fits(outcome: Result<(), holdfast::Error>) -> Result<(), Vec<Problem>> {
    match outcome {
        Err(holdfast::Error::Invalid { path, problem }) => Err(vec![Problem { path, problem }]),
        _ => Ok(()),
    }
}

/// Delivers webhooks, if the settings want it.
pub(super) fn deliver(
    settings: &Settings,
    manager: &StateManager,
) -> Result<Option<Webhooks>, Error> {
    let wanted = &settings.webhooks;
    if !wanted.enabled {
        return Ok(None);
    }
    let withheld = wanted.withheld.iter().map(|kind| Kind::new(kind.clone()));
    let sensitive = settings
        .kinds
        .iter()
        .filter(|(_, kind)| kind.is_sensitive());
    let sensitive = sensitive.map(|(name, _)| Kind::new(name.clone()));
    let webhooks = manager.deliver_webhooks(webhooks::Settings {
        allow_private: wanted.allow_private,
        allow_http: wanted.allow_http,
        payload_bytes: wanted.payload_bytes,
        withheld: withheld.chain(sensitive).collect(),
        timeout: Duration::from_secs(wanted.timeout),
        ..webhooks::Settings::default()
    });
    Ok(Some(webhooks?))
}

/// The folder of configurations, with samples if it is a new one.
pub(super) async fn open_desk(
    settings: &Settings,
    manager: &StateManager,
    clock: Arc<dyn Clock>,
) -> Result<Desk, Error> {
    let root = settings.data_dir.join(&settings.configurations.dir);
    let fault = |error: FileError| Error::Settings(format!("configurations.dir: {error}"));
    let desk = Desk::open(&root, manager.clone(), clock).map_err(fault)?;
    if desk.folder().furnish().map_err(fault)? {
        // The samples are there before the first page, and are news to nobody.
        let looked = desk.look_around().await;
        looked.map_err(|error| Error::Settings(format!("configurations.dir: {error}")))?;
    }
    Ok(desk)
}

/// Sessions, with those that an earlier version kept in a file.
pub(super) async fn open_sessions(
    settings: &Settings,
    own: StateManager,
    clock: Arc<dyn Clock>,
) -> Result<Sessions, Error> {
    let sessions = Sessions::new(own, &settings.session, clock);
    let former = settings.data_dir.join("sessions.db");
    let taken = take_over(&former, &sessions).await?;
    if taken > 0 {
        tracing::info!("{taken} sessions of an earlier version's sessions.db go on");
    }
    Ok(sessions)
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
