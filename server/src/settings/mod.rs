//! What an operator can choose: `holdfast.toml`, then the environment, one small struct an area.
//!
//! Later sources win: the defaults, the file, the flat names (`STATE_BACKEND`), and
//! `HOLDFAST_<SECTION>__<KEY>`. Paths below the data folder are not settings.

mod areas;
mod load;
mod table;

use std::{collections::BTreeMap, path::PathBuf};

use app::Tier;
use serde::{Deserialize, Serialize};

pub(crate) use self::load::Database;
pub use self::{
    areas::{
        Backend, DataSettings, LogFormat, LogSettings, ServerSettings, SessionSettings,
        StateSettings,
    },
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
    /// Where states are kept, and how much of them.
    pub state: StateSettings,
    /// How long a browser's session lasts.
    pub session: SessionSettings,
    /// How large files may be.
    pub data: DataSettings,
    /// What is logged.
    pub log: LogSettings,
    /// Stores that are kept elsewhere than declared, by key: `"query.filters" = "browser"`.
    pub stores: BTreeMap<String, Tier>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: "data".into(),
            site_dir: "site".into(),
            server: ServerSettings::default(),
            state: StateSettings::default(),
            session: SessionSettings::default(),
            data: DataSettings::default(),
            log: LogSettings::default(),
            stores: BTreeMap::new(),
        }
    }
}
