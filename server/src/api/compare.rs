//! Runs laid beside one another, for programs and as a file: `GET /api/v1/compare`.

use app::{AppError, AppState, compared};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::stream;
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::{IntoParams, openapi::Object};
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::compare::{
    Centre, Measure, Mode, Population, Request, Sheet, Time, separated, sheet,
};

use super::{
    Asker, Shared,
    asked::Asked,
    openapi::{Refusals, one_of},
    query::{CSV, attachment},
};
use crate::web::Refusal;

/// The question, as the page's own address has it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Question {
    /// 2 to 20 ids of runs, with commas between.
    runs: String,
    /// How they are laid beside one another.
    #[serde(default)]
    #[param(schema_with = modes)]
    mode: Mode,
    /// The calendar, months since enrolment, or the share of the run.
    #[serde(default)]
    #[param(schema_with = times)]
    time: Time,
    /// `vision`, `injections`, `still_treated`; several with commas between.
    #[serde(default)]
    #[param(default = json!("vision"))]
    measure: String,
    /// Everybody with the last value carried forward, or who has not stopped.
    #[serde(default)]
    #[param(schema_with = populations)]
    population: Population,
    /// The run that others are compared with; the first, without it.
    reference: Option<String>,
    /// The month since enrolment until which patients are looked at.
    until: Option<u32>,
    /// Which middle a page draws; both are in the answer.
    #[serde(default)]
    #[param(schema_with = centres)]
    centre: Centre,
    /// How the answer is written.
    #[serde(default)]
    #[param(schema_with = formats)]
    format: Format,
    /// What is in the CSV.
    #[serde(default)]
    #[param(schema_with = sheets)]
    sheet: Part,
}

fn modes() -> Object {
    one_of(
        &["overlay", "side_by_side", "difference", "statistical"],
        "overlay",
    )
}

fn times() -> Object {
    one_of(&["absolute", "relative", "normalised"], "relative")
}

fn populations() -> Object {
    one_of(&["all", "still_treated"], "all")
}

fn centres() -> Object {
    one_of(&["mean", "median"], "mean")
}

fn formats() -> Object {
    one_of(&["json", "csv"], "json")
}

fn sheets() -> Object {
    one_of(&["metrics", "curves", "tests"], "metrics")
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Csv,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Part {
    #[default]
    Metrics,
    Curves,
    Tests,
}

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(compare))
}

/// Lay completed runs beside one another
///
/// Curves over time, a table of measures with differences to the reference and, in the statistical mode, tests; over all
/// patients. What is unknown, unfinished or does not match is said in `notes`. `rules` says how everything is meant.
#[utoipa::path(
    get, path = "/api/v1/compare", operation_id = "compareRuns", tag = "runs", params(Question),
    responses(
        (status = 200, description = "The comparison.", content((Object = "application/json"), (String = "text/csv"))),
        Refusals,
    ),
)]
async fn compare(
    State(state): State<AppState>,
    asker: Asker,
    Asked(question): Asked<Question>,
) -> Result<Response, Refusal> {
    let (format, part) = (question.format, question.sheet);
    let answer = compared(&state, &asker.visitor, &request(question)?).await?;
    if format == Format::Json {
        return Ok(Json(answer).into_response());
    }
    let (which, name) = match part {
        Part::Metrics => (Sheet::Metrics, "comparison.csv"),
        Part::Curves => (Sheet::Curves, "comparison-lines.csv"),
        Part::Tests => (Sheet::Tests, "comparison-tests.csv"),
    };
    let text = separated(&sheet(&answer, which), ',');
    let body = stream::iter([Ok::<_, AppError>(Bytes::from(text))]);
    Ok(attachment(body, CSV, name))
}

fn request(question: Question) -> Result<Request, AppError> {
    let listed = |text: &str| -> Vec<String> {
        let words = text.split(',').map(str::trim);
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let measures = listed(&question.measure).into_iter().map(known::<Measure>);
    Ok(Request {
        ids: listed(&question.runs),
        mode: question.mode,
        time: question.time,
        measures: measures.collect::<Result<_, _>>()?,
        population: question.population,
        reference: question.reference.filter(|id| !id.is_empty()),
        until_month: question.until,
        centre: question.centre,
    })
}

/// The one of this name.
fn known<T: DeserializeOwned>(word: String) -> Result<T, AppError> {
    serde_json::from_value(word.into()).map_err(|error| AppError::Invalid {
        path: "measure".into(),
        problem: error.to_string(),
    })
}
