//! The sections of the settings, each with its defaults.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// How the server is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port to listen on.
    pub addr: SocketAddr,
    /// The address people type, if another (a proxy with https in front): `https://data.lab.org`.
    pub public_url: String,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            public_url: String::new(),
        }
    }
}

impl ServerSettings {
    /// Whether browsers come over https; decides the cookie's name and `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
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
    /// Seconds between two looks for expired states and sessions.
    pub sweep_seconds: u64,
}

impl Default for StateSettings {
    fn default() -> Self {
        let limits = holdfast::Limits::default();
        Self {
            backend: Backend::Database,
            ttl_default: 3600,
            enable_user_isolation: true,
            database_url: "sqlite://holdfast.db".into(),
            redis_url: "redis://localhost:6379/0".into(),
            data_bytes: limits.data_bytes,
            metadata_bytes: limits.metadata_bytes,
            depth: limits.depth,
            scope_states: limits.scope_states,
            scope_bytes: limits.scope_bytes,
            timeout: limits.timeout.as_secs(),
            sweep_seconds: 60,
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
        }
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
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            filter: "info".into(),
            format: LogFormat::Text,
        }
    }
}
