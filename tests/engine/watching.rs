//! A watcher sees every change once and in order, wherever it begins and however slow it is.

use futures::{StreamExt, future::join_all};
use holdfast::{Change, Expected, New, Revision, Scope, StateManager};
use serde_json::json;

use crate::support::{ada, adas, bobs, store, worlds};

async fn put(states: &StateManager, scope: Scope, name: &str, n: u32) {
    let new = New {
        scope,
        data: json!(n),
        ..store(name)
    };
    states.put(new, Expected::Any, &ada()).await.unwrap();
}

async fn watched(
    states: &StateManager,
    scope: Option<Scope>,
    after: u64,
    count: usize,
) -> Vec<Change> {
    let changes = states.watch(scope, Revision(after)).take(count);
    changes.map(Result::unwrap).collect().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_that_resume_anywhere_see_everything_once_under_concurrent_writes() {
    const WRITERS: u32 = 8;
    const WRITES: u32 = 100;
    for world in worlds().await {
        let states = world.states.clone();
        let total = u64::from(WRITERS * WRITES);
        let writers = (0..WRITERS).map(|writer| {
            let states = states.clone();
            tokio::spawn(async move {
                for n in 0..WRITES {
                    put(&states, adas(), &format!("w{writer}"), n).await;
                }
            })
        });
        // One that stays, and one that leaves after every 37 changes and comes back.
        let staying = tokio::spawn({
            let states = states.clone();
            async move { watched(&states, None, 0, total as usize).await }
        });
        let returning = tokio::spawn({
            let states = states.clone();
            async move {
                let mut seen: Vec<Change> = Vec::new();
                while (seen.len() as u64) < total {
                    let after = seen.last().map_or(0, |change| change.revision.0);
                    let left = total as usize - seen.len();
                    seen.extend(watched(&states, None, after, left.min(37)).await);
                }
                seen
            }
        });
        for writer in join_all(writers).await {
            writer.unwrap();
        }
        let log = states.log(Revision(0), 1000).await.unwrap();
        let revisions: Vec<u64> = log.iter().map(|change| change.revision.0).collect();
        assert_eq!(revisions, (1..=total).collect::<Vec<_>>(), "{}", world.name);
        assert!(staying.await.unwrap() == log, "{}", world.name);
        assert!(returning.await.unwrap() == log, "{}", world.name);
    }
}

#[tokio::test]
async fn a_watcher_that_was_asleep_for_thousands_of_changes_misses_none() {
    for world in worlds()
        .await
        .into_iter()
        .filter(|world| world.name == "memory")
    {
        let states = &world.states;
        let mut changes = states.watch(None, Revision(0));
        put(states, adas(), "s", 0).await;
        assert_eq!(changes.next().await.unwrap().unwrap().revision, Revision(1));
        // More than the announcements that wait for a slow watcher, and than one page of the log.
        for n in 0..5000 {
            put(states, adas(), "s", n).await;
        }
        for expected in 2..=5001 {
            assert_eq!(
                changes.next().await.unwrap().unwrap().revision,
                Revision(expected)
            );
        }
    }
}

#[tokio::test]
async fn a_watcher_of_one_scope_sees_only_that_scope_live_and_from_the_log() {
    for world in worlds().await {
        let states = &world.states;
        for n in 0..3 {
            put(states, adas(), "s", n).await;
            put(states, bobs(), "s", n).await;
        }
        let mut his = states.watch(Some(bobs()), Revision(1));
        let mut next = async || his.next().await.unwrap().unwrap();
        for revision in [2, 4, 6] {
            assert_eq!(next().await.revision, Revision(revision));
        }
        put(states, adas(), "s", 3).await;
        put(states, bobs(), "s", 3).await;
        let change = next().await;
        assert_eq!(
            (change.revision, &change.after.scope),
            (Revision(8), &bobs())
        );
        assert_eq!(change.before.unwrap().data, json!(2), "{}", world.name);
    }
}
