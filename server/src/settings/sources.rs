//! Where each setting came from: the environment, the file, or nobody said anything. For people who look.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use figment::Figment;

use super::{
    load::FLAT,
    table::{keys, variable},
};

/// Where settings came from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file that was read.
    file: Option<PathBuf>,
    /// By name, in words; what is not here is a default.
    by_key: BTreeMap<String, String>,
}

/// Settings that say the same are the same, wherever they came from.
impl PartialEq for Sources {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Sources {
    /// What each source has something to say about. The later one won.
    pub(super) fn of(file: &Figment, flat: &Figment, sections: &Figment) -> Self {
        let says = |source: &Figment, key: &str| source.find_value(key).is_ok();
        let of = |key: &str| {
            if says(sections, key) {
                return Some(format!("environment: {}", variable(key)));
            }
            if says(flat, key) {
                let known = FLAT.iter().find(|(_, setting)| *setting == key);
                return known.map(|(name, _)| format!("environment: {name}"));
            }
            says(file, key).then(|| "file".to_owned())
        };
        let known = keys().filter_map(|key| {
            let source = of(&key)?;
            Some((key, source))
        });
        Self {
            file: None,
            by_key: known.collect(),
        }
    }

    /// Remembers which file it was.
    pub(super) fn read_from(&mut self, file: &Path) {
        self.file = Some(std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf()));
    }

    /// The file that was read, if there was one.
    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Where a setting came from, in words; `None` for a default.
    pub(super) fn source(&self, key: &str) -> Option<&str> {
        self.by_key.get(key).map(String::as_str)
    }
}
