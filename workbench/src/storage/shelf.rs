//! What is in the store: asked for, listed, removed; and whether it works at all.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{GetOptions, PutOptions};

use super::{
    Objects, Storage,
    fetch::content_of,
    name::Name,
    problem::{away, damaged, is_missing},
    put::Content,
};
use crate::Error;

/// What `check` writes, and reads back.
const PROBE: &[u8] = b"holdfast";

impl Storage {
    /// Paths of the files below a folder of the data folder that the store has.
    pub(crate) fn list(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        let Some(objects) = &self.objects else {
            return Ok(Vec::new());
        };
        let names = objects.names(&objects.name(folder)?)?;
        let path = |name: Name| objects.root.join(name.as_str());
        Ok(names.into_iter().map(path).collect())
    }

    /// The same, with when each was put.
    pub(crate) fn list_dated(&self, folder: &Path) -> Result<Vec<(PathBuf, SystemTime)>, Error> {
        let Some(objects) = &self.objects else {
            return Ok(Vec::new());
        };
        let names = objects.dated(&objects.name(folder)?)?;
        let path = |(name, at): (Name, SystemTime)| (objects.root.join(name.as_str()), at);
        Ok(names.into_iter().map(path).collect())
    }

    /// Writes a mark: an object without content, of which only the name says something.
    pub(crate) fn mark(&self, path: &Path) -> Result<(), Error> {
        let Some(objects) = &self.objects else {
            return Ok(());
        };
        objects.write(&objects.name(path)?, PROBE)
    }

    /// Removes what the store has below a folder of the data folder; nothing need be there.
    pub(crate) fn remove(&self, folder: &Path) -> Result<(), Error> {
        let Some(objects) = &self.objects else {
            return Ok(());
        };
        let name = objects.name(folder)?;
        let found = objects.names(&name)?;
        objects.remove(&name, found)
    }

    /// The same with one file.
    pub(crate) fn remove_file(&self, path: &Path) -> Result<(), Error> {
        let Some(objects) = &self.objects else {
            return Ok(());
        };
        let name = objects.name(path)?;
        match objects.look_up(&name)? {
            Some(_) => objects.remove(&name.clone(), vec![name]),
            None => Ok(()),
        }
    }

    /// Whether an object can be put, read and removed. Blocks.
    ///
    /// # Errors
    /// [`Error::StoreAway`] with the reason.
    pub fn check(&self) -> Result<(), Error> {
        let Some(objects) = &self.objects else {
            return Ok(());
        };
        let name = format!("doctor/probe-{:08x}", self.number());
        let name = Name::parse(&name).ok_or_else(|| Error::Internal(name))?;
        objects.write(&name, PROBE)?;
        let key = name.key(&objects.prefix);
        let read = objects.runtime.block_on(async {
            let got = objects.store.get_opts(&key, GetOptions::default()).await?;
            got.bytes().await
        });
        let read = read.map_err(|error| away(&name, &error))?;
        if *read != *PROBE {
            return Err(damaged(&name, "it was read back otherwise"));
        }
        objects.remove(&name.clone(), vec![name])
    }
}

impl Objects {
    /// What there is under a name, if anything.
    pub(super) fn look_up(&self, name: &Name) -> Result<Option<Content>, Error> {
        let options = GetOptions::new().with_head(true);
        let key = name.key(&self.prefix);
        let got = self.store.get_opts(&key, options);
        match self.runtime.block_on(got) {
            Ok(got) => Ok(Some(content_of(&got))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(away(name, &error)),
        }
    }

    /// Names below a folder.
    fn names(&self, folder: &Name) -> Result<Vec<Name>, Error> {
        Ok(self
            .dated(folder)?
            .into_iter()
            .map(|(name, _)| name)
            .collect())
    }

    /// The same, with when each was put.
    fn dated(&self, folder: &Name) -> Result<Vec<(Name, SystemTime)>, Error> {
        let key = folder.key(&self.prefix);
        let prefix = self.prefix.as_ref();
        let listed = self.store.list(Some(&key)).try_collect::<Vec<_>>();
        let listed = self.runtime.block_on(listed);
        let listed = listed.map_err(|error| away(folder, &error))?;
        let name = |object: object_store::ObjectMeta| {
            let below = object.location.as_ref().strip_prefix(prefix)?;
            let name = Name::parse(below.trim_start_matches('/'))?;
            Some((name, object.last_modified.into()))
        };
        // What is no name of ours was put there by somebody else, and is left alone.
        Ok(listed.into_iter().filter_map(name).collect())
    }

    fn write(&self, name: &Name, content: &'static [u8]) -> Result<(), Error> {
        let key = name.key(&self.prefix);
        let put = self
            .store
            .put_opts(&key, content.into(), PutOptions::default());
        let put = self.runtime.block_on(put);
        put.map(drop).map_err(|error| away(name, &error))
    }

    fn remove(&self, what: &Name, names: Vec<Name>) -> Result<(), Error> {
        if names.is_empty() {
            return Ok(());
        }
        let keys = names.into_iter().map(|name| Ok(name.key(&self.prefix)));
        let removed = self
            .store
            .delete_stream(stream::iter(keys.collect::<Vec<_>>()).boxed())
            .filter(|removed| {
                // Somebody else was faster.
                let is_gone = removed.as_ref().is_err_and(is_missing);
                futures::future::ready(!is_gone)
            })
            .try_for_each(|_| futures::future::ready(Ok(())));
        let removed = self.runtime.block_on(removed);
        removed.map_err(|error| away(what, &error))
    }
}
