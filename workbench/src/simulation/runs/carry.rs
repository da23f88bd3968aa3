//! A run leaves as a package, and comes in as one.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::{
    Stream,
    stream::{self, BoxStream, StreamExt as _},
};
use tokio::sync::mpsc;

use super::{
    By, Runs, RunsError,
    keep::Coming,
    look::result_of,
    record::{self, Access, Record, SCHEMA, info},
};
use crate::{
    Error,
    query::{PIECES_WAITING, Pieces},
    simulation::{
        Amendment, MAX_VISITS, Order, PATIENTS, RunInfo,
        package::{self, Exported, MAX_UNPACKED, Manifest, PackageError},
        protocol::Protocol,
        tables,
        trial::{Carried, IMPORTED},
    },
};

/// Years of a run that was not simulated here, at most.
const MAX_YEARS: f64 = 99.0;
/// Characters of a word in a record.
const MAX_WORD: usize = 1000;

/// A package on its way out.
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

    /// Takes a package in that stands at `path`, as a run of its own. Everything in it is verified before any of it is
    /// kept: sizes, names and SHA-256 of its files, its record, and each row of its tables.
    ///
    /// # Errors
    /// [`RunsError::Package`] with what is wrong, [`RunsError::Order`] for words that are too long; nothing is left behind.
    pub async fn import(&self, by: &By, path: &Path, file: &str) -> Result<RunInfo, RunsError> {
        let package = path.to_owned();
        let look = move || record_of(&package::manifest(&package)?.run);
        let looked = tokio::task::spawn_blocking(look).await;
        let looked = looked.map_err(|error| Error::Internal(error.to_string()))??;
        let claim = self.claim(&by.scope, looked.duration_years, looked.seed);
        let (id, held, folder) = claim.await?;
        let opened = self.open_package(path.to_owned(), folder).await;
        let (manifest, mut record) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.give_up(id, held).await?;
                return Err(error);
            }
        };
        record.created_by.clone_from(&by.name);
        record.carried = Some(Carried {
            file: file.chars().take(MAX_WORD).collect(),
            id: manifest.run.id,
            exported_at: manifest.exported_at,
        });
        let about = Amendment {
            name: manifest.run.name,
            tags: manifest.run.tags,
            notes: manifest.run.notes,
            is_pinned: false,
        };
        let coming = Coming {
            id,
            held,
            record,
            about,
        };
        let mut runs = self.keep(by, vec![coming]).await?;
        runs.pop()
            .ok_or_else(|| Error::Internal("no run was kept".into()).into())
    }

    /// Unpacks into a folder, and looks at everything.
    async fn open_package(
        &self,
        path: PathBuf,
        folder: PathBuf,
    ) -> Result<(Manifest, Record), RunsError> {
        let open = move || {
            let manifest = package::unpack(&path, &folder)?;
            let mut record = record_of(&manifest.run)?;
            if let Some(result) = &mut record.result {
                tables::examine(&folder, result).map_err(|flaw| PackageError::Table {
                    name: flaw.table.to_owned(),
                    problem: flaw.problem,
                })?;
                result.bytes = manifest.bytes_of_tables();
            }
            Ok::<_, PackageError>((manifest, record))
        };
        let opened = tokio::task::spawn_blocking(open).await;
        Ok(opened.map_err(|error| Error::Internal(error.to_string()))??)
    }
}

fn pieces(
    receiver: mpsc::Receiver<Result<Bytes, Error>>,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    })
    // A body is asked once more after its end.
    .fuse()
}

/// The record of a stranger's run: of a shape that is known, and of a run that could have been.
fn record_of(run: &Exported) -> Result<Record, PackageError> {
    let wrong = |problem: String| PackageError::Manifest(problem);
    let record = Record::of_version(run.schema_version, run.record.clone());
    let record = record.ok_or_else(|| {
        let shape = run.schema_version;
        wrong(format!(
            "has a record of shape {shape} that cannot be read; shapes up to {SCHEMA} are known"
        ))
    })?;
    let result = record.result.as_ref().filter(|_| record.reason.is_none());
    let result = result.ok_or_else(|| wrong("is of a run that was not completed".into()))?;
    if result.patients > *PATIENTS.end() || result.visits > MAX_VISITS {
        let (patients, visits) = (result.patients, result.visits);
        let problem =
            format!("speaks of {patients} patients and {visits} visits, more than a run has");
        return Err(wrong(problem));
    }
    let words = [&record.created_by, &record.engine, &record.model, &run.id];
    if words.iter().any(|word| word.chars().count() > MAX_WORD) {
        return Err(wrong(format!(
            "has a word of more than {MAX_WORD} characters"
        )));
    }
    let is_trial = record.trial.is_some() && record.model == IMPORTED;
    let fits = match is_trial {
        true => is_sensible(&record)
            .then_some(())
            .ok_or_else(|| "a trial".to_owned()),
        false => simulated(&record),
    };
    fits.map_err(|problem| {
        wrong(format!(
            "has a record that does not fit together: {problem}"
        ))
    })?;
    Ok(record)
}

fn is_sensible(record: &Record) -> bool {
    let has_day = crate::data::day_of(&record.start_date).is_some();
    has_day && record.protocol.is_empty() && (0.0..=MAX_YEARS).contains(&record.duration_years)
}

/// Whether the protocol is the one that the record tells of, and the order could have been given.
fn simulated(record: &Record) -> Result<(), String> {
    let protocol = Protocol::read(&record.protocol).map_err(|error| error.to_string())?;
    let about = &protocol.about;
    let is_told = about.name == record.protocol_name
        && about.version == record.protocol_version
        && protocol.checksum == record.protocol_checksum
        && protocol.scheduling.name() == record.model;
    if !is_told || record.trial.is_some() {
        return Err("it tells of another protocol than it has".into());
    }
    let order = Order {
        name: None,
        protocol: record.protocol.clone(),
        patients: record.patients,
        duration_years: record.duration_years,
        seed: record.seed,
        recruitment: record.recruitment,
        start_date: record.start_date.clone(),
        tags: Vec::new(),
        notes: String::new(),
    };
    order.check(&protocol).map_err(|error| error.to_string())
}
