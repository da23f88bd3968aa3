//! Files come in: tables into a person's study, packages and trials into their runs. Each file is on its own: one that is
//! not good does not stop the others.

mod came;

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use indicatif::ProgressBar;
use tokio_util::sync::CancellationToken;
use workbench::{
    Workbench,
    data::{Answer, Outcome},
    simulation::{
        Amendment, RunInfo,
        runs::Runs,
        trial::{Mapping, TimeIs},
    },
};

use self::came::{Came, complain};
use super::{
    Terminal,
    bar::{Of, watched},
    words::among,
    work::{Whose, Work},
};
use crate::{Error, Settings, application::stop::stop_signal};

/// How a ZIP begins.
const ZIP: &[u8; 4] = b"PK\x03\x04";

/// What comes in.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Files {
    /// Tables (CSV, TSV, Parquet, JSON lines) and packages of runs (ZIP)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the table or the run is called; of a single file only
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// What to do where the study has a table of that name with other content; without it, the file is refused
    #[arg(long, value_parser = among::<Answer>(&["replace", "rename", "skip"]))]
    on_duplicate: Option<Answer>,
    /// The tables are of a trial, and each of its arms becomes a run: `patient=id,time=day,measure=letters`, and where
    /// there are such columns `injected=...`, `arm=...`; `date=...` instead of `time=...` for dates
    #[arg(long, value_name = "COLUMNS", value_parser = mapping)]
    trial: Option<Mapping>,
    /// A word to find the trial's runs by; again for another
    #[arg(long, requires = "trial")]
    tag: Vec<String>,
    /// Whose they become
    #[command(flatten)]
    whose: Whose,
}

/// Which column means what.
fn mapping(text: &str) -> Result<Mapping, String> {
    let mut found = Mapping::default();
    for part in text.split(',') {
        let (field, column) = part
            .split_once('=')
            .ok_or_else(|| format!("`{part}` is no <field>=<column>"))?;
        let column = column.trim().to_owned();
        match field.trim() {
            "patient" => found.patient = column,
            "time" => found.time = column,
            "date" => (found.time, found.time_is) = (column, TimeIs::Date),
            "measure" => found.measure = column,
            "injected" => found.injected = Some(column),
            "arm" => found.arm = Some(column),
            other => {
                return Err(format!(
                    "there is no `{other}`; there are patient, time or date, measure, injected, arm"
                ));
            }
        }
    }
    let needed = [&found.patient, &found.time, &found.measure];
    match needed.iter().any(|column| column.is_empty()) {
        true => Err("patient, time (or date) and measure are needed".into()),
        false => Ok(found),
    }
}

pub(super) async fn import(
    settings: &Settings,
    wanted: Files,
    terminal: Terminal,
) -> Result<(), Error> {
    if wanted.name.is_some() && wanted.files.len() > 1 {
        return Err(Error::Misread("--as names a single file".into()));
    }
    let work = Work::open(settings, &wanted.whose).await?;
    let runs = work.runs(settings).await?;
    let cancel = CancellationToken::new();
    let on_signal = cancel.clone();
    let signals = tokio::spawn(async move {
        stop_signal().await;
        on_signal.cancel();
    });
    let sizes: Vec<u64> = wanted.files.iter().map(|file| size(file)).collect();
    let bar = terminal.bar(sizes.iter().sum(), Of::Bytes);
    let (mut before, mut failures) = (0, Vec::new());
    for (file, size) in wanted.files.iter().zip(sizes) {
        let incoming = Incoming {
            work: &work,
            runs: &runs,
            wanted: &wanted,
            cancel: &cancel,
        };
        bar.set_message(file.display().to_string());
        let came = follow(&bar, &work.workbench, (before, size), incoming.take(file)).await;
        before += size;
        bar.set_position(before);
        bar.suspend(|| match came {
            Ok(came) => came.iter().for_each(|came| came.tell(file, terminal)),
            Err(error) => {
                complain(file, &error, terminal);
                failures.push(error.code());
            }
        });
        if cancel.is_cancelled() {
            break;
        }
    }
    bar.finish_and_clear();
    signals.abort();
    runs.stop().await;
    match failures.first() {
        _ if cancel.is_cancelled() => Err(Error::Interrupted(
            "interrupted; what was said to be imported is".into(),
        )),
        None => Ok(()),
        Some(code) => Err(Error::Partly {
            failed: failures.len(),
            of: wanted.files.len(),
            code: *code,
        }),
    }
}

fn size(file: &Path) -> u64 {
    file.metadata().map_or(0, |found| found.len())
}

/// Waits for a file; the bar follows what is read of it.
async fn follow<T>(
    bar: &ProgressBar,
    workbench: &Workbench,
    (before, size): (u64, u64),
    work: impl Future<Output = T>,
) -> T {
    let begun = workbench.read_bytes();
    let look = || {
        let read = (workbench.read_bytes() - begun) / Workbench::PASSES;
        bar.set_position(before + read.min(size));
    };
    watched(work, look).await
}

struct Incoming<'a> {
    work: &'a Work,
    runs: &'a Runs,
    wanted: &'a Files,
    cancel: &'a CancellationToken,
}

impl Incoming<'_> {
    async fn take(&self, file: &Path) -> Result<Vec<Came>, Error> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if begins_as_zip(file)? {
            return Ok(vec![Came::Run(Box::new(self.package(file, &name).await?))]);
        }
        let name = match (&self.wanted.name, file.extension()) {
            (Some(wanted), Some(ending)) => format!("{wanted}.{}", ending.to_string_lossy()),
            (Some(wanted), None) => wanted.clone(),
            (None, _) => name.into_owned(),
        };
        match &self.wanted.trial {
            Some(mapping) => self.trial(file, &name, mapping).await,
            None => Ok(vec![Came::Table(self.table(file, &name).await?)]),
        }
    }

    /// A question that nobody is there to answer is answered at once, so that none is left open on the Data page.
    async fn table(&self, file: &Path, name: &str) -> Result<Outcome, Error> {
        let workspace = self.work.workspace();
        let answer = self.wanted.on_duplicate;
        let outcome = workspace.import(file, name, answer, self.cancel).await?;
        let Outcome::Duplicate { import } = &outcome else {
            return Ok(outcome);
        };
        workspace.answer_import(&import.id, Answer::Skip).await?;
        Err(Error::Taken(import.table_name.clone()))
    }

    async fn package(&self, file: &Path, name: &str) -> Result<RunInfo, Error> {
        let by = &self.work.by;
        let run = self.runs.import(by, file, name).await?;
        let Some(wanted) = &self.wanted.name else {
            return Ok(run);
        };
        let amendment = Amendment {
            name: wanted.clone(),
            tags: run.tags,
            notes: run.notes,
            is_pinned: run.is_pinned,
        };
        let renamed = self
            .runs
            .amend(by, &run.id, run.version, &amendment)
            .await?;
        Ok(renamed)
    }

    async fn trial(&self, file: &Path, name: &str, mapping: &Mapping) -> Result<Vec<Came>, Error> {
        let (by, bench) = (&self.work.by, &self.work.workbench);
        let table = bench.import(file, name, self.cancel).await?;
        let path = bench.table_path(&table.id);
        let path = bench
            .bring(path, &format!("The table {}", table.name))
            .await?;
        let tags = &self.wanted.tag;
        let runs = self.runs.import_trial(by, &path, &table, mapping, tags);
        let came = runs.await?.into_iter();
        Ok(came.map(|run| Came::Run(Box::new(run))).collect())
    }
}

/// Whether it is a ZIP by its first bytes; what it is called says nothing.
fn begins_as_zip(file: &Path) -> Result<bool, Error> {
    let fault = |error| Error::Workbench(workbench::Error::io(file, error));
    let mut head = Vec::with_capacity(ZIP.len());
    let opened = File::open(file).map_err(fault)?;
    let head_of = opened.take(ZIP.len() as u64).read_to_end(&mut head);
    head_of.map_err(fault)?;
    Ok(head == ZIP)
}
