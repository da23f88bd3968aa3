//! What only a database can do: be opened again, be shared, and fail in part.

mod faults;
mod full;
mod kills;
mod queues;

use std::{path::Path, sync::Arc};

use futures::future::join_all;
use holdfast::{
    Expected, HistoryQuery, ManualClock, Revision, State, StateManager, Timestamp, Update, Version,
    backend::{Backend, Outcome, Quota, Sqlite, Text, Write},
};
use serde_json::json;

use crate::support::{ada, adas, id, store};

async fn engine(file: &Path) -> StateManager {
    let backend = Sqlite::open(file).await.unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    StateManager::builder(Arc::new(backend))
        .clock(clock)
        .build()
}

#[tokio::test]
async fn what_was_written_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = engine(&file).await;
    states.register(store("s"), &ada()).await.unwrap();
    let patch = Update::Merge(json!({"n": 1}));
    let last = states
        .update(&adas(), &id("s"), patch, Expected::Any, &ada())
        .await
        .unwrap();
    let log = states.log(Revision(0), 10).await.unwrap();
    drop(states);

    let again = engine(&file).await;
    assert_eq!(again.get(&adas(), &id("s")).await.unwrap(), Some(last));
    assert_eq!(again.log(Revision(0), 10).await.unwrap(), log);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_open_a_new_file_at_once_share_its_tables() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("states.db");
        let openings = (0..8).map(|_| {
            let file = file.clone();
            tokio::spawn(async move { engine(&file).await })
        });
        let mut held = 0;
        for states in join_all(openings).await {
            let states = states.unwrap();
            let new = store(&format!("s{held}"));
            states.register(new, &ada()).await.unwrap();
            held += 1;
            assert_eq!(states.held().await.unwrap().states, held);
        }
    }
}

#[tokio::test]
async fn two_processes_on_one_file_see_each_others_writes_and_share_one_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let ours = engine(&file).await;
    let theirs = engine(&file).await;
    ours.register(store("s"), &ada()).await.unwrap();
    // Each has the other's previous version in mind, and must neither lose nor refuse anything.
    for n in 0..10 {
        for states in [&ours, &theirs] {
            let now = states.get(&adas(), &id("s")).await.unwrap().unwrap();
            let expected = Expected::Version(now.version);
            let patch = Update::Merge(json!({format!("{n} {}", now.version): n}));
            states
                .update(&adas(), &id("s"), patch, expected, &ada())
                .await
                .unwrap();
        }
    }
    let state = ours.get(&adas(), &id("s")).await.unwrap().unwrap();
    assert_eq!(
        (state.version, state.data.as_object().unwrap().len()),
        (Version(21), 21)
    );
    let history = theirs
        .history(&adas(), &id("s"), HistoryQuery::default())
        .await
        .unwrap();
    assert_eq!(history.len(), 21);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_write_never_fails_its_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = engine(&file).await;
    let template = states.register(store("s"), &ada()).await.unwrap();
    let backend = Arc::new(Sqlite::open(&file).await.unwrap());
    let attempts = (0..64).map(|n| {
        // The table refuses version 0, which fails the statement for the whole group.
        let is_bad = n % 16 == 5;
        let after = State {
            id: id(&format!("n{n}")),
            version: Version(u64::from(!is_bad)),
            ..(*template).clone()
        };
        let write = Write {
            before: None,
            after: Arc::new(after),
            transition: holdfast::Transition::CREATE,
            actor: ada(),
            bytes: 10,
            due: None,
            quota: Quota {
                states: 1000,
                bytes: 1_000_000,
            },
            text: Text::default(),
        };
        let backend = Arc::clone(&backend);
        tokio::spawn(async move { (is_bad, backend.apply(vec![write].into()).await) })
    });
    for attempt in join_all(attempts).await {
        let (is_bad, result) = attempt.unwrap();
        let is_applied = matches!(result, Ok(Outcome::Applied(_)));
        assert_eq!(is_applied, !is_bad, "{result:?}");
    }
    assert_eq!(backend.revision().await.unwrap(), Revision(61));
}

/// How a file was laid out before its states had numbers, as a program of that time left it.
const AS_IT_WAS: &str = "
    DROP INDEX states_by_id;
    DROP INDEX states_by_due;
    ALTER TABLE states RENAME TO numbered_states;
    CREATE TABLE states (
        scope TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
        revision INTEGER NOT NULL, live INTEGER NOT NULL, due INTEGER, bytes INTEGER NOT NULL,
        PRIMARY KEY (scope, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX states_by_due ON states (due) WHERE due IS NOT NULL;
    INSERT INTO states (scope, id, kind, version, revision, live, due, bytes)
    SELECT scope, id, kind, version, revision, live, due, bytes FROM numbered_states;
    DROP TABLE numbered_states;
    DELETE FROM _sqlx_migrations WHERE version = 3;";

#[tokio::test]
async fn a_file_from_before_states_had_numbers_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let states = engine(&file).await;
    for name in ["b", "a", "gone"] {
        states.register(store(name), &ada()).await.unwrap();
    }
    let patch = || Update::Merge(json!({"n": 1}));
    let written = states
        .update(&adas(), &id("b"), patch(), Expected::Any, &ada())
        .await
        .unwrap();
    states
        .delete(&adas(), &id("gone"), Expected::Any, &ada())
        .await
        .unwrap();
    drop(states);
    let url = format!("sqlite://{}", file.display());
    let old = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::raw_sql(AS_IT_WAS).execute(&old).await.unwrap();
    old.close().await;

    let states = engine(&file).await;
    assert_eq!(
        states.get(&adas(), &id("b")).await.unwrap(),
        Some(Arc::clone(&written))
    );
    let listed = states.list(&adas(), None, None, 10).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|state| state.id.as_str()).collect();
    assert_eq!(listed, ["a", "b"]);
    assert_eq!(states.held().await.unwrap().states, 2);
    let expected = Expected::Version(written.version);
    let next = states
        .update(&adas(), &id("b"), patch(), expected, &ada())
        .await
        .unwrap();
    assert_eq!(next.version, Version(3));
    // What was deleted goes on with its history, and what is new finds a place.
    for (name, version) in [("gone", 3), ("new", 1)] {
        let again = states.register(store(name), &ada()).await.unwrap();
        assert_eq!(again.version, Version(version));
    }
    let history = states
        .history(&adas(), &id("b"), HistoryQuery::default())
        .await
        .unwrap();
    assert_eq!(history.len(), 3);
    // The index of what is due came along: an hour after its last write a store ends.
    let backend = Sqlite::open(&file).await.unwrap();
    let due = backend.due(Timestamp(i64::MAX), 0, 10).await.unwrap();
    assert_eq!(due.len(), 4);
    let verified = states.verify().await.unwrap();
    assert_eq!((verified.changes, verified.findings), (8, vec![]));
}
