//! Backup while others write: `cargo bench --bench backup`.
//!
//! A number as argument is how many states there are (a million without it); `memory` restores into memory
//! instead of PostgreSQL. It ends with an error when what was restored is not what there was.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table and stops at the first surprise"
)]

#[path = "../tests/engine/support/postgres_server/mod.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod postgres_server;
#[path = "backup/run.rs"]
mod run;

use std::{sync::Arc, time::Duration};

use holdfast::backend::{Backend, Memory, Postgres, Sqlite};

use self::postgres_server::{Disk, PostgresServer};

const STATES: u64 = 1_000_000;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = arguments.iter().find_map(|it| it.parse().ok());
    let is_memory = arguments.iter().any(|it| it == "memory");
    let folder = tempfile::tempdir().unwrap();
    let source = Sqlite::open(folder.path().join("states.db")).await.unwrap();
    // It must outlive what is connected to it.
    let server = (!is_memory).then(|| PostgresServer::start(Disk::Synced));
    let (name, target): (&str, Arc<dyn Backend>) = match &server {
        Some(server) => {
            let postgres = Postgres::connect(&server.database()).await;
            ("PostgreSQL", Arc::new(postgres.unwrap()))
        }
        None => ("memory", Arc::new(Memory::new())),
    };
    let count = number.unwrap_or(STATES);
    let report = run::run(count, Arc::new(source), target, folder.path()).await;
    let seconds = |time: Duration| time.as_secs_f64();
    let megabytes = report.bytes as f64 / 1e6;
    println!(
        "{count} states registered on SQLite in {:.1} s",
        seconds(report.filling)
    );
    println!(
        "backup of {} states, {} changes, {megabytes:.0} MB: {:.1} s, while {} changes were written ({:.0}/s)",
        report.states,
        report.revision.0,
        seconds(report.backup),
        report.written,
        report.written as f64 / seconds(report.backup),
    );
    println!(
        "restored and compared into {name} in {:.1} s",
        seconds(report.restore)
    );
    println!(
        "every change compared once more, and verified: the same, {:.1} s",
        seconds(report.compare)
    );
    println!(
        "a compaction looks at all of the log on SQLite in {:.1} s",
        seconds(report.look)
    );
}
