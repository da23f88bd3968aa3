//! Redis's disk is full: a typed fault, nothing half done, and on as before once there is room.
//!
//! The files of a running Redis may grow to so much and no more. To Redis that is a full disk.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use holdfast::{
    Error, New, Revision, State, StateManager,
    backend::{Backend, Fault, Redis, RedisFault},
};
use serde_json::json;

use super::{connect, engine};
use crate::support::{ada, adas, id, redis_server::RedisServer, store};

/// What its log may grow to: a few dozen states.
const ROOM: u64 = 512 * 1024;

fn long(name: &str) -> New {
    New {
        data: json!("x".repeat(20_000)),
        ..store(name)
    }
}

fn fault(error: Error) -> RedisFault {
    match error {
        Error::Failed { source, .. } => *source.downcast::<RedisFault>().unwrap(),
        other => panic!("not a fault: {other:?}"),
    }
}

fn is_full(fault: &Fault) -> bool {
    matches!(fault.downcast_ref(), Some(RedisFault::Full(_)))
}

/// Writes on until that is refused. How many were written, and why the last one was not.
async fn until_refused(states: &StateManager) -> (u64, RedisFault) {
    let mut written = 0;
    loop {
        match states.register(long(&format!("s{written}")), &ada()).await {
            Ok(_) => written += 1,
            Err(refused) => return (written, fault(refused)),
        }
    }
}

async fn at(states: &StateManager, name: &str) -> Option<Arc<State>> {
    states.get(&adas(), &id(name)).await.unwrap()
}

/// Everything that was acknowledged.
async fn all_there(states: &StateManager, written: u64) {
    for n in 0..written {
        assert!(at(states, &format!("s{n}")).await.is_some(), "s{n}");
    }
}

/// Forty at once: most of them are in one group.
async fn company(states: &StateManager) -> Vec<Result<Arc<State>, Error>> {
    let company = (0..40).map(async |n| {
        let name = format!("late {n}");
        states.register(long(&name), &ada()).await
    });
    join_all(company).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_a_typed_fault_and_when_there_is_room_the_same_redis_and_engine_go_on() {
    let server = RedisServer::start_synced_later();
    let backend = connect(&server).await;
    let states = engine(&backend);
    server.let_files_grow(Some(ROOM));
    let (mut written, full) = until_refused(&states).await;
    assert!(matches!(full, RedisFault::Full(_)), "{full}");
    // Alone and in company, a state or a note: whoever wants to write is told, and so is who comes new.
    for late in company(&states).await {
        let full = fault(late.unwrap_err());
        assert!(matches!(full, RedisFault::Full(_)), "{full}");
    }
    let note = json!("y");
    let noted = backend.write_note("n", 0, Some(&note)).await.unwrap_err();
    assert!(is_full(&noted), "{noted}");
    let another = Redis::connect(&server.url(), "test").await.unwrap_err();
    assert!(is_full(&another), "{another}");
    // Whoever wants to read is served what was acknowledged, and nothing else is there.
    all_there(&states, written).await;
    assert_eq!(at(&states, "late 0").await, None);
    assert!(backend.note("n").await.unwrap().is_none());
    assert_eq!(states.revision().await.unwrap(), Revision(written));

    server.let_files_grow(None);
    // Redis looks for room once a second.
    while let Err(refused) = states.register(long(&format!("s{written}")), &ada()).await {
        let full = fault(refused);
        assert!(matches!(full, RedisFault::Full(_)), "{full}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    written += 1;
    for late in company(&states).await {
        late.unwrap();
    }
    assert!(backend.write_note("n", 0, Some(&note)).await.unwrap());
    all_there(&states, written).await;
    let verified = states.verify().await.unwrap();
    assert_eq!(
        (verified.changes, verified.findings),
        (written + 40, vec![])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_durable_redis_ends_on_a_full_disk_and_has_lost_nothing_acknowledged() {
    let mut server = RedisServer::start();
    let backend = connect(&server).await;
    let states = engine(&backend);
    server.let_files_grow(Some(ROOM));
    let (mut written, unsure) = until_refused(&states).await;
    assert!(matches!(unsure, RedisFault::Unsure(_)), "{unsure}");
    assert!(written > 0);
    server.ends();
    let late = states.register(long("late 0"), &ada()).await.unwrap_err();
    let gone = fault(late);
    assert!(
        matches!(gone, RedisFault::Unreachable(_) | RedisFault::Unsure(_)),
        "{gone}"
    );

    // Somebody makes room, and starts it again.
    server.restart();
    let in_doubt = loop {
        match states.get(&adas(), &id(&format!("s{written}"))).await {
            Ok(found) => break found,
            Err(error) => drop(fault(error)),
        }
        tokio::task::yield_now().await;
    };
    all_there(&states, written).await;
    written += u64::from(in_doubt.is_some());
    assert_eq!(states.revision().await.unwrap(), Revision(written));
    for late in company(&states).await {
        late.unwrap();
    }
    let verified = states.verify().await.unwrap();
    assert_eq!(
        (verified.changes, verified.findings),
        (written + 40, vec![])
    );
}
