//! A watcher sees every change once and in order, wherever it begins and however slow it is.

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use futures::{FutureExt, StreamExt, future::join_all};
use holdfast::{
    Change, Error, Expected, Interest, Kind, New, Revision, Scope, StateManager, Status,
    Transition,
    backend::{Backend, Memory},
    watch::AnotherLog,
};
use serde_json::json;

use crate::support::{ada, adas, bobs, id, new, puppet::Puppet, store, worlds};

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
    let changes = changes.map(|change| Change::clone(&change.unwrap()));
    changes.collect().await
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
        assert_eq!(
            change.before.as_ref().unwrap().data,
            json!(2),
            "{}",
            world.name
        );
    }
}

#[tokio::test]
async fn a_watcher_of_two_scopes_hears_both_in_one_order_and_goes_on_from_any_place() {
    for world in worlds().await {
        let states = &world.states;
        for n in 0..3 {
            put(states, adas(), "s", n).await;
            put(states, bobs(), "s", n).await;
            put(states, Scope::Shared, "s", n).await;
        }
        // The second is met twice by what Bob does: by its scope and by its kind.
        let interests = [
            Interest::from(Some(Scope::Shared)),
            Interest::from(Some(bobs())),
            Interest {
                scope: Some(bobs()),
                ..Interest::from(Kind::STORE)
            },
        ];
        let mut changes = states.watch_any(interests.clone(), Revision(3));
        let mut next = async || changes.next().await.unwrap().unwrap().revision.0;
        for revision in [5, 6, 8, 9] {
            assert_eq!(next().await, revision, "{}", world.name);
        }
        // More than wait for one watcher: it loses its seats, all of them, and reads the log.
        for n in 0..300 {
            let scope = if n % 2 == 0 { Scope::Shared } else { bobs() };
            put(states, scope, "s", n).await;
            put(states, adas(), "s", n).await;
        }
        for n in 0..300 {
            assert_eq!(next().await, 10 + 2 * n, "{}", world.name);
        }
        let mut again = states.watch_any(interests, Revision(607));
        let first = again.next().await.unwrap().unwrap();
        assert_eq!(
            (first.revision, &first.after.scope),
            (Revision(608), &bobs())
        );
    }
}

/// What `interest` makes of five changes: two of a store, then a user's life.
async fn revisions_of(interest: Interest) -> Vec<u64> {
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    put(&states, adas(), "query.filters", 0).await;
    put(&states, bobs(), "query.filters", 0).await;
    let user = new(Kind::USER, "ada", json!({}));
    states.register(user, &ada()).await.unwrap();
    for transition in [Transition::ACTIVATE, Transition::SUSPEND] {
        states
            .transition(&adas(), &id("ada"), transition, Expected::Any, &ada())
            .await
            .unwrap();
    }
    let mut changes = states.watch(interest, Revision(0));
    let mut seen = Vec::new();
    // Everything that is there is there already: the stream waits only at the end.
    while let Some(Some(change)) = changes.next().now_or_never() {
        seen.push(change.unwrap().revision.0);
    }
    seen
}

#[tokio::test]
async fn an_interest_excludes_what_it_does_not_name() {
    let everything = Interest::default();
    let cases = [
        (everything.clone(), vec![1, 2, 3, 4, 5]),
        (Interest::from(Some(bobs())), vec![2]),
        (Interest::from(Kind::USER), vec![3, 4, 5]),
        (
            Interest {
                ids: vec![id("query.filters"), id("query.filters")],
                ..everything.clone()
            },
            vec![1, 2],
        ),
        (
            Interest {
                id_prefix: Some("query.".into()),
                scope: Some(adas()),
                ..everything.clone()
            },
            vec![1],
        ),
        (
            Interest {
                transitions: vec![Transition::CREATE, Transition::SUSPEND],
                kinds: vec![Kind::USER, Kind::STORE],
                ..everything.clone()
            },
            vec![1, 2, 3, 5],
        ),
        (
            Interest {
                statuses: vec![Status::SUSPENDED],
                ..everything
            },
            vec![5],
        ),
    ];
    for (interest, expected) in cases {
        assert_eq!(
            revisions_of(interest.clone()).await,
            expected,
            "{interest:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_of_their_own_part_miss_nothing_while_one_of_them_sleeps() {
    const WATCHERS: u32 = 20;
    const ROUNDS: u32 = 1000;
    for world in worlds().await {
        // Enough for every queue to overflow, where that does not take minutes.
        let rounds = if world.name == "memory" { ROUNDS } else { 20 };
        let states = world.states.clone();
        let own = |n: u32| match n % 3 {
            0 => Interest {
                ids: vec![id(&format!("s{n}."))],
                ..Interest::default()
            },
            1 => Interest {
                id_prefix: Some(format!("s{n}.")),
                ..Interest::default()
            },
            _ => Interest {
                id_prefix: Some(format!("s{n}.")),
                kinds: vec![Kind::STORE],
                scope: Some(adas()),
                ..Interest::default()
            },
        };
        let mut asleep = states.watch(own(0), Revision(0));
        let watchers: Vec<_> = (0..WATCHERS)
            .map(|n| {
                let changes = states.watch(own(n), Revision(0)).take(rounds as usize);
                tokio::spawn(changes.map(Result::unwrap).collect::<Vec<_>>())
            })
            .collect();
        for round in 0..rounds {
            for n in 0..WATCHERS {
                put(&states, adas(), &format!("s{n}."), round).await;
            }
            if round == 0 {
                asleep.next().await.unwrap().unwrap();
            }
        }
        let asleep = asleep.take(rounds as usize - 1);
        let asleep: Vec<_> = asleep.map(Result::unwrap).collect().await;
        for (n, watcher) in (0..).zip(watchers) {
            let seen = watcher.await.unwrap();
            let numbers = seen.iter().map(|change| change.after.data.clone());
            let expected: Vec<_> = (0..rounds).map(|round| json!(round)).collect();
            assert_eq!(numbers.collect::<Vec<_>>(), expected, "{n} {}", world.name);
            if n == 0 {
                assert_eq!(seen.get(1..).unwrap(), asleep, "{}", world.name);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_comes_back_shares_what_was_handed_out_and_only_who_is_further_behind_reads_the_log()
 {
    const CHANGES: u64 = 9_000;
    const CROWD: usize = 50;
    let puppet = Puppet::new();
    let states = StateManager::builder(puppet.clone()).build();
    let mut staying = states.watch(Some(bobs()), Revision(0));
    assert!(staying.next().now_or_never().is_none());
    for n in 1..=CHANGES {
        put(&states, adas(), "s", u32::try_from(n).unwrap()).await;
        if n % 1000 == 0 {
            let part = puppet.inner().log(Revision(n - 1000), 1000).await.unwrap();
            puppet.announce(part);
        }
    }
    // A change that the one who stays wants says that all before were handed out.
    put(&states, bobs(), "last", 0).await;
    puppet.announce(puppet.inner().log(Revision(CHANGES), 1).await.unwrap());
    assert_eq!(
        staying.next().await.unwrap().unwrap().revision,
        Revision(CHANGES + 1)
    );

    let before = puppet.log_reads.load(SeqCst);
    let crowd = join_all((0..CROWD).map(|n| watched(&states, Some(adas()), n as u64, 5_000))).await;
    for (n, seen) in (0..).zip(crowd) {
        let revisions: Vec<u64> = seen.iter().map(|change| change.revision.0).collect();
        assert_eq!(revisions, (n + 1..=n + 5_000).collect::<Vec<_>>());
    }
    assert_eq!(puppet.log_reads.load(SeqCst), before);

    // More than is remembered: 9,001 and 3,000.
    for n in 1..=3_000 {
        put(&states, adas(), "s", n).await;
    }
    for first in [1, 1001, 2001] {
        let part = puppet
            .inner()
            .log(Revision(CHANGES + first), 1000)
            .await
            .unwrap();
        puppet.announce(part);
    }
    put(&states, bobs(), "last", 1).await;
    puppet.announce(
        puppet
            .inner()
            .log(Revision(CHANGES + 3_001), 1)
            .await
            .unwrap(),
    );
    assert_eq!(
        staying.next().await.unwrap().unwrap().revision,
        Revision(CHANGES + 3_002)
    );
    let seen = watched(&states, None, 0, 12_002).await;
    let revisions: Vec<u64> = seen.iter().map(|change| change.revision.0).collect();
    assert_eq!(revisions, (1..=12_002).collect::<Vec<_>>());
    assert!(puppet.log_reads.load(SeqCst) > before);
}

/// A database may come back without what it had acknowledged, and go on from there under the same revisions.
#[tokio::test]
async fn a_log_that_went_back_ends_a_stream_and_skips_nothing_in_silence() {
    let puppet = Puppet::new();
    let states = StateManager::builder(puppet.clone()).build();
    for name in ["a", "b", "c"] {
        states.register(store(name), &ada()).await.unwrap();
    }
    let mut watching = states.watch(None, Revision(0));
    for revision in 1..=3 {
        let change = watching.next().await.unwrap().unwrap();
        assert_eq!(change.revision, Revision(revision));
    }
    puppet.announce(states.log(Revision(0), 10).await.unwrap());
    let other: Arc<dyn Backend> = Arc::new(Memory::new());
    puppet.comes_back_with(other);
    for name in ["u", "v", "w", "x", "y"] {
        states.register(store(name), &ada()).await.unwrap();
    }
    puppet.announce(states.log(Revision(0), 10).await.unwrap());
    let ended = tokio::time::timeout(Duration::from_secs(30), watching.next());
    let Some(Err(Error::Failed { source, .. })) = ended.await.unwrap() else {
        panic!("it goes on");
    };
    let seen = Revision(3);
    assert_eq!(source.downcast_ref(), Some(&AnotherLog { seen }));
    // Who comes with a place that the log does not have goes on from its end.
    let mut ahead = states.watch(None, Revision(90));
    assert!(ahead.next().now_or_never().is_none());
    states.register(store("z"), &ada()).await.unwrap();
    puppet.announce(states.log(Revision(5), 10).await.unwrap());
    let change = tokio::time::timeout(Duration::from_secs(30), ahead.next());
    let change = change.await.unwrap().unwrap().unwrap();
    assert_eq!(change.revision, Revision(6));
}
