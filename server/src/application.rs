//! Puts the server together, runs it, and ends it. Tests and the program build it the same way.

mod background;
mod gauges;
mod listener;
pub(crate) mod open;
pub(crate) mod process;
mod routes;
pub(crate) mod stop;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use app::{
    AppParts, AppState, Budgets, Desks, Keep, Limits, Monitor, MonitorParts, ensure_features,
    people::People, sharing::Colleagues,
};
use axum::{Router, serve::ListenerExt as _};
use holdfast::{Clock, StateManager, SystemClock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::{
    background::{Background, Work},
    gauges::Gauges,
    listener::{Entrance, listen, tune},
    open::{
        Opened, backend_name, open_all, open_desk, open_runs, open_sessions, open_states,
        open_storage, open_workbench, tiers,
    },
    routes::router,
    stop::stop_signal,
};
use crate::{
    Error, Settings,
    api::{self, Claims, Listeners, Shared},
    sessions::{CookieStyle, Door, DoorParts, Rate},
    web::{Gate, RequestLimits, Site, Traffic},
};

/// Below the data folder, the configurations of each tenant but the first, in a folder of its name.
pub(crate) const TENANTS: &str = "tenants";

/// How long open requests may take to finish once the server is asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a request may take to come over a connection that was made as the server stopped listening.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// A server that listens and is ready to run.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    /// Where metrics are collected without logging in, and what answers there.
    metrics: Option<(TcpListener, Router)>,
    drain: Duration,
    draining: CancellationToken,
    people: People,
    listeners: Arc<Listeners>,
    stopping: CancellationToken,
    background: Background,
}

/// The states as the settings say, without a server around them.
pub async fn states(settings: &Settings, clock: Arc<dyn Clock>) -> Result<StateManager, Error> {
    Ok(open_states(settings, clock).await?.0)
}

impl Application {
    /// Opens the data folder and the address.
    pub async fn build(settings: Settings) -> Result<Self, Error> {
        Self::build_at(settings, Arc::new(SystemClock)).await
    }

    /// The same, by another clock.
    pub async fn build_at(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        // Rendering spawns its resources here. Set once a process: a second server finds it set.
        drop(any_spawner::Executor::init_tokio());
        std::fs::create_dir_all(&settings.data_dir).map_err(Error::io(&settings.data_dir))?;
        let data_dir = std::path::absolute(&settings.data_dir);
        let data_dir = data_dir.map_err(Error::io(&settings.data_dir))?;
        tracing::info!("data in {}", data_dir.display());
        let Opened {
            states: manager,
            cache,
            bare,
            own,
        } = open_all(&settings, clock.clone()).await?;
        ensure_features(&manager).await?;
        let storage = open_storage(&settings)?;
        let workbench = open_workbench(&settings, storage.clone())?;
        // At first start this reads the sample study; later it finds it.
        workbench.import_samples().await?;
        let desk = open_desk(&settings, &manager, clock.clone()).await?;
        let desks = Desks::new(
            desk.clone(),
            settings.data_dir.join(TENANTS),
            manager.clone(),
            clock.clone(),
            settings.configurations.look_every(),
        );
        let runs = open_runs(&settings, &manager, clock.clone(), storage).await?;
        workbench.count_runs(&runs);
        let claims = Claims::new(own.clone());
        let sessions = open_sessions(&settings, own, clock.clone()).await?;
        let terms = settings.accounts.terms(&settings.server)?;
        let logins = Arc::new(sessions.clone());
        let people = People::new(manager.clone(), clock.clone(), terms, logins);
        let people = people.map_err(Error::accounts)?;
        people.furnish_tenants().await.map_err(Error::accounts)?;
        runs.lent_by(Arc::new(Colleagues(people.clone())));
        let site = Site::open(&settings.site_dir)?;
        let gate = Gate::of(&settings.accounts, &site.files);
        let limits = RequestLimits::new(&settings.limits, clock.clone(), site.files);
        let listeners = Arc::new(Listeners::new(&settings.live));
        let slow_above = Duration::from_millis(settings.monitor.slow_ms);
        let traffic = Arc::new(Traffic::new(slow_above, clock.clone()));
        let monitor = Monitor::new(MonitorParts {
            states: manager.clone(),
            cache: cache.clone(),
            vitals: Arc::new(Gauges {
                listeners: Arc::clone(&listeners),
                traffic: Arc::clone(&traffic),
                started_at: clock.now(),
            }),
            clock: clock.clone(),
            backend: backend_name(&settings)?,
            budgets: Budgets {
                cache: settings.state.cache_bytes,
                tables: settings.data.cache_bytes as u64,
                connections: settings.live.listeners as u64,
            },
            slow_above,
            keep: keep(&settings, bare, clock.clone()),
        });
        let background = Background::start(
            &settings,
            &Work {
                states: &manager,
                workbench: &workbench,
                desk: &desk,
                runs: &runs,
                monitor: &monitor,
                clock: &clock,
            },
        )?;
        let shared = Shared::from(api::Parts {
            app: AppState::from(AppParts {
                manager,
                workbench,
                desks,
                runs,
                leptos: site.leptos,
                assets: site.assets,
                tiers: tiers(&settings),
                limits: Limits {
                    file_bytes: settings.data.file_bytes,
                    files: settings.data.files,
                },
                is_administered_by_all: settings.server.is_administered_by_all(),
                people: people.clone(),
                monitor,
                settings: settings.told(backend_name(&settings)?),
            }),
            door: Door::from(DoorParts {
                sessions,
                cookie: CookieStyle::of(&settings.server),
                is_isolated: settings.state.enable_user_isolation,
                rate: Rate::new(settings.session.opened_per_minute),
                clock,
                people: people.clone(),
            }),
            cache,
            claims,
            live: settings.live.clone(),
            listeners: Arc::clone(&listeners),
            traffic: Arc::clone(&traffic),
            draining: CancellationToken::new(),
            stopping: CancellationToken::new(),
        });
        let (stopping, draining) = (shared.stopping.clone(), shared.draining.clone());
        let metrics = metrics(&settings, &shared).await?;
        let router = router(shared, Arc::new(limits), gate, traffic, &settings);
        let (listener, address) = listen(&settings).await?;
        if let Some(link) = people.first_link().await.map_err(Error::accounts)? {
            tracing::info!(
                "nobody administers this server yet: {}/account/first?token={} makes the first administrator, once",
                settings.server.url(address),
                link.reveal()
            );
        }
        Ok(Self {
            listener,
            address,
            router,
            metrics,
            drain: Duration::from_secs(settings.server.drain_seconds),
            draining,
            people,
            listeners,
            stopping,
            background,
        })
    }

    /// Where it listens: the port that was found, where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its metrics are collected without logging in, if the settings have it so.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        let (listener, _) = self.metrics.as_ref()?;
        listener.local_addr().ok()
    }

    /// Its routes, for a test that needs no socket.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Its accounts, for who builds it into something else.
    pub fn people(&self) -> People {
        self.people.clone()
    }

    /// Ends it, as a signal would.
    pub fn stopper(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Serves until SIGTERM, SIGINT or the stopper; open requests finish, streams end.
    pub async fn run_until_stopped(self) -> Result<(), Error> {
        tracing::info!("listening on http://{}", self.address);
        let (stopping, draining, drain) = (self.stopping.clone(), self.draining, self.drain);
        let closing = CancellationToken::new();
        let entrance = Entrance::new(self.listener, self.address, closing.clone());
        let signals = tokio::spawn(async move {
            stop_signal().await;
            draining.cancel();
            if !drain.is_zero() {
                tracing::info!("no more requests should come; stopping in {drain:?}");
                tokio::time::sleep(drain).await;
                // Whoever is still connected has their request answered before connections are closed.
                closing.cancel();
                tokio::time::sleep(LAST_REQUESTS).await;
            }
            stopping.cancel();
        });
        let metrics = self.metrics.map(|(listener, router)| {
            tokio::spawn(async move {
                if let Err(error) = axum::serve(listener, router).await {
                    tracing::warn!(%error, "metrics cannot be collected any more");
                }
            })
        });
        let stopped = self.stopping.clone().cancelled_owned();
        let service = self
            .router
            .into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(entrance.tap_io(tune), service).with_graceful_shutdown(stopped);
        let overdue = async {
            self.stopping.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        };
        let serving = async {
            let ended = serving.await;
            // A socket has left the protocol that the server waits for.
            self.listeners.left().await;
            ended
        };
        let ended = tokio::select! {
            ended = serving => ended.map_err(Error::Serve),
            () = overdue => {
                tracing::warn!("some requests were still open after {PATIENCE:?} and were cut off");
                Ok(())
            }
        };
        signals.abort();
        if let Some(metrics) = metrics {
            metrics.abort();
        }
        self.background.stop().await;
        tracing::info!("stopped");
        ended
    }
}

/// The folder of backups, as the settings have it.
fn keep(settings: &Settings, bare: StateManager, clock: Arc<dyn Clock>) -> Keep {
    let every_hours = settings.backups.every_hours;
    Keep::new(
        settings.data_dir.join("backups"),
        bare,
        clock,
        settings.backups.keep,
        (every_hours > 0).then(|| Duration::from_secs(every_hours.saturating_mul(3600))),
    )
}

/// The address of metrics, where they have one of their own.
async fn metrics(
    settings: &Settings,
    shared: &Shared,
) -> Result<Option<(TcpListener, Router)>, Error> {
    let Some(addr) = settings.metrics.addr.filter(|_| settings.metrics.enabled) else {
        return Ok(None);
    };
    let listener = TcpListener::bind(addr).await;
    let listener = listener.map_err(|source| Error::ListenMetrics { addr, source })?;
    if !addr.ip().is_loopback() {
        tracing::warn!("metrics are told to whoever reaches {addr}");
    }
    Ok(Some((listener, api::metrics_routes(shared.clone()))))
}
