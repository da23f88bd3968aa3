//! Tables, merged results, saved queries and runs leave as files, as they do on the pages.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Subcommand;
use futures::{TryStreamExt as _, stream};
use holdfast::{Clock as _, SystemClock};
use tokio_util::io::ReaderStream;
use workbench::query::{ExportFormat, PageRequest, export_name, parameters_file, saved_name};

use super::{
    Terminal,
    out::{self, Target},
    query::saved,
    words::among,
    work::{Whose, Work},
};
use crate::{Error, Settings};

/// What is exported.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Thing {
    /// A table of a study, all rows of it
    Table {
        /// Its name
        name: String,
        /// What it becomes
        #[arg(long, default_value = "csv", value_parser = among::<ExportFormat>(&["csv", "parquet"]))]
        format: ExportFormat,
        /// Where it goes
        #[command(flatten)]
        target: Target,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// The merged result of a study
    Dataset {
        /// Its id, to have this one or none; without it, the one that is there
        id: Option<String>,
        /// What it becomes
        #[arg(long, default_value = "csv", value_parser = among::<ExportFormat>(&["csv", "parquet"]))]
        format: ExportFormat,
        /// Where it goes
        #[command(flatten)]
        target: Target,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// A saved query as TOML, which the Query page reads in again
    Query {
        /// What it is called
        name: String,
        /// Where it goes
        #[command(flatten)]
        target: Target,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// A completed run as a package (ZIP) that `import` takes in, here or elsewhere
    Run {
        /// Its id, or its name
        run: String,
        /// Where it goes
        #[command(flatten)]
        target: Target,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
}

pub(super) async fn export(
    settings: &Settings,
    thing: Thing,
    terminal: Terminal,
) -> Result<(), Error> {
    match thing {
        Thing::Table {
            name,
            format,
            target,
            whose,
        } => {
            let work = Work::open(settings, &whose).await?;
            let tables = work.workspace().tables().await?;
            let Some(table) = tables.iter().find(|table| table.name == name) else {
                let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
                return Err(Error::NotThere(match names.is_empty() {
                    true => format!("there is no table {name}: this study has none"),
                    false => format!("there is no table {name}; there are {}", names.join(", ")),
                }));
            };
            let copy = work.workbench.table_path(&table.id);
            let what = format!("The table {name}");
            let copy = work.workbench.bring(copy, &what).await?;
            match format {
                ExportFormat::Csv => {
                    let pieces = work.workbench.export_table(table)?;
                    let file = to(target, || format!("{name}.csv"));
                    out::write(pieces, &file, terminal).await
                }
                // The copy that the study works with.
                ExportFormat::Parquet => {
                    let open = tokio::fs::File::open(&copy).await;
                    let open = open.map_err(|error| workbench::Error::io(&copy, error))?;
                    let pieces = ReaderStream::new(open);
                    let pieces = pieces.map_err(|error| workbench::Error::io(&copy, error));
                    let file = to(target, || format!("{name}.parquet"));
                    out::write(pieces, &file, terminal).await
                }
            }
        }
        Thing::Dataset {
            id,
            format,
            target,
            whose,
        } => {
            let work = Work::open(settings, &whose).await?;
            let workspace = work.workspace();
            let result = match id {
                Some(id) => workspace.kept_result(&id).await?,
                None => workspace.result().await?.ok_or_else(|| {
                    let problem = "nothing is merged in this study; `holdfast query -o` merges";
                    Error::NotThere(problem.into())
                })?,
            };
            let path = work.workbench.result_path(&result.id);
            work.workbench.bring(path, "The merged result").await?;
            let every = PageRequest::default();
            let pieces = work.workbench.export(&result, format, &every)?;
            let file = to(target, || export_name(&result, format, SystemClock.now().0));
            out::write(pieces, &file, terminal).await
        }
        Thing::Query {
            name,
            target,
            whose,
        } => {
            let work = Work::open(settings, &whose).await?;
            let query = saved(&work, &name).await?;
            let now = SystemClock.now().0;
            let text = parameters_file(&query.spec, &query.notes, now)?;
            let text = stream::iter([Ok::<_, Error>(Bytes::from(text))]);
            let file = to(target, || saved_name(&query.name, now));
            out::write(text, &file, terminal).await
        }
        Thing::Run { run, target, whose } => {
            let work = Work::open(settings, &whose).await?;
            let runs = work.runs(settings).await?;
            let run = work.run(&runs, &run).await?;
            let parcel = runs.export(&work.by, &run.id).await?;
            let file = to(target, || parcel.name);
            out::write(parcel.bytes, &file, terminal).await?;
            runs.stop().await;
            Ok(())
        }
    }
}

fn to(target: Target, name: impl FnOnce() -> String) -> PathBuf {
    target.to.unwrap_or_else(|| name().into())
}
