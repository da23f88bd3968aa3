//! The same promises when something is killed with SIGKILL in the midst of it: the server behind the
//! engine, or the process that the engine is in.

use std::{
    env,
    path::Path,
    process::Command,
    sync::{Arc, atomic::Ordering::SeqCst},
};

use holdfast::{
    StateManager,
    backend::{Backend, Postgres, Redis, Sqlite},
};

use crate::{
    check::check,
    clients::{Pace, Tell},
    history::{History, Line, Record, Watched},
    in_front,
    run::{begin, disturbed, live, log_of, watching},
    support::{
        again::{Again, tell, told},
        postgres_server::{Disk, PostgresServer},
        redis_server::RedisServer,
    },
};

const KILLS: usize = 3;

/// Acknowledged writes between two kills: everybody is in the midst of something by then.
const BETWEEN: usize = 150;

/// Clients on these servers while `kill_and_start` does that, again and again.
async fn holds_through(
    servers: Vec<Arc<dyn Backend>>,
    is_cached: bool,
    mut kill_and_start: impl FnMut(),
) {
    let pace = Pace::new(usize::MAX, 0);
    let killing = async {
        for _ in 0..KILLS {
            pace.acknowledges(BETWEEN).await;
            tokio::task::block_in_place(&mut kill_and_start);
        }
        pace.acknowledges(BETWEEN).await;
        pace.is_over.store(true, SeqCst);
    };
    let history = disturbed(&servers, is_cached, 1, &pace, killing).await;
    is_right(&history);
}

fn is_right(history: &History) {
    check(history).unwrap_or_else(|wrong| unreachable!("{wrong}"));
    assert!(history.record.done.len() >= (KILLS + 1) * BETWEEN);
}

async fn on_postgresql(is_cached: bool) {
    let server = PostgresServer::start(Disk::Synced);
    let url = server.database();
    let mut servers: Vec<Arc<dyn Backend>> = Vec::new();
    for _ in 0..2 {
        let backend = Arc::new(Postgres::connect(&url).await.unwrap());
        servers.push(match is_cached {
            true => in_front(backend).await,
            false => backend,
        });
    }
    holds_through(servers, is_cached, || {
        server.kill();
        server.start_again();
    })
    .await;
}

async fn on_redis(is_cached: bool) {
    let mut server = RedisServer::start();
    let mut servers: Vec<Arc<dyn Backend>> = Vec::new();
    for _ in 0..2 {
        let backend = Arc::new(Redis::connect(&server.url(), "kills").await.unwrap());
        servers.push(match is_cached {
            true => in_front(backend).await,
            false => backend,
        });
    }
    holds_through(servers, is_cached, || {
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

/// What a life finds in its environment: the file, what came before in the order of time, and how far
/// each watcher is.
const FILE: &str = "HOLDFAST_TEST_DATABASE";
const LIFE: &str = "HOLDFAST_TEST_LIFE";
const NOW: &str = "HOLDFAST_TEST_NOW";
const SEEN: &str = "HOLDFAST_TEST_SEEN";

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(name: &str) -> T {
    env::var(name).unwrap().parse().unwrap()
}

async fn open(file: &Path) -> StateManager {
    StateManager::builder(Arc::new(Sqlite::open(file).await.unwrap())).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "one life of the process that is killed, of the test below"]
async fn a_life() {
    let Some(file) = env::var_os(FILE) else {
        return;
    };
    let states = open(Path::new(&file)).await;
    let (life, now): (u64, u64) = (number(LIFE), number(NOW));
    let seen = env::var(SEEN).unwrap();
    let seen = seen.split(' ').map(|seen| seen.parse().unwrap());
    let pace = Pace::new(usize::MAX, now);
    let said: Tell = Arc::new(|line| tell(&serde_json::to_string(&line).unwrap()));
    std::thread::spawn({
        let pace = Arc::clone(&pace);
        move || {
            told();
            pace.is_over.store(true, SeqCst);
        }
    });
    let (name, watched) = (format!("life {life} client"), seen.map(Watched::from));
    live(&[states], &name, life, watched.collect(), &pace, &said).await;
}

/// Hears a process out that is killed, or asked to come to an end, after so many acknowledged writes.
fn heard(life: &mut Again, record: &mut Record, is_last: bool) {
    let enough = record.done.len() + BETWEEN;
    let mut is_over = false;
    while let Some(line) = life.hear() {
        record.add(serde_json::from_str::<Line>(&line).unwrap());
        if record.done.len() >= enough && !is_over {
            is_over = true;
            match is_last {
                true => life.say("over"),
                false => life.kill(),
            }
        }
    }
    assert_eq!(life.ended().success(), is_last);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_on_sqlite_whose_process_is_killed_keeps_its_promises() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let begin = begin(&open(&file).await).await;
    let mut record = Record {
        watched: watching(begin, 1),
        ..Record::default()
    };
    for life in 0..=KILLS {
        let mut program = Command::new(env::current_exe().unwrap());
        let seen = record.watched.iter().map(|one| one.seen().to_string());
        let seen = seen.collect::<Vec<_>>().join(" ");
        program.env(FILE, &file).env(LIFE, life.to_string());
        program.env(NOW, record.later().to_string()).env(SEEN, seen);
        let mut child = Again::start(&mut program, "kills::a_life");
        heard(&mut child, &mut record, life == KILLS);
    }
    is_right(&History {
        record,
        log: log_of(&open(&file).await).await,
        is_cached: false,
    });
}
