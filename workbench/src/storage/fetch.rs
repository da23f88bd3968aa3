//! A file comes from the store: whole, as it was put, or not at all.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    sync::{Arc, Mutex, Weak},
};

use futures::StreamExt as _;
use object_store::{Attribute, GetOptions, GetResult};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{
    Objects, here, locked,
    name::Name,
    problem::{away, damaged, is_missing},
    put::{Content, SHA256},
};
use crate::Error;

impl Objects {
    /// Brings a file into its place, unless somebody just did, and opens it: `None` where the store has none. Whoever
    /// wants the same meanwhile waits for the one who fetches.
    pub(super) fn fetch(&self, path: &Path) -> Result<Option<File>, Error> {
        let name = self.name(path)?;
        let turn = self.turn(&name);
        let _mine = locked(&turn);
        if let Some(file) = here(path)? {
            return Ok(Some(file));
        }
        let fetched = self.runtime.block_on(self.download(&name, path))?;
        if fetched.is_some() {
            self.make_room(path);
        }
        Ok(fetched)
    }

    fn turn(&self, name: &Name) -> Arc<Mutex<()>> {
        let mut turns = locked(&self.turns);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = turns.get(name.as_str()).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::default();
        turns.insert(name.as_str().to_owned(), Arc::downgrade(&turn));
        turn
    }

    async fn download(&self, name: &Name, target: &Path) -> Result<Option<File>, Error> {
        let key = name.key(&self.prefix);
        let got = match self.store.get_opts(&key, GetOptions::default()).await {
            Ok(got) => got,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(away(name, &error)),
        };
        let wanted = content_of(&got);
        let Some(sha256) = &wanted.sha256 else {
            return Err(damaged(
                name,
                "it has no checksum, so it was not put there by this program",
            ));
        };
        let folder = target.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        let incoming = self.incoming.path();
        let fault = |error| Error::io(&incoming, error);
        let mut part = NamedTempFile::new_in(&incoming).map_err(fault)?;
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        let mut pieces = got.into_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| away(name, &error))?;
            hasher.update(&piece);
            part.write_all(&piece).map_err(fault)?;
            bytes += piece.len() as u64;
        }
        if bytes != wanted.bytes {
            let promised = wanted.bytes;
            return Err(damaged(name, format!("{bytes} of {promised} bytes came")));
        }
        if hex::encode(hasher.finalize()) != *sha256 {
            return Err(damaged(
                name,
                format!("its {bytes} bytes have another checksum than those that were put"),
            ));
        }
        part.as_file().sync_all().map_err(fault)?;
        // Opened before it can leave again.
        let file = part.reopen().map_err(fault)?;
        part.persist(target)
            .map_err(|error| Error::io(target, error.error))?;
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| Error::io(folder, error))?;
        Ok(Some(file))
    }
}

/// What an object says of itself.
pub(super) fn content_of(got: &GetResult) -> Content {
    let sha256 = got.attributes.get(&Attribute::Metadata(SHA256.into()));
    Content {
        bytes: got.meta.size,
        sha256: sha256.map(|value| value.to_string()),
    }
}
