//! The same promises when the server behind the engine is killed with SIGKILL in the midst of it.

use crate::{
    check::check,
    clients::Pace,
    history::History,
    place::Place,
    run::disturbed,
    support::{
        postgres_server::{Disk, PostgresServer},
        redis_server::RedisServer,
    },
};

pub const KILLS: usize = 3;

/// Acknowledged writes between two kills: everybody is in the midst of something by then.
pub const BETWEEN: usize = 150;

/// Clients on two servers at this place while `kill_and_start` does that, again and again.
async fn holds_through(place: &Place, mut kill_and_start: impl FnMut()) {
    let servers = [place.open().await, place.open().await];
    let pace = Pace::new(usize::MAX);
    let killing = async {
        for _ in 0..KILLS {
            pace.acknowledges(BETWEEN).await;
            tokio::task::block_in_place(&mut kill_and_start);
        }
        pace.acknowledges(BETWEEN).await;
        pace.stop();
    };
    let history = disturbed(&servers, place.is_cached, 1, &pace, killing).await;
    is_right(&history);
}

/// What was recorded through all kills.
pub fn is_right(history: &History) {
    check(history).unwrap_or_else(|wrong| unreachable!("{wrong}"));
    assert!(history.record.done.len() >= (KILLS + 1) * BETWEEN);
}

async fn on_postgresql(is_cached: bool) {
    let server = PostgresServer::start(Disk::Synced);
    let address = server.database();
    holds_through(&Place { address, is_cached }, || {
        server.kill();
        server.start_again();
    })
    .await;
}

async fn on_redis(is_cached: bool) {
    let mut server = RedisServer::start();
    let address = server.url();
    holds_through(&Place { address, is_cached }, || {
        server.kill();
        server.restart();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_a_postgresql_that_is_killed_keep_their_promises() {
    on_postgresql(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caches_over_a_postgresql_that_is_killed_keep_their_promises() {
    on_postgresql(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_a_redis_that_is_killed_keep_their_promises() {
    on_redis(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caches_over_a_redis_that_is_killed_keep_their_promises() {
    on_redis(true).await;
}
