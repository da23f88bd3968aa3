//! A run's table leaves as a file, made while it is read.

use futures::StreamExt as _;
use tokio::sync::mpsc;

use super::{By, Parcel, Runs, RunsError, carry::pieces};
use crate::{
    query::{ExportFormat, PIECES_WAITING, Pieces},
    simulation::tables::{RunTable, export},
};

impl Runs {
    /// One of the tables of a completed run that may be read; it is noted that it was. A reader that goes away ends the
    /// work, and a table that is deleted meanwhile breaks off.
    ///
    /// # Errors
    /// As [`Runs::tables`].
    pub async fn download(
        &self,
        by: &By,
        id: &str,
        table: RunTable,
        format: ExportFormat,
    ) -> Result<Parcel, RunsError> {
        let stored = self.tables(by, id).await?;
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        let (runs, run) = (self.clone(), id.to_owned());
        tokio::task::spawn_blocking(move || {
            // As long as it is held, they stay.
            let _stored = stored;
            let folder = runs.inner.home.tables(&run);
            let out = Pieces::new(sender.clone());
            if let Err(error) = export(&folder, table, format, out) {
                // Nobody to tell if the reader has gone.
                let _gone = sender.blocking_send(Err(error));
            }
        });
        let extension = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Parquet => "parquet",
        };
        Ok(Parcel {
            name: format!("{id}_{}.{extension}", table.word()),
            bytes: pieces(receiver).boxed(),
        })
    }
}
