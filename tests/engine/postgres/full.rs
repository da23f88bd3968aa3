//! The server's disk is full: a typed fault, nothing half done, and on as before once there is room.
//!
//! The files of a running server may grow to so much and no more. To PostgreSQL that is a full disk.

use holdfast::{
    Query, Revision,
    backend::{Backend, PostgresFault},
};
use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::{connected, engine};
use crate::support::{
    ada, adas,
    full::{all_there, at, company, fault, long, until_refused},
    postgres_server::{Disk, PostgresServer},
};

/// What a table is extended by.
const PAGE: u64 = 8192;

/// What the files of the server's own log have from the beginning.
const SEGMENT: u64 = 1024 * 1024;

/// What is kept is as long as what was written, from here on, and nobody makes room.
async fn as_written(url: &str) {
    const AS_WRITTEN: &str = "
        ALTER TABLE log ALTER state SET STORAGE EXTERNAL;
        ALTER TABLE notes ALTER value SET STORAGE EXTERNAL;
        ALTER TABLE log SET (autovacuum_enabled = off, toast.autovacuum_enabled = off);";
    let mut other = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AS_WRITTEN).execute(&mut other).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_a_typed_fault_and_when_there_is_room_the_same_engine_goes_on() {
    let server = PostgresServer::start(Disk::Unsynced);
    let url = server.database();
    let backend = connected(&url).await;
    let states = engine(&backend);
    as_written(&url).await;
    let mut written = 0;
    // Of a page that does not fit whole the server says that the disk is full; of one that does not fit at all only that
    // the file is too large, as it says of a quota that it is used up.
    for end in [192 * PAGE + PAGE / 2, 256 * PAGE] {
        server.let_files_grow(Some(end));
        let before = written;
        let refused = until_refused(&states, &mut written).await;
        assert!(refused.is_full(), "{refused}");
        let full: PostgresFault = fault(refused);
        assert!(matches!(full, PostgresFault::Full(_)), "{full}");
        assert!(written > before);
    }
    // Alone and in company, a state or a note: whoever wants to write is told.
    for late in company(&states).await {
        let full: PostgresFault = fault(late.unwrap_err());
        assert!(matches!(full, PostgresFault::Full(_)), "{full}");
    }
    let note = json!("y".repeat(3 * 1024 * 1024));
    let noted = backend.write_note("n", 0, Some(&note)).await.unwrap_err();
    let full = noted.downcast_ref();
    assert!(matches!(full, Some(PostgresFault::Full(_))), "{noted}");
    // Whoever wants to read is served what was acknowledged, and nothing else is there.
    all_there(&states, written).await;
    assert_eq!(at(&states, "late 0").await, None);
    assert!(backend.note("n").await.unwrap().is_none());
    assert_eq!(states.revision().await.unwrap(), Revision(written));

    server.let_files_grow(None);
    for late in company(&states).await {
        late.unwrap();
    }
    assert!(backend.write_note("n", 0, Some(&note)).await.unwrap());
    let verified = states.verify().await.unwrap();
    assert_eq!(
        (verified.changes, verified.findings),
        (written + 40, vec![])
    );
    let found = states.search(&adas(), Query::default()).await.unwrap();
    assert!(found.states[0].name.starts_with("late"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_because_its_own_log_is_full_has_lost_nothing_acknowledged() {
    const EARLY: u64 = 5;
    let server = PostgresServer::start(Disk::Unsynced);
    let url = server.database();
    let backend = connected(&url).await;
    let states = engine(&backend);
    as_written(&url).await;
    let mut written = 0;
    while written < EARLY {
        let new = long(&format!("s{written}"));
        states.register(new, &ada()).await.unwrap();
        written += 1;
    }
    server.let_files_grow(Some(SEGMENT / 4 * 3));
    let ended = until_refused(&states, &mut written).await;
    assert!(!ended.is_full(), "{ended}");
    let ended: PostgresFault = fault(ended);
    // It said with its last words what was wrong, and not what became of the write.
    assert!(
        matches!(
            ended,
            PostgresFault::InDoubt(_) | PostgresFault::Unreachable(_)
        ),
        "{ended}"
    );
    // Somebody makes room, and starts it again.
    server.kill();
    server.start_again();
    all_there(&states, written).await;
    let in_doubt = at(&states, &format!("s{written}")).await;
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
