//! A run leaves as a package.

use bytes::Bytes;
use futures::{
    Stream,
    stream::{self, BoxStream, StreamExt as _},
};
use tokio::sync::mpsc;

use super::{
    By, Runs, RunsError,
    look::result_of,
    record::{self, Access, Record, SCHEMA, info},
};
use crate::{
    Error,
    query::{PIECES_WAITING, Pieces},
    simulation::package::{self, Exported, MAX_UNPACKED},
};

/// A file on its way out.
pub struct Parcel {
    /// What the file is called.
    pub name: String,
    /// Its bytes, made while they are read.
    pub bytes: BoxStream<'static, Result<Bytes, Error>>,
}

impl Runs {
    /// A completed run as a package. A reader that goes away ends the work.
    ///
    /// # Errors
    /// [`RunsError::Pending`], [`RunsError::NoResults`], and [`RunsError::Files`] where the run is larger than a package
    /// that anybody takes in.
    pub async fn export(&self, by: &By, id: &str) -> Result<Parcel, RunsError> {
        let state = self.find(&by.scope, id).await?;
        let record = Record::read(&state)?;
        let run = info(&state, Access::default())?;
        let result = result_of(run.clone())?;
        if result.bytes > MAX_UNPACKED {
            let bytes = result.bytes;
            let problem = format!(
                "{id} has {bytes} bytes; a package may have {MAX_UNPACKED}. Start it elsewhere with the same seed."
            );
            return Err(Error::BadRequest(problem).into());
        }
        let exported = Exported {
            id: id.to_owned(),
            name: run.name,
            tags: run.tags,
            notes: run.notes,
            created_at: run.created_at,
            schema_version: SCHEMA,
            record: record::json(&record)?,
        };
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        let (runs, run, now) = (self.clone(), id.to_owned(), self.inner.clock.now());
        tokio::task::spawn_blocking(move || {
            let home = &runs.inner.home;
            let out = Pieces::new(sender.clone());
            let written = home
                .bring(&run)
                .and_then(|_hold| package::write(out, &home.tables(&run), exported, now.0));
            if let Err(error) = written {
                // Nobody to tell if the reader has gone.
                let _gone = sender.blocking_send(Err(error));
            }
        });
        Ok(Parcel {
            name: format!("{id}.zip"),
            bytes: pieces(receiver).boxed(),
        })
    }
}

/// What comes out of the other end.
pub(super) fn pieces(
    receiver: mpsc::Receiver<Result<Bytes, Error>>,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    })
    // A body is asked once more after its end.
    .fuse()
}
