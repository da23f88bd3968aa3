//! An acknowledged write survives `kill -9`.
//!
//! The test program writes in a process of its own, with 256 writers that report each
//! acknowledgement; the test kills it in the midst of that and looks into the file it left.

use std::{collections::HashMap, env, path::Path, process::Command, sync::Arc};

use holdfast::{
    Actor, Expected, HistoryQuery, New, Revision, Scope, StateId, StateManager, Update, Version,
    backend::Sqlite,
};
use serde_json::json;

use crate::support::again::{Again, tell};

const DATABASE: &str = "HOLDFAST_TEST_DATABASE";
const WRITERS: usize = 256;
/// Acknowledgements after which the child is killed: dozens of groups are done by then, and the
/// next one is on its way.
const ENOUGH: usize = 20_000;

async fn open(file: &Path) -> StateManager {
    StateManager::builder(Arc::new(Sqlite::open(file).await.unwrap())).build()
}

fn scope(writer: usize) -> Scope {
    Scope::User(format!("u{}", writer % 16))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the child of the test below: it writes until it is killed"]
async fn the_child_writes_until_it_is_killed() {
    let Some(file) = env::var_os(DATABASE) else {
        return;
    };
    let states = open(Path::new(&file)).await;
    let writers = (0..WRITERS).map(|writer| {
        let states = states.clone();
        tokio::spawn(async move {
            let (scope, actor) = (scope(writer), Actor::system());
            let id = StateId::new(format!("w{writer}"));
            let new = New::store("w", scope.clone(), json!({"n": 1})).with_id(id.clone());
            let mut version = states.register(new, &actor).await.unwrap().version;
            loop {
                tell(&format!("{writer} {}", version.0));
                let patch = Update::Merge(json!({"n": version.0 + 1}));
                let expected = Expected::Version(version);
                version = states
                    .update(&scope, &id, patch, expected, &actor)
                    .await
                    .unwrap()
                    .version;
            }
        })
    });
    futures::future::join_all(writers).await;
}

#[tokio::test]
async fn every_acknowledged_write_is_there_after_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("states.db");
    let mut program = Command::new(env::current_exe().unwrap());
    let name = "sqlite::kills::the_child_writes_until_it_is_killed";
    let mut child = Again::start(program.env(DATABASE, &file), name);
    let mut acknowledged: HashMap<usize, u64> = HashMap::new();
    let mut count = 0;
    while let Some(line) = child.hear() {
        let (writer, version) = line.split_once(' ').unwrap();
        acknowledged.insert(writer.parse().unwrap(), version.parse().unwrap());
        count += 1;
        if count == ENOUGH {
            // Lines that are in the pipe by now are still read.
            child.kill();
        }
    }
    assert!(!child.ended().success(), "killed, not ended");
    assert!(count >= ENOUGH);
    assert_eq!(acknowledged.len(), WRITERS);

    let states = open(&file).await;
    for (writer, version) in acknowledged {
        let (scope, id) = (scope(writer), StateId::new(format!("w{writer}")));
        let state = states.get(&scope, &id).await.unwrap().unwrap();
        assert!(
            state.version >= Version(version),
            "{id}: {version} was acknowledged"
        );
        assert_eq!(state.data, json!({"n": state.version.0}));
        let mut expected = state.version.0;
        let mut query = HistoryQuery::default();
        loop {
            let page = states.history(&scope, &id, query.clone()).await.unwrap();
            for change in &page {
                assert_eq!(change.after.version, Version(expected));
                assert_eq!(
                    change.before.as_ref().map_or(0, |state| state.version.0),
                    expected - 1
                );
                expected -= 1;
            }
            let Some(oldest) = page.last() else { break };
            query.before = Some(oldest.after.version);
        }
        assert_eq!(expected, 0, "{id}: a hole in the history");
    }
    let mut seen = Revision(0);
    loop {
        let page = states.log(seen, 1000).await.unwrap();
        for change in &page {
            seen.0 += 1;
            assert_eq!(change.revision, seen);
        }
        if page.is_empty() {
            break;
        }
    }
    assert_eq!(seen, states.revision().await.unwrap());
}
