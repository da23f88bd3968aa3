//! `GET /api/v1/runs/{id}/outcomes`: the measures of a completed run, over all its patients, as on its page.

use app::AppError;
use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;
use workbench::simulation::outcomes::{
    INTERVALS, Measure as Measured, Outcomes as Came, Population as People, outcomes as counted,
};

use super::{
    Asker, Shared, by,
    refused::{Refused, Unfinished},
    types::Recruitment,
};
use crate::api::openapi::{NotFound, Refusals};

/// A measure of so many patients.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunMeasure)]
pub(super) struct Measure {
    /// Patients.
    n: u64,
    /// Their mean; 0 of nobody.
    mean: f64,
    /// Their standard deviation (n - 1); 0 of fewer than two.
    sd: f64,
}

/// Vision of a population, in ETDRS letters.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunPopulation)]
pub(super) struct Population {
    /// Before the first visit.
    baseline: Measure,
    /// At the visit of months 11 to 13 that is nearest to month 12, or at the last one before.
    year_1: Measure,
    /// The same of months 23 to 25.
    year_2: Measure,
    /// At the last visit.
    last: Measure,
    /// From baseline to the last visit.
    change: Measure,
    /// The share that lost at most 5 letters.
    #[schema(minimum = 0, maximum = 1)]
    maintained: f64,
    /// The share that sees less at the last visit than the protocol calls poor; 0 of a trial, which has none.
    #[schema(minimum = 0, maximum = 1)]
    poor_vision: f64,
}

/// Patients who stopped for one reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StopReason)]
pub(super) struct Reason {
    /// As tables write it.
    reason: String,
    /// How many.
    patients: u64,
}

/// Intervals between two visits that took place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntervalBin)]
pub(super) struct Bin {
    /// At most so many days, and more than those of the bin before; none of the last, which has all that are longer.
    up_to_days: Option<u32>,
    /// How many.
    count: u64,
}

/// What came of a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunOutcomes)]
pub(super) struct Outcomes {
    /// How patients came, and with it how long they were followed.
    recruitment: Recruitment,
    /// All patients; who stopped is there with the last vision, carried forward.
    all: Population,
    /// Those who did not stop.
    still_treated: Population,
    /// Injections of a patient.
    injections: Measure,
    /// Visits of a patient.
    visits: Measure,
    /// Injections of all for each visit of all.
    injections_per_visit: f64,
    /// Patients who stopped, by reason.
    discontinued: Vec<Reason>,
    /// Days between two visits, in seven bins.
    intervals: Vec<Bin>,
}

/// The measures of a completed run
#[utoipa::path(
    get, path = "/api/v1/runs/{id}/outcomes", operation_id = "getRunOutcomes", tag = "runs",
    params(("id" = String, Path, description = "The run.")),
    responses((status = 200, description = "Its measures.", body = Outcomes), Refusals, NotFound, Unfinished),
)]
pub(super) async fn outcomes(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Outcomes>, Refused> {
    let (runs, by) = (&shared.app.runs, by(&asker)?);
    let run = runs.get(&by, &id).await?;
    let stored = runs.tables(&by, &id).await?;
    // It is read and counted, off the async threads.
    let came = tokio::task::spawn_blocking(move || counted(&run, &stored)).await;
    let came = came.map_err(AppError::internal)?.map_err(AppError::from)?;
    Ok(Json(came.into()))
}

impl From<Measured> for Measure {
    fn from(measured: Measured) -> Self {
        Self {
            n: measured.n,
            mean: measured.mean,
            sd: measured.sd,
        }
    }
}

impl From<People> for Population {
    fn from(people: People) -> Self {
        Self {
            baseline: people.baseline.into(),
            year_1: people.year_1.into(),
            year_2: people.year_2.into(),
            last: people.last.into(),
            change: people.change.into(),
            maintained: people.maintained,
            poor_vision: people.poor_vision,
        }
    }
}

impl From<Came> for Outcomes {
    fn from(came: Came) -> Self {
        let reasons = came.discontinued.into_iter();
        let reasons = reasons.map(|(reason, patients)| Reason { reason, patients });
        let bins = came.intervals.into_iter().enumerate();
        let bins = bins.map(|(at, count)| Bin {
            up_to_days: INTERVALS.get(at).copied(),
            count,
        });
        Self {
            recruitment: came.recruitment.into(),
            all: came.all.into(),
            still_treated: came.still_treated.into(),
            injections: came.injections.into(),
            visits: came.visits.into(),
            injections_per_visit: came.injections_per_visit,
            discontinued: reasons.collect(),
            intervals: bins.collect(),
        }
    }
}
