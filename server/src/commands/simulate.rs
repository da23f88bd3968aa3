//! A run at the terminal: simulated here, on all cores, and kept among the person's runs as one from the page is.

use std::{num::NonZeroUsize, path::Path, pin::pin, time::Duration};

use app::people::Tenant;
use serde_json::json;
use time::OffsetDateTime;
use workbench::{
    configurations::{
        files::{FileError, Folder},
        merge::MAX_BYTES,
    },
    simulation::{
        Order, Recruitment, RunInfo, RunStatus,
        outcomes::{self, Outcomes},
        runs::{By, Runs, RunsError},
    },
};

use super::{
    Terminal,
    bar::Of,
    words::among,
    work::{Whose, Work},
};
use crate::{
    Error, Settings,
    application::{TENANTS, stop::stop_signal},
};

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// What is to be simulated.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct NewRun {
    /// The protocol: a YAML file or, where there is none of this name, a configuration
    protocol: String,
    /// How many patients; on average, if they come over the run
    #[arg(long)]
    patients: u32,
    /// How long, in years
    #[arg(long)]
    years: f64,
    /// What chance depends on; without it, another one each time
    #[arg(long)]
    seed: Option<u64>,
    /// How patients come
    #[arg(long, default_value = "all_at_once", value_parser = among::<Recruitment>(&["all_at_once", "over_the_run"]))]
    recruitment: Recruitment,
    /// The first day; without it, today
    #[arg(long, value_name = "YYYY-MM-DD")]
    start: Option<String>,
    /// What people call the run; without it, two words
    #[arg(long)]
    name: Option<String>,
    /// A word to find it by; again for another
    #[arg(long)]
    tag: Vec<String>,
    /// Threads it may use, as many as there are cores without it; the result is the same
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Whose it is
    #[command(flatten)]
    whose: Whose,
}

pub(super) async fn run(
    settings: &Settings,
    wanted: NewRun,
    terminal: Terminal,
) -> Result<(), Error> {
    let work = Work::open(settings, &wanted.whose).await?;
    let order = Order {
        protocol: protocol(settings, &work.tenant, &wanted.protocol)?,
        name: wanted.name,
        patients: wanted.patients,
        duration_years: wanted.years,
        seed: wanted.seed.unwrap_or_else(|| rand::random::<u32>().into()),
        recruitment: wanted.recruitment,
        start_date: wanted
            .start
            .unwrap_or_else(|| OffsetDateTime::now_utc().date().to_string()),
        tags: wanted.tag,
        notes: String::new(),
    };
    let runs = work.runs(settings).await?;
    if let Some(threads) = wanted.threads {
        runs.use_threads(threads);
    }
    let done = simulated(&runs, &work.by, order, terminal).await;
    let told = match done {
        Ok(run) => told(&runs, &work.by, run, terminal).await,
        Err(error) => Err(error),
    };
    runs.stop().await;
    told
}

/// The text of a file, or of a configuration of the person's tenant.
fn protocol(settings: &Settings, tenant: &Tenant, name: &str) -> Result<String, Error> {
    let path = Path::new(name);
    if let Ok(found) = path.metadata()
        && found.is_file()
    {
        if found.len() > MAX_BYTES as u64 {
            let problem = format!("{name} has more than {MAX_BYTES} bytes: it is no protocol");
            return Err(Error::Misread(problem));
        }
        return std::fs::read_to_string(path).map_err(Error::io(path));
    }
    let root = match tenant.is_first() {
        true => settings.data_dir.join(&settings.configurations.dir),
        false => settings.data_dir.join(TENANTS).join(tenant.as_str()),
    };
    let folder = Folder::open(&root)?;
    // As a server does with a new folder.
    folder.furnish()?;
    match folder.read(name) {
        Ok(loaded) => Ok(loaded.text),
        Err(FileError::Missing(_) | FileError::BadName { .. }) => {
            let names = folder.list()?.into_iter().map(|file| file.name);
            let names: Vec<String> = names.filter(|name| !name.ends_with(".json")).collect();
            Err(Error::NotThere(format!(
                "there is neither a file {name} nor a configuration of this name; configurations are {}",
                names.join(", ")
            )))
        }
        Err(error) => Err(error.into()),
    }
}

/// Orders it and follows it to its end. A signal cancels it, and the end is waited for.
async fn simulated(
    runs: &Runs,
    by: &By,
    order: Order,
    terminal: Terminal,
) -> Result<RunInfo, Error> {
    let bar = terminal.bar(order.patients.into(), Of::Patients);
    let id = runs.start(by, order).await?.id;
    let (mut over, mut signal) = (pin!(runs.wait(by, &id)), pin!(stop_signal()));
    let mut ticks = tokio::time::interval(TICK);
    let mut is_cancelled = false;
    let run = loop {
        tokio::select! {
            run = &mut over => break run?,
            () = &mut signal, if !is_cancelled => {
                is_cancelled = true;
                match runs.cancel(by, &id).await {
                    // It was faster.
                    Ok(()) | Err(RunsError::Over { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            _ = ticks.tick() => {
                if let Some(far) = runs.progress(by, &id).await? {
                    bar.set_length(far.total.max(1).into());
                    bar.set_position(far.done.into());
                }
            }
        }
    };
    bar.finish_and_clear();
    if run.status == RunStatus::Completed {
        return Ok(run);
    }
    let reason = run.reason.unwrap_or_else(|| "no reason was given".into());
    Err(match is_cancelled {
        true => Error::Interrupted(format!("{id}: {reason}")),
        false => Error::Failed(format!("{id} failed: {reason}")),
    })
}

async fn told(runs: &Runs, by: &By, run: RunInfo, terminal: Terminal) -> Result<(), Error> {
    let stored = runs.tables(by, &run.id).await?;
    let info = run.clone();
    let counted = tokio::task::spawn_blocking(move || outcomes::outcomes(&info, &stored)).await;
    let counted = counted.map_err(|error| Error::Failed(error.to_string()))??;
    let result = run.result.as_ref();
    let checksum = result.map(|result| result.checksum.as_str());
    terminal.tell(
        || words(&run, checksum.unwrap_or_default(), &counted),
        || {
            json!({
                "id": run.id, "name": run.name, "checksum": checksum, "seed": run.seed, "start_date": run.start_date,
                "patients": result.map(|it| it.patients), "visits": result.map(|it| it.visits),
                "runtime_ms": result.map(|it| it.runtime_ms), "outcomes": counted,
            })
        },
    );
    Ok(())
}

fn words(run: &RunInfo, checksum: &str, came: &Outcomes) -> String {
    let all = &came.all;
    let measure = |name: &str, of: &outcomes::Measure| {
        let outcomes::Measure { n, mean, sd } = of;
        format!("{name:<22}{mean:>8.2}   sd {sd:.2}, n {n}")
    };
    let share = |name: &str, share: f64| format!("{name:<22}{:>8.2} %", 100.0 * share);
    let stopped = came
        .discontinued
        .iter()
        .map(|(_, count)| count)
        .sum::<u64>();
    let lines = [
        format!("{}  {}", run.id, run.name),
        format!(
            "{}, version {}; seed {}, from {}; {}",
            run.protocol_name,
            run.protocol_version,
            run.seed,
            run.start_date,
            run.recruitment.follow_up()
        ),
        format!("SHA-256 {checksum}"),
        measure("Vision at baseline", &all.baseline),
        measure("Vision, year 1", &all.year_1),
        measure("Vision, year 2", &all.year_2),
        measure("Vision at the end", &all.last),
        measure("Change of vision", &all.change),
        share("Maintained", all.maintained),
        share("Poor vision", all.poor_vision),
        measure("Injections", &came.injections),
        measure("Visits", &came.visits),
        format!("{:<22}{stopped:>8}", "Stopped"),
    ];
    lines.join("\n")
}
