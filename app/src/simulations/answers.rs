//! What the server answers the Simulations page, out of the runs and the desk. Only on the server.

use time::OffsetDateTime;
use workbench::simulation::{
    Amendment, Order, RunInfo, RunStatus, Wanted,
    outcomes::{self, Outcomes},
    protocol::Protocol,
    runs::{By, RunsError},
};

use super::server::{Choice, Choices, Going, NewRun, Opened, Page, Row, Sought};
use crate::{
    AppError,
    components::format::{self, sentence},
    configurations::desk_of,
    context::Caller,
    sharing::mark_of_run,
    states::answers::moment,
};

/// Runs of one answer.
const PAGE: u32 = 50;

fn by(caller: &Caller) -> Result<By, AppError> {
    Ok(By {
        scope: caller.scope()?,
        actor: caller.actor()?,
        name: caller.visitor.person().ok_or(AppError::NoSession)?.name,
    })
}

fn row(info: &RunInfo) -> Row {
    let result = info.result.as_ref();
    Row {
        id: info.id.clone(),
        name: info.name.clone(),
        status: info.status,
        reason: info.reason.clone(),
        protocol: info.protocol_name.clone(),
        protocol_version: info.protocol_version.clone(),
        patients: info.patients,
        years: info.duration_years,
        visits: result.map(|result| result.visits),
        bytes: result.map(|result| result.bytes),
        runtime_ms: result.map(|result| result.runtime_ms),
        tags: info.tags.clone(),
        is_pinned: info.is_pinned,
        version: info.version,
    }
}

fn said(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

pub(super) async fn find(
    caller: &Caller,
    sought: Sought,
    after: Option<String>,
) -> Result<Page, AppError> {
    let wanted = Wanted {
        text: said(sought.text),
        tags: said(sought.tag).into_iter().collect(),
        status: sought.status,
        after,
        limit: PAGE,
    };
    let found = caller.state.runs.list(&by(caller)?, &wanted).await?;
    Ok(Page {
        rows: found.runs.iter().map(row).collect(),
        total: found.total,
        is_exact: found.is_exact,
        next: found.next,
        going: going(caller).await?,
    })
}

pub(super) async fn going(caller: &Caller) -> Result<Vec<Going>, AppError> {
    let (runs, by) = (&caller.state.runs, by(caller)?);
    let wanted = Wanted {
        status: Some(RunStatus::Pending),
        limit: PAGE,
        ..Wanted::default()
    };
    let mut going = Vec::new();
    for info in runs.list(&by, &wanted).await?.runs {
        let progress = runs.progress(&by, &info.id).await?;
        going.push(Going {
            about: format!(
                "{}, {} patients, {}, seed {}",
                info.protocol_name,
                format::count(info.patients.into()),
                years(info.duration_years),
                info.seed
            ),
            done: progress.map(|progress| progress.done),
            total: progress.map_or(info.patients, |progress| progress.total),
            id: info.id,
            name: info.name,
        });
    }
    Ok(going)
}

fn years(years: f64) -> String {
    let number = format::number(years, 2);
    let unit = if number == "1" { "year" } else { "years" };
    format!("{number} {unit}")
}

pub(super) async fn open(caller: &Caller, id: &str) -> Result<Opened, AppError> {
    let info = caller.state.runs.get(&by(caller)?, id).await?;
    let shared = mark_of_run(caller, &info.id).await?;
    Ok(Opened {
        shared,
        row: row(&info),
        notes: info.notes,
        model: info.model,
        engine: info.engine,
        seed: info.seed,
        recruitment: info.recruitment,
        start_date: info.start_date,
        created_at: moment(holdfast::Timestamp(info.created_at)),
        patients: info.result.as_ref().map(|result| result.patients),
        result_checksum: info.result.map(|result| result.checksum),
        protocol_checksum: info.protocol_checksum,
        protocol_text: info.protocol,
    })
}

pub(super) async fn outcomes(caller: &Caller, id: &str) -> Result<Outcomes, AppError> {
    let (runs, by) = (&caller.state.runs, by(caller)?);
    let info = runs.get(&by, id).await?;
    let stored = runs.tables(&by, id).await?;
    // It is read and counted, off the async threads.
    let counted = tokio::task::spawn_blocking(move || outcomes::outcomes(&info, &stored)).await;
    Ok(counted.map_err(AppError::internal)??)
}

pub(super) async fn choices(caller: &Caller) -> Result<Choices, AppError> {
    let (desk, _) = desk_of(&caller.state, &caller.visitor)?;
    let mut protocols = Vec::new();
    for file in desk.list().await? {
        let (_, text) = desk.read(&file.name).await?;
        // The folder has other configurations too: a protocol says that it is one.
        if !text.contains("protocol_type") || file.name.ends_with(".schema.json") {
            continue;
        }
        let (title, problem) = match Protocol::read(&text) {
            Ok(protocol) => {
                let about = protocol.about;
                (format!("{}, version {}", about.name, about.version), None)
            }
            Err(error) => (file.name.clone(), Some(error.to_string())),
        };
        protocols.push(Choice {
            file: file.name,
            title,
            problem,
        });
    }
    // By title: the plainest name is proposed first.
    protocols.sort_by(|a, b| a.title.cmp(&b.title));
    Ok(Choices {
        protocols,
        seed: u64::from(rand::random::<u32>()),
        today: OffsetDateTime::now_utc().date().to_string(),
    })
}

pub(super) async fn start(caller: &Caller, order: NewRun) -> Result<String, AppError> {
    let (desk, _) = desk_of(&caller.state, &caller.visitor)?;
    let (_, protocol) = desk.read(&order.file).await?;
    let order = Order {
        name: said(order.name),
        protocol,
        patients: order.patients,
        duration_years: order.years,
        seed: order.seed,
        recruitment: order.recruitment,
        start_date: order.start_date,
        tags: order.tags,
        notes: String::new(),
    };
    Ok(caller.state.runs.start(&by(caller)?, order).await?.id)
}

pub(super) async fn cancel(caller: &Caller, id: &str) -> Result<(), AppError> {
    Ok(caller.state.runs.cancel(&by(caller)?, id).await?)
}

pub(super) async fn amend(
    caller: &Caller,
    id: &str,
    version: u64,
    amendment: &Amendment,
) -> Result<(), AppError> {
    let runs = &caller.state.runs;
    runs.amend(&by(caller)?, id, version, amendment).await?;
    Ok(())
}

/// What is said of a run now, to be changed in part.
fn amendment(info: &RunInfo) -> Amendment {
    Amendment {
        name: info.name.clone(),
        tags: info.tags.clone(),
        notes: info.notes.clone(),
        is_pinned: info.is_pinned,
    }
}

pub(super) async fn tag(caller: &Caller, ids: &[String], tag: &str) -> Result<(), AppError> {
    let (runs, by) = (&caller.state.runs, by(caller)?);
    for id in ids {
        let info = runs.get(&by, id).await?;
        let mut new = amendment(&info);
        if new.tags.iter().any(|known| known == tag) {
            continue;
        }
        new.tags.push(tag.to_owned());
        runs.amend(&by, id, info.version, &new).await?;
    }
    Ok(())
}

pub(super) async fn pin(caller: &Caller, id: &str, is_pinned: bool) -> Result<(), AppError> {
    let (runs, by) = (&caller.state.runs, by(caller)?);
    let info = runs.get(&by, id).await?;
    let new = Amendment {
        is_pinned,
        ..amendment(&info)
    };
    runs.amend(&by, id, info.version, &new).await?;
    Ok(())
}

pub(super) async fn delete(caller: &Caller, ids: &[String]) -> Result<(), AppError> {
    let (runs, by) = (&caller.state.runs, by(caller)?);
    for id in ids {
        runs.delete(&by, id).await?;
    }
    Ok(())
}

pub(super) async fn restore(caller: &Caller, ids: &[String]) -> Result<(), AppError> {
    let (runs, by) = (&caller.state.runs, by(caller)?);
    for id in ids {
        runs.restore(&by, id).await?;
    }
    Ok(())
}

impl From<RunsError> for AppError {
    fn from(error: RunsError) -> Self {
        let told = error.to_string();
        match error {
            RunsError::Protocol(error) => Self::Invalid {
                path: "protocol".into(),
                problem: error.to_string(),
            },
            RunsError::Order(error) => Self::Invalid {
                path: error.field.into(),
                problem: error.problem,
            },
            RunsError::Missing(_) | RunsError::Swept(_) | RunsError::NoResults { .. } => {
                Self::NotFound(sentence(&told))
            }
            RunsError::Pending(_) | RunsError::Over { .. } | RunsError::Elsewhere(_) => {
                Self::BadRequest(sentence(&told))
            }
            RunsError::Busy(_) => Self::Busy(sentence(&told)),
            RunsError::State(error) => error.into(),
            RunsError::Files(error) => error.into(),
        }
    }
}
