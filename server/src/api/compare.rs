//! Runs laid beside one another, for programs and as a file: `GET /api/v1/compare`.

use app::{AppError, AppState, compared};
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures::stream;
use serde::{Deserialize, de::DeserializeOwned};
use workbench::compare::{
    Centre, Measure, Mode, Population, Request, Sheet, Time, separated, sheet,
};

use super::{
    Asker, Shared,
    asked::Asked,
    query::{CSV, attachment},
};
use crate::web::Refusal;

/// The question, as the page's own address has it.
#[derive(Debug, Deserialize)]
struct Question {
    /// Ids with commas between.
    runs: String,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    time: Time,
    /// One or several, with commas between.
    #[serde(default)]
    measure: String,
    #[serde(default)]
    population: Population,
    reference: Option<String>,
    until: Option<u32>,
    #[serde(default)]
    centre: Centre,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    sheet: Part,
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

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/api/v1/compare", get(compare))
}

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
