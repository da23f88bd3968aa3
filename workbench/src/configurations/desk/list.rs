//! What is in the folder, with who is there.

use std::collections::HashMap;

use super::{Desk, DeskError};
use crate::configurations::{
    Configuration, Editor,
    files::{Listed, Loaded, Saved},
};

/// What was last seen of a file.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) modified: i64,
    pub(super) size: u64,
    version: u64,
    by: String,
    problem: Option<String>,
}

impl Seen {
    pub(super) fn of(loaded: &Loaded, version: u64, by: &str) -> Self {
        Self {
            modified: loaded.modified.0,
            size: loaded.text.len() as u64,
            version,
            by: by.to_owned(),
            problem: loaded.fault.as_ref().map(ToString::to_string),
        }
    }

    pub(super) fn saved(saved: &Saved, version: u64, by: &str) -> Self {
        Self {
            modified: saved.modified.0,
            size: saved.text.len() as u64,
            version,
            by: by.to_owned(),
            problem: None,
        }
    }

    fn unreadable(listed: &Listed, error: &DeskError) -> Self {
        Self {
            modified: listed.modified.0,
            size: listed.size,
            version: 0,
            by: String::new(),
            problem: Some(error.to_string()),
        }
    }

    /// Whether the file is still as it was seen.
    fn is_of(&self, listed: &Listed) -> bool {
        self.modified == listed.modified.0 && self.size == listed.size
    }
}

impl Desk {
    /// All files, by name.
    pub async fn list(&self) -> Result<Vec<Configuration>, DeskError> {
        let files = self.files().await?;
        let mut editors: HashMap<String, Vec<Editor>> = HashMap::new();
        for (name, editor) in self.editors().await? {
            editors.entry(name).or_default().push(editor);
        }
        let mut locks: HashMap<_, _> = self.locks().await?.into_iter().collect();
        let configurations = files.into_iter().map(|(listed, seen)| Configuration {
            format: listed.format,
            size: listed.size,
            modified: listed.modified.0,
            version: seen.version,
            saved_by: seen.by,
            problem: seen.problem,
            editors: editors.remove(&listed.name).unwrap_or_default(),
            lock: locks.remove(&listed.name),
            name: listed.name,
        });
        Ok(configurations.collect())
    }

    /// The files with what is known of them; one that changed since is looked at first.
    pub(super) async fn files(&self) -> Result<Vec<(Listed, Seen)>, DeskError> {
        let listed = self.blocking(|folder| Ok(folder.list()?)).await?;
        let mut files = Vec::with_capacity(listed.len());
        for listed in listed {
            let seen = self.seen_of(&listed).await;
            if let Some(seen) = seen {
                files.push((listed, seen));
            }
        }
        Ok(files)
    }

    async fn seen_of(&self, listed: &Listed) -> Option<Seen> {
        let known = |desk: &Self| desk.with_seen(|seen| seen.get(&listed.name).cloned());
        if let Some(seen) = known(self).filter(|seen| seen.is_of(listed)) {
            return Some(seen);
        }
        let looked = async {
            let held = self.hold(&listed.name).await?;
            self.look(&held, &listed.name).await
        };
        match looked.await {
            Ok(_) => known(self),
            Err(DeskError::File(super::FileError::Missing(_))) => None,
            Err(error) => {
                let seen = Seen::unreadable(listed, &error);
                // What passes by itself is looked at again; what is wrong with the file stays so until it changes.
                if matches!(
                    error,
                    DeskError::File(_) | DeskError::State(holdfast::Error::TooLarge { .. })
                ) {
                    self.saw(&listed.name, seen.clone());
                }
                Some(seen)
            }
        }
    }

    /// Remembers a file as it was seen.
    pub(super) fn saw(&self, name: &str, seen: Seen) {
        self.with_seen(|all| drop(all.insert(name.to_owned(), seen)));
    }
}
