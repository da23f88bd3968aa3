//! What the server answers the Compare page. Only on the server.

use workbench::{
    compare::{Comparison, Request},
    simulation::{RunStatus, Wanted},
};

use super::server::Choice;
use crate::{AppError, AppState, Visitor, components::format, context::Caller};

/// Runs of one answer.
const CHOICES: u32 = 100;

pub(super) async fn compare(caller: &Caller, request: &Request) -> Result<Comparison, AppError> {
    let (workbench, runs) = (&caller.state.workbench, &caller.state.runs);
    Ok(workbench.compare_runs(runs, &caller.by()?, request).await?)
}

/// The same for programs.
///
/// # Errors
/// [`AppError::NoSession`], [`AppError::BadRequest`] for fewer or more runs than can be compared.
pub async fn compared(
    state: &AppState,
    visitor: &Visitor,
    request: &Request,
) -> Result<Comparison, AppError> {
    let caller = Caller {
        visitor: visitor.clone(),
        state: state.clone(),
    };
    compare(&caller, request).await
}

pub(super) async fn choices(caller: &Caller, text: String) -> Result<Vec<Choice>, AppError> {
    let wanted = Wanted {
        text: Some(text).filter(|text| !text.trim().is_empty()),
        status: Some(RunStatus::Completed),
        limit: CHOICES,
        ..Wanted::default()
    };
    let found = caller.state.runs.list(&caller.by()?, &wanted).await?;
    let choice = |run: workbench::simulation::RunInfo| Choice {
        about: format!(
            "{}, {} × {} y",
            run.protocol_name,
            format::count(run.patients.into()),
            format::number(run.duration_years, 2)
        ),
        id: run.id,
        name: run.name,
    };
    Ok(found.runs.into_iter().map(choice).collect())
}
