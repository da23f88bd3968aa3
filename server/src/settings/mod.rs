//! What an operator can choose: `holdfast.toml`, then the environment, one small struct an area.
//!
//! Later sources win: the defaults, the file, the flat names (`STATE_BACKEND`), and
//! `HOLDFAST_<SECTION>__<KEY>`. Paths below the data folder are not settings.

mod accounts;
mod areas;
mod kinds;
mod live;
mod load;
mod network;
mod operate;
mod query;
mod simulations;
mod sources;
mod storage;
mod table;
mod told;

use std::{collections::BTreeMap, path::PathBuf};

use app::Tier;
use serde::{Deserialize, Serialize};

pub(crate) use self::load::Address;
pub use self::{
    accounts::{AccountsSettings, Login},
    areas::{
        Administration, Backend, ConfigurationSettings, DataSettings, LogFormat, LogSettings,
        ProtectionSettings, ServerSettings, SessionSettings, StateSettings, WebhookSettings,
    },
    kinds::{KindSettings, SensitiveSettings, StepSettings},
    live::{LimitSettings, LiveSettings},
    network::Network,
    operate::{BackupSettings, MetricsSettings, MonitorSettings},
    query::QuerySettings,
    simulations::SimulationSettings,
    sources::Sources,
    storage::StorageSettings,
    table::table,
};

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where databases, tables and results are kept.
    pub data_dir: PathBuf,
    /// Where the built site is.
    pub site_dir: PathBuf,
    /// How it is reached.
    pub server: ServerSettings,
    /// Who may have an account.
    pub accounts: AccountsSettings,
    /// Where states are kept, and how much of them.
    pub state: StateSettings,
    /// How long a browser's session lasts.
    pub session: SessionSettings,
    /// How often requests may come.
    pub limits: LimitSettings,
    /// Who is told of changes as they happen.
    pub live: LiveSettings,
    /// How large files may be.
    pub data: DataSettings,
    /// Where merged results are gathered.
    pub query: QuerySettings,
    /// Configuration files that people edit together.
    pub configurations: ConfigurationSettings,
    /// Backups that are made while the server runs.
    pub backups: BackupSettings,
    /// What a Prometheus server collects.
    pub metrics: MetricsSettings,
    /// What the Monitor remembers.
    pub monitor: MonitorSettings,
    /// Simulated runs.
    pub simulations: SimulationSettings,
    /// Where tables, results and runs are kept beside the data folder.
    pub storage: StorageSettings,
    /// What is logged.
    pub log: LogSettings,
    /// Kinds of states of one's own, and what is asked of any kind, by name.
    pub kinds: BTreeMap<String, KindSettings>,
    /// How sensitive states are kept.
    pub protection: ProtectionSettings,
    /// How other people's servers are told of changes.
    pub webhooks: WebhookSettings,
    /// Stores that are kept elsewhere than declared, by key: `"query.filters" = "browser"`.
    pub stores: BTreeMap<String, Tier>,
    /// Where each of them came from.
    #[serde(skip)]
    pub sources: Sources,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: "data".into(),
            site_dir: "site".into(),
            server: ServerSettings::default(),
            accounts: AccountsSettings::default(),
            state: StateSettings::default(),
            session: SessionSettings::default(),
            limits: LimitSettings::default(),
            live: LiveSettings::default(),
            data: DataSettings::default(),
            query: QuerySettings::default(),
            configurations: ConfigurationSettings::default(),
            backups: BackupSettings::default(),
            metrics: MetricsSettings::default(),
            monitor: MonitorSettings::default(),
            simulations: SimulationSettings::default(),
            storage: StorageSettings::default(),
            log: LogSettings::default(),
            kinds: BTreeMap::new(),
            protection: ProtectionSettings::default(),
            webhooks: WebhookSettings::default(),
            stores: BTreeMap::new(),
            sources: Sources::default(),
        }
    }
}
