//! Kinds of one's own, and what is asked of any kind: `[kinds.sample]` in the settings file.
//!
//! ```toml
//! [kinds.sample]
//! first = "received"                  # where `create` leads; left out for a kind that comes with the engine
//! update = ["received", "stored"]     # the statuses in which data may change
//! ttl = 2592000                       # seconds
//! schema = "schemas/sample.json"      # JSON Schema 2020-12; a relative path is beside the settings file
//! sensitive = ["/donor/name"]         # JSON Pointers, or true for all of the data
//! keep_versions = 20                  # content of older versions goes, unless
//! keep_days = 30                      # it was the newest at some time in so many days
//! steps = [
//!     { transition = "store", from = ["received"], to = "stored" },
//!     { transition = "expire", from = ["received", "stored"], to = "expired" },
//! ]
//! ```

use std::{path::PathBuf, time::Duration};

use holdfast::{
    Builder, Compaction, Keep, Kind, Lifecycle, Status, Transition, backend::Sensitive,
};
use serde::{Deserialize, Serialize};

use crate::Error;

/// One kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KindSettings {
    /// Where `create` leads. Without it the kind must be one that comes with the engine.
    pub first: Option<String>,
    /// The steps of its lifecycle.
    pub steps: Vec<StepSettings>,
    /// In which statuses its data may change.
    pub update: Vec<String>,
    /// Whether every update starts the time to live again.
    pub renewed_by_updates: bool,
    /// Seconds that a state lives when its creator does not say.
    pub ttl: Option<u64>,
    /// The file of its JSON Schema.
    pub schema: Option<PathBuf>,
    /// What of its data is encrypted at rest.
    pub sensitive: SensitiveSettings,
    /// The newest versions of each state that keep their content; all without it and without `keep_days`.
    pub keep_versions: Option<u32>,
    /// Days for which content is kept after it was replaced.
    pub keep_days: Option<u32>,
}

/// One row of a lifecycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSettings {
    /// What is done.
    pub transition: String,
    /// From which statuses.
    pub from: Vec<String>,
    /// To which.
    pub to: String,
}

/// What of the data is encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SensitiveSettings {
    /// All of it, or nothing.
    Whole(bool),
    /// The values at these JSON Pointers.
    Fields(Vec<String>),
}

impl Default for SensitiveSettings {
    fn default() -> Self {
        Self::Whole(false)
    }
}

impl KindSettings {
    /// Its lifecycle; `None` where the engine's own stays.
    pub(super) fn lifecycle(&self, name: &str) -> Result<Option<Lifecycle>, String> {
        let Some(first) = &self.first else {
            let kind = Kind::new(name.to_owned());
            if Lifecycle::built_in(&kind).is_none() {
                return Err(format!(
                    "kinds.{name}: `first` must say where `create` leads"
                ));
            }
            if !(self.steps.is_empty() && self.update.is_empty()) {
                return Err(format!(
                    "kinds.{name}: another lifecycle needs `first`, too"
                ));
            }
            return Ok(None);
        };
        let status = |name: &String| Status::new(name.clone());
        let mut lifecycle =
            Lifecycle::starting(status(first)).update(self.update.iter().map(status));
        for step in &self.steps {
            let transition = Transition::new(step.transition.clone());
            let from = step.from.iter().map(status);
            lifecycle = lifecycle.step(transition, from, status(&step.to));
        }
        if self.renewed_by_updates {
            lifecycle = lifecycle.renewed_by_updates();
        }
        Ok(Some(lifecycle))
    }

    /// Whether anything of it has to be encrypted.
    pub(crate) fn is_sensitive(&self) -> bool {
        match &self.sensitive {
            SensitiveSettings::Whole(is_whole) => *is_whole,
            SensitiveSettings::Fields(fields) => !fields.is_empty(),
        }
    }

    /// Adds what of it is sensitive.
    pub(crate) fn protect(&self, name: &str, sensitive: Sensitive) -> Result<Sensitive, Error> {
        let kind = Kind::new(name.to_owned());
        match &self.sensitive {
            SensitiveSettings::Whole(false) => Ok(sensitive),
            SensitiveSettings::Whole(true) => Ok(sensitive.kind(kind)),
            SensitiveSettings::Fields(fields) => sensitive
                .fields(kind, fields.iter().map(String::as_str))
                .map_err(|error| Error::Settings(format!("kinds.{name}.sensitive: {error}"))),
        }
    }

    /// Adds what may go of its old versions.
    pub(crate) fn compact(&self, name: &str, so_far: Compaction) -> Result<Compaction, Error> {
        let keep = Keep {
            versions: self.keep_versions,
            days: self.keep_days,
        };
        if keep == Keep::default() {
            return Ok(so_far);
        }
        let added = so_far.kind(Kind::new(name.to_owned()), keep);
        added.map_err(|error| Error::Settings(error.to_string()))
    }

    /// Tells the engine about it.
    pub(crate) fn declare(&self, name: &str, mut builder: Builder) -> Result<Builder, Error> {
        let kind = Kind::new(name.to_owned());
        let lifecycle = self.lifecycle(name).map_err(Error::Settings)?;
        if let Some(lifecycle) = lifecycle {
            builder = builder.lifecycle(kind.clone(), lifecycle);
        }
        if let Some(seconds) = self.ttl {
            builder = builder.ttl(kind.clone(), Duration::from_secs(seconds));
        }
        let Some(path) = &self.schema else {
            return Ok(builder);
        };
        let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
        let refuse = |problem: String| {
            Error::Settings(format!(
                "kinds.{name}.schema ({}): {problem}",
                path.display()
            ))
        };
        let schema = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        let builder = builder.schema(kind, &schema);
        builder.map_err(|error| refuse(error.to_string()))
    }
}
