//! `GET /api/v1/runs/{id}/analysis/{view}`: the views of a run's page as data. Charts are told point by point, with the
//! sentence that says over whom they are counted; `history` is what was done to the run, `about` what it was made of.

use app::{AppError, RunPlace, RunView, sheets_of_run, trail_of_run};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use workbench::{analysis::Step as Apart, compare::separated};

use super::{
    Asker, Shared, by, invalid,
    refused::{Refused, Unfinished},
    sheets::{Analysis, lines},
    told,
};
use crate::api::{
    asked::Asked,
    openapi::{NotFound, Refusals},
    query::{CSV, attachment},
};

/// Patients drawn at most, as on the page.
const MOST: u32 = 200;

/// The parts of a run's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RunView)]
pub(super) enum View {
    /// The charts that are looked at first.
    Overview,
    /// Baseline, last, change.
    Vision,
    /// Some patients.
    Trajectories,
    /// Days between visits.
    Intervals,
    /// States over time.
    Flow,
    /// States from year to year.
    Journey,
    /// Injections and visits.
    Frequency,
    /// Who stopped.
    Stopping,
    /// What was done to the run.
    History,
    /// What the run was made of.
    About,
}

/// How far the moments of the cohort flow are apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = FlowStep)]
pub(super) enum Step {
    Week,
    #[default]
    Month,
    Quarter,
}

/// In what patients are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = CountUnit)]
pub(super) enum Unit {
    #[default]
    Patients,
    Percent,
}

/// As what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AnalysisFormat)]
pub(super) enum Format {
    #[default]
    Json,
    Csv,
}

/// How it is looked at.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Look {
    /// Of `flow`: how far its moments are apart; a month unless it is said.
    #[param(inline)]
    by: Step,
    /// Of `flow` and `stopping`: counts, or shares in percent.
    #[param(inline)]
    r#in: Unit,
    /// Of `trajectories`: how many patients are drawn; 20 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    count: Option<u32>,
    /// Of `trajectories` and `vision`: what they are drawn by; 1 unless it is said.
    #[param(maximum = 18_446_744_073_709_551_615_u64)]
    seed: Option<u64>,
    /// As what; JSON unless it is said.
    #[param(inline)]
    format: Format,
}

/// A view of a run as data
#[utoipa::path(
    get, path = "/api/v1/runs/{id}/analysis/{view}", operation_id = "analyseRun", tag = "runs",
    params(("id" = String, Path, description = "The run."), ("view" = View, Path, description = "Which view."), Look),
    responses(
        (status = 200, description = "The view.", content((Analysis = "application/json"), (String = "text/csv"))),
        Refusals, NotFound, Unfinished,
    ),
)]
pub(super) async fn view(
    State(shared): State<Shared>,
    asker: Asker,
    Path((id, word)): Path<(String, String)>,
    Asked(look): Asked<Look>,
) -> Result<Response, Refused> {
    let (app, by) = (&shared.app, by(&asker)?);
    let view = View::named(&word)?;
    let place = look.place(view)?;
    let run = app.runs.get(&by, &id).await?;
    let mut answer = Analysis::empty(&id, view);
    match view {
        View::History => {
            let deeds = trail_of_run(app, &asker.visitor, &id).await?;
            answer.changes = Some(deeds.into_iter().map(Into::into).collect());
        }
        View::About => answer.about = Some(told(&shared, &by, run).await?),
        _ => {
            // A step that the run does not allow yet is told as such, before anything is counted.
            app.runs.results(&by, &id).await?;
            let sheets = sheets_of_run(app, &asker.visitor, &id, place).await?;
            answer.figures = sheets.into_iter().map(Into::into).collect();
        }
    }
    if look.format == Format::Json {
        return Ok(Json(answer).into_response());
    }
    let text = separated(&lines(&answer)?, ',');
    let body = stream::iter([Ok::<_, AppError>(Bytes::from(text))]);
    Ok(attachment(body, CSV, &format!("{id}_{word}.csv")))
}

impl View {
    fn named(word: &str) -> Result<Self, AppError> {
        serde_json::from_value(word.into()).map_err(|_| {
            AppError::NotFound(format!(
                "There is no view {word}; there are overview, vision, trajectories, intervals, flow, journey, frequency, \
                 stopping, history and about."
            ))
        })
    }
}

impl Look {
    fn place(&self, view: View) -> Result<RunPlace, AppError> {
        let usual = RunPlace::default();
        let count = self.count.unwrap_or(usual.count);
        if !(1..=MOST).contains(&count) {
            return Err(invalid(
                "count",
                format!("{count} is not between 1 and {MOST}"),
            ));
        }
        Ok(RunPlace {
            view: view.into(),
            by: self.by.into(),
            is_share: self.r#in == Unit::Percent,
            count,
            seed: self.seed.unwrap_or(usual.seed),
        })
    }
}

impl From<View> for RunView {
    fn from(view: View) -> Self {
        match view {
            View::Overview => Self::Overview,
            View::Vision => Self::Vision,
            View::Trajectories => Self::Trajectories,
            View::Intervals => Self::Intervals,
            View::Flow => Self::Flow,
            View::Journey => Self::Journey,
            View::Frequency => Self::Frequency,
            View::Stopping => Self::Stopping,
            View::History => Self::History,
            View::About => Self::About,
        }
    }
}

impl From<Step> for Apart {
    fn from(step: Step) -> Self {
        match step {
            Step::Week => Self::Week,
            Step::Month => Self::Month,
            Step::Quarter => Self::Quarter,
        }
    }
}
