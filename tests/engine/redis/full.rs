//! Redis's disk is full: a typed fault, nothing half done, and on as before once there is room.
//!
//! The files of a running Redis may grow to so much and no more. To Redis that is a full disk.

use std::time::Duration;

use holdfast::{
    Revision,
    backend::{Backend, Fault, Redis, RedisFault},
};
use serde_json::json;

use super::{connect, engine};
use crate::support::{
    ada, adas,
    full::{all_there, at, company, fault, long, until_refused},
    id,
    redis_server::RedisServer,
};

/// What its log may grow to: a few dozen states.
const ROOM: u64 = 512 * 1024;

fn is_full(fault: &Fault) -> bool {
    matches!(fault.downcast_ref(), Some(RedisFault::Full(_)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_a_typed_fault_and_when_there_is_room_the_same_redis_and_engine_go_on() {
    let server = RedisServer::start_synced_later();
    let backend = connect(&server).await;
    let states = engine(&backend);
    server.let_files_grow(Some(ROOM));
    let mut written = 0;
    let refused = until_refused(&states, &mut written).await;
    assert!(refused.is_full(), "{refused}");
    let full: RedisFault = fault(refused);
    assert!(matches!(full, RedisFault::Full(_)), "{full}");
    // Alone and in company, a state or a note: whoever wants to write is told, and so is who comes new.
    for late in company(&states).await {
        let full: RedisFault = fault(late.unwrap_err());
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
        let full: RedisFault = fault(refused);
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
    let mut written = 0;
    let unsure = until_refused(&states, &mut written).await;
    assert!(!unsure.is_full(), "{unsure}");
    let unsure: RedisFault = fault(unsure);
    assert!(matches!(unsure, RedisFault::Unsure(_)), "{unsure}");
    assert!(written > 0);
    server.ends();
    let late = states.register(long("late 0"), &ada()).await.unwrap_err();
    let gone: RedisFault = fault(late);
    assert!(
        matches!(gone, RedisFault::Unreachable(_) | RedisFault::Unsure(_)),
        "{gone}"
    );

    // Somebody makes room, and starts it again.
    server.restart();
    let in_doubt = loop {
        match states.get(&adas(), &id(&format!("s{written}"))).await {
            Ok(found) => break found,
            Err(error) => drop(fault::<RedisFault>(error)),
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
