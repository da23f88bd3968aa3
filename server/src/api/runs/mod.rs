//! Simulation runs for programs: `/api/v1/runs`. Whatever a person does with runs on the pages Simulations and Analysis.
//!
//! - `find`: searched, page by page; `start`: ordered
//! - `one`: a run with everything that is known, and what people say about it
//! - `fate`: how far it is, cancelled, deleted, brought back
//! - `bulk`: several changed at once, all or nothing
//! - `tables`: its patients and visits as files
//! - `carry`: packages out and in, the arms of a trial in
//! - `outcomes`: its measures; `analysis`: the views of its page, and `sheets` how they are told
//! - `memory`: what is kept in memory of all this
//! - `types` and `origin`: how a run is told; `refused`: what is refused besides what every area refuses
//!
//! A program reads what its person reads, runs that others share with them too; it changes their own runs alone. The run of
//! somebody else looks like one that is not there.

mod analysis;
mod bulk;
mod carry;
mod fate;
mod find;
mod memory;
mod one;
mod origin;
mod outcomes;
mod refused;
mod sheets;
mod start;
mod tables;
mod types;

use app::AppError;
use axum::{
    Json,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::simulation::{
    RunInfo,
    runs::{By, RunsError},
};

use self::{refused::Refused, types::Run};
use super::{Asker, Shared, simulations::by};

const PLACE: &str = "/api/v1/runs";

pub(super) fn routes() -> OpenApiRouter<Shared> {
    // The bound of what comes in as a file is on the file, where it is written.
    let incoming = OpenApiRouter::default()
        .routes(routes!(carry::package_in))
        .routes(routes!(carry::trial_in))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::default()
        .routes(routes!(find::find, start::start))
        .routes(routes!(bulk::bulk))
        .routes(routes!(memory::memory))
        .routes(routes!(one::one, one::amend, fate::delete))
        .routes(routes!(fate::restore))
        .routes(routes!(fate::cancel))
        .routes(routes!(fate::progress))
        .routes(routes!(tables::patients))
        .routes(routes!(tables::visits))
        .routes(routes!(carry::package_out))
        .routes(routes!(outcomes::outcomes))
        .routes(routes!(analysis::view))
        .merge(incoming)
}

/// A run, and whether it is the asker's own.
async fn told(shared: &Shared, by: &By, run: RunInfo) -> Result<Run, Refused> {
    let is_own = match shared.app.runs.get_own(by, &run.id).await {
        Ok(_) => true,
        Err(RunsError::Missing(_)) => false,
        Err(error) => return Err(error.into()),
    };
    Ok(Run::of(run, is_own))
}

/// A run of the asker's own under its version.
fn whole(status: StatusCode, run: RunInfo) -> Result<Response, Refused> {
    let tag = [(header::ETAG, tag(run.version)?)];
    Ok((status, tag, Json(Run::of(run, true))).into_response())
}

/// A run that has just come to be.
fn made(run: RunInfo) -> Result<Response, Refused> {
    let place = HeaderValue::from_str(&format!("{PLACE}/{}", run.id));
    let place = place.map_err(AppError::internal)?;
    let mut response = whole(StatusCode::CREATED, run)?;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

fn tag(version: u64) -> Result<HeaderValue, AppError> {
    HeaderValue::from_str(&format!("\"{version}\"")).map_err(AppError::internal)
}

/// A field that is out of its bounds.
fn invalid(path: &str, problem: impl Into<String>) -> AppError {
    AppError::Invalid {
        path: path.to_owned(),
        problem: problem.into(),
    }
}
