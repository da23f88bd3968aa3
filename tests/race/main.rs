//! Two processes race for one transition, ten thousand times: each time exactly one wins, the other is
//! told so, and the log has exactly one record of it.
//!
//! The processes are this test program, started again (`a_side`); between rounds they wait for each
//! other. In memory there is one process, so two tasks race.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod side;
#[path = "../engine/support/mod.rs"]
#[expect(
    dead_code,
    clippy::panic,
    reason = "the engine's tests need more of it"
)]
mod support;

use std::{env, ops::Range, process::Command, sync::Arc};

use futures::future::{join, join_all};
use holdfast::{
    Actor, Revision, StateManager, Transition, Version,
    backend::{Backend, Memory, Postgres, Redis, Sqlite},
};

use self::{
    side::{LOST, Side, WON, new},
    support::{
        again::{Again, tell, told},
        postgres_server::PostgresServer,
        redis_server::RedisServer,
    },
};

/// All of them where the engine is built as in earnest; unoptimised, a tenth takes as long.
const ROUNDS: usize = if cfg!(debug_assertions) { 1000 } else { 10_000 };

/// Rounds that are run together: they share group commits, and both sides are busy for a while.
const AT_ONCE: usize = 100;

/// What `a_side` finds in its environment: its name, and where the states are.
const NAME: &str = "HOLDFAST_TEST_SIDE";
const PLACE: &str = "HOLDFAST_TEST_PLACE";

const SIDES: [&str; 2] = ["left", "right"];

fn heats() -> impl Iterator<Item = Range<usize>> {
    (0..ROUNDS)
        .step_by(AT_ONCE)
        .map(|first| first..first + AT_ONCE)
}

async fn open(place: &str) -> StateManager {
    let backend: Arc<dyn Backend> = if place.starts_with("postgres:") {
        Arc::new(Postgres::connect(place).await.unwrap())
    } else if place.starts_with("redis:") {
        Arc::new(Redis::connect(place, "race").await.unwrap())
    } else {
        Arc::new(Sqlite::open(place).await.unwrap())
    };
    StateManager::builder(backend).build()
}

async fn register(states: &StateManager) {
    let system = Actor::system();
    for rounds in heats() {
        let all = rounds.map(|round| states.register(new(round), &system));
        for registered in join_all(all).await {
            registered.unwrap();
        }
    }
}

/// One winner in each round, and one record of it in the log, with the winner's name on it.
async fn check(states: &StateManager, ends: [String; 2]) {
    let mut winners = Vec::new();
    for (left, right) in ends[0].chars().zip(ends[1].chars()) {
        winners.push(match (left, right) {
            (WON, LOST) => SIDES[0],
            (LOST, WON) => SIDES[1],
            both => unreachable!("round {}: {both:?}", winners.len()),
        });
    }
    assert_eq!(winners.len(), ROUNDS);
    for side in SIDES {
        assert!(winners.contains(&side), "{side} was never there in time");
    }
    let mut seen = Revision(ROUNDS as u64);
    let mut recorded = 0;
    loop {
        let page = states.log(seen, 1000).await.unwrap();
        let Some(last) = page.last() else { break };
        seen = last.revision;
        for change in page {
            let round = change.after.data["n"].as_u64().unwrap() as usize;
            assert_eq!(
                (&change.transition, change.after.version),
                (&Transition::ACTIVATE, Version(2))
            );
            // Taken: a second record of this round would find nobody.
            assert_eq!(std::mem::take(&mut winners[round]), change.actor.name);
            recorded += 1;
        }
    }
    assert_eq!(recorded, ROUNDS);
    assert_eq!(
        states.verify().await.unwrap().findings,
        [],
        "every state stands where its record says"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "one side of the races below, in a process of its own"]
async fn a_side() {
    let (Ok(name), Ok(place)) = (env::var(NAME), env::var(PLACE)) else {
        return;
    };
    let side = Side::new(open(&place).await, &name);
    for rounds in heats() {
        let starts = side.get_ready(rounds).await;
        tell("ready");
        told().unwrap();
        tell(&side.race(starts).await);
    }
}

async fn two_processes_race_on(place: &str) {
    let states = open(place).await;
    register(&states).await;
    let mut sides = SIDES.map(|name| {
        let mut program = Command::new(env::current_exe().unwrap());
        Again::start(program.env(NAME, name).env(PLACE, place), "a_side")
    });
    let mut ends = [String::new(), String::new()];
    for (n, _) in heats().enumerate() {
        for side in &mut sides {
            assert_eq!(side.hear().as_deref(), Some("ready"));
        }
        // In turn, so that neither is always the first to hear the signal.
        sides[n % 2].say("go");
        sides[1 - n % 2].say("go");
        for (side, ends) in sides.iter_mut().zip(&mut ends) {
            ends.push_str(&side.hear().unwrap());
        }
    }
    check(&states, ends).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_on_one_sqlite_file_exactly_one_wins_each_race() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    two_processes_race_on(file.to_str().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_on_one_postgresql_exactly_one_wins_each_race() {
    let server = PostgresServer::shared();
    two_processes_race_on(&server.database()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_on_one_redis_exactly_one_wins_each_race() {
    let server = RedisServer::start();
    two_processes_race_on(&server.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_tasks_in_memory_exactly_one_wins_each_race() {
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    register(&states).await;
    let sides = SIDES.map(|name| Arc::new(Side::new(states.clone(), name)));
    let mut ends = [String::new(), String::new()];
    for (n, rounds) in heats().enumerate() {
        let mut running = Vec::new();
        for side in [0, 1].map(|place| Arc::clone(&sides[(place + n) % 2])) {
            let starts = side.get_ready(rounds.clone()).await;
            running.push((side, starts));
        }
        let mut running = running
            .into_iter()
            .map(|(side, starts)| tokio::spawn(async move { side.race(starts).await }));
        let (first, second) = (running.next().unwrap(), running.next().unwrap());
        let (first, second) = join(first, second).await;
        ends[n % 2].push_str(&first.unwrap());
        ends[1 - n % 2].push_str(&second.unwrap());
    }
    check(&states, ends).await;
}
