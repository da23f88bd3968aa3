//! A file without room says so through whatever is in front of it, and takes the same write once there is room.
//!
//! No disk is filled for that. SQLite gives the same answer, and takes the transaction back in the same way, where the
//! numbers of a table are used up. `faults` has a file that may not grow.

use std::{path::Path, sync::Arc};

use holdfast::{
    StateManager,
    backend::{Backend, Cache, CacheSettings, Sqlite},
};
use serde_json::json;
use sqlx::SqlitePool;

use crate::support::{ada, adas, id, sealed_in, store};

const FILL: &str = "
    CREATE TABLE room (number INTEGER PRIMARY KEY AUTOINCREMENT);
    INSERT INTO room VALUES (9223372036854775807);
    CREATE TRIGGER full_log BEFORE INSERT ON log BEGIN INSERT INTO room VALUES (NULL); END;
    CREATE TRIGGER full_notes BEFORE INSERT ON notes BEGIN INSERT INTO room VALUES (NULL); END;";

const CLEAR: &str = "DROP TRIGGER full_log; DROP TRIGGER full_notes; DROP TABLE room;";

/// Another program's doing.
async fn run(file: &Path, sql: &str) {
    let url = format!("sqlite://{}", file.display());
    let other = SqlitePool::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&other).await.unwrap();
    other.close().await;
}

/// Of its first write, which a sealed backend makes a key for, and of one after that.
async fn says_that_it_is_full(file: &Path, backend: Arc<dyn Backend>) {
    let states = StateManager::builder(backend).build();
    for name in ["first", "second"] {
        run(file, FILL).await;
        for _ in 0..2 {
            let refused = states.register(store(name), &ada()).await.unwrap_err();
            assert!(refused.is_full(), "{refused:?}");
        }
        assert_eq!(states.get(&adas(), &id(name)).await.unwrap(), None);
        run(file, CLEAR).await;
        states.register(store(name), &ada()).await.unwrap();
    }
    let verified = states.verify().await.unwrap();
    assert_eq!((verified.changes, verified.findings), (2, vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_without_room_says_so_through_a_cache_and_a_seal_and_takes_the_write_once_there_is()
{
    for is_sealed in [false, true] {
        for is_cached in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("states.db");
            let mut backend: Arc<dyn Backend> = Arc::new(Sqlite::open(&file).await.unwrap());
            if is_sealed {
                backend = sealed_in(backend).await;
            }
            if is_cached {
                let cache = Cache::before(backend, CacheSettings::default()).await;
                backend = Arc::new(cache.unwrap());
            }
            says_that_it_is_full(&file, backend).await;
        }
    }
}

#[tokio::test]
async fn a_note_finds_no_room_either() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let backend = Sqlite::open(&file).await.unwrap();
    run(&file, FILL).await;
    let refused = backend.write_note("n", 0, Some(&json!("y"))).await;
    let refused = holdfast::Error::Failed {
        operation: "note",
        source: refused.unwrap_err(),
    };
    assert!(refused.is_full(), "{refused:?}");
    run(&file, CLEAR).await;
    let written = backend.write_note("n", 0, Some(&json!("y"))).await;
    assert!(written.unwrap());
}
