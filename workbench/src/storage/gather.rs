//! Files of before the store was switched on: they are put there, each unless the same is there already, so that it can be
//! done again, and broken off.

use std::path::{Path, PathBuf};

use super::{Objects, Storage, room::entries};
use crate::Error;

/// Where finished files are, and how deep.
const FINISHED: [(&str, usize); 3] = [("tables", 0), ("results", 0), ("simulations", 1)];

/// What became of the files of the data folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Files that were put.
    pub put: usize,
    /// Files that were there already, as they are here.
    pub there: usize,
}

impl Storage {
    /// Puts every finished file of the data folder to the store. `told` hears of each that was put. Blocks.
    ///
    /// # Errors
    /// [`Error::StoreAway`], [`Error::Io`]; what was put until then stays.
    pub fn gather(&self, mut told: impl FnMut(&str)) -> Result<Gathered, Error> {
        let mut gathered = Gathered::default();
        let Some(objects) = &self.objects else {
            return Ok(gathered);
        };
        for path in objects.finished()? {
            let name = objects.name(&path)?;
            match objects.put_missing(&name, &path)? {
                true => {
                    told(name.as_str());
                    gathered.put += 1;
                }
                false => gathered.there += 1,
            }
        }
        Ok(gathered)
    }

    /// How many finished files of the data folder the store does not have, by their names alone. Blocks.
    ///
    /// # Errors
    /// [`Error::StoreAway`].
    pub fn only_here(&self) -> Result<usize, Error> {
        let Some(objects) = &self.objects else {
            return Ok(0);
        };
        let mut there = std::collections::HashSet::new();
        for (folder, _) in FINISHED {
            there.extend(self.list(&objects.root.join(folder))?);
        }
        let here = objects.finished()?;
        Ok(here.iter().filter(|path| !there.contains(*path)).count())
    }
}

impl Objects {
    fn finished(&self) -> Result<Vec<PathBuf>, Error> {
        let mut found = Vec::new();
        for (folder, depth) in FINISHED {
            self.finished_in(&self.root.join(folder), depth, &mut found)?;
        }
        Ok(found)
    }

    /// Unfinished and deleted files have names that begin with a dot, which are no names of objects.
    fn finished_in(&self, at: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Error> {
        for path in entries(at)? {
            let is_named = self.name(&path).is_ok();
            match path.is_dir() {
                true if is_named && depth > 0 => self.finished_in(&path, depth - 1, found)?,
                false if is_named && depth == 0 => found.push(path),
                _ => {}
            }
        }
        Ok(())
    }
}
