//! The tables that are kept: what is known about each beside its Parquet copy. When they go is the business of `keeping`.

use std::{
    io::{Read as _, Write as _},
    path::PathBuf,
};

use holdfast::{Clock, SystemClock};

use super::{
    names::{sanitise_name, shown_file_name},
    part_file::PartFile,
    sink::Written,
    types::TableInfo,
};
use crate::{Error, Workbench};

impl Workbench {
    /// Whether the table's Parquet copy and its description are here.
    pub fn table_exists(&self, id: &str) -> bool {
        is_table_id(id) && self.table_path(id).is_file() && self.description_path(id).is_file()
    }

    /// What is known of a table that was imported before, from a file of this name.
    ///
    /// # Errors
    /// [`Error::Missing`] where it is not here any more.
    pub async fn described(&self, id: &str, file_name: &str) -> Result<TableInfo, Error> {
        let (workbench, id) = (self.clone(), id.to_owned());
        let known = tokio::task::spawn_blocking(move || workbench.known_table(&id)).await;
        let known = known.map_err(|error| Error::Internal(error.to_string()))??;
        let file_name = shown_file_name(file_name);
        let known = known.ok_or_else(|| Error::Missing(format!("The table {file_name}")))?;
        Ok(TableInfo {
            name: sanitise_name(&file_name),
            file_name: file_name.to_string(),
            ..known
        })
    }

    /// Sees to it that a table which is here is in the store, too: it may be from before there was one.
    pub(super) fn put_known(&self, id: &str) -> Result<(), Error> {
        for path in [self.table_path(id), self.description_path(id)] {
            if path.exists() {
                self.inner.storage.put_missing(&path, &path)?;
            }
        }
        Ok(())
    }

    /// A table that was imported before, here or by another server on the same store. Its age starts anew, so that a clean-up between now and
    /// the saving of the study does not take it.
    pub(super) fn known_table(&self, id: &str) -> Result<Option<TableInfo>, Error> {
        if !is_table_id(id) {
            return Ok(None);
        }
        let (storage, path) = (&self.inner.storage, self.description_path(id));
        let Some(mut file) = storage.open(&path)? else {
            return Ok(None);
        };
        if !storage.has(&self.table_path(id))? {
            return Ok(None);
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)
            .map_err(|e| Error::io(&path, e))?;
        // A description that cannot be read any more (an older form) is made again.
        let Ok(mut table) = serde_json::from_slice::<TableInfo>(&text) else {
            return Ok(None);
        };
        self.renew(&path)?;
        self.renew(&self.table_path(id))?;
        self.fill_days(&mut table);
        Ok(Some(table))
    }

    /// Puts the Parquet copy and its description under their names. The description is durable
    /// before the copy appears, so that a full disk is met while nothing is kept yet; before both of them the store has
    /// them. A table that every server has in its program need not be there.
    pub(super) fn keep_table(
        &self,
        table: &TableInfo,
        written: Written,
        is_sample: bool,
    ) -> Result<(), Error> {
        let path = self.description_path(&table.id);
        let text = serde_json::to_vec(table).map_err(|e| Error::Internal(e.to_string()))?;
        let (part, mut file) = PartFile::create(&path)?;
        file.write_all(&text)
            .and_then(|()| file.sync_all())
            .map_err(|e| Error::io(part.path(), e))?;
        let storage = &self.inner.storage;
        let put = storage.put(written.path(), &self.table_path(&table.id));
        match put.and_then(|()| storage.put(part.path(), &path)) {
            Err(Error::StoreAway { name, problem }) if is_sample => {
                tracing::warn!(%name, %problem, "the sample study is kept on this server only");
            }
            put => put?,
        }
        written.keep()?;
        part.keep(&file)
    }

    /// Puts a description that tells more in the place of the one that is here. Other servers find out by themselves.
    pub(super) fn keep_description(&self, table: &TableInfo) -> Result<(), Error> {
        let path = self.description_path(&table.id);
        let text = serde_json::to_vec(table).map_err(|e| Error::Internal(e.to_string()))?;
        let (part, mut file) = PartFile::create(&path)?;
        file.write_all(&text)
            .map_err(|e| Error::io(part.path(), e))?;
        part.keep(&file)
    }

    /// The description, if it is on this server; the store is not asked.
    pub(super) fn description_here(&self, id: &str) -> Option<TableInfo> {
        let path = is_table_id(id).then(|| self.description_path(id))?;
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    fn description_path(&self, id: &str) -> PathBuf {
        self.inner.folder.join("tables").join(format!("{id}.json"))
    }
}

/// Ids come back from browsers: nothing but what we made ourselves becomes a path.
fn is_table_id(id: &str) -> bool {
    id.len() == 32
        && id
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// When a table was imported, for people to read; nothing is decided by it.
pub(super) fn now_ms() -> i64 {
    SystemClock.now().0
}
