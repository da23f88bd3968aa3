//! The engine's numbers: `cargo bench --bench engine`.
//!
//! A load program rather than a micro-benchmark: what counts is how many operations an engine does
//! in a second, through `StateManager`, with everybody at work at once. It ends with an error when
//! a number is below its bar, so that a slower engine does not go unnoticed. `table` prints and judges,
//! `load` asks the engine, the other files are one backend each.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table and stops at the first surprise"
)]

#[path = "engine/cache.rs"]
mod cache;
#[path = "engine/load.rs"]
mod load;
#[path = "engine/memory.rs"]
mod memory;
#[path = "engine/postgres.rs"]
mod postgres;
#[path = "../tests/engine/support/postgres_server/mod.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod postgres_server;
#[path = "engine/redis.rs"]
mod redis;
#[path = "../tests/engine/support/redis_server.rs"]
#[expect(dead_code, reason = "tests do more with a server than a benchmark")]
mod redis_server;
#[path = "engine/sqlite.rs"]
mod sqlite;
#[path = "engine/table.rs"]
mod table;

use std::process::ExitCode;

use self::table::Table;

/// As in the server: what allocates on one core and frees on another waits for nobody.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let mut table = Table::begun();
    // `cargo bench --bench engine -- memory` measures memory only.
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_chosen = |backend: &str| chosen.is_empty() || chosen.iter().any(|word| word == backend);

    if is_chosen("memory") {
        memory::rows(&mut table).await;
    }
    if is_chosen("sqlite") {
        sqlite::rows(&mut table).await;
    }
    if is_chosen("cache") {
        cache::rows(&mut table).await;
    }
    if is_chosen("redis") {
        redis::rows(&mut table).await;
    }
    if is_chosen("postgres") {
        postgres::rows(&mut table).await;
    }
    table.ended()
}
