//! The server owns the version: compare and write are one step, and nobody's change is lost.

use std::sync::Arc;

use futures::future::join_all;
use holdfast::{
    Error, Expected, HistoryQuery, Kind, New, Scope, State, StateManager, Transition, Update,
    Version,
};
use serde_json::{Value, json};

use crate::support::{ada, adas, bobs, id, new, store, worlds};

async fn merge(
    states: &StateManager,
    patch: Value,
    expected: Expected,
) -> Result<Arc<State>, Error> {
    states
        .update(&adas(), &id("s"), Update::Merge(patch), expected, &ada())
        .await
}

#[tokio::test]
async fn of_ten_writers_with_the_same_expected_version_exactly_one_wins() {
    for world in worlds().await {
        let states = &world.states;
        let seen = states.register(store("s"), &ada()).await.unwrap().version;
        let writers = (0..10).map(|n| {
            let states = states.clone();
            tokio::spawn(
                async move { merge(&states, json!({"by": n}), Expected::Version(seen)).await },
            )
        });
        let results: Vec<_> = join_all(writers)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 9), "{}", world.name);
        let winner = won.into_iter().next().unwrap().unwrap();
        for error in lost {
            let Err(Error::Conflict {
                expected, current, ..
            }) = error
            else {
                panic!("should be a conflict: {error:?}");
            };
            assert_eq!(expected, Expected::Version(seen));
            assert_eq!(**current.unwrap(), *winner);
        }
        assert_eq!(states.revision().await.unwrap().0, 2);
        assert_eq!(states.counts().conflicts, 9);
    }
}

#[tokio::test]
async fn of_two_concurrent_transitions_one_wins_and_leaves_one_history_row() {
    for world in worlds().await {
        for round in 0..20 {
            let (states, name) = (&world.states, format!("u{round}"));
            states
                .register(new(Kind::USER, &name, json!({})), &ada())
                .await
                .unwrap();
            let (scope, user, actor) = (adas(), id(&name), ada());
            let step =
                |what: Transition| states.transition(&scope, &user, what, Expected::Any, &actor);
            let (a, b) = tokio::join!(step(Transition::ACTIVATE), step(Transition::ACTIVATE));
            let results = [a, b];
            let won = results.iter().filter(|result| result.is_ok()).count();
            let refused = results
                .iter()
                .filter(|r| matches!(r, Err(Error::Refused { .. })))
                .count();
            assert_eq!((won, refused), (1, 1), "{}: {results:?}", world.name);
            let history = states
                .history(&scope, &user, HistoryQuery::default())
                .await
                .unwrap();
            assert_eq!(history.len(), 2);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_do_not_care_about_versions_lose_nothing() {
    for world in worlds().await {
        let states = &world.states;
        states.register(store("s"), &ada()).await.unwrap();
        let writers = (0..40).map(|n| {
            let states = states.clone();
            tokio::spawn(async move {
                merge(&states, json!({format!("field {n}"): n}), Expected::Any)
                    .await
                    .unwrap();
            })
        });
        for writer in join_all(writers).await {
            writer.unwrap();
        }
        let state = states.get(&adas(), &id("s")).await.unwrap().unwrap();
        assert_eq!(state.version, Version(41), "{}", world.name);
        assert_eq!(state.data.as_object().unwrap().len(), 41);
    }
}

#[tokio::test]
async fn merge_changes_what_it_names_and_replace_changes_everything() {
    for world in worlds().await {
        let states = &world.states;
        let first = new(Kind::STORE, "s", json!({"a": {"x": 1, "y": 2}, "b": 3}));
        states.register(first, &ada()).await.unwrap();
        let merged = merge(states, json!({"a": {"x": null, "z": 4}}), Expected::Any)
            .await
            .unwrap();
        assert_eq!(merged.data, json!({"a": {"y": 2, "z": 4}, "b": 3}));
        let whole = Update::Replace(json!([1]));
        let seen = Expected::Version(merged.version);
        let replaced = states
            .update(&adas(), &id("s"), whole, seen, &ada())
            .await
            .unwrap();
        assert_eq!(
            (&replaced.data, replaced.version),
            (&json!([1]), Version(3))
        );
        let kept = states.get(&adas(), &id("s")).await.unwrap();
        assert_eq!(kept, Some(replaced));
    }
}

#[tokio::test]
async fn a_deleted_state_may_be_registered_again_and_its_version_goes_on() {
    for world in worlds().await {
        let states = &world.states;
        states.register(store("s"), &ada()).await.unwrap();
        let taken = states.register(store("s"), &ada()).await;
        assert!(matches!(
            taken,
            Err(Error::Conflict {
                current: Some(_),
                ..
            })
        ));
        states
            .delete(&adas(), &id("s"), Expected::Version(Version(1)), &ada())
            .await
            .unwrap();
        assert_eq!(states.get(&adas(), &id("s")).await.unwrap(), None);
        let twice = states
            .delete(&adas(), &id("s"), Expected::Any, &ada())
            .await;
        assert!(matches!(twice, Err(Error::Absent { .. })));
        let stale = merge(states, json!({}), Expected::Version(Version(1))).await;
        assert!(matches!(stale, Err(Error::Conflict { current: None, .. })));

        let again = states.register(store("s"), &ada()).await.unwrap();
        assert_eq!(again.version, Version(3));
        let history = states
            .history(&adas(), &id("s"), HistoryQuery::default())
            .await
            .unwrap();
        let steps: Vec<_> = history
            .iter()
            .map(|change| change.transition.as_str())
            .collect();
        assert_eq!(steps, ["create", "delete", "create"]);
    }
}

#[tokio::test]
async fn put_registers_then_replaces_and_minds_what_the_writer_expects() {
    for world in worlds().await {
        let states = &world.states;
        let put = async |n: i32, expected| {
            let new = New {
                data: json!(n),
                ..store("s")
            };
            states.put(new, expected, &ada()).await
        };
        let early = put(0, Expected::Version(Version(1))).await;
        assert!(matches!(early, Err(Error::Conflict { current: None, .. })));
        assert_eq!(put(1, Expected::Absent).await.unwrap().version, Version(1));
        let taken = put(2, Expected::Absent).await;
        assert!(matches!(
            taken,
            Err(Error::Conflict {
                current: Some(_),
                ..
            })
        ));
        assert_eq!(
            put(3, Expected::Version(Version(1))).await.unwrap().data,
            json!(3)
        );
        assert_eq!(put(4, Expected::Any).await.unwrap().version, Version(3));
        let stale = put(5, Expected::Version(Version(2))).await;
        assert!(
            matches!(stale, Err(Error::Conflict { current: Some(now), .. }) if now.data == json!(4))
        );
        let unnamed = states
            .put(
                New {
                    id: None,
                    ..store("s")
                },
                Expected::Any,
                &ada(),
            )
            .await;
        assert!(matches!(unnamed, Err(Error::Invalid { path, .. }) if path == "id"));
    }
}

#[tokio::test]
async fn another_scopes_state_is_absent_for_every_operation() {
    for world in worlds().await {
        let (states, actor, bob) = (&world.states, ada(), bobs());
        let hers = states.register(store("s"), &actor).await.unwrap();
        let (s, any, v1) = (id("s"), Expected::Any, Expected::Version(Version(1)));
        let patch = || Update::Merge(json!({"stolen": true}));
        assert_eq!(states.get(&bob, &s).await.unwrap(), None);
        assert!(
            states
                .history(&bob, &s, HistoryQuery::default())
                .await
                .unwrap()
                .is_empty()
        );
        assert!(states.list(&bob, None, None, 10).await.unwrap().is_empty());
        let absent = [
            states
                .update(&bob, &s, patch(), any, &actor)
                .await
                .map(drop),
            states
                .transition(&bob, &s, Transition::EXPIRE, any, &actor)
                .await
                .map(drop),
            states.delete(&bob, &s, any, &actor).await,
        ];
        assert!(
            absent
                .iter()
                .all(|result| matches!(result, Err(Error::Absent { .. })))
        );
        let guessed = states.update(&bob, &s, patch(), v1, &actor).await;
        assert!(matches!(
            guessed,
            Err(Error::Conflict { current: None, .. })
        ));
        // The name is not even taken for him.
        let his = New {
            scope: Scope::User("bob".into()),
            data: json!("his"),
            ..store("s")
        };
        states.register(his, &actor).await.unwrap();
        assert_eq!(states.get(&adas(), &s).await.unwrap(), Some(hers));
    }
}
