//! The audit as a file, for whoever administers the server: `GET /api/v1/audit`, comma separated or a JSON object a line.
//! It is read from the log while it is sent, the newest change first.

use app::{AppError, AppState, AuditQuestion, AuditRow, Visitor, audit_rows};
use axum::{extract::State, response::Response};
use bytes::Bytes;
use futures::{Stream, stream};
use holdfast::Revision;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::data::escape_formula;

use super::{
    Asker, Shared,
    asked::Asked,
    openapi::Refusals,
    query::{CSV, attachment},
};
use crate::web::Refusal;

const JSON_LINES: &str = "application/x-ndjson";
/// The columns of the comma separated form. What changed is in the other one.
const COLUMNS: [&str; 13] = [
    "revision",
    "at",
    "actor",
    "address",
    "client",
    "scope",
    "kind",
    "id",
    "name",
    "version",
    "transition",
    "status",
    "digest",
];

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Csv,
    Jsonl,
}

/// How it is wanted, beside what is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// How the rows are written.
    #[serde(default)]
    #[param(inline, default = json!("csv"))]
    format: Format,
}

/// Which changes are looked for. Empty texts mean all.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Sought {
    /// Part of a state's name or id.
    q: String,
    /// The kind of state.
    kind: String,
    /// The transition.
    did: String,
    /// An email, a name, or as the log has it.
    who: String,
    /// An IP address.
    address: String,
    /// The first day, UTC: `2026-11-21`.
    since: String,
    /// The last day, UTC.
    until: String,
}

impl From<Sought> for AuditQuestion {
    fn from(sought: Sought) -> Self {
        Self {
            q: sought.q,
            kind: sought.kind,
            did: sought.did,
            who: sought.who,
            address: sought.address,
            since: sought.since,
            until: sought.until,
        }
    }
}

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(download))
}

/// Who did what, when and from where
///
/// Every change of the log that fits, the newest first, for administrators. JSON lines hold what changed, as JSON Patch.
#[utoipa::path(
    get, path = "/api/v1/audit", operation_id = "audit", tag = "administration",
    params(Wanted, Sought),
    responses(
        (status = 200, description = "The rows.", content((String = "text/csv"), (String = "application/x-ndjson"))),
        Refusals,
    ),
)]
async fn download(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(Wanted { format }): Asked<Wanted>,
    Asked(sought): Asked<Sought>,
) -> Result<Response, Refusal> {
    let question = AuditQuestion::from(sought);
    // The first page is asked for before the answer begins: what is wrong with the question has a status of its own.
    let first = audit_rows(&shared.app, &asker.visitor, &question, None).await?;
    let head = match format {
        Format::Csv => lines([COLUMNS.map(str::to_owned)])?,
        Format::Jsonl => Vec::new(),
    };
    let rest = rows(shared.app, asker.visitor, question, first, format);
    let body = stream::once(async { Ok(Bytes::from(head)) });
    let (kind, name) = match format {
        Format::Csv => (CSV, "audit.csv"),
        Format::Jsonl => (JSON_LINES, "audit.jsonl"),
    };
    Ok(attachment(
        futures::StreamExt::chain(body, rest),
        kind,
        name,
    ))
}

type Page = (Vec<AuditRow>, Option<Revision>);

/// Page after page, as text.
fn rows(
    state: AppState,
    visitor: Visitor,
    question: AuditQuestion,
    first: Page,
    format: Format,
) -> impl Stream<Item = Result<Bytes, AppError>> + Send {
    stream::try_unfold(
        Some((first, (state, visitor, question))),
        move |page| async move {
            let Some(((rows, next), source)) = page else {
                return Ok(None);
            };
            let text = written(rows, format)?;
            let (state, visitor, question) = &source;
            let behind = match next {
                Some(next) => Some(audit_rows(state, visitor, question, Some(next)).await?),
                None => None,
            };
            Ok(Some((text, behind.map(|page| (page, source)))))
        },
    )
}

fn written(rows: Vec<AuditRow>, format: Format) -> Result<Bytes, AppError> {
    if format == Format::Csv {
        return Ok(lines(rows.into_iter().map(cells))?.into());
    }
    let mut text = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut text, &row).map_err(AppError::internal)?;
        text.push(b'\n');
    }
    Ok(text.into())
}

fn cells(row: AuditRow) -> [String; COLUMNS.len()] {
    [
        row.revision.to_string(),
        row.at,
        row.actor,
        row.address.unwrap_or_default(),
        row.client.unwrap_or_default(),
        row.scope,
        row.kind,
        row.id,
        row.name,
        row.version.to_string(),
        row.transition,
        row.status,
        row.digest,
    ]
}

/// Comma separated, safe to open in a spreadsheet.
fn lines(records: impl IntoIterator<Item = [String; COLUMNS.len()]>) -> Result<Vec<u8>, AppError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        let safe = record.iter().map(|cell| escape_formula(cell).into_owned());
        writer.write_record(safe).map_err(AppError::internal)?;
    }
    writer.into_inner().map_err(AppError::internal)
}
