//! Somebody's runs by their ids; what is unknown, unfinished or broken is said.

use std::collections::HashSet;

use futures::future::try_join_all;

use super::{
    ask::{Side, unreadable},
    notes::note,
    question::{RUNS, Request},
    types::{Comparison, Note, NoteKind},
};
use crate::{
    Error, Workbench,
    simulation::{
        RunStatus,
        runs::{By, Runs, RunsError},
    },
    yielding::yielding,
};

impl Workbench {
    /// Compares runs of somebody by their ids. What is unknown, unfinished or broken is said in the answer.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for fewer or more runs than can be compared; [`RunsError::State`] where the engine fails.
    pub async fn compare_runs(
        &self,
        runs: &Runs,
        by: &By,
        request: &Request,
    ) -> Result<Comparison, RunsError> {
        let mut seen = HashSet::new();
        let ids = request.ids.iter().filter(|id| seen.insert(id.as_str()));
        let ids: Vec<&String> = ids.collect();
        if !RUNS.contains(&ids.len()) {
            return Err(Error::BadRequest(format!(
                "a comparison takes {} to {} runs, and these are {}",
                RUNS.start(),
                RUNS.end(),
                ids.len()
            ))
            .into());
        }
        let found = try_join_all(ids.into_iter().map(|id| side(runs, by, id))).await?;
        let (mut sides, mut missing) = (Vec::new(), Vec::new());
        for one in found {
            match one {
                Ok(side) => sides.push(side),
                Err(note) => missing.push(note),
            }
        }
        let (workbench, asked) = (self.clone(), request.clone());
        let work = move || yielding(move || workbench.compare(&asked, &sides));
        let done = tokio::task::spawn_blocking(work).await;
        let mut answer = done.map_err(|error| Error::Internal(error.to_string()))??;
        missing.append(&mut answer.notes);
        answer.notes = missing;
        Ok(answer)
    }
}

/// A run with its tables, or why it cannot be shown.
async fn side(runs: &Runs, by: &By, id: &str) -> Result<Result<Side, Note>, RunsError> {
    let info = match runs.get(by, id).await {
        Ok(info) => info,
        Err(RunsError::Missing(_) | RunsError::Swept(_)) => {
            let text = format!("{id} is not here: it was deleted, or it is somebody else's.");
            return Ok(Err(note(NoteKind::Unknown, &[id], text)));
        }
        Err(error) => return Err(error),
    };
    let name = &info.name;
    match info.status {
        RunStatus::Pending => {
            let text =
                format!("{name} is still being simulated; it comes in when it is completed.");
            return Ok(Err(note(NoteKind::Unfinished, &[id], text)));
        }
        RunStatus::Failed => {
            let reason = info.reason.as_deref().unwrap_or("no reason was given");
            let text = format!("{name} failed and has no results: {reason}.");
            return Ok(Err(note(NoteKind::Failed, &[id], text)));
        }
        RunStatus::Completed => {}
    }
    match runs.results(by, id).await {
        Ok(tables) => Ok(Ok(Side { info, rows: tables })),
        Err(RunsError::State(error)) => Err(error.into()),
        Err(error) => Ok(Err(unreadable(&info, &error.to_string()))),
    }
}
