//! A cohort counted or merged at the terminal: of a person's study, or of the sample study.
//!
//! - `spec`: what was typed becomes the question that the Query page asks; what does not fit the study is refused with its name
//! - `card`: one filter on one column
//!
//! A filter that does not fit is an error here, where the page leaves it out and says so: nobody reads the page's remark
//! beside a number in a script.

mod card;
mod spec;

use std::path::Path;

use holdfast::{Clock as _, SystemClock};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use workbench::{
    Study, Workbench,
    data::StudyView,
    query::{CountReport, ExportFormat, MergeSpec, PageRequest, ResultInfo},
    workspace::study_of,
};

pub use self::spec::Asked;
pub(super) use self::spec::saved;
use super::{Terminal, out, terminal::aligned, work::Work};
use crate::{
    Error, Settings,
    application::{
        open::{open_storage_beside, open_workbench},
        stop::stop_signal,
    },
};

/// Whose study is asked about.
enum Whom {
    Somebody(Box<Work>),
    /// The sample study.
    Nobody(Workbench),
}

impl Whom {
    async fn open(settings: &Settings, asked: &Asked) -> Result<Self, Error> {
        if asked.whose.is_known(settings) {
            let work = Work::open(settings, &asked.whose).await?;
            return Ok(Self::Somebody(Box::new(work)));
        }
        std::fs::create_dir_all(&settings.data_dir).map_err(Error::io(&settings.data_dir))?;
        let storage = open_storage_beside(settings)?;
        Ok(Self::Nobody(open_workbench(settings, storage)?))
    }

    fn workbench(&self) -> &Workbench {
        match self {
            Self::Somebody(work) => &work.workbench,
            Self::Nobody(workbench) => workbench,
        }
    }

    async fn view(&self) -> Result<StudyView, Error> {
        Ok(match self {
            Self::Somebody(work) => work.workspace().view().await?,
            Self::Nobody(workbench) => workbench.sample_view().await?,
        })
    }

    /// A person's result is kept with their study, as the page keeps it.
    async fn merge(&self, study: &Study, spec: &MergeSpec) -> Result<ResultInfo, Error> {
        let (now, cancel) = (SystemClock.now().0, CancellationToken::new());
        let merging = async {
            match self {
                Self::Somebody(work) => work.workspace().merge(spec, now, &cancel).await,
                Self::Nobody(workbench) => workbench.merge(study, spec, now, &cancel).await,
            }
        };
        let mut merging = std::pin::pin!(merging);
        tokio::select! {
            done = &mut merging => Ok(done?),
            () = stop_signal() => {
                cancel.cancel();
                Ok(merging.await?)
            }
        }
    }
}

pub(super) async fn query(
    settings: &Settings,
    asked: Asked,
    terminal: Terminal,
) -> Result<(), Error> {
    let whom = Whom::open(settings, &asked).await?;
    let study = study_of(whom.view().await?)?;
    let base = match (&asked.saved, &whom) {
        (None, _) => None,
        (Some(name), Whom::Somebody(work)) => Some(saved(work, name).await?.spec),
        (Some(_), Whom::Nobody(_)) => {
            let problem = "--saved: the sample study has no saved queries; say whose: --user";
            return Err(Error::Misread(problem.into()));
        }
    };
    let bench = whom.workbench();
    let spec = asked.spec(&study, base)?;
    asked.check(&bench.filter_options(&study).await?)?;
    let report = bench.count(&study, &spec.filters, &spec.selection).await?;
    applies(&report, &spec)?;
    let Some(to) = &asked.to else {
        told(&report, asked.count, terminal);
        return Ok(());
    };
    let result = whom.merge(&study, &spec).await?;
    let format = asked.format.unwrap_or_else(|| by_ending(to));
    let pieces = bench.export(&result, format, &PageRequest::default())?;
    if to != Path::new("-") {
        summary(&result, terminal);
    }
    out::write(pieces, to, terminal).await
}

fn by_ending(file: &Path) -> ExportFormat {
    let is_parquet = file.extension().is_some_and(|it| it == "parquet");
    match is_parquet {
        true => ExportFormat::Parquet,
        false => ExportFormat::Csv,
    }
}

/// Whether every filter that is on was applied.
fn applies(report: &CountReport, spec: &MergeSpec) -> Result<(), Error> {
    let is_on = |id: &str| {
        let mut cards = spec.filters.cards.iter();
        cards.any(|card| card.id == id && card.enabled)
    };
    let of_cards = report.cards.iter().filter(|card| is_on(&card.id));
    let of_cards = of_cards.filter_map(|card| card.problem.as_deref());
    let problems = report.problems.iter().map(String::as_str).chain(of_cards);
    let problems: Vec<&str> = problems.collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Error::Misread(problems.join(" "))),
    }
}

fn told(report: &CountReport, is_brief: bool, terminal: Terminal) {
    let left = report.left;
    let words = || {
        let last = format!("{} participants, {} rows", left.participants, left.rows);
        if is_brief {
            return last;
        }
        let head = ["", "participants", "rows"].map(str::to_owned).to_vec();
        let steps = report.steps.iter().map(|step| {
            let left = step.left;
            vec![
                step.label.clone(),
                left.participants.to_string(),
                left.rows.to_string(),
            ]
        });
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(steps).collect();
        format!("{}\n{last}", aligned(&rows))
    };
    terminal.tell(words, || {
        let steps = report.steps.iter().map(|step| {
            json!({
                "label": step.label, "participants": step.left.participants, "rows": step.left.rows,
            })
        });
        let steps: Vec<_> = steps.collect();
        json!({ "participants": left.participants, "rows": left.rows, "steps": steps })
    });
}

fn summary(result: &ResultInfo, terminal: Terminal) {
    let (participants, rows, columns) =
        (result.participants, result.row_count, result.columns.len());
    terminal.tell(
        || format!("{participants} participants, {rows} rows, {columns} columns"),
        || {
            json!({
                "id": result.id, "participants": participants, "rows": rows, "columns": columns,
            })
        },
    );
}
