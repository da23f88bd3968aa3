//! `POST /api/v1/runs`: a run is ordered from a protocol among the configurations. It is there at once, pending.

use app::{AppError, desk_of};
use axum::{extract::State, response::Response};
use holdfast::Timestamp;
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use workbench::simulation::Order;

use super::{
    Asker, Shared, by, invalid, made,
    refused::{Refused, called},
    types::{Recruitment, Run, Tag},
};
use crate::api::{asked::Sent, openapi::WriteRefusals};

/// What is to be simulated.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRun {
    /// A configuration with a protocol in it: the name of its file.
    #[schema(min_length = 1, example = "aflibercept_te.yaml")]
    protocol: String,
    /// Its name for people; two words without one.
    #[schema(min_length = 1, max_length = 120, pattern = "\\S")]
    name: Option<String>,
    /// How many patients; on average, where they come over the run. Under a protocol that asks for frequent visits fewer are
    /// possible.
    #[schema(minimum = 10, maximum = 1_000_000)]
    patients: u32,
    /// How long, in years of 365.25 days.
    #[schema(minimum = 1, maximum = 20)]
    years: f64,
    /// What chance depends on: the same seed, the same result.
    #[schema(maximum = 18_446_744_073_709_551_615_u64)]
    seed: u64,
    /// How patients come.
    #[serde(default)]
    recruitment: Recruitment,
    /// The first day; today by UTC without it.
    #[schema(format = Date)]
    start_date: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    #[schema(max_items = 50)]
    tags: Vec<Tag>,
    /// Anything else.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    notes: String,
}

/// Orders a run
#[utoipa::path(
    post, path = "/api/v1/runs", operation_id = "startRun", tag = "runs",
    request_body = NewRun,
    responses(
        (status = 201, description = "The run, pending.", body = Run, headers(
            ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."),
        )),
        WriteRefusals,
    ),
)]
pub(super) async fn start(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(new): Sent<NewRun>,
) -> Result<Response, Refused> {
    let by = by(&asker)?;
    let (desk, _) = desk_of(&shared.app, &asker.visitor)?;
    let text = match desk.read(&new.protocol).await.map_err(AppError::from) {
        Ok((_, text)) => text,
        // What cannot be read is no address here but a field.
        Err(AppError::NotFound(problem) | AppError::Invalid { problem, .. }) => {
            return Err(invalid("protocol", problem).into());
        }
        Err(error) => return Err(error.into()),
    };
    let order = new.order(text, shared.door.clock.now());
    let run = shared.app.runs.start(&by, order).await;
    made(run.map_err(|error| called("duration_years", "years", error))?)
}

impl NewRun {
    fn order(self, protocol: String, now: Timestamp) -> Order {
        Order {
            name: self.name,
            protocol,
            patients: self.patients,
            duration_years: self.years,
            seed: self.seed,
            recruitment: self.recruitment.into(),
            start_date: self.start_date.unwrap_or_else(|| today(now)),
            tags: self.tags.into_iter().map(|Tag(tag)| tag).collect(),
            notes: self.notes,
        }
    }
}

fn today(now: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(now.0.div_euclid(1000));
    let moment = moment.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    moment.date().to_string()
}
