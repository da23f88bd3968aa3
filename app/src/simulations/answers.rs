//! What the server answers the Simulations page, out of the runs and the desk. Only on the server.

use time::OffsetDateTime;
use workbench::simulation::{
    Amendment, Order, RunInfo, RunStatus, Wanted,
    outcomes::{self, Outcomes},
    protocol::Protocol,
    registry::Browse,
    trial::Mapping,
};

use super::server::{Choice, Choices, Going, NewRun, Opened, PAGE, Page, Row};
use crate::{
    AppError, components::format, configurations::desk_of, context::Caller, sharing::mark_of_run,
    states::answers::moment,
};

/// Runs that are told to be going, at most.
const GOING: u32 = 50;

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
        means: result.and_then(|result| result.means),
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
        sought: sought.clone(),
        found: runs.browse(&caller.by()?, sought, offset, PAGE).await?,
        going: going(caller).await?,
    })
}

pub(super) async fn going(caller: &Caller) -> Result<Vec<Going>, AppError> {
    let (runs, by) = (&caller.state.runs, caller.by()?);
    let pending = Wanted {
        status: Some(RunStatus::Pending),
        limit: GOING,
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
            total: progress
                .map(|progress| progress.total)
                .filter(|total| *total > 0)
                .unwrap_or(info.patients),
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
    let info = caller.state.runs.get(&caller.by()?, id).await?;
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
    let (runs, by) = (&caller.state.runs, caller.by()?);
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
    Ok(caller.state.runs.start(&caller.by()?, order).await?.id)
}

pub(super) async fn import_trial(
    caller: &Caller,
    table: &str,
    file: &str,
    mapping: &Mapping,
    tags: &[String],
) -> Result<Vec<(String, String)>, AppError> {
    let bench = &caller.state.workbench;
    let table = caller.workspace()?.own_table(table, file).await?;
    let path = bench.table_path(&table.id);
    let path = bench
        .bring(path, &format!("The table {}", table.name))
        .await?;
    let (runs, by) = (&caller.state.runs, caller.by()?);
    let came = runs.import_trial(&by, &path, &table, mapping, tags).await?;
    Ok(came.into_iter().map(|run| (run.id, run.name)).collect())
}

pub(super) async fn cancel(caller: &Caller, id: &str) -> Result<(), AppError> {
    Ok(caller.state.runs.cancel(&caller.by()?, id).await?)
}

pub(super) async fn amend(
    caller: &Caller,
    id: &str,
    version: u64,
    amendment: &Amendment,
) -> Result<(), AppError> {
    let runs = &caller.state.runs;
    runs.amend(&caller.by()?, id, version, amendment).await?;
    Ok(())
}

/// The first runs that fit, as many as can be changed together.
pub(super) async fn ids(caller: &Caller, sought: &Browse) -> Result<Vec<String>, AppError> {
    Ok(caller.state.runs.ids(&caller.by()?, sought).await?)
}

pub(super) async fn tag(
    caller: &Caller,
    ids: &[String],
    tag: &str,
    is_given: bool,
) -> Result<(), AppError> {
    let runs = &caller.state.runs;
    Ok(runs.tag(&caller.by()?, ids, tag, is_given).await?)
}

pub(super) async fn pin(caller: &Caller, ids: &[String], is_pinned: bool) -> Result<(), AppError> {
    let runs = &caller.state.runs;
    Ok(runs.pin(&caller.by()?, ids, is_pinned).await?)
}

pub(super) async fn delete(caller: &Caller, ids: &[String]) -> Result<(), AppError> {
    Ok(caller.state.runs.delete_all(&caller.by()?, ids).await?)
}

pub(super) async fn restore(caller: &Caller, ids: &[String]) -> Result<(), AppError> {
    Ok(caller.state.runs.restore_all(&caller.by()?, ids).await?)
}
