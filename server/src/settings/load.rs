//! Reads the settings from their sources, and refuses what makes no sense.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use holdfast::Compaction;

use super::{Backend, Settings, Sources};
use crate::Error;

pub(super) const PREFIX: &str = "HOLDFAST_";
/// The names that people know from elsewhere, and the settings they stand for.
pub(super) const FLAT: [(&str, &str); 6] = [
    ("CONFIGURATIONS_DIR", "configurations.dir"),
    ("STATE_BACKEND", "state.backend"),
    ("STATE_TTL_DEFAULT", "state.ttl_default"),
    ("STATE_ENABLE_USER_ISOLATION", "state.enable_user_isolation"),
    ("STATE_REDIS_URL", "state.redis_url"),
    ("STATE_DATABASE_URL", "state.database_url"),
];
/// Settings outside any section. Other `HOLDFAST_` names without `__` belong to other programs.
const TOP_LEVEL: [&str; 2] = ["data_dir", "site_dir"];

impl Settings {
    /// Reads the file (none is no error) and the environment.
    pub fn load(file: &Path) -> Result<Self, Error> {
        // As text into TOML: a file that is there and cannot be read must not count as none.
        let (text, is_there) = match std::fs::read_to_string(file) {
            Ok(text) => (text, true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => (String::new(), false),
            Err(error) => return Err(Error::io(file)(error)),
        };
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut settings = Self::from_sources(&text)?.beside(folder);
        if is_there {
            settings.sources.read_from(file);
        }
        Ok(settings)
    }

    /// Reads this text as the file, and the environment.
    pub(super) fn from_sources(file: &str) -> Result<Self, Error> {
        let flat = Env::raw().filter_map(|name| {
            let known = FLAT.iter().find(|(flat, _)| name == *flat);
            known.map(|(_, setting)| (*setting).into())
        });
        let sections = Env::prefixed(PREFIX)
            .filter(|name| name.as_str().contains("__") || TOP_LEVEL.iter().any(|top| name == *top))
            .split("__");
        let mut settings: Self = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::string(file))
            .merge(flat.clone())
            .merge(sections.clone())
            .extract()
            .map_err(|error| Error::Settings(error.to_string()))?;
        settings.sources = Sources::of(
            &Figment::from(Toml::string(file)),
            &Figment::from(flat),
            &Figment::from(sections),
        );
        settings.checked()
    }

    fn checked(self) -> Result<Self, Error> {
        let declared = || app::TABLE.iter().map(|entry| entry.key);
        if let Some(unknown) = self
            .stores
            .keys()
            .find(|key| declared().all(|known| known != *key))
        {
            let known: Vec<_> = declared().collect();
            return refuse(format!(
                "stores: there is no store `{unknown}`; there are {}",
                known.join(", ")
            ));
        }
        let url = &self.server.public_url;
        if !(url.is_empty() || url.starts_with("https://") || url.starts_with("http://")) {
            return refuse(format!(
                "server.public_url: `{url}` must start with https:// or http://"
            ));
        }
        for (name, kind) in &self.kinds {
            kind.lifecycle(name).map_err(Error::Settings)?;
            if kind.is_sensitive() && self.protection.master_key_file.is_empty() {
                return refuse(format!(
                    "kinds.{name}: what is sensitive needs a key in protection.master_key_file"
                ));
            }
        }
        let problem = self.storage.problem().or_else(|| self.query.problem());
        if let Some(problem) = problem {
            return refuse(problem);
        }
        self.compaction()?;
        let session = &self.session;
        if session.idle_days == 0 || session.absolute_days < session.idle_days {
            return refuse(
                "session: idle_days must be at least 1, and absolute_days at least idle_days"
                    .into(),
            );
        }
        let positive = [
            (
                "session.opened_per_minute",
                u64::from(session.opened_per_minute),
            ),
            ("state.timeout", self.state.timeout),
            ("state.ttl_default", self.state.ttl_default),
            ("state.sweep_seconds", self.state.sweep_seconds),
            ("limits.account_burst", u64::from(self.limits.account_burst)),
            ("limits.address_burst", u64::from(self.limits.address_burst)),
            ("limits.token_burst", u64::from(self.limits.token_burst)),
            ("live.keep_alive_seconds", self.live.keep_alive_seconds),
            ("live.listeners", self.live.listeners as u64),
            (
                "live.listeners_per_session",
                self.live.listeners_per_session as u64,
            ),
            ("live.patience_seconds", self.live.patience_seconds),
            ("data.files", u64::from(self.data.files)),
            ("data.file_bytes", self.data.file_bytes),
        ];
        match positive.iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => refuse(format!("{name}: must be at least 1")),
            None => Ok(self),
        }
    }

    /// What may go of old versions, by kind.
    pub(crate) fn compaction(&self) -> Result<Compaction, Error> {
        let mut kinds = self.kinds.iter();
        kinds.try_fold(Compaction::default(), |so_far, (name, kind)| {
            kind.compact(name, so_far)
        })
    }

    /// Whether states are where other servers keep theirs too.
    pub(crate) fn may_have_several_servers(&self) -> bool {
        let url = &self.state.database_url;
        match self.state.backend {
            Backend::Client | Backend::Memory => false,
            Backend::Redis => true,
            Backend::Database => !matches!(self.address(url), Ok(Address::Sqlite(_))),
        }
    }

    /// Where an address leads. A relative SQLite path is below the data folder.
    pub(crate) fn address(&self, url: &str) -> Result<Address, Error> {
        match url.split_once(':') {
            Some(("sqlite", path)) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                Ok(Address::Sqlite(self.data_dir.join(path)))
            }
            Some(("postgres" | "postgresql", _)) => Ok(Address::Postgres(url.to_owned())),
            Some(("redis" | "rediss", _)) => Ok(Address::Redis(url.to_owned())),
            // A URL may hold a password: its scheme is enough.
            _ => Err(Error::NotBuilt {
                what: format!("an address with `{}:`", url.split(':').next().unwrap_or("")),
                instead: "`sqlite://holdfast.db`, `postgres://user@host/database` or `redis://host/0`",
            }),
        }
    }

    /// Makes paths that are relative to the settings file what they are from here.
    fn beside(mut self, folder: &Path) -> Self {
        let schemas = self
            .kinds
            .values_mut()
            .filter_map(|kind| kind.schema.as_mut());
        for path in schemas {
            *path = folder.join(&*path);
        }
        let protection = &mut self.protection;
        let keys = std::iter::once(&mut protection.master_key_file);
        let keys = keys.chain(&mut protection.former_master_key_files);
        for file in keys.filter(|file| !file.is_empty()) {
            *file = folder.join(&*file).to_string_lossy().into_owned();
        }
        self.storage.beside(folder);
        self
    }
}

/// A place where states are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// This process.
    Memory,
    /// SQLite, in this file.
    Sqlite(PathBuf),
    /// PostgreSQL, at this URL.
    Postgres(String),
    /// Redis, at this URL.
    Redis(String),
}

fn refuse(problem: String) -> Result<Settings, Error> {
    Err(Error::Settings(problem))
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
