//! Old versions lose their content by policy; who did what and when stays, and stays proven.

mod keeping;
mod moving;
mod tampering;

use std::time::Duration;

use futures::StreamExt;
use holdfast::{
    Change, Compaction, Error, Expected, HistoryQuery, Keep, Kind, Query, Revision, StateManager,
    Timestamp, Transition, Update, Version, compaction::SETTLED, schema::Mode,
};
use serde_json::{Value, json};

use crate::support::{World, ada, adas, id, life::log_of, store, worlds};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The newest so many versions of stores.
fn newest(versions: u32) -> Compaction {
    policy(Keep::versions(versions))
}

fn policy(keep: Keep) -> Compaction {
    Compaction::default().kind(Kind::STORE, keep).unwrap()
}

async fn update(states: &StateManager, name: &str, n: u64) {
    let data = Update::Merge(json!({"n": n, "long": "x".repeat(50)}));
    states
        .update(&adas(), &id(name), data, Expected::Any, &ada())
        .await
        .unwrap();
}

/// A store with so many versions. It lives for ever.
async fn versions(states: &StateManager, name: &str, count: u64) {
    let new = store(name).with_ttl(holdfast::Ttl::Never);
    states.register(new, &ada()).await.unwrap();
    for n in 1..count {
        update(states, name, n).await;
    }
}

/// The versions of a store that have lost their content.
async fn thinned(states: &StateManager, name: &str) -> Vec<u64> {
    let history = states
        .history(&adas(), &id(name), HistoryQuery::default())
        .await;
    let mut versions: Vec<u64> = Vec::new();
    for change in history.unwrap() {
        let after = &change.after;
        if after.removed.is_some() {
            assert_eq!((&after.data, &after.metadata), (&Value::Null, &Value::Null));
            versions.push(after.version.0);
        } else if after.kind == Kind::STORE {
            assert_ne!(after.data, Value::Null, "{}", after.version);
        }
    }
    versions.reverse();
    versions
}

/// What `verify` must say of it: nothing wrong, and so many versions without content.
async fn is_proven(states: &StateManager, removed: u64) {
    let verified = states.verify().await.unwrap();
    assert_eq!((verified.findings, verified.removed), (vec![], removed));
}

fn at(world: &World, version: u64) -> impl Future<Output = Result<Option<u64>, Error>> {
    let states = world.states.clone();
    async move {
        let history = states
            .history(&adas(), &id("s"), HistoryQuery::default())
            .await;
        let history = history?;
        let change = history.iter().find(|it| it.after.version.0 == version);
        let found = states
            .at(&adas(), &id("s"), change.unwrap().revision)
            .await?;
        Ok(found.map(|state| state.version.0))
    }
}

#[tokio::test]
async fn old_versions_lose_their_content_and_nothing_else_on_every_backend() {
    for world in worlds().await {
        let (states, name) = (&world.states, world.name);
        versions(states, "s", 10).await;
        versions(states, "short", 3).await;
        let before = log_of(states, Revision(13)).await;
        let digest = states.verify().await.unwrap().digest;
        world.clock.advance(SETTLED);
        let tried = states.compact(&newest(3), Mode::DryRun).await.unwrap();
        assert_eq!(
            log_of(states, Revision(13)).await,
            before,
            "{name}: only tried"
        );
        let done = states.compact(&newest(3), Mode::Apply).await.unwrap();
        assert_eq!(
            (tried.examined, tried.total(), tried.bytes),
            (13, 6, done.bytes)
        );
        assert_eq!(
            (done.examined, done.removed[&Kind::STORE]),
            (13, 6),
            "{name}"
        );
        assert!(done.bytes > 300 && done.held == 0);
        assert_eq!(thinned(states, "s").await, [2, 3, 4, 5, 6, 7], "{name}");
        assert!(thinned(states, "short").await.is_empty(), "{name}");
        // All else is as it was, and said to be so by the log itself.
        for (was, is) in before.iter().zip(log_of(states, Revision(13)).await) {
            let Change {
                revision,
                transition,
                actor,
                at,
                ..
            } = was;
            assert_eq!(
                (*revision, transition, actor),
                (is.revision, &is.transition, &is.actor)
            );
            assert_eq!((*at, was.after.digest), (is.at, is.after.digest));
            assert_eq!(
                (was.after.version, &was.after.status),
                (is.after.version, &is.after.status)
            );
            let known = is.before.as_ref().map(|before| before.removed.is_some());
            let is_behind = is.after.name == "s" && (3..=8).contains(&is.after.version.0);
            assert_eq!(known, was.before.as_ref().map(|_| is_behind), "{name}");
        }
        is_proven(states, 6).await;
        let account = states.log(Revision(13), 10).await.unwrap().remove(0);
        assert_eq!(
            (account.actor.name.as_str(), &account.after.kind),
            ("system", &Kind::COMPACTION)
        );
        assert_eq!(account.after.data["removed"], json!({"store": 6}));
        // The proof that somebody keeps elsewhere holds on.
        let mut digests = sha2::Sha256::default();
        for change in log_of(states, Revision(13)).await {
            sha2::Digest::update(&mut digests, change.after.digest.0);
        }
        assert_eq!(digest.0, <[u8; 32]>::from(sha2::Digest::finalize(digests)));
        // A second run finds nothing more.
        let again = states.compact(&newest(3), Mode::Apply).await.unwrap();
        assert_eq!(again.total(), 0, "{name}");
        assert_eq!(states.revision().await.unwrap(), Revision(14));
    }
}

#[tokio::test]
async fn who_asks_for_what_is_gone_is_told_when_and_by_which_policy() {
    for world in worlds().await {
        let (states, name) = (&world.states, world.name);
        versions(states, "s", 8).await;
        world.clock.set(Timestamp(1_795_267_871_000));
        states.compact(&newest(2), Mode::Apply).await.unwrap();
        let told = "`s` cannot be shown as it was at v4: content removed by policy \
                    (keep_versions = 2) on 2026-11-21";
        let to = async |version| {
            let (scope, s, actor) = (adas(), id("s"), ada());
            states
                .rollback(&scope, &s, Version(version), Expected::Any, &actor)
                .await
        };
        let refused = to(4).await.unwrap_err();
        assert!(
            matches!(
                refused,
                Error::Removed {
                    version: Version(4),
                    ..
                }
            ),
            "{name}"
        );
        assert_eq!(refused.to_string(), told);
        assert_eq!(at(&world, 4).await.unwrap_err().to_string(), told);
        assert_eq!(at(&world, 1).await.unwrap(), Some(1));
        assert_eq!(at(&world, 7).await.unwrap(), Some(7));
        let history = states
            .history(&adas(), &id("s"), HistoryQuery::default())
            .await
            .unwrap();
        let diffs = history.iter().rev().map(|it| it.diff().is_ok());
        let diffs: Vec<bool> = diffs.collect();
        assert_eq!(
            diffs,
            [true, false, false, false, false, false, false, true],
            "{name}"
        );
        let removed = history[4].after.removed.as_ref().unwrap();
        assert_eq!(removed.at, Timestamp(1_795_267_871_000));
        assert_eq!(removed.by, states.revision().await.unwrap());
        assert_eq!(to(1).await.unwrap().data, json!({"n": 0}), "{name}");
        assert_eq!(to(7).await.unwrap().version, Version(10), "{name}");
        // What is current is found and read as ever.
        let page = states.search(&adas(), Query::default()).await.unwrap();
        assert_eq!(
            (page.states.len(), page.states[0].version),
            (1, Version(10))
        );
        is_proven(states, 5).await;
    }
}

#[tokio::test]
async fn a_watcher_that_comes_back_meets_every_change_and_is_told_which_have_no_content() {
    for world in worlds().await {
        let states = &world.states;
        versions(states, "s", 20).await;
        world.clock.advance(SETTLED);
        states.compact(&newest(1), Mode::Apply).await.unwrap();
        let met = states.watch(None, Revision(0)).take(21);
        let met: Vec<_> = met.map(|change| change.unwrap()).collect().await;
        let revisions = met.iter().map(|change| change.revision.0);
        assert!(revisions.eq(1..=21), "{}", world.name);
        let gone = met.iter().filter(|change| change.after.removed.is_some());
        assert_eq!(gone.count(), 18, "{}", world.name);
    }
}

#[tokio::test]
async fn only_what_was_replaced_long_enough_ago_goes() {
    for world in worlds().await {
        let states = &world.states;
        for n in 0..6 {
            match n {
                0 => versions(states, "s", 1).await,
                n => update(states, "s", n).await,
            }
            world.clock.advance(DAY);
        }
        // Versions 1 to 5 were replaced 5 to 1 days ago.
        let days = async |days| {
            let policy = policy(Keep::days(days));
            states.compact(&policy, Mode::Apply).await.unwrap();
            thinned(states, "s").await
        };
        assert!(
            days(5).await.is_empty(),
            "{}: the first version stays",
            world.name
        );
        assert_eq!(days(3).await, [2, 3], "{}", world.name);
        let both = Keep {
            versions: Some(3),
            days: Some(1),
        };
        states.compact(&policy(both), Mode::Apply).await.unwrap();
        assert_eq!(
            thinned(states, "s").await,
            [2, 3],
            "{}: both let go",
            world.name
        );
        let both = Keep {
            versions: Some(2),
            days: Some(1),
        };
        states.compact(&policy(both), Mode::Apply).await.unwrap();
        assert_eq!(thinned(states, "s").await, [2, 3, 4], "{}", world.name);
        assert_eq!(days(1).await, [2, 3, 4, 5], "{}", world.name);
        // Whatever the policy: nothing that was just replaced.
        update(states, "s", 6).await;
        update(states, "s", 7).await;
        states.compact(&newest(1), Mode::Apply).await.unwrap();
        assert_eq!(thinned(states, "s").await, [2, 3, 4, 5], "{}", world.name);
        is_proven(states, 4).await;
    }
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_is_refused() {
    let refused = |kind: Kind, keep: Keep| match Compaction::default().kind(kind, keep) {
        Err(Error::Invalid { path, .. }) => path,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(Kind::USER, Keep::versions(0)),
        "kinds.user.keep_versions"
    );
    assert_eq!(refused(Kind::USER, Keep::default()), "kinds.user");
    assert_eq!(refused(Kind::COMPACTION, Keep::days(1)), "kinds.compaction");
    let both = Keep {
        versions: Some(20),
        days: Some(30),
    };
    assert_eq!(both.to_string(), "keep_versions = 20, keep_days = 30");
}

#[tokio::test]
async fn it_is_done_every_so_often_until_it_is_dropped() {
    let world = worlds().await.swap_remove(0);
    let states = &world.states;
    versions(states, "s", 5).await;
    world.clock.advance(SETTLED);
    let compactor = states.spawn_compactor(newest(2), Duration::from_millis(20));
    while thinned(states, "s").await.len() < 2 {
        tokio::task::yield_now().await;
    }
    drop(compactor);
    assert_eq!(
        states
            .transitions()
            .iter()
            .find(|(it, _)| *it == Transition::CREATE)
            .unwrap()
            .1,
        2
    );
}
