//! Looks for what other programs wrote into the folder.

use std::{collections::HashSet, time::Duration};

use tokio::task::JoinHandle;

use super::{CONFIGURATION, Desk, DeskError, FileError, MANY};

/// Looks at the folder again and again until it is dropped.
pub struct DiskWatch(JoinHandle<()>);

impl Drop for DiskWatch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Desk {
    /// Begins to look for changes every so often. Names, sizes and times are looked at, which is quick; a file is read
    /// when one of them changed.
    pub fn watch_disk(&self, every: Duration) -> DiskWatch {
        let desk = self.clone();
        DiskWatch(tokio::spawn(async move {
            let tried = |outcome: Result<(), DeskError>| {
                if let Err(error) = outcome {
                    tracing::warn!(%error, "the configurations folder cannot be read; tried again in {every:?}");
                }
            };
            tried(desk.look_for_lost().await);
            let mut ticks = tokio::time::interval(every);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                tried(desk.look_around().await);
            }
        }))
    }

    /// Takes in what other programs changed: new texts become versions, files that are gone lose their state.
    ///
    /// # Errors
    /// Those of the folder and the engine.
    pub async fn look_around(&self) -> Result<(), DeskError> {
        let there: HashSet<String> = self
            .files()
            .await?
            .into_iter()
            .map(|(it, _)| it.name)
            .collect();
        let lost: Vec<String> = self.with_seen(|seen| {
            let lost = seen.keys().filter(|name| !there.contains(*name));
            lost.cloned().collect()
        });
        for name in lost {
            self.look_for(&name).await?;
        }
        Ok(())
    }

    /// Files that went while no server looked.
    async fn look_for_lost(&self) -> Result<(), DeskError> {
        let known = self
            .states()
            .list(self.scope(), Some(&CONFIGURATION), None, MANY)
            .await?;
        for state in known {
            self.look_for(&state.name).await?;
        }
        Ok(())
    }

    async fn look_for(&self, name: &str) -> Result<(), DeskError> {
        let held = self.hold(name).await?;
        match self.look(&held, name).await {
            Err(DeskError::File(FileError::Missing(_))) => {
                self.with_seen(|seen| drop(seen.remove(name)));
                Ok(())
            }
            // What is wrong with one file is told in the list.
            Ok(_) | Err(DeskError::File(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
