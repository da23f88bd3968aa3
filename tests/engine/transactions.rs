//! Many writes, all or nothing, at one place in the log; what was, and the way back to it.

use holdfast::{
    Actor, Error, Expected, HistoryQuery, Kind, Revision, StateManager, Status, Timestamp,
    Transition, Update, Version,
};
use serde_json::json;

use crate::support::{World, ada, adas, bobs, id, new, store, worlds};

async fn balance(states: &StateManager, account: &str) -> i64 {
    let state = states.get(&adas(), &id(account)).await.unwrap().unwrap();
    state.data["balance"].as_i64().unwrap()
}

async fn with_accounts(world: &World) {
    for (account, balance) in [("a", 100), ("b", 0)] {
        let new = new(Kind::STORE, account, json!({"balance": balance}));
        world.states.register(new, &ada()).await.unwrap();
    }
}

#[tokio::test]
async fn a_transfer_moves_the_whole_amount_or_nothing() {
    for world in worlds().await {
        with_accounts(&world).await;
        let mut transfer = world.states.transaction(&ada());
        for (account, amount) in [("a", -30), ("b", 30)] {
            let state = transfer.get(&adas(), &id(account)).await.unwrap().unwrap();
            let sum = state.data["balance"].as_i64().unwrap() + amount;
            let update = Update::Merge(json!({"balance": sum}));
            let expected = Expected::Version(state.version);
            transfer
                .update(&adas(), &id(account), update, expected)
                .await
                .unwrap();
        }
        assert_eq!(
            balance(&world.states, "a").await,
            100,
            "nothing is written yet"
        );
        let changes = transfer.commit().await.unwrap();
        assert_eq!(balance(&world.states, "a").await, 70);
        assert_eq!(balance(&world.states, "b").await, 30);
        let places: Vec<_> = changes.iter().map(|change| change.revision).collect();
        assert_eq!(places, [Revision(3), Revision(4)], "{}", world.name);
    }
}

#[tokio::test]
async fn a_transaction_reads_its_own_writes_and_nobody_else_does() {
    for world in worlds().await {
        let mut transaction = world.states.transaction(&ada());
        transaction.register(store("s")).await.unwrap();
        let merge = |n: i32| Update::Merge(json!({"n": n}));
        transaction
            .update(&adas(), &id("s"), merge(1), Expected::Version(Version(1)))
            .await
            .unwrap();
        let seen = transaction.get(&adas(), &id("s")).await.unwrap().unwrap();
        assert_eq!((seen.version, &seen.data), (Version(2), &json!({"n": 1})));
        transaction
            .delete(&adas(), &id("s"), Expected::Any)
            .await
            .unwrap();
        assert_eq!(transaction.get(&adas(), &id("s")).await.unwrap(), None);
        assert_eq!(world.states.get(&adas(), &id("s")).await.unwrap(), None);
        assert_eq!(world.states.revision().await.unwrap(), Revision(0));
        assert_eq!(transaction.commit().await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_commit_names_each_state_that_others_wrote_meanwhile_and_writes_nothing() {
    for world in worlds().await {
        with_accounts(&world).await;
        world.states.register(store("c"), &ada()).await.unwrap();
        let mut transaction = world.states.transaction(&ada());
        for account in ["a", "b", "c"] {
            let update = Update::Merge(json!({"touched": true}));
            transaction
                .update(&adas(), &id(account), update, Expected::Any)
                .await
                .unwrap();
        }
        for account in ["a", "c"] {
            let update = Update::Merge(json!({"other": true}));
            world
                .states
                .update(&adas(), &id(account), update, Expected::Any, &ada())
                .await
                .unwrap();
        }
        let Err(Error::Conflicts { conflicts }) = transaction.commit().await else {
            panic!("{}: written over others", world.name)
        };
        let mut named: Vec<_> = conflicts
            .iter()
            .map(|conflict| match conflict {
                Error::Conflict { id, current, .. } => {
                    (id.as_str(), current.as_ref().unwrap().version)
                }
                other => panic!("{other}"),
            })
            .collect();
        named.sort();
        assert_eq!(named, [("a", Version(2)), ("c", Version(2))]);
        let b = world.states.get(&adas(), &id("b")).await.unwrap().unwrap();
        assert_eq!(b.version, Version(1), "{}", world.name);
    }
}

#[tokio::test]
async fn a_step_that_the_lifecycle_refuses_is_refused_at_once() {
    for world in worlds().await {
        let mut transaction = world.states.transaction(&ada());
        let payment = new(Kind::TRANSACTION, "payment", json!({}));
        transaction.register(payment).await.unwrap();
        let refused = transaction
            .transition(&adas(), &id("payment"), Transition::SUSPEND, Expected::Any)
            .await;
        assert!(
            matches!(refused, Err(Error::Refused { .. })),
            "{}",
            world.name
        );
        assert_eq!(world.states.counts().refusals, 1);
    }
}

#[tokio::test]
async fn of_many_transfers_at_once_each_happens_whole_or_not_at_all() {
    for world in worlds().await {
        with_accounts(&world).await;
        let transfer = |states: StateManager| async move {
            let mut transfer = states.transaction(&Actor::system());
            for (account, amount) in [("a", -1), ("b", 1)] {
                let state = transfer.get(&adas(), &id(account)).await.unwrap().unwrap();
                let sum = state.data["balance"].as_i64().unwrap() + amount;
                let update = Update::Merge(json!({"balance": sum}));
                transfer
                    .update(&adas(), &id(account), update, Expected::Any)
                    .await
                    .unwrap();
            }
            transfer.commit().await.is_ok()
        };
        let tasks = (0..40).map(|_| tokio::spawn(transfer(world.states.clone())));
        let mut done = 0;
        for task in tasks.collect::<Vec<_>>() {
            done += i64::from(task.await.unwrap());
        }
        assert!(done > 0);
        assert_eq!(
            balance(&world.states, "a").await,
            100 - done,
            "{}",
            world.name
        );
        assert_eq!(balance(&world.states, "b").await, done, "{}", world.name);
    }
}

/// Versions 1 to 3 of a store, one second apart, the last by somebody else.
async fn with_versions(world: &World) {
    let (states, bob) = (&world.states, Actor::new("user:bob"));
    states.register(store("s"), &ada()).await.unwrap();
    for (n, actor) in [(1, &ada()), (2, &bob)] {
        world.clock.advance(std::time::Duration::from_secs(1));
        let update = Update::Replace(json!({"n": n}));
        states
            .update(&adas(), &id("s"), update, Expected::Any, actor)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn history_is_asked_by_transition_actor_and_time() {
    for world in worlds().await {
        with_versions(&world).await;
        let versions = async |query: HistoryQuery| {
            let found = world
                .states
                .history(&adas(), &id("s"), query)
                .await
                .unwrap();
            found
                .iter()
                .map(|change| change.after.version.0)
                .collect::<Vec<_>>()
        };
        let all = HistoryQuery::default();
        let updates = HistoryQuery {
            transition: Some(Transition::UPDATE),
            ..all.clone()
        };
        let adas = HistoryQuery {
            actor: Some("user:ada".into()),
            ..all.clone()
        };
        let second = HistoryQuery {
            from: Some(Timestamp(1_001_000)),
            until: Some(Timestamp(1_002_000)),
            ..all.clone()
        };
        let first_of_ada = HistoryQuery {
            last: Some(1),
            ..adas.clone()
        };
        assert_eq!(versions(all).await, [3, 2, 1], "{}", world.name);
        assert_eq!(versions(updates).await, [3, 2]);
        assert_eq!(versions(adas).await, [2, 1]);
        assert_eq!(versions(second).await, [2]);
        assert_eq!(versions(first_of_ada).await, [2]);
    }
}

#[tokio::test]
async fn what_only_the_oldest_of_many_versions_matches_is_found() {
    // Several times as many as are looked at at once.
    const VERSIONS: u64 = 1500;
    for world in worlds().await {
        let (states, bob) = (&world.states, Actor::new("user:bob"));
        let replace = |n: u64| Update::Replace(json!({"n": n}));
        states.register(store("s"), &ada()).await.unwrap();
        states
            .update(&adas(), &id("s"), replace(2), Expected::Any, &bob)
            .await
            .unwrap();
        for versions in [3..=750, 751..=VERSIONS] {
            let mut transaction = states.transaction(&ada());
            for n in versions {
                transaction
                    .update(&adas(), &id("s"), replace(n), Expected::Any)
                    .await
                    .unwrap();
            }
            transaction.commit().await.unwrap();
        }
        let versions = async |query: HistoryQuery| {
            let found = states.history(&adas(), &id("s"), query).await.unwrap();
            let versions = found.iter().map(|change| change.after.version.0);
            versions.collect::<Vec<_>>()
        };
        let creations = HistoryQuery {
            transition: Some(Transition::CREATE),
            ..HistoryQuery::default()
        };
        let bobs_before = |before| HistoryQuery {
            actor: Some("user:bob".into()),
            before: Some(Version(before)),
            ..HistoryQuery::default()
        };
        assert_eq!(versions(creations).await, [1], "{}", world.name);
        assert_eq!(versions(bobs_before(VERSIONS)).await, [2]);
        assert_eq!(versions(bobs_before(2)).await, [0; 0]);
        let updates = HistoryQuery {
            transition: Some(Transition::UPDATE),
            last: Some(400),
            ..HistoryQuery::default()
        };
        let newest: Vec<u64> = (VERSIONS - 399..=VERSIONS).rev().collect();
        assert_eq!(versions(updates).await, newest);
    }
}

#[tokio::test]
async fn a_change_tells_its_difference_as_a_json_patch() {
    for world in worlds().await {
        with_versions(&world).await;
        let last = HistoryQuery::last(1);
        let history = world.states.history(&adas(), &id("s"), last).await.unwrap();
        let diff = history[0].diff().unwrap();
        assert_eq!(
            diff,
            json!([
                {"op": "replace", "path": "/data/n", "value": 2},
                {"op": "replace", "path": "/expires_at", "value": 1_002_000 + 3_600_000},
            ]),
            "{}",
            world.name
        );
    }
}

#[tokio::test]
async fn a_rollback_is_a_new_version_with_the_content_of_an_old_one() {
    for world in worlds().await {
        with_versions(&world).await;
        let (states, s) = (&world.states, id("s"));
        let back = async |to, expected| {
            let to = Version(to);
            states.rollback(&adas(), &s, to, expected, &ada()).await
        };
        let stale = back(1, Expected::Version(Version(2))).await;
        assert!(
            matches!(stale, Err(Error::Conflict { .. })),
            "{}",
            world.name
        );
        let state = back(1, Expected::Version(Version(3))).await.unwrap();
        assert_eq!((state.version, &state.data), (Version(4), &json!({"n": 0})));
        let unknown = back(9, Expected::Any).await;
        assert!(
            matches!(unknown, Err(Error::Absent { .. })),
            "{}",
            world.name
        );
        let others = states
            .rollback(&bobs(), &s, Version(1), Expected::Any, &ada())
            .await;
        assert!(
            matches!(others, Err(Error::Absent { .. })),
            "{}",
            world.name
        );
    }
}

#[tokio::test]
async fn a_rollback_leaves_the_status_to_the_lifecycle_and_brings_back_what_was_deleted() {
    for world in worlds().await {
        let states = &world.states;
        let step = async |name: &str, transition| {
            states
                .transition(&adas(), &id(name), transition, Expected::Any, &ada())
                .await
                .unwrap()
        };
        let back = async |name: &str, to| {
            let (name, to) = (id(name), Version(to));
            states
                .rollback(&adas(), &name, to, Expected::Any, &ada())
                .await
        };
        let user = new(Kind::USER, "u", json!({"mail": "a"}));
        states.register(user, &ada()).await.unwrap();
        step("u", Transition::ACTIVATE).await;
        let state = back("u", 1).await.unwrap();
        assert_eq!(state.status, Status::ACTIVE, "{}", world.name);
        step("u", Transition::DELETE).await;
        let state = back("u", 2).await.unwrap();
        assert_eq!(
            (&state.status, state.version),
            (&Status::ACTIVE, Version(5))
        );
        assert_eq!(state.data, json!({"mail": "a"}));

        let payment = new(Kind::TRANSACTION, "p", json!({}));
        states.register(payment, &ada()).await.unwrap();
        step("p", Transition::ACTIVATE).await;
        let refused = back("p", 1).await;
        assert!(
            matches!(refused, Err(Error::Refused { .. })),
            "{}",
            world.name
        );
    }
}

/// A deleted id may be given to another kind, and a status of the one may mean nothing to the other.
#[tokio::test]
async fn what_was_of_another_kind_does_not_come_back() {
    for world in worlds().await {
        let states = &world.states;
        let first = new(Kind::USER, "x", json!({}));
        states.register(first, &ada()).await.unwrap();
        let delete = async || {
            states
                .delete(&adas(), &id("x"), Expected::Any, &ada())
                .await
        };
        delete().await.unwrap();
        let second = new(Kind::TRANSACTION, "x", json!({}));
        states.register(second, &ada()).await.unwrap();
        let back = async || {
            states
                .rollback(&adas(), &id("x"), Version(1), Expected::Any, &ada())
                .await
        };
        let refused = back().await;
        assert!(matches!(&refused, Err(Error::Invalid { path, .. }) if path == "kind"));
        delete().await.unwrap();
        let refused = back().await;
        assert!(matches!(&refused, Err(Error::Invalid { path, .. }) if path == "kind"));
    }
}

#[tokio::test]
async fn what_was_deleted_comes_back_for_as_long_as_it_still_had_to_live() {
    for world in worlds().await {
        let states = &world.states;
        let hour = std::time::Duration::from_secs(3600);
        states.register(store("s"), &ada()).await.unwrap();
        states
            .delete(&adas(), &id("s"), Expected::Any, &ada())
            .await
            .unwrap();
        world.clock.advance(24 * hour);
        let back = states
            .rollback(&adas(), &id("s"), Version(1), Expected::Any, &ada())
            .await
            .unwrap();
        let lives = back.expires_at.unwrap().0 - back.updated_at.0;
        assert_eq!(lives, 3_600_000, "{}", world.name);
        assert!(states.get(&adas(), &id("s")).await.unwrap().is_some());
    }
}

/// Two accounts read before and after a transfer would be a sum that never was.
#[tokio::test]
async fn a_transaction_that_only_read_says_when_what_it_read_was_never_so_at_once() {
    for world in worlds().await {
        with_accounts(&world).await;
        let states = &world.states;
        let mut sum = states.transaction(&ada());
        sum.get(&adas(), &id("a")).await.unwrap();
        let update = Update::Merge(json!({"balance": 0}));
        states
            .update(&adas(), &id("a"), update, Expected::Any, &ada())
            .await
            .unwrap();
        sum.get(&adas(), &id("b")).await.unwrap();
        let refused = sum.commit().await.unwrap_err();
        assert!(matches!(refused, Error::Conflicts { conflicts } if conflicts.len() == 1));
        let mut sum = states.transaction(&ada());
        for account in ["a", "b", "nobody"] {
            sum.get(&adas(), &id(account)).await.unwrap();
        }
        assert_eq!(sum.commit().await.unwrap(), [], "{}", world.name);
    }
}

/// What the log says it has lost is the engine's to say.
#[tokio::test]
async fn nobody_else_writes_what_the_log_has_lost() {
    for world in worlds().await {
        let account = new(Kind::COMPACTION, "compaction", json!({}));
        let refused = world.states.register(account.clone(), &ada()).await;
        assert!(matches!(&refused, Err(Error::Invalid { path, .. }) if path == "kind"));
        let refused = world.states.put(account, Expected::Any, &ada()).await;
        assert!(matches!(&refused, Err(Error::Invalid { path, .. }) if path == "kind"));
    }
}

#[tokio::test]
async fn deleted_states_come_back_together_or_not_at_all() {
    for world in worlds().await {
        with_accounts(&world).await;
        let states = &world.states;
        let delete_both = async || {
            for account in ["a", "b"] {
                states
                    .delete(&adas(), &id(account), Expected::Any, &ada())
                    .await
                    .unwrap();
            }
        };
        let back = async |deleted: Version| {
            let mut back = states.transaction(&ada());
            for account in ["a", "b"] {
                back.rollback(
                    &adas(),
                    &id(account),
                    Version(1),
                    Expected::Version(deleted),
                )
                .await
                .unwrap();
            }
            back
        };
        delete_both().await;
        let both = back(Version(2)).await;
        assert_eq!(states.get(&adas(), &id("a")).await.unwrap(), None);
        both.commit().await.unwrap();
        assert_eq!(balance(states, "a").await, 100);
        assert_eq!(balance(states, "b").await, 0);

        delete_both().await;
        let late = back(Version(4)).await;
        states
            .rollback(&adas(), &id("b"), Version(1), Expected::Any, &ada())
            .await
            .unwrap();
        let refused = late.commit().await.unwrap_err();
        assert!(matches!(refused, Error::Conflicts { .. }), "{}", world.name);
        assert_eq!(states.get(&adas(), &id("a")).await.unwrap(), None);
    }
}
