//! An import is a transaction: it waits while a duplicate asks, and ends completed or failed.

use std::path::Path;

use holdfast::{Expected, Kind, New, State, StateId, Transition, Ttl, Update};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Workspace, from_data, to_data};
use crate::{
    Error,
    data::{Answer, Import, Outcome, TableInfo},
};

/// A question stays open this long; then the import counts as failed.
const QUESTION_OPEN: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
/// Open questions one page shows.
const MAX_OPEN: usize = 100;

#[derive(Debug, Serialize, Deserialize)]
struct ImportData {
    file_name: String,
    table: TableInfo,
}

impl Workspace {
    /// Reads a file into the study. Where a table of that name has other content, `answer` says
    /// what to do; without one the import waits, and the outcome is the question.
    pub async fn import(
        &self,
        source: &Path,
        file_name: &str,
        answer: Option<Answer>,
        cancel: &CancellationToken,
    ) -> Result<Outcome, Error> {
        self.check_allowed().await?;
        let table = self.workbench.import(source, file_name, cancel).await?;
        let tables = self.tables().await?;
        let same_name = tables.iter().find(|other| other.name == table.name);
        match (same_name, answer) {
            (Some(other), _) if other.checksum == table.checksum => Ok(Outcome::Unchanged {
                table: other.name.clone(),
            }),
            (Some(_), None) => self.ask(file_name, table).await,
            (Some(_), Some(answer)) => self.settle(table, answer).await,
            (None, _) => self.settle(table, Answer::Replace).await,
        }
    }

    /// Imports that wait for an answer.
    pub async fn open_imports(&self) -> Result<Vec<Import>, Error> {
        let states = self
            .manager
            .list(&self.scope, Some(&Kind::TRANSACTION), None, MAX_OPEN)
            .await?;
        states
            .iter()
            .filter(|state| state.status == holdfast::Status::PENDING)
            .map(|state| to_import(state))
            .collect()
    }

    /// Answers a duplicate's question. The import's record says what became of it.
    pub async fn answer_import(&self, id: &str, answer: Answer) -> Result<Outcome, Error> {
        let id = StateId::new(id);
        let state = self
            .manager
            .get(&self.scope, &id)
            .await?
            .filter(|state| state.status == holdfast::Status::PENDING)
            .ok_or_else(|| Error::Missing("This import".into()))?;
        let data: ImportData = from_data(&state.data)?;
        let outcome = self.settle(data.table, answer).await?;
        let note = Update::Merge(json!({ "outcome": outcome }));
        let noted = self
            .manager
            .update(
                &self.scope,
                &id,
                note,
                Expected::Version(state.version),
                &self.actor,
            )
            .await
            .map_err(|error| half_done(&outcome, error))?;
        let expected = Expected::Version(noted.version);
        self.manager
            .transition(
                &self.scope,
                &id,
                Transition::ACTIVATE,
                expected,
                &self.actor,
            )
            .await
            .map_err(|error| half_done(&outcome, error))?;
        Ok(outcome)
    }

    async fn ask(&self, file_name: &str, table: TableInfo) -> Result<Outcome, Error> {
        let data = ImportData {
            file_name: file_name.to_owned(),
            table,
        };
        let new = New {
            id: None,
            kind: Kind::TRANSACTION,
            name: format!("import {file_name}"),
            data: to_data(&data)?,
            metadata: json!({ "role": "import" }),
            scope: self.scope.clone(),
            ttl: Ttl::For(QUESTION_OPEN),
        };
        let state = self.manager.register(new, &self.actor).await?;
        Ok(Outcome::Duplicate {
            import: to_import(&state)?,
        })
    }

    async fn settle(&self, mut table: TableInfo, answer: Answer) -> Result<Outcome, Error> {
        match answer {
            Answer::Skip => return Ok(Outcome::Skipped),
            Answer::Replace => {}
            Answer::Rename => table.name = self.free_name(&table.name).await?,
        }
        self.put_table(&table).await?;
        Ok(Outcome::Imported {
            table: Box::new(table),
        })
    }
}

fn to_import(state: &State) -> Result<Import, Error> {
    let data: ImportData = from_data(&state.data)?;
    Ok(Import {
        id: state.id.to_string(),
        file_name: data.file_name,
        table_name: data.table.name,
    })
}

/// Where a table is in the study and its import does not say so, what would pass later all the same must not be called
/// undone.
fn half_done(outcome: &Outcome, error: holdfast::Error) -> Error {
    let came_in = !matches!(outcome, Outcome::Skipped);
    if came_in && (error.is_full() || error.is_away()) {
        return Error::Internal(format!("a table came in and its import is open: {error}"));
    }
    error.into()
}
