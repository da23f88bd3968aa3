//! A history checker: many clients do random things at once, what each was told is recorded, and the
//! record is checked for what the engine promises. `clients` does things, `run` lets many do so, `history` is the record,
//! `clock` orders it in time, and `check` knows the promises. `kills` does away with servers amid a run and `lives` with
//! programs, at a `place` that those who come after find again. `broken` is a backend that breaks the promises, to
//! see that the checker finds out.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod broken;
mod check;
mod clients;
mod clock;
mod history;
mod kills;
mod lives;
mod place;
mod run;
#[path = "../engine/support/mod.rs"]
#[expect(
    dead_code,
    clippy::panic,
    reason = "the engine's tests need more of it"
)]
mod support;

use std::sync::Arc;

use futures::future::join_all;
use holdfast::backend::{Backend, Cache, CacheSettings, Memory, Postgres, Redis};

use self::{
    broken::{Broken, Fault},
    check::check,
    run::run,
    support::{postgres_server::PostgresServer, redis_server::RedisServer, sqlite},
};

/// Clients on these servers, from several seeds; every record must be right.
async fn holds(servers: Vec<Arc<dyn Backend>>, seed: u64) {
    let history = run(&servers, false, seed).await;
    check(&history).unwrap_or_else(|wrong| unreachable!("seed {seed}: {wrong}"));
}

/// The same with a cache in front of each.
async fn holds_cached(servers: Vec<Arc<dyn Backend>>, seed: u64) {
    let caches = join_all(servers.into_iter().map(in_front)).await;
    let history = run(&caches, true, seed).await;
    check(&history).unwrap_or_else(|wrong| unreachable!("seed {seed}: {wrong}"));
}

async fn in_front(inner: Arc<dyn Backend>) -> Arc<dyn Backend> {
    let cache = Cache::before(inner, CacheSettings::default()).await;
    Arc::new(cache.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_keeps_its_promises() {
    for seed in 0..5 {
        holds(vec![Arc::new(Memory::new())], seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_over_memory_keeps_its_promises() {
    for seed in 0..5 {
        holds_cached(vec![Arc::new(Memory::new())], seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_its_promises() {
    for seed in 0..2 {
        let (_folder, backend) = sqlite().await;
        holds(vec![backend], seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_over_sqlite_keeps_its_promises() {
    for seed in 0..2 {
        let (_folder, backend) = sqlite().await;
        holds_cached(vec![backend], seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_postgresql_keep_their_promises_alone_and_with_caches() {
    let server = PostgresServer::shared();
    for seed in 0..2 {
        let url = server.database();
        let connect = async || Arc::new(Postgres::connect(&url).await.unwrap());
        let servers: Vec<Arc<dyn Backend>> = vec![connect().await, connect().await];
        holds(servers, seed).await;
        let url = server.database();
        let connect = async || Arc::new(Postgres::connect(&url).await.unwrap());
        let servers: Vec<Arc<dyn Backend>> = vec![connect().await, connect().await];
        holds_cached(servers, seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_redis_keep_their_promises_alone_and_with_caches() {
    let server = RedisServer::start();
    let url = server.url();
    for seed in 0..2 {
        let name = format!("plain{seed}");
        let connect = async || Arc::new(Redis::connect(&url, &name).await.unwrap());
        let servers: Vec<Arc<dyn Backend>> = vec![connect().await, connect().await];
        holds(servers, seed).await;
        let name = format!("cached{seed}");
        let connect = async || Arc::new(Redis::connect(&url, &name).await.unwrap());
        let servers: Vec<Arc<dyn Backend>> = vec![connect().await, connect().await];
        holds_cached(servers, seed).await;
    }
}

/// Seeds until a fault must have shown itself.
const PATIENCE: u64 = 20;

/// What the checker says of a backend with this fault.
async fn found(fault: Fault) -> String {
    for seed in 0..PATIENCE {
        let backend: Arc<dyn Backend> = Arc::new(Broken::with(fault));
        let history = run(&[backend], false, seed).await;
        if let Err(wrong) = check(&history) {
            return wrong;
        }
    }
    unreachable!("{fault:?} was not found in {PATIENCE} runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_reads_the_past_is_found_out() {
    let wrong = found(Fault::ReadsThePast).await;
    assert!(wrong.contains("out of order"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_drops_a_change_is_found_out() {
    let wrong = found(Fault::DropsAChange).await;
    assert!(wrong.contains("gap"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_keeps_a_change_from_watchers_is_found_out() {
    let wrong = found(Fault::KeepsAChangeFromWatchers).await;
    assert!(wrong.contains("watcher"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_splits_transactions_is_found_out() {
    let wrong = found(Fault::SplitsTransactions).await;
    let signs = ["not together", "the sum", "was refused, but"];
    assert!(signs.iter().any(|sign| wrong.contains(sign)), "{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_does_not_look_at_guards_is_found_out() {
    let wrong = found(Fault::IgnoresGuards).await;
    assert!(
        wrong.contains("on top of") || wrong.contains("sum"),
        "{wrong}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_acknowledges_and_forgets_is_found_out() {
    let wrong = found(Fault::Forgets).await;
    assert!(wrong.contains("acknowledged"), "{wrong}");
}
