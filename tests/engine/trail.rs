//! The audit trail: the whole log, the newest first, by everything that a question can name.

use std::{net::IpAddr, time::Duration};

use holdfast::{
    Actor, Expected, Kind, Revision, StateManager, Timestamp, Transition, Update,
    trail::{Trail, TrailQuery},
};
use serde_json::json;

use crate::support::{ada, adas, bobs, id, store, worlds};

async fn found(states: &StateManager, query: TrailQuery) -> Vec<u64> {
    let trail = states.trail(&query).await.unwrap();
    assert_eq!(trail.next, None);
    trail.changes.iter().map(|it| it.revision.0).collect()
}

fn guest(last: u8) -> Actor {
    Actor {
        address: Some(IpAddr::from([192, 0, 2, last])),
        ..Actor::new("session:guest")
    }
}

/// Five changes, a second apart: Ada makes two stores, a guest a third in another scope, Ada changes and deletes.
async fn five_changes(world: &crate::support::World) {
    let (states, any) = (&world.states, Expected::Any);
    let tick = || world.clock.advance(Duration::from_secs(1));
    states.register(store("Cohort"), &ada()).await.unwrap();
    tick();
    states.register(store("plot"), &ada()).await.unwrap();
    tick();
    let mut theirs = store("cohort");
    theirs.scope = bobs();
    states.register(theirs, &guest(7)).await.unwrap();
    tick();
    let update = Update::Replace(json!({"n": 2}));
    states
        .update(&adas(), &id("plot"), update, any, &ada())
        .await
        .unwrap();
    tick();
    states
        .delete(&adas(), &id("plot"), any, &guest(8))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_newest_come_first_and_every_part_of_a_question_counts() {
    for world in worlds().await {
        five_changes(&world).await;
        let (states, name) = (&world.states, world.name);
        let any = TrailQuery::default;
        assert_eq!(found(states, any()).await, [5, 4, 3, 2, 1], "{name}");
        let by = |actor: &str| Some(actor.to_owned());
        let at = |seconds: i64| Some(Timestamp(1_000_000 + seconds * 1000));
        let cases = [
            (
                TrailQuery {
                    actor: by("user:ada"),
                    ..any()
                },
                vec![4, 2, 1],
            ),
            (
                TrailQuery {
                    address: guest(8).address,
                    ..any()
                },
                vec![5],
            ),
            (
                TrailQuery {
                    scope: Some(bobs()),
                    ..any()
                },
                vec![3],
            ),
            (
                TrailQuery {
                    text: Some("COHORT".into()),
                    ..any()
                },
                vec![3, 1],
            ),
            (
                TrailQuery {
                    transition: Some(Transition::DELETE),
                    ..any()
                },
                vec![5],
            ),
            (
                TrailQuery {
                    kind: Some(Kind::USER),
                    ..any()
                },
                vec![],
            ),
            (
                TrailQuery {
                    from: at(1),
                    until: at(3),
                    ..any()
                },
                vec![3, 2],
            ),
            (
                TrailQuery {
                    actor: by("user:ada"),
                    from: at(1),
                    ..any()
                },
                vec![4, 2],
            ),
            (
                TrailQuery {
                    before: Some(Revision(3)),
                    ..any()
                },
                vec![2, 1],
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(
                found(states, query.clone()).await,
                expected,
                "{name}: {query:?}"
            );
        }
    }
}

#[tokio::test]
async fn it_is_read_on_where_it_stopped_and_says_where_from_each_came() {
    for world in worlds().await {
        five_changes(&world).await;
        let (mut before, mut seen) = (None, Vec::new());
        loop {
            let query = TrailQuery {
                last: Some(2),
                before,
                ..TrailQuery::default()
            };
            let Trail { changes, next, .. } = world.states.trail(&query).await.unwrap();
            seen.extend(changes);
            before = next;
            if before.is_none() {
                break;
            }
        }
        let seen: Vec<_> = seen
            .into_iter()
            .map(|it| (it.revision.0, it.actor))
            .collect();
        let expected = [
            (5, guest(8)),
            (4, ada()),
            (3, guest(7)),
            (2, ada()),
            (1, ada()),
        ];
        assert_eq!(seen, expected, "{}", world.name);
        // The address is part of what the chain of digests holds together.
        let verified = world.states.verify().await.unwrap();
        assert_eq!((verified.changes, verified.findings), (5, vec![]));
    }
}

#[tokio::test]
async fn a_rare_change_in_a_long_log_is_found_in_parts_and_an_old_day_at_once() {
    let (_guard, backend) = crate::support::memory().await;
    let clock = std::sync::Arc::new(holdfast::ManualClock::new(Timestamp(1_000_000)));
    let states = StateManager::builder(backend).clock(clock.clone()).build();
    states.register(store("rare"), &ada()).await.unwrap();
    clock.advance(Duration::from_secs(86_400));
    states.register(store("n"), &ada()).await.unwrap();
    for n in 0..25_000 {
        let update = Update::Replace(json!({ "n": n }));
        states
            .update(&adas(), &id("n"), update, Expected::Any, &ada())
            .await
            .unwrap();
    }
    let mut query = TrailQuery {
        text: Some("rare".into()),
        ..TrailQuery::default()
    };
    let first = states.trail(&query).await.unwrap();
    assert_eq!(
        (first.changes.len(), first.next),
        (0, Some(Revision(5_003)))
    );
    query.before = first.next;
    assert_eq!(found(&states, query).await, [1]);
    let day = TrailQuery {
        until: Some(Timestamp(1_000_000 + 43_200_000)),
        ..TrailQuery::default()
    };
    assert_eq!(found(&states, day).await, [1]);
}

#[tokio::test]
async fn a_question_for_nothing_or_for_all_of_time_is_answered() {
    for world in worlds().await {
        five_changes(&world).await;
        let nothing = TrailQuery {
            last: Some(0),
            ..TrailQuery::default()
        };
        let nothing = world.states.trail(&nothing).await.unwrap();
        assert_eq!(
            (nothing.changes.len(), nothing.next),
            (0, Some(Revision(6)))
        );
        let always = TrailQuery {
            from: Some(Timestamp(i64::MIN)),
            until: Some(Timestamp(i64::MAX)),
            ..TrailQuery::default()
        };
        assert_eq!(found(&world.states, always).await, [5, 4, 3, 2, 1]);
    }
}
