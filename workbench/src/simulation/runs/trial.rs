//! The arms of a trial come in as runs, all of them or none.

use std::path::Path;

use super::{By, Runs, RunsError, keep::Coming, record::Record};
use crate::{
    Error,
    data::TableInfo,
    simulation::{
        Amendment, MAX_NAME, RunInfo,
        trial::{Arm, Mapping, Stopped, Trial, arms, read, write},
    },
};

impl Runs {
    /// Takes in a table of a trial, of which `parquet` is the copy: a run for each of its arms, tagged so.
    ///
    /// # Errors
    /// [`RunsError::Order`] with the field of the mapping that the table does not fit; nothing is left behind.
    pub async fn import_trial(
        &self,
        by: &By,
        parquet: &Path,
        table: &TableInfo,
        mapping: &Mapping,
        tags: &[String],
    ) -> Result<Vec<RunInfo>, RunsError> {
        self.check_allowed(by).await?;
        // How much it will be is known once its arms are written; where nothing fits they need not be.
        self.check_room(&by.scope, 1).await?;
        let (path, which) = (parquet.to_owned(), mapping.clone());
        let reading = move || {
            let rows = read(&path, &which)?;
            Ok::<_, Stopped>(arms(rows, &which)?)
        };
        let read = tokio::task::spawn_blocking(reading).await;
        let read = read.map_err(|error| Error::Internal(error.to_string()))?;
        let arms = read.map_err(|stopped| match stopped {
            Stopped::Order(error) => RunsError::Order(error),
            Stopped::Files(error) => RunsError::Files(error),
        })?;
        let mut coming = Vec::new();
        for arm in arms {
            match self.take_arm(by, table, mapping, arm, tags).await {
                Ok(run) => coming.push(run),
                Err(error) => {
                    self.turn_away(coming).await?;
                    return Err(error);
                }
            }
        }
        self.keep(by, coming).await
    }

    /// Writes the tables of one arm.
    async fn take_arm(
        &self,
        by: &By,
        table: &TableInfo,
        mapping: &Mapping,
        arm: Arm,
        tags: &[String],
    ) -> Result<Coming, RunsError> {
        let (id, held, folder) = self.claim(&by.scope, arm.years, 0).await?;
        let written = self
            .blocking(move |_| Ok((write(&arm, &folder)?, arm)))
            .await;
        let (result, arm) = match written {
            Ok(written) => written,
            Err(error) => {
                self.give_up(id, held).await?;
                return Err(error);
            }
        };
        let trial = Trial {
            file: table.file_name.clone(),
            checksum: table.checksum.clone(),
            mapping: mapping.clone(),
            arm: arm.name.clone(),
            remarks: arm.remarks.clone(),
        };
        let name = match (&mapping.arm, &arm.name) {
            (Some(column), Some(arm)) => format!("{}, {column} {arm}", table.name),
            _ => table.name.clone(),
        };
        let about = Amendment {
            name: name.chars().take(MAX_NAME).collect(),
            tags: tags.to_vec(),
            notes: arm.remarks.join("\n"),
            is_pinned: false,
        };
        Ok(Coming {
            record: Record::of_arm(&arm, trial, result, &by.name),
            id,
            held,
            about,
        })
    }
}
