//! The disk is full, or the file may only be read: a typed fault, nothing half done, and on as before
//! once somebody has helped, without a new start.
//!
//! The engine is in a process of its own here, the test program again: that process may not let files
//! grow, or is nobody in particular.

use std::{
    env,
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
    sync::Arc,
};

use futures::future::join_all;
use holdfast::{
    CopyError, Error, New, Revision, State, StateManager,
    backend::{Backend, Memory, Sqlite, SqliteFault},
};
use serde_json::json;

use crate::support::{
    ada, adas,
    again::{Again, tell, told},
    everything_in, id, store,
};

const FILE: &str = "HOLDFAST_TEST_DATABASE";

/// In blocks of 512 bytes: what a file may grow to. The log is not brought into the database before it
/// is several times as long, so it is the log that does not fit.
const BLOCKS: &str = "4096";

fn engine(backend: &Arc<Sqlite>) -> StateManager {
    StateManager::builder(backend.clone()).build()
}

async fn open(file: &Path) -> Arc<Sqlite> {
    Arc::new(Sqlite::open(file).await.unwrap())
}

fn long(name: &str) -> New {
    New {
        data: json!("x".repeat(20_000)),
        ..store(name)
    }
}

fn fault<T: std::fmt::Debug>(result: Result<T, Error>) -> SqliteFault {
    match result {
        Err(Error::Failed { source, .. }) => *source.downcast::<SqliteFault>().unwrap(),
        other => panic!("it should have failed: {other:?}"),
    }
}

/// What a disk says that takes no more; a limit on the size of files is an error of the disk to SQLite.
fn is_full(fault: &SqliteFault) -> bool {
    matches!(fault, SqliteFault::Full(_) | SqliteFault::Unreachable(_))
}

async fn at(states: &StateManager, name: &str) -> Option<Arc<State>> {
    states.get(&adas(), &id(name)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process whose files may not grow, of the test below"]
async fn an_engine_whose_files_may_not_grow() {
    let Some(file) = env::var_os(FILE) else {
        return;
    };
    let file = Path::new(&file);
    let backend = open(file).await;
    let states = engine(&backend);
    does_not_fit(&file.with_extension("backup")).await;
    let mut written: u64 = 0;
    let refused = loop {
        match states.register(long(&format!("s{written}")), &ada()).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    let full = fault::<()>(Err(refused));
    assert!(is_full(&full), "{full}");
    // Alone and in company, a state or a note: whoever wants to write is told.
    let company = join_all((0..40).map(async |n| {
        let name = format!("late {n}");
        states.register(long(&name), &ada()).await
    }));
    for late in company.await {
        let full = fault(late);
        assert!(is_full(&full), "{full}");
    }
    let note = json!("y".repeat(20_000));
    let noted = backend.write_note("n", 0, Some(&note)).await.unwrap_err();
    assert!(is_full(noted.downcast_ref().unwrap()), "{noted}");
    // Whoever wants to read is served what was acknowledged, and nothing else is there.
    for n in 0..written {
        assert!(at(&states, &format!("s{n}")).await.is_some());
    }
    assert_eq!(at(&states, "late 0").await, None);
    assert_eq!(states.revision().await.unwrap(), Revision(written));

    tell("full");
    told().unwrap();
    for n in 0..20 {
        let name = format!("late {n}");
        states.register(long(&name), &ada()).await.unwrap();
    }
    assert!(backend.write_note("n", 0, Some(&note)).await.unwrap());
    let verified = states.verify().await.unwrap();
    assert_eq!(
        (verified.changes, verified.findings),
        (written + 20, vec![])
    );
    tell(&verified.changes.to_string());
}

/// A backup that is larger than a file may be leaves the older one, and nothing else.
async fn does_not_fit(path: &Path) {
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    for n in 0..200 {
        let new = long(&format!("s{n}"));
        states.register(new, &ada()).await.unwrap();
    }
    fs::write(path, "the older one").unwrap();
    // The engine's own files beside it come and go.
    let entries = || {
        let all = fs::read_dir(path.parent().unwrap()).unwrap();
        let names = all.map(|entry| entry.unwrap().file_name());
        names
            .filter(|name| !name.to_string_lossy().starts_with("states.db"))
            .count()
    };
    let before = entries();
    let backup = states.backup(path, |_| {}).await;
    assert!(matches!(backup, Err(CopyError::File { .. })), "{backup:?}");
    assert_eq!(fs::read_to_string(path).unwrap(), "the older one");
    assert_eq!(entries(), before);
}

#[tokio::test]
async fn a_full_disk_is_a_typed_fault_and_when_there_is_room_the_same_engine_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let mut shell = Command::new("sh");
    // Ignored, the signal becomes an error of whoever writes.
    let script = format!("trap '' XFSZ; ulimit -S -f {BLOCKS}; exec \"$0\" \"$@\"");
    shell.args(["-c", &script]).arg(env::current_exe().unwrap());
    let name = "sqlite::faults::an_engine_whose_files_may_not_grow";
    let mut limited = Again::start(shell.env(FILE, &file), name);
    assert_eq!(limited.hear().as_deref(), Some("full"));
    // Somebody without that limit makes room: the log begins anew.
    let url = format!("sqlite://{}", file.display());
    let other = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&other)
        .await
        .unwrap();
    other.close().await;
    limited.say("on");
    let changes = limited.hear().unwrap();
    assert!(limited.ended().success());
    let states = engine(&open(&file).await);
    assert_eq!(states.revision().await.unwrap().0.to_string(), changes);
}

/// Who owns nothing. Root may write what may only be read.
const NOBODY: u32 = 65534;

fn set_mode(folder: &Path, mode: u32) {
    for entry in fs::read_dir(folder).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(mode)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process that may not write, of the test below"]
async fn an_engine_that_may_only_read() {
    let Some(file) = env::var_os(FILE) else {
        return;
    };
    let backend = open(Path::new(&file)).await;
    let states = engine(&backend);
    assert!(at(&states, "old").await.is_some());
    for _ in 0..2 {
        let refused = fault(states.register(store("new"), &ada()).await);
        assert!(matches!(refused, SqliteFault::ReadOnly(_)), "{refused}");
    }
    assert!(at(&states, "old").await.is_some());
    assert_eq!(at(&states, "new").await, None);
    tell("read only");
    told().unwrap();
    states.register(store("new"), &ada()).await.unwrap();
    assert!(at(&states, "new").await.is_some());
    tell("written");
}

#[tokio::test]
async fn a_file_that_may_only_be_read_is_read_and_written_again_once_it_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    engine(&open(&file).await)
        .register(store("old"), &ada())
        .await
        .unwrap();
    everything_in(&file).await;
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut program = Command::new(env::current_exe().unwrap());
    if is_root {
        // By this name it can be started by one who may not see the folder it is in.
        program = Command::new("/proc/self/exe");
        program.uid(NOBODY).gid(NOBODY).current_dir(folder.path());
        let all = fs::read_dir(folder.path()).unwrap();
        let all = all.map(|entry| entry.unwrap().path());
        for path in all.chain([folder.path().to_owned()]) {
            // The index's own log goes when its last connection has been closed, which may be now.
            if let Err(error) = chown(path, Some(NOBODY), Some(NOBODY)) {
                assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
            }
        }
    }
    set_mode(folder.path(), 0o444);
    let name = "sqlite::faults::an_engine_that_may_only_read";
    let mut reader = Again::start(program.env(FILE, &file), name);
    assert_eq!(reader.hear().as_deref(), Some("read only"));
    set_mode(folder.path(), 0o644);
    reader.say("on");
    assert_eq!(reader.hear().as_deref(), Some("written"));
    assert!(reader.ended().success());
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_or_is_something_else_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = Sqlite::open(folder.path().join("no/such/folder")).await;
    let nowhere = nowhere.unwrap_err();
    assert!(
        matches!(nowhere.downcast_ref(), Some(SqliteFault::Unreachable(_))),
        "{nowhere}"
    );
    let file = folder.path().join("letter.txt");
    fs::write(&file, "Dear Ada, ".repeat(1000)).unwrap();
    let foreign = Sqlite::open(&file).await.unwrap_err();
    assert!(
        matches!(foreign.downcast_ref(), Some(SqliteFault::Damaged(_))),
        "{foreign}"
    );
}
