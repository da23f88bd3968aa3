//! Runs come in as packages, one or several: all of them, or none.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use super::{
    By, Runs, RunsError,
    keep::Coming,
    record::{Record, SCHEMA},
};
use crate::{
    Error,
    data::{MAX_FILE_NAME, day_of},
    simulation::{
        Amendment, MAX_NAME, MAX_VISITS, Order, PATIENTS, Recruitment, RunInfo,
        order::{MAX_YEARS, refused, run_days},
        package::{self, Exported, Manifest, PackageError},
        protocol::Protocol,
        tables,
        trial::{Carried, IMPORTED},
    },
};

/// Packages that come in together at most: each may be large, and all lie unpacked beside each other until the last one
/// was looked at.
pub const MAX_BROUGHT: usize = 50;
/// Characters of a word in a record.
const MAX_WORD: usize = 1000;
/// Standard deviations that a number of patients may be from its mean: chance never goes so far.
const MAX_DEVIATIONS: f64 = 10.0;

/// A package that somebody brings.
#[derive(Debug, Clone)]
pub struct Brought {
    /// Where it stands.
    pub path: PathBuf,
    /// What it was called where it comes from.
    pub file: String,
}

impl Runs {
    /// Takes a package in, as a run of its own. Everything in it is verified before any of it is kept: sizes, names and
    /// SHA-256 of its files, its record, and each row of its tables.
    ///
    /// # Errors
    /// [`RunsError::Package`] with what is wrong, [`RunsError::Order`] for words that are too long; nothing is left behind.
    pub async fn import(&self, by: &By, path: &Path, file: &str) -> Result<RunInfo, RunsError> {
        self.check_allowed(by).await?;
        let coming = self.take_package(by, path, file, &[]).await?;
        self.keep_one(by, coming).await
    }

    /// Takes several packages in, each as [`Runs::import`] does, and gives all of them these tags: every run is there
    /// then with its tags, or none is.
    ///
    /// # Errors
    /// [`RunsError::Brought`] with the first that cannot be taken in, [`RunsError::Order`] for none, too many, or what is
    /// no tag; nothing is left behind.
    pub async fn import_all(
        &self,
        by: &By,
        brought: &[Brought],
        tags: &[String],
    ) -> Result<Vec<RunInfo>, RunsError> {
        if !(1..=MAX_BROUGHT).contains(&brought.len()) {
            let count = brought.len();
            let problem = format!("1 to {MAX_BROUGHT} packages come in together, not {count}");
            return Err(refused("package", problem).into());
        }
        self.check_allowed(by).await?;
        let mut coming = Vec::new();
        for Brought { path, file } in brought {
            match self.take_package(by, path, file, tags).await {
                Ok(run) => coming.push(run),
                Err(problem) => {
                    self.turn_away(coming).await?;
                    return Err(RunsError::Brought {
                        file: file.clone(),
                        problem: Box::new(problem),
                    });
                }
            }
        }
        self.keep(by, coming).await
    }

    /// Unpacks a package into a folder in the making.
    async fn take_package(
        &self,
        by: &By,
        path: &Path,
        file: &str,
        tags: &[String],
    ) -> Result<Coming, RunsError> {
        let package = path.to_owned();
        let look = move || {
            let manifest = package::manifest(&package)?;
            let looked = record_of(&manifest.run)?;
            Ok::<_, PackageError>((looked, manifest.bytes_of_tables()))
        };
        let looked = tokio::task::spawn_blocking(look).await;
        let (looked, bytes) = looked.map_err(|error| Error::Internal(error.to_string()))??;
        // Before it is unpacked; what several take together is looked at when all are.
        self.check_room(&by.scope, bytes).await?;
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
            id: manifest.run.id.clone(),
            exported_at: manifest.exported_at,
        });
        let run = manifest.run;
        let mut about = Amendment {
            name: run.name,
            tags: run.tags,
            notes: run.notes,
            is_pinned: false,
        };
        for tag in tags {
            if !about.tags.contains(tag) {
                about.tags.push(tag.clone());
            }
        }
        Ok(Coming {
            id,
            held,
            record,
            about,
        })
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
            let span = span_of(&record);
            if let Some(result) = &mut record.result {
                let means = tables::examine(&folder, result, &span);
                result.means = means.map_err(|flaw| PackageError::Table {
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
    let (patients, came, visits) = (record.patients, result.patients, result.visits);
    if patients > *PATIENTS.end() || visits > MAX_VISITS {
        let problem =
            format!("speaks of {patients} patients and {visits} visits, more than a run has");
        return Err(wrong(problem));
    }
    if !could_come(&record, came) {
        let problem = format!("speaks of {patients} patients, and its result of {came}");
        return Err(wrong(problem));
    }
    // The name of a trial is that of its file.
    let most = match record.trial.is_some() {
        true => MAX_FILE_NAME,
        false => MAX_NAME,
    };
    let names = [&record.protocol_name, &record.protocol_version];
    if names.iter().any(|name| name.chars().count() > most) {
        let problem = format!("has a name of a protocol of more than {most} characters");
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

/// Whether so many patients can have come: exactly those the record speaks of, or by chance so many on average.
fn could_come(record: &Record, came: u32) -> bool {
    let is_chance = record.trial.is_none() && record.recruitment == Recruitment::OverTheRun;
    let far = match is_chance {
        true => MAX_DEVIATIONS * f64::from(record.patients).sqrt(),
        false => 0.0,
    };
    f64::from(record.patients.abs_diff(came)) <= far
}

/// The days of a run, counted from 1970.
fn span_of(record: &Record) -> RangeInclusive<i32> {
    let first = day_of(&record.start_date).unwrap_or_default();
    first..=first.saturating_add_unsigned(run_days(record.duration_years))
}

fn is_sensible(record: &Record) -> bool {
    let has_day = day_of(&record.start_date).is_some();
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
