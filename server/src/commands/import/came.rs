//! What became of a file that was to come in, as it is told.

use std::{io::Write as _, path::Path};

use serde_json::{Value, json};
use workbench::{data::Outcome, simulation::RunInfo};

use super::super::Terminal;
use crate::Error;

/// What became of a file.
pub(super) enum Came {
    Table(Outcome),
    Run(Box<RunInfo>),
}

impl Came {
    pub(super) fn tell(&self, file: &Path, terminal: Terminal) {
        let file = file.display().to_string();
        match self {
            Self::Table(Outcome::Imported { table }) => {
                let (rows, columns) = (table.rows, table.columns.len());
                let mut lines = vec![format!(
                    "{file}: {}, {rows} rows, {columns} columns",
                    table.name
                )];
                lines.extend(table.notes.iter().map(|note| format!("    {note}")));
                terminal.tell(
                    || lines.join("\n"),
                    || {
                        json!({
                            "file": file, "outcome": "imported", "table": table.name, "rows": rows, "columns": columns,
                            "notes": table.notes,
                        })
                    },
                );
            }
            Self::Table(Outcome::Unchanged { table }) => terminal.tell(
                || format!("{file}: the same content is there already, as {table}"),
                || json!({ "file": file, "outcome": "unchanged", "table": table }),
            ),
            // A question never comes as far as here.
            Self::Table(Outcome::Skipped | Outcome::Duplicate { .. }) => terminal.tell(
                || format!("{file}: left out, the table that is there stays"),
                || json!({ "file": file, "outcome": "skipped" }),
            ),
            Self::Run(run) => {
                let checksum = run.result.as_ref().map(|result| result.checksum.as_str());
                terminal.tell(
                    || format!("{file}: {}  {}", run.id, run.name),
                    || {
                        json!({
                            "file": file, "outcome": "run", "id": run.id, "name": run.name, "checksum": checksum,
                        })
                    },
                );
            }
        }
    }
}

/// Why a file did not come in, on standard error: the file, the line, the column.
pub(super) fn complain(file: &Path, error: &Error, terminal: Terminal) {
    let (shown, told) = (file.display().to_string(), error.to_string());
    let line = match terminal.is_json {
        true => {
            let (line, column) = match error {
                Error::Workbench(workbench::Error::BadFile { line, column, .. }) => {
                    (json!(line), json!(column))
                }
                _ => (Value::Null, Value::Null),
            };
            json!({
                "file": shown, "error": told, "line": line, "column": column, "code": error.code(),
            })
            .to_string()
        }
        false
            if told.contains(
                file.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .as_ref(),
            ) =>
        {
            format!("holdfast: {told}")
        }
        false => format!("holdfast: {shown}: {told}"),
    };
    let written = writeln!(std::io::stderr().lock(), "{line}");
    drop(written);
}
