//! What a request may use: put together by the server, once. Only on the server.

use std::{collections::BTreeMap, ops::Deref, sync::Arc};

use axum::extract::FromRef;
use holdfast::StateManager;
use leptos::config::LeptosOptions;
use workbench::{Workbench, simulation::runs::Runs};

use crate::{
    boot::Limits, configurations::Desks, monitor::Monitor, people::People, settings::ServerTold,
    shell::Assets, stores::table::Tier,
};

/// What the server puts together once and every request shares. Each layer of a request clones it.
#[derive(Clone)]
pub struct AppState(Arc<AppParts>);

/// What is in it.
pub struct AppParts {
    /// The state engine.
    pub manager: StateManager,
    /// Tables, queries, plots.
    pub workbench: Workbench,
    /// Configuration files that people edit together: a desk for each tenant.
    pub desks: Desks,
    /// Simulations.
    pub runs: Runs,
    /// Where the site's files are.
    pub leptos: LeptosOptions,
    /// Hashed names of styles, scripts and fonts.
    pub assets: Arc<Assets>,
    /// Stores whose tier the settings override.
    pub tiers: BTreeMap<String, Tier>,
    /// What a page says about limits.
    pub limits: Limits,
    /// Whether everybody who reaches this server administers it as long as it has no accounts (setting
    /// `server.administration`).
    pub is_administered_by_all: bool,
    /// Who has an account, and what it allows.
    pub people: People,
    /// How this server fares.
    pub monitor: Monitor,
    /// What administrators are told of its settings.
    pub settings: ServerTold,
}

impl From<AppParts> for AppState {
    fn from(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
