//! What the server answers the Simulations page, out of the runs and the desk. Only on the server.

use time::OffsetDateTime;
use workbench::simulation::{
    Amendment, Order, RunInfo, RunStatus, Wanted,
    outcomes::{self, Outcomes},
    package::PackageError,
    protocol::Protocol,
    registry::Browse,
    runs::{By, RunsError},
    trial::Mapping,
};

use super::server::{Choice, Choices, Going, Memory, NewRun, Opened, Page, Row};
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
        model: info.model.clone(),
        patients: info.patients,
        years: info.duration_years,
        visits: result.map(|result| result.visits),
        bytes: result.map(|result| result.bytes),
        runtime_ms: result.map(|result| result.runtime_ms),
        tags: info.tags.clone(),
        is_pinned: info.is_pinned,
        created_at: info.created_at,
        version: info.version,
    }
}

fn said(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

pub(super) async fn find(caller: &Caller, sought: &Browse, offset: u32) -> Result<Page, AppError> {
    let runs = &caller.state.runs;
    Ok(Page {
        found: runs.browse(&by(caller)?, sought, offset, PAGE).await?,
        going: going(caller).await?,
    })
}

pub(super) async fn going(caller: &Caller) -> Result<Vec<Going>, AppError> {
    let (runs, by) = (&caller.state.runs, by(caller)?);
    let pending = Wanted {
        status: Some(RunStatus::Pending),
        limit: PAGE,
        ..Wanted::default()
    };
    let mut going = Vec::new();
    for info in runs.list(&by, &pending).await?.runs {
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
    let remarks = remarks(&info);
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
        remarks,
    })
}

/// Where a run came from that was not simulated here, and what is not known of it.
fn remarks(info: &RunInfo) -> Vec<String> {
    let carried = info.carried.as_ref().map(|carried| {
        let made = moment(holdfast::Timestamp(carried.exported_at));
        format!(
            "It came in {}, a package of {} made at {made} UTC.",
            carried.file, carried.id
        )
    });
    let trial = info.trial.as_ref().map(|trial| {
        let columns = &trial.mapping;
        let arm = columns.arm.as_ref().zip(trial.arm.as_ref());
        let arm = arm.map_or_else(String::new, |(column, arm)| format!(", {column} {arm}"));
        format!(
            "It was not simulated: {} by {} of {}{arm}. The measure stands where a simulated run has vision.",
            columns.measure, columns.time, trial.file
        )
    });
    let told = info.trial.iter().flat_map(|trial| trial.remarks.clone());
    carried.into_iter().chain(trial).chain(told).collect()
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

pub(super) async fn import_trial(
    caller: &Caller,
    table: &str,
    file: &str,
    mapping: &Mapping,
    tags: &[String],
) -> Result<Vec<(String, String)>, AppError> {
    let bench = &caller.state.workbench;
    let table = bench.described(table, file).await?;
    let path = bench.table_path(&table.id);
    let path = bench
        .bring(path, &format!("The table {}", table.name))
        .await?;
    let (runs, by) = (&caller.state.runs, by(caller)?);
    let came = runs.import_trial(&by, &path, &table, mapping, tags).await?;
    Ok(came.into_iter().map(|run| (run.id, run.name)).collect())
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

pub(super) async fn pin(caller: &Caller, ids: &[String], is_pinned: bool) -> Result<(), AppError> {
    let (runs, by) = (&caller.state.runs, by(caller)?);
    for id in ids {
        let info = runs.get(&by, id).await?;
        if info.is_pinned == is_pinned {
            continue;
        }
        let new = Amendment {
            is_pinned,
            ..amendment(&info)
        };
        runs.amend(&by, id, info.version, &new).await?;
    }
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

/// Results that are named on the page.
const NAMED: usize = 50;

pub(super) async fn memory(caller: &Caller) -> Result<Memory, AppError> {
    let mut report = caller.state.runs.memory_of(&by(caller)?);
    report.items.truncate(NAMED);
    Ok(Memory {
        report,
        may_raise: caller.administers().await?,
    })
}

/// A budget that a suggestion can come to: a larger one is the settings' business.
const MOST_MEMORY: u64 = 1 << 40;

pub(super) async fn raise_memory(caller: &Caller, bytes: u64) -> Result<(), AppError> {
    if !caller.administers().await? {
        return Err(AppError::Forbidden(
            "Only who administers this server may raise the memory for results.".into(),
        ));
    }
    let runs = &caller.state.runs;
    if bytes > MOST_MEMORY || bytes < runs.memory().budget {
        return Err(AppError::Invalid {
            path: "bytes".into(),
            problem: "a budget can only be raised here, to a terabyte at most".into(),
        });
    }
    runs.set_memory_budget(bytes);
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
            RunsError::Package(PackageError::Disk(error)) => error.into(),
            RunsError::Package(_) => Self::Invalid {
                path: "package".into(),
                problem: told,
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
