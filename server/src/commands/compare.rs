//! Runs laid beside one another at the terminal: the same answer as the page's and the API's.

use workbench::{
    compare::{
        Comparison, Measure, Mode, NoteKind, Population, Request, Sheet, Time, Verdict, separated,
        sheet,
    },
    simulation::runs::{Runs, RunsError},
};

use super::{
    Terminal,
    terminal::aligned,
    words::among,
    work::{Whose, Work},
};
use crate::{Error, Settings};

/// What is compared, and how.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Question {
    /// The runs, by id or name, at least two
    #[arg(required = true)]
    runs: Vec<String>,
    /// What is looked at: lines over time, or tests
    #[arg(long, default_value = "statistical", value_parser = among::<Mode>(&["overlay", "side_by_side", "difference", "statistical"]))]
    mode: Mode,
    /// What time means, for lines
    #[arg(long, default_value = "relative", value_parser = among::<Time>(&["absolute", "relative", "normalised"]))]
    time: Time,
    /// What lines follow; several with commas between
    #[arg(long, value_delimiter = ',', value_parser = among::<Measure>(&["vision", "injections", "still_treated"]))]
    measure: Vec<Measure>,
    /// Who is counted
    #[arg(long, default_value = "all", value_parser = among::<Population>(&["all", "still_treated"]))]
    population: Population,
    /// The run that others are compared with, by id or name; without it, the first
    #[arg(long)]
    reference: Option<String>,
    /// Looks at every patient until this month since enrolment only
    #[arg(long, value_name = "MONTH")]
    until: Option<u32>,
    /// How it is told; `--json` is the same as json
    #[arg(long, default_value = "text", value_parser = ["text", "csv", "json"])]
    format: String,
    /// Which part becomes CSV
    #[arg(long, default_value = "metrics", value_parser = ["metrics", "curves", "tests"])]
    sheet: String,
    /// Whose they are
    #[command(flatten)]
    whose: Whose,
}

pub(super) async fn compare(
    settings: &Settings,
    question: Question,
    terminal: Terminal,
) -> Result<(), Error> {
    let work = Work::open(settings, &question.whose).await?;
    let runs = work.runs(settings).await?;
    let done = compared(&work, &runs, &question).await;
    runs.stop().await;
    let answer = done?;
    if terminal.is_json || question.format == "json" {
        let terminal = Terminal { is_json: true };
        terminal.tell(String::new, || serde_json::json!(answer));
    } else if question.format == "csv" {
        let which = match question.sheet.as_str() {
            "curves" => Sheet::Curves,
            "tests" => Sheet::Tests,
            _ => Sheet::Metrics,
        };
        let text = separated(&sheet(&answer, which), ',');
        terminal.mention(text.trim_end());
    } else {
        terminal.mention(&words(&answer));
    }
    missing(&answer)
}

async fn compared(work: &Work, runs: &Runs, question: &Question) -> Result<Comparison, Error> {
    let mut ids = Vec::new();
    for word in &question.runs {
        ids.push(id(work, runs, word).await?);
    }
    let reference = match &question.reference {
        Some(word) => Some(id(work, runs, word).await?),
        None => None,
    };
    let request = Request {
        ids,
        mode: question.mode,
        time: question.time,
        measures: question.measure.clone(),
        population: question.population,
        reference,
        until_month: question.until,
        ..Request::default()
    };
    Ok(work
        .workbench
        .compare_runs(runs, &work.by, &request)
        .await?)
}

/// The id of a run; what is nobody's is asked for as it is, and the answer says that it is not there.
async fn id(work: &Work, runs: &Runs, word: &str) -> Result<String, Error> {
    match work.run(runs, word).await {
        Ok(run) => Ok(run.id),
        Err(Error::Runs(RunsError::Missing(word))) => Ok(word),
        Err(error) => Err(error),
    }
}

/// Whether every run that was asked for is in the answer. The others are compared all the same.
fn missing(answer: &Comparison) -> Result<(), Error> {
    let absent = |kind: NoteKind| {
        matches!(
            kind,
            NoteKind::Unknown | NoteKind::Unfinished | NoteKind::Failed | NoteKind::Unreadable
        )
    };
    let notes = answer.notes.iter().filter(|note| absent(note.kind));
    let words: Vec<&str> = notes.map(|note| note.text.as_str()).collect();
    match words.is_empty() {
        true => Ok(()),
        false => Err(Error::NotThere(words.join(" "))),
    }
}

/// The table, the tests and what should be known of both.
fn words(answer: &Comparison) -> String {
    let reference = usize::try_from(answer.reference).unwrap_or_default();
    let mut head = vec![String::new(), String::new()];
    for (at, run) in answer.runs.iter().enumerate() {
        head.push(run.name.clone());
        if at != reference {
            head.push("difference".into());
        }
    }
    let mut rows = vec![head];
    for metric in &answer.metrics {
        let digits = usize::from(metric.decimals);
        let mut row = vec![metric.name.clone(), metric.unit.clone()];
        for (at, value) in metric.values.iter().enumerate() {
            row.push(match value.n {
                0 => "–".to_owned(),
                _ => format!("{:.digits$} ± {:.digits$}", value.value, value.half),
            });
            match metric.differences.get(at).copied().flatten() {
                Some(far) => {
                    let verdict = match far.verdict {
                        Verdict::Better => " better",
                        Verdict::Worse => " worse",
                        Verdict::Neither => "",
                    };
                    row.push(format!(
                        "{:+.digits$} ({:.digits$} to {:.digits$}){verdict}",
                        far.value, far.low, far.high
                    ));
                }
                None if at != reference => row.push(String::new()),
                None => {}
            }
        }
        rows.push(row);
    }
    let mut lines = vec![aligned(&rows)];
    for pair in &answer.pairs {
        lines.push(String::new());
        lines.push(pair.words.clone());
        for test in &pair.tests {
            let p = test.p_holm.map(|p| format!(" (p {p:.4}, corrected)"));
            lines.push(format!("  {}{}", test.words, p.unwrap_or_default()));
        }
    }
    lines.push(String::new());
    lines.extend(answer.notes.iter().map(|note| note.text.clone()));
    lines.extend(answer.rules.iter().cloned());
    lines.join("\n")
}
