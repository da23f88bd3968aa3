//! What is looked at, one function each.

use std::{io::Write as _, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use holdfast::{Clock as _, StateManager, SystemClock, backend::Finding};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::Check;
use crate::{
    Settings,
    application::open::{address, open_all, open_storage},
    settings::{Address, Backend},
};

/// How long something may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Clocks of servers and databases are not further apart, in milliseconds.
const SKEW_MS: i64 = 60_000;
/// The year this program was made: a clock that says less is wrong. Milliseconds since 1970.
const MADE_MS: i64 = 1_767_225_600_000;
/// Files that a server needs beside its connections.
const FILES: u64 = 256;

pub(super) async fn all(settings: &Settings) -> Vec<Check> {
    let mut checks = vec![
        Check::good("version", format!("holdfast {}", env!("CARGO_PKG_VERSION"))),
        data_folder(&settings.data_dir),
        site(&settings.site_dir),
    ];
    checks.extend(states(settings).await);
    checks.extend(object_store(settings).await);
    checks.extend(cluster(settings).await);
    checks.push(port("server.addr", settings.server.addr).await);
    if let Some(addr) = settings.metrics.addr.filter(|_| settings.metrics.enabled) {
        checks.push(port("metrics.addr", addr).await);
    }
    checks.push(reach(settings));
    checks.extend(open_files(settings));
    checks.push(backups(settings));
    checks
}

fn data_folder(folder: &Path) -> Check {
    let what = "data folder";
    let tried = std::fs::create_dir_all(folder).and_then(|()| {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(b"holdfast")?;
        file.as_file().sync_all()
    });
    let at = folder.display();
    match tried {
        Ok(()) => Check::good(what, format!("{at} can be written")),
        Err(error) => Check::mend(
            what,
            format!("{at} cannot be written: {error}"),
            "give it to the user that the server runs as, or set `data_dir`; on a full disk make room",
        ),
    }
}

fn site(folder: &Path) -> Check {
    let what = "site";
    let at = folder.display();
    match folder.join("manifest.json").is_file() {
        true => Check::good(what, format!("built, in {at}")),
        false => Check::mend(
            what,
            format!("{at} holds no built site: pages would come without styles and scripts"),
            "build it (`make build`), or set `site_dir` to where it is",
        ),
    }
}

/// Whether the states can be opened and read, and what their log says of this computer's clock.
async fn states(settings: &Settings) -> Vec<Check> {
    let what = "states";
    let advice = "see that the database runs, that the address in `state.*` is right and that this user may use it";
    let place = match address(settings) {
        Ok(Address::Sqlite(file)) => format!("SQLite, {}", file.display()),
        Ok(Address::Postgres(_)) => "PostgreSQL".into(),
        Ok(Address::Redis(_)) => "Redis".into(),
        Ok(Address::Memory) => "memory".into(),
        Err(error) => return vec![Check::mend(what, error.to_string(), "correct `state.*`")],
    };
    let opened = timeout(PATIENCE, open_all(settings, Arc::new(SystemClock))).await;
    let opened = match opened {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => return vec![Check::mend(what, format!("{place}: {error}"), advice)],
        Err(_) => {
            let found = format!("{place}: no answer within {PATIENCE:?}");
            return vec![Check::mend(what, found, advice)];
        }
    };
    let held = opened.states.held().await;
    let mut checks = vec![match held {
        Ok(held) => Check::good(what, format!("{place}, {} states", held.states)),
        Err(error) => Check::mend(what, format!("{place}: {error}"), advice),
    }];
    if matches!(settings.state.backend, Backend::Client | Backend::Memory) {
        checks.push(Check::mind(
            "durability",
            "states are in the process and gone with it",
            "set `state.backend = \"database\"` where they matter",
        ));
    }
    checks.extend(backend(&opened.states).await);
    checks.push(clock(&opened.states).await);
    checks
}

/// What the database says of itself.
async fn backend(states: &StateManager) -> Vec<Check> {
    let what = "database";
    let told = |finding: Finding| {
        let found = format!("{}: {}", finding.what, finding.found);
        match finding.advice {
            None => Check::good(what, found),
            Some(advice) => Check::mend(what, found, advice),
        }
    };
    match states.findings().await {
        Ok(findings) => findings.into_iter().map(told).collect(),
        Err(error) => vec![Check::mind(
            what,
            format!("does not say how it is set up: {error}"),
            "let this user read the database's settings, and look at them by hand",
        )],
    }
}

/// Whether the cluster on which results are gathered can be asked. Without it this server gathers them.
async fn cluster(settings: &Settings) -> Option<Check> {
    let what = "cluster";
    let ballista = settings.query.ballista()?;
    let (at, program) = (&ballista.scheduler, ballista.program.display());
    if !ballista.program.is_file() {
        return Some(Check::mind(
            what,
            format!("{program} is not there: this server gathers every result itself"),
            "build it (`make ballista`), or set `query.ballista_program` to where it is",
        ));
    }
    Some(match timeout(PATIENCE, TcpStream::connect(at)).await {
        Ok(Ok(_)) => Check::good(what, format!("{at} can be reached, {program} is there")),
        Ok(Err(error)) => Check::mind(what, format!("{at} cannot be reached: {error}"), RESULTS),
        Err(_) => Check::mind(what, format!("{at} does not answer"), RESULTS),
    })
}

/// What a cluster that is away means.
const RESULTS: &str = "start its scheduler, or set `query.engine`; until then this server gathers every result itself";

/// Whether the object store takes, gives and removes an object, and whether it has what the data folder has.
async fn object_store(settings: &Settings) -> Option<Check> {
    let what = "object store";
    let advice = "see that `storage.url` and `storage.endpoint` are right, that the bucket is there, and that the credentials may put, get, list and delete objects under its prefix";
    let place = settings.storage.bucket()?.url;
    let storage = match open_storage(settings) {
        Ok(storage) => storage,
        Err(error) => return Some(Check::mend(what, error.to_string(), advice)),
    };
    let tried = tokio::task::spawn_blocking(move || {
        storage.check()?;
        storage.only_here()
    });
    Some(match tried.await {
        Ok(Ok(0)) => Check::good(what, format!("{place} takes, gives and removes objects")),
        Ok(Ok(some)) => Check::mind(
            what,
            format!("{place} works, and does not have {some} of the files in the data folder"),
            "`holdfast store-objects` puts them there; until then other servers do not have them",
        ),
        Ok(Err(error)) => Check::mend(what, format!("{place}: {error}"), advice),
        Err(error) => Check::mend(what, format!("{place}: {error}"), advice),
    })
}

async fn clock(states: &holdfast::StateManager) -> Check {
    let (what, now) = ("clock", SystemClock.now().0);
    let newest = match states.revision().await {
        Ok(revision) if revision.0 > 0 => {
            let before = holdfast::Revision(revision.0 - 1);
            let found = states.log(before, 1).await.unwrap_or_default();
            found.first().map(|change| change.at.0)
        }
        _ => None,
    };
    let advice = "set the clock, and keep it right with NTP: times to live and sessions go by it";
    match newest {
        _ if now < MADE_MS => Check::mend(what, "this computer's clock is years behind", advice),
        Some(newest) if newest > now + SKEW_MS => {
            let behind = (newest - now) / 1000;
            let found = format!("the newest change was written {behind} s from now");
            Check::mend(what, found, advice)
        }
        _ => Check::good(what, "agrees with the log"),
    }
}

async fn port(what: &'static str, addr: SocketAddr) -> Check {
    match TcpListener::bind(addr).await {
        Ok(_) => Check::good(what, format!("{addr} is free")),
        Err(_) if is_ours(addr).await => {
            Check::good(what, format!("a Holdfast server answers at {addr}"))
        }
        Err(error) => Check::mend(
            what,
            format!("{addr} cannot be listened on: {error}"),
            "end the program that has it (`ss -ltnp`), or set another port; ports below 1024 need a privilege",
        ),
    }
}

/// Whether one of us answers there.
async fn is_ours(addr: SocketAddr) -> bool {
    let asked = async {
        let mut socket = TcpStream::connect(addr).await?;
        let request =
            format!("GET /health/live HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        socket.take(4096).read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = timeout(PATIENCE, asked).await;
    matches!(answer, Ok(Ok(answer)) if answer.contains("\"live\""))
}

fn reach(settings: &Settings) -> Check {
    let (what, server) = ("reach", &settings.server);
    if server.is_local() {
        return Check::good(what, "this machine only");
    }
    if server.is_https() {
        return Check::good(what, format!("{}, over https", server.public_url));
    }
    Check::mind(
        what,
        "other machines, without encryption",
        "put a proxy with a certificate in front and set `server.public_url = \"https://...\"` (docs/OPERATIONS.md, https)",
    )
}

/// Each live connection is an open file.
fn open_files(settings: &Settings) -> Option<Check> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let most: u64 = line.split_whitespace().next()?.parse().ok()?;
    let wanted = settings.live.listeners as u64 + FILES;
    Some(match most >= wanted {
        true => Check::good("open files", format!("{most} allowed")),
        false => Check::mind(
            "open files",
            format!(
                "{most} allowed, and `live.listeners` lets {} connections in",
                settings.live.listeners
            ),
            format!(
                "raise it (`LimitNOFILE={wanted}` in the unit, `ulimit -n {wanted}` in a shell)"
            ),
        ),
    })
}

fn backups(settings: &Settings) -> Check {
    let (what, folder) = ("backups", settings.data_dir.join("backups"));
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let newest = files
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("holdfast-") && name.ends_with(".backup"))
        .max();
    match newest {
        Some(newest) => Check::good(what, format!("the newest is {newest}")),
        None if settings.backups.every_hours > 0 => {
            Check::good(what, "none yet; the server makes them by itself")
        }
        None => Check::mind(
            what,
            format!("none in {}", folder.display()),
            "set `backups.every_hours = 24`, or call `holdfast backup` from a timer",
        ),
    }
}
