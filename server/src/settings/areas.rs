//! The sections of the settings, each with its defaults.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::Network;

/// Who may change what everybody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Administration {
    /// Everybody, as long as the server listens on this machine only.
    Local,
    /// Everybody who reaches the server.
    Everyone,
    /// Nobody.
    Nobody,
}

/// How the server is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port to listen on.
    pub addr: SocketAddr,
    /// Who may change what everybody sees.
    pub administration: Administration,
    /// The address people type, if another (a proxy with https in front): `https://data.lab.org`.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` says where a request comes from.
    pub trusted_proxies: Vec<Network>,
    /// Seconds between the signal to stop and the end of new connections.
    pub drain_seconds: u64,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            administration: Administration::Local,
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            drain_seconds: 0,
        }
    }
}

impl ServerSettings {
    /// Whether browsers come over https; decides the cookie's name and `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Whether it is reached from this machine only.
    pub fn is_local(&self) -> bool {
        self.addr.ip().is_loopback()
            && self.public_url.is_empty()
            && self.trusted_proxies.is_empty()
    }

    /// Where people reach it.
    pub fn url(&self, bound: SocketAddr) -> String {
        match self.public_url.trim_end_matches('/') {
            "" => format!("http://{bound}"),
            url => url.to_owned(),
        }
    }

    /// Whether everybody who reaches the server administers it, as long as nobody has an account.
    pub fn is_administered_by_all(&self) -> bool {
        match self.administration {
            Administration::Local => self.is_local(),
            Administration::Everyone => true,
            Administration::Nobody => false,
        }
    }

    /// Host and port that people type, where it was set.
    pub fn public_host(&self) -> Option<&str> {
        let (_, rest) = self.public_url.split_once("://")?;
        rest.split('/').next()
    }
}

/// Where states are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// Nothing on the server: stores in the browser, tables only in this process.
    Client,
    /// In this process; gone when it ends.
    Memory,
    /// Redis.
    Redis,
    /// A database: `database_url` says which.
    Database,
}

/// The state engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StateSettings {
    /// Where states are kept.
    pub backend: Backend,
    /// Seconds a store lives when nothing else is said.
    pub ttl_default: u64,
    /// Whether each browser has a study of its own; if not, all share one.
    pub enable_user_isolation: bool,
    /// The database; a relative path is below the data folder.
    pub database_url: String,
    /// The Redis server.
    pub redis_url: String,
    /// What every key in Redis begins with.
    pub redis_prefix: String,
    /// Bytes of one state's data (at most 10 MiB).
    pub data_bytes: u64,
    /// Bytes of one state's metadata.
    pub metadata_bytes: u64,
    /// Levels of nesting of one state.
    pub depth: u64,
    /// States of one scope (a browser's session).
    pub scope_states: u64,
    /// Bytes of one scope's states together.
    pub scope_bytes: u64,
    /// Seconds one operation may take.
    pub timeout: u64,
    /// Bytes of states kept in memory in front of a database or Redis; 0: none.
    pub cache_bytes: u64,
    /// Seconds that cached states are given out while the database cannot be reached.
    pub cache_stale: u64,
    /// How often one scope may read in a second, in the long run; 0: as often as it likes.
    pub reads_per_second: u32,
    /// How often one scope may write.
    pub writes_per_second: u32,
    /// How many of a second's reads or writes may come at once.
    pub burst: u32,
    /// Seconds between two looks for expired states and sessions.
    pub sweep_seconds: u64,
    /// Seconds between two compactions of old versions, where a kind has a policy; 0: none.
    pub compaction_interval: u64,
}

impl Default for StateSettings {
    fn default() -> Self {
        let limits = holdfast::Limits::default();
        let cache = holdfast::backend::CacheSettings::default();
        Self {
            backend: Backend::Database,
            ttl_default: 3600,
            enable_user_isolation: true,
            database_url: "sqlite://holdfast.db".into(),
            redis_url: "redis://localhost:6379/0".into(),
            redis_prefix: "holdfast".into(),
            data_bytes: limits.data_bytes,
            metadata_bytes: limits.metadata_bytes,
            depth: limits.depth,
            scope_states: limits.scope_states,
            scope_bytes: limits.scope_bytes,
            timeout: limits.timeout.as_secs(),
            cache_bytes: cache.bytes,
            cache_stale: cache.stale.as_secs(),
            reads_per_second: 0,
            writes_per_second: 0,
            burst: 100,
            sweep_seconds: 60,
            compaction_interval: 24 * 3600,
        }
    }
}

/// How sensitive states are kept. A key is 32 random bytes, as base64 or hexadecimal text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProtectionSettings {
    /// The file of the master key; only its owner may read it.
    pub master_key_file: String,
    /// Files of master keys that were in use before, until all data keys are wrapped anew.
    pub former_master_key_files: Vec<String>,
}

/// How other people's servers are told of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    /// Whether this server delivers; if not, another one on the same database may.
    pub enabled: bool,
    /// Whether addresses that are not on the public internet are sent to.
    pub allow_private: bool,
    /// Whether messages are sent without encryption.
    pub allow_http: bool,
    /// Larger messages are sent without the state's data and metadata.
    pub payload_bytes: usize,
    /// Kinds of which only is told what happened, without data and metadata.
    pub withheld: Vec<String>,
    /// Seconds that one attempt may take.
    pub timeout: u64,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        let settings = holdfast::callbacks::webhooks::Settings::default();
        Self {
            enabled: true,
            allow_private: settings.allow_private,
            allow_http: settings.allow_http,
            payload_bytes: settings.payload_bytes,
            withheld: Vec::new(),
            timeout: settings.timeout.as_secs(),
        }
    }
}

/// A browser's session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionSettings {
    /// Days without a visit after which a session ends.
    pub idle_days: u32,
    /// Days after which a session ends in any case.
    pub absolute_days: u32,
    /// Sessions that one address may open in a minute.
    pub opened_per_minute: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            idle_days: 30,
            absolute_days: 90,
            opened_per_minute: 300,
        }
    }
}

/// Files that come in, and the memory that questions may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataSettings {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Files of one drop.
    pub files: u32,
    /// Columns of one table.
    pub columns: usize,
    /// Bytes of one cell.
    pub cell_bytes: usize,
    /// Bytes of columns and indexes kept in memory.
    pub cache_bytes: usize,
    /// Bytes of the tables and the result of one workspace together.
    pub scope_bytes: u64,
    /// Days that files are kept to which nothing refers any more; 0: for ever.
    pub kept_days: u32,
}

impl Default for DataSettings {
    fn default() -> Self {
        let limits = workbench::Limits::default();
        Self {
            file_bytes: limits.file_bytes,
            files: 50,
            columns: limits.columns,
            cell_bytes: limits.cell_bytes,
            cache_bytes: limits.cache_bytes,
            scope_bytes: limits.scope_bytes,
            kept_days: 30,
        }
    }
}

/// Configuration files that people edit together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigurationSettings {
    /// The folder of the files; a relative path is below the data folder.
    pub dir: PathBuf,
    /// Seconds between two looks for files that other programs changed.
    pub look_seconds: u64,
}

impl Default for ConfigurationSettings {
    fn default() -> Self {
        Self {
            dir: "configurations".into(),
            look_seconds: 1,
        }
    }
}

impl ConfigurationSettings {
    /// The time between two looks at the folder.
    pub(crate) fn look_every(&self) -> Duration {
        Duration::from_secs(self.look_seconds.max(1))
    }
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// What is logged, as `RUST_LOG` would say it (which wins).
    pub filter: String,
    /// `text` or `json`.
    pub format: LogFormat,
    /// The OpenTelemetry collector that traces go to; without it none are made.
    pub otlp_endpoint: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            filter: "info".into(),
            format: LogFormat::Text,
            otlp_endpoint: String::new(),
        }
    }
}
