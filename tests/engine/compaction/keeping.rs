//! What keeps its content whatever the policy says, and who may need it still.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use futures::future::join_all;
use holdfast::{
    Change, Compaction, Expected, HistoryQuery, Keep, Kind, Revision, Transition, Version,
    callbacks::{Begin, HandlerError, Schedule, Subscriber},
    compaction::SETTLED,
    schema::Mode,
};
use serde_json::json;

use super::{is_proven, newest, thinned, update, versions};
use crate::support::{ada, adas, id, life::goes_on, new, store, worlds};

#[tokio::test]
async fn both_sides_of_everything_but_an_update_stay() {
    for world in worlds().await {
        let (states, any) = (&world.states, Expected::Any);
        versions(states, "s", 5).await;
        let (scope, s) = (adas(), id("s"));
        states
            .rollback(&scope, &s, Version(2), any, &ada())
            .await
            .unwrap(); // 6
        update(states, "s", 7).await;
        update(states, "s", 8).await;
        update(states, "s", 9).await;
        states.delete(&scope, &s, any, &ada()).await.unwrap(); // 10
        states.register(store("s"), &ada()).await.unwrap(); // 11
        for n in 12..=16 {
            update(states, "s", n).await;
        }
        world.clock.advance(SETTLED);
        let done = states.compact(&newest(1), Mode::Apply).await.unwrap();
        let history = states.history(&scope, &s, HistoryQuery::default()).await;
        let removed = history.unwrap().into_iter().rev();
        let removed = removed.filter(|it| it.after.removed.is_some());
        let removed: Vec<u64> = removed.map(|it| it.after.version.0).collect();
        // 1 is the first, 5 and 6 are a rollback, 9 is what 10 deleted, 11 was born again, 16 is the newest.
        assert_eq!(removed, [2, 3, 4, 7, 8, 12, 13, 14, 15], "{}", world.name);
        assert_eq!(done.total(), 9);
        states.delete(&scope, &s, any, &ada()).await.unwrap();
        let back = states.rollback(&scope, &s, Version(16), any, &ada()).await;
        assert_eq!(back.unwrap().data["n"], 16, "{}", world.name);
        is_proven(states, 9).await;
    }
}

#[tokio::test]
async fn a_kind_without_a_policy_keeps_everything() {
    for world in worlds().await {
        let (states, scope) = (&world.states, adas());
        states
            .register(new(Kind::USER, "u", json!({"n": 0})), &ada())
            .await
            .unwrap();
        for n in 1..5 {
            update(states, "u", n).await;
        }
        let (u, activate) = (id("u"), Transition::ACTIVATE);
        states
            .transition(&scope, &u, activate, Expected::Any, &ada())
            .await
            .unwrap();
        world.clock.advance(SETTLED);
        let done = states.compact(&newest(1), Mode::Apply).await.unwrap();
        assert_eq!(done.total(), 0, "{}", world.name);
        let users = Compaction::default()
            .kind(Kind::USER, Keep::versions(1))
            .unwrap();
        let done = states.compact(&users, Mode::Apply).await.unwrap();
        assert_eq!(done.removed[&Kind::USER], 3, "{}: 2, 3 and 4", world.name);
    }
}

fn subscriber(name: &str) -> Subscriber {
    Subscriber {
        begin: Begin::After(Revision(0)),
        schedule: Schedule::new([Duration::from_secs(7 * 24 * 60 * 60)]),
        ..Subscriber::new(name, Kind::STORE)
    }
}

#[tokio::test]
async fn what_a_subscriber_still_has_to_handle_stays_as_it_was() {
    for world in worlds().await {
        let states = &world.states;
        // It was heard of and then went home.
        let absent = states
            .subscribe(subscriber("absent"), async |_| Ok(()))
            .await
            .unwrap();
        versions(states, "s", 3).await;
        absent.when(|it| it.tally.handled == 3).await;
        absent.stop().await;
        for n in 3..8 {
            update(states, "s", n).await;
        }
        world.clock.advance(SETTLED);
        let done = states.compact(&newest(1), Mode::Apply).await.unwrap();
        assert_eq!(
            (done.floor, done.total(), done.held),
            (Revision(3), 1, 5),
            "{}",
            world.name
        );
        assert_eq!(thinned(states, "s").await, [2], "{}", world.name);
        states.unsubscribe("absent").await.unwrap();
        let done = states.compact(&newest(1), Mode::Apply).await.unwrap();
        assert_eq!(
            (done.floor, done.held),
            (Revision(u64::MAX), 0),
            "{}",
            world.name
        );
        assert_eq!(
            thinned(states, "s").await,
            [2, 3, 4, 5, 6, 7],
            "{}",
            world.name
        );
        is_proven(states, 6).await;
    }
}

#[tokio::test]
async fn a_state_that_waits_or_has_a_dead_letter_keeps_what_is_to_be_handled() {
    for world in worlds().await {
        let states = &world.states;
        let is_final = Arc::new(AtomicBool::new(false));
        let handler = {
            let is_final = is_final.clone();
            move |change: Arc<Change>| {
                let is_bad = change.after.name == "bad" && change.after.version.0 == 4;
                let is_final = is_final.load(SeqCst);
                async move {
                    match (is_bad, is_final) {
                        (false, _) => Ok(()),
                        (_, true) => Err(HandlerError::give_up("never")),
                        (_, false) => Err(HandlerError::retry("later")),
                    }
                }
            }
        };
        let subscription = states
            .subscribe(subscriber("picky"), handler)
            .await
            .unwrap();
        versions(states, "bad", 8).await;
        versions(states, "good", 8).await;
        subscription
            .when(|it| it.waiting == 1 && it.tally.handled == 11)
            .await;
        while states.subscribers().await.unwrap()[0].position < Revision(16) {
            tokio::task::yield_now().await;
        }
        world.clock.advance(SETTLED);
        states.compact(&newest(1), Mode::Apply).await.unwrap();
        assert_eq!(
            thinned(states, "good").await,
            [2, 3, 4, 5, 6, 7],
            "{}",
            world.name
        );
        assert_eq!(
            thinned(states, "bad").await,
            [2],
            "{}: 3 is what 4 replaced",
            world.name
        );
        is_final.store(true, SeqCst);
        world.clock.advance(Duration::from_secs(8 * 24 * 60 * 60));
        subscription
            .when(|it| it.tally.buried == 1 && it.waiting == 0)
            .await;
        subscription.stop().await;
        states.compact(&newest(1), Mode::Apply).await.unwrap();
        assert_eq!(
            thinned(states, "bad").await,
            [2],
            "{}: it can be tried again",
            world.name
        );
        let letter = states.dead_letters("picky").await.unwrap().remove(0);
        states
            .discard_dead_letter("picky", letter.revision)
            .await
            .unwrap();
        states.compact(&newest(1), Mode::Apply).await.unwrap();
        assert_eq!(
            thinned(states, "bad").await,
            [2, 3, 4, 5, 6, 7],
            "{}",
            world.name
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_write_on_while_several_servers_compact() {
    for world in worlds().await {
        let states = &world.states;
        for name in ["a", "b", "c", "d"] {
            versions(states, name, 60).await;
        }
        world.clock.advance(SETTLED);
        let is_over = Arc::new(AtomicBool::new(false));
        let writing = tokio::spawn({
            let is_over = is_over.clone();
            goes_on(states.clone(), move |n| is_over.load(SeqCst) && n > 50)
        });
        let policies = newest(10);
        let runs = (0..3).map(|_| states.compact(&policies, Mode::Apply));
        for done in join_all(runs).await {
            done.unwrap();
        }
        is_over.store(true, SeqCst);
        writing.await.unwrap();
        let wanted: Vec<u64> = (2..=50).collect();
        for name in ["a", "b", "c", "d"] {
            assert_eq!(thinned(states, name).await, wanted, "{}", world.name);
        }
        is_proven(states, 4 * 49).await;
    }
}
