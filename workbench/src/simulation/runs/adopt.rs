//! A run that may be read becomes one's own, with the same tables.
//!
//! They are copied and not simulated again: a run that was brought here follows no protocol, and one that another version
//! of the model made would come out otherwise.

use std::{fs, path::Path};

use super::{
    By, Runs, RunsError,
    home::Home,
    keep::Coming,
    look::result_of,
    objects::FILES,
    record::{Access, Record, info},
};
use crate::{
    Error,
    simulation::{Amendment, RunInfo},
};

impl Runs {
    /// Makes a copy of a completed run that this person may read: a run of their own.
    ///
    /// # Errors
    /// [`RunsError::Missing`], [`RunsError::Pending`], [`RunsError::NoResults`], and [`RunsError::State`] where the engine
    /// refuses; nothing is left behind then.
    pub async fn adopt(&self, by: &By, id: &str) -> Result<RunInfo, RunsError> {
        let state = self.find_to_read(&by.scope, id).await?;
        let run = info(&state, Access::default())?;
        let result = result_of(run.clone())?;
        self.check_allowed(by).await?;
        self.check_room(&by.scope, result.bytes).await?;
        let mut record = Record::read(&state)?;
        record.created_by.clone_from(&by.name);
        let claim = self.claim(&by.scope, run.duration_years, run.seed);
        let (own, held, folder) = claim.await?;
        let from = id.to_owned();
        let copied = self.blocking(move |home| home.copy(&from, &folder)).await;
        if let Err(error) = copied {
            self.give_up(own, held).await?;
            return Err(error);
        }
        let about = Amendment {
            name: run.name,
            tags: run.tags,
            notes: run.notes,
            is_pinned: false,
        };
        self.keep_one(
            by,
            Coming {
                id: own,
                held,
                record,
                about,
            },
        )
        .await
    }
}

impl Home {
    /// Copies the tables of a run into an empty folder, durably.
    fn copy(&self, id: &str, folder: &Path) -> Result<(), Error> {
        let _hold = self.bring(id)?;
        for file in FILES {
            let (from, to) = (self.tables(id).join(file), folder.join(file));
            fs::copy(&from, &to)
                .and_then(|_| fs::File::open(&to)?.sync_all())
                .map_err(|error| Error::io(&to, error))?;
        }
        Ok(())
    }
}
