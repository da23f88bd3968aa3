//! The same promises when the program that the engine is in is killed with SIGKILL in the midst of it and started again:
//! alone on its file, or on a server beside another program that goes on. The other one is this test itself.

use std::{
    env,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
};

use tempfile::TempDir;
use tokio::sync::{Notify, Semaphore};

use crate::{
    clients::{Pace, Tell},
    clock::Clock,
    history::{History, Line, Record, Watched},
    kills::{BETWEEN, KILLS, is_right},
    place::Place,
    run::{STAYS, begin, end, live, log_of, watching},
    support::{
        again::{Again, tell, told},
        postgres_server::PostgresServer,
        redis_server::RedisServer,
    },
};

/// What a life finds in its environment: where its states are and whether a cache is in front, the clock's file, its own
/// number, and how far each watcher is.
const ADDRESS: &str = "HOLDFAST_TEST_DATABASE";
const CACHED: &str = "HOLDFAST_TEST_CACHED";
const CLOCK: &str = "HOLDFAST_TEST_CLOCK";
const LIFE: &str = "HOLDFAST_TEST_LIFE";
const SEEN: &str = "HOLDFAST_TEST_SEEN";

/// Among the servers the program that is killed is the first in all its lives, and the other is this.
const OTHER: usize = 1;

/// What the other does for each write that was acknowledged to the one: about as much, so that both are amid something when
/// one is killed, and neither fills the record alone.
const TURNS: usize = 2;

const SIGKILL: i32 = 9;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "one life of the program that is killed, of the tests below"]
async fn a_life() {
    let Ok(address) = env::var(ADDRESS) else {
        return;
    };
    let is_cached = env::var_os(CACHED).is_some();
    let engines = [Place { address, is_cached }.engine().await];
    let life = env::var(LIFE).unwrap();
    let seen = env::var(SEEN).unwrap();
    let seen = seen.split(' ').map(|seen| seen.parse().unwrap());
    let clock = Clock::shared(Path::new(&env::var_os(CLOCK).unwrap()));
    let pace = Pace::by(clock, Semaphore::MAX_PERMITS);
    let said: Tell = Arc::new(|line| tell(&serde_json::to_string(&line).unwrap()));
    std::thread::spawn({
        let pace = Arc::clone(&pace);
        move || {
            told();
            pace.stop();
        }
    });
    let (name, seed) = (format!("life {life} client"), life.parse().unwrap());
    let (watched, at_last) = (seen.map(Watched::from).collect(), end(&engines[0]));
    live(&engines, &name, seed, watched, &pace, &said, at_last).await;
}

/// A program that is killed again and again.
struct Program {
    place: Place,
    /// The clock is in it.
    folder: TempDir,
    record: Arc<Mutex<Record>>,
}

/// Who goes on beside it.
struct Others {
    pace: Arc<Pace>,
    /// Told when they have stopped.
    at_rest: Notify,
}

impl Program {
    fn at(place: Place, watched: Vec<Watched>) -> Self {
        let record = Record {
            watched,
            ..Record::default()
        };
        Self {
            place,
            folder: tempfile::tempdir().unwrap(),
            record: Arc::new(Mutex::new(record)),
        }
    }

    fn clock(&self) -> Clock {
        Clock::shared(&self.folder.path().join("clock"))
    }

    /// All its lives: each ends amid its work but the last, which comes to an end.
    async fn lives(&self, others: Option<&Others>) {
        for life in 0..KILLS {
            let mut program = self.lives_on(life, others);
            program.kill();
            self.hear(&mut program, usize::MAX, others);
            assert_eq!(program.ended().signal(), Some(SIGKILL));
            if let Some(others) = others {
                others.pace.acknowledges(BETWEEN).await;
            }
        }
        let mut program = self.lives_on(KILLS, others);
        if let Some(others) = others {
            // Nothing comes behind the end.
            others.pace.stop();
            others.at_rest.notified().await;
        }
        program.say("over");
        self.hear(&mut program, usize::MAX, others);
        assert!(program.ended().success());
    }

    /// Starts it where it was cut off, and lets it work for a while.
    fn lives_on(&self, life: usize, others: Option<&Others>) -> Again {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .env(ADDRESS, &self.place.address)
            .env(CLOCK, self.folder.path().join("clock"))
            .env(LIFE, life.to_string())
            .env(SEEN, self.seen());
        if self.place.is_cached {
            command.env(CACHED, "");
        }
        let mut program = Again::start(&mut command, "lives::a_life");
        let done = self.hear(&mut program, BETWEEN, others);
        assert_eq!(done, BETWEEN, "life {life} ended by itself");
        program
    }

    /// How far its watchers are.
    fn seen(&self) -> String {
        let record = self.record.lock().unwrap();
        let watched = record.watched.iter().take(STAYS.len());
        let seen: Vec<String> = watched.map(|one| one.seen().to_string()).collect();
        seen.join(" ")
    }

    /// Records what it says, until so many more writes were acknowledged to it or it has ended: how many were.
    fn hear(&self, program: &mut Again, enough: usize, others: Option<&Others>) -> usize {
        let mut done = 0;
        while done < enough {
            let Some(line) = program.hear() else {
                break;
            };
            let line: Line = serde_json::from_str(&line).unwrap();
            if matches!(line, Line::Done(_)) {
                done += 1;
                if let Some(others) = others {
                    others.pace.turns.add_permits(TURNS);
                }
            }
            self.record.lock().unwrap().add(line);
        }
        done
    }

    async fn kept_its_promises(self) {
        let log = log_of(&self.place.engine().await).await;
        let record = std::mem::take(&mut *self.record.lock().unwrap());
        is_right(&History {
            record,
            log,
            is_cached: self.place.is_cached,
        });
    }
}

async fn holds_alone(place: Place) {
    let begin = begin(&place.engine().await).await;
    let program = Program::at(place, watching(begin, 1));
    program.lives(None).await;
    program.kept_its_promises().await;
}

async fn holds_beside_another(place: Place) {
    let engines = [place.engine().await];
    let begin = begin(&engines[0]).await;
    let program = Program::at(place, watching(begin, OTHER + 1));
    let others = Others {
        pace: Pace::by(program.clock(), 0),
        at_rest: Notify::new(),
    };
    let tell: Tell = {
        let record = Arc::clone(&program.record);
        Arc::new(move |line: Line| record.lock().unwrap().add(line.numbered_from(OTHER)))
    };
    let (seed, watched) = (KILLS as u64 + 1, watching(begin, 1));
    let at_last = async { others.at_rest.notify_one() };
    let pace = &others.pace;
    let living = live(&engines, "client", seed, watched, pace, &tell, at_last);
    // Its clients are tasks of their own: they work also while this one waits for what the program says.
    futures::join!(living, program.lives(Some(&others)));
    program.kept_its_promises().await;
}

async fn on_sqlite(is_cached: bool) {
    let folder = tempfile::tempdir().unwrap();
    let address = folder.path().join("states.db").display().to_string();
    holds_alone(Place { address, is_cached }).await;
}

async fn on_postgresql(is_cached: bool) {
    let server = PostgresServer::shared();
    let address = server.database();
    holds_beside_another(Place { address, is_cached }).await;
}

async fn on_redis(is_cached: bool) {
    let server = RedisServer::start();
    let address = server.url();
    holds_beside_another(Place { address, is_cached }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_on_sqlite_whose_process_is_killed_keeps_its_promises() {
    on_sqlite(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_over_sqlite_whose_process_is_killed_keeps_its_promises() {
    on_sqlite(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_on_postgresql_of_which_one_is_killed_keep_their_promises() {
    on_postgresql(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_with_caches_over_postgresql_of_which_one_is_killed_keep_their_promises() {
    on_postgresql(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_on_redis_of_which_one_is_killed_keep_their_promises() {
    on_redis(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_with_caches_over_redis_of_which_one_is_killed_keep_their_promises() {
    on_redis(true).await;
}
