//! What is over is told apart from what was never there, swept or not.

use std::{sync::Arc, time::Duration};

use holdfast::{
    Actor, Error, Expected, HistoryQuery, Kind, Lifecycle, Limits, ManualClock, New, Revision,
    Scope, StateManager, Status, Timestamp, Transition, Ttl, Update, Version,
};
use serde_json::json;

use crate::support::{World, ada, adas, id, new, puppet::Puppet, store, worlds, worlds_with};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

async fn is_expired(world: &World, name: &str) -> bool {
    match world.states.get(&adas(), &id(name)).await {
        Ok(found) => found.map(|_| false).unwrap(),
        Err(Error::Expired { .. }) => true,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn expiry_is_told_apart_from_absence_before_and_after_the_sweep() {
    for world in worlds().await {
        let states = &world.states;
        let ends = states
            .register(store("s"), &ada())
            .await
            .unwrap()
            .expires_at
            .unwrap();
        assert_eq!(ends, Timestamp(1_000_000 + 3_600_000));
        world.clock.advance(HOUR);
        for swept in [0, 1] {
            let expired = states.get(&adas(), &id("s")).await;
            assert!(matches!(expired, Err(Error::Expired { at, .. }) if at == ends));
            let patch = Update::Merge(json!({}));
            let late = states
                .update(&adas(), &id("s"), patch, Expected::Any, &ada())
                .await;
            assert!(matches!(late, Err(Error::Expired { at, .. }) if at == ends));
            assert_eq!(states.get(&adas(), &id("nothing")).await.unwrap(), None);
            assert_eq!(states.sweep().await.unwrap(), 1 - swept, "{}", world.name);
        }
        let history = states
            .history(&adas(), &id("s"), HistoryQuery::default())
            .await
            .unwrap();
        let end = history.first().unwrap();
        assert_eq!((history.len(), &end.transition), (2, &Transition::EXPIRE));
        assert_eq!(
            (end.actor.name.as_str(), &end.after.status),
            ("system", &Status::EXPIRED)
        );
    }
}

#[tokio::test]
async fn a_store_lives_on_with_each_update_and_a_user_does_not() {
    for world in worlds().await {
        let states = &world.states;
        states.register(store("s"), &ada()).await.unwrap();
        let user = new(Kind::USER, "u", json!({})).with_ttl(Ttl::For(HOUR));
        states.register(user, &ada()).await.unwrap();
        for _ in 0..3 {
            world.clock.advance(25 * MINUTE);
            for name in ["s", "u"] {
                let patch = Update::Merge(json!({"seen": true}));
                let _ = states
                    .update(&adas(), &id(name), patch, Expected::Any, &ada())
                    .await;
            }
        }
        assert!(!is_expired(&world, "s").await, "{}", world.name);
        assert!(is_expired(&world, "u").await, "{}", world.name);
    }
}

#[tokio::test]
async fn each_kind_has_its_default_and_each_state_may_say_otherwise() {
    for world in worlds_with(|builder| builder.ttl(Kind::DATASET, MINUTE)).await {
        let states = &world.states;
        let data = json!({});
        states
            .register(new(Kind::DATASET, "d", data.clone()), &ada())
            .await
            .unwrap();
        states
            .register(new(Kind::FEATURE, "f", data), &ada())
            .await
            .unwrap();
        states
            .register(store("never").with_ttl(Ttl::Never), &ada())
            .await
            .unwrap();
        states
            .register(store("brief").with_ttl(Ttl::For(MINUTE / 2)), &ada())
            .await
            .unwrap();
        world.clock.advance(MINUTE / 2);
        assert!(is_expired(&world, "brief").await && !is_expired(&world, "d").await);
        world.clock.advance(MINUTE / 2);
        assert!(is_expired(&world, "d").await);
        world.clock.advance(1000 * HOUR);
        assert!(!is_expired(&world, "never").await && !is_expired(&world, "f").await);
    }
}

#[tokio::test]
async fn a_pending_transaction_fails_when_its_time_is_over_and_a_completed_one_stays() {
    for world in worlds().await {
        let states = &world.states;
        for name in ["slow", "done"] {
            let payment = new(Kind::TRANSACTION, name, json!({})).with_ttl(Ttl::For(MINUTE));
            states.register(payment, &ada()).await.unwrap();
        }
        let done = Transition::ACTIVATE;
        states
            .transition(&adas(), &id("done"), done, Expected::Any, &ada())
            .await
            .unwrap();
        world.clock.advance(HOUR);
        assert!(is_expired(&world, "slow").await);
        assert_eq!(states.sweep().await.unwrap(), 1);
        let status = async |name| {
            states
                .get(&adas(), &id(name))
                .await
                .unwrap()
                .unwrap()
                .status
                .clone()
        };
        assert_eq!(
            (status("slow").await, status("done").await),
            (Status::FAILED, Status::COMPLETED)
        );
    }
}

#[tokio::test]
async fn an_expired_subscription_is_activated_again_whether_it_was_swept_or_not() {
    for is_swept in [false, true] {
        for world in worlds().await {
            let states = &world.states;
            let plan = new(Kind::SUBSCRIPTION, "p", json!({})).with_ttl(Ttl::For(HOUR));
            states.register(plan, &ada()).await.unwrap();
            let step = async |what| {
                states
                    .transition(&adas(), &id("p"), what, Expected::Any, &ada())
                    .await
            };
            step(Transition::ACTIVATE).await.unwrap();
            world.clock.advance(HOUR);
            if is_swept {
                states.sweep().await.unwrap();
            }
            let refused = step(Transition::SUSPEND).await;
            assert!(
                matches!(refused, Err(Error::Refused { status, .. }) if status == Status::EXPIRED)
            );
            let again = step(Transition::ACTIVATE).await.unwrap();
            assert_eq!(
                (&again.status, again.version),
                (&Status::ACTIVE, Version(4))
            );
            assert!(!is_expired(&world, "p").await);
            let history = states
                .history(&adas(), &id("p"), HistoryQuery::default())
                .await
                .unwrap();
            let steps: Vec<_> = history
                .iter()
                .map(|change| change.transition.as_str())
                .collect();
            assert_eq!(
                steps,
                ["activate", "expire", "activate", "create"],
                "{}",
                world.name
            );
        }
    }
}

#[tokio::test]
async fn an_expired_store_is_put_again_as_if_it_were_absent() {
    for world in worlds().await {
        let states = &world.states;
        states
            .put(store("s"), Expected::Absent, &ada())
            .await
            .unwrap();
        world.clock.advance(2 * HOUR);
        assert!(states.register(store("s"), &ada()).await.is_err());
        let again = states
            .put(store("s"), Expected::Absent, &ada())
            .await
            .unwrap();
        assert_eq!(
            (&again.status, again.version),
            (&Status::ACTIVE, Version(3))
        );
        assert!(!is_expired(&world, "s").await, "{}", world.name);
        assert_eq!(states.sweep().await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_ends_more_than_a_page_of_states_and_each_once() {
    for world in worlds().await {
        let states = &world.states;
        for n in 0..300 {
            states
                .register(store(&format!("s{n}")), &ada())
                .await
                .unwrap();
        }
        world.clock.advance(HOUR);
        let (a, b) = tokio::join!(states.sweep(), states.sweep());
        assert_eq!(a.unwrap() + b.unwrap(), 300, "{}", world.name);
        assert_eq!(states.revision().await.unwrap().0, 600);
    }
}

#[tokio::test]
async fn the_background_sweeper_works_until_it_is_dropped() {
    for world in worlds().await {
        let states = &world.states;
        states.register(store("s"), &ada()).await.unwrap();
        world.clock.advance(HOUR);
        let mut changes = Box::pin(states.watch(None, states.revision().await.unwrap()));
        let sweeper = states.spawn_sweeper(Duration::from_millis(5));
        let change = futures::StreamExt::next(&mut changes)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(change.transition, Transition::EXPIRE);
        drop(sweeper);
    }
}

/// Whatever a session left behind ends with it: what can expire expires, the rest is deleted, and the log says so.
#[tokio::test]
async fn with_a_session_everything_in_its_scope_ends() {
    for world in worlds().await {
        let (states, scope) = (&world.states, Scope::Session("ab12".into()));
        let of = |kind: Kind, name: &str| New {
            scope: scope.clone(),
            ..new(kind, name, json!({"n": 1})).with_ttl(Ttl::Never)
        };
        let session = of(Kind::SESSION, "session").with_ttl(Ttl::For(HOUR));
        states.register(session, &ada()).await.unwrap();
        for name in ["filters", "columns"] {
            states
                .register(of(Kind::STORE, name), &ada())
                .await
                .unwrap();
        }
        // An import that is done cannot expire any more.
        states
            .register(of(Kind::TRANSACTION, "import"), &ada())
            .await
            .unwrap();
        let (import, activate) = (id("import"), Transition::ACTIVATE);
        states
            .transition(&scope, &import, activate, Expected::Any, &ada())
            .await
            .unwrap();
        let hers = states
            .register(store("hers").with_ttl(Ttl::Never), &ada())
            .await
            .unwrap();
        assert_eq!(states.sweep().await.unwrap(), 0);
        world.clock.advance(HOUR);
        assert_eq!(
            states.sweep().await.unwrap(),
            1,
            "{}: the session",
            world.name
        );
        assert!(
            states
                .list(&scope, None, None, 10)
                .await
                .unwrap()
                .is_empty(),
            "{}",
            world.name
        );
        let log = states.log(Revision(6), 10).await.unwrap();
        let ends = log
            .iter()
            .map(|it| (it.after.name.as_str(), it.after.status.as_str()));
        let mut ends: Vec<_> = ends.collect();
        assert_eq!(
            ends.pop(),
            Some(("session", "expired")),
            "the session itself comes last"
        );
        ends.sort_unstable();
        let wanted = [
            ("columns", "expired"),
            ("filters", "expired"),
            ("import", "deleted"),
        ];
        assert_eq!(ends, wanted, "{}", world.name);
        assert!(log.iter().all(|it| it.actor == Actor::system()));
        let left = states.get(&adas(), &id("hers")).await.unwrap();
        assert_eq!(left, Some(hers), "{}: others' states stay", world.name);
    }
}

#[tokio::test]
async fn a_scope_can_be_ended_at_once() {
    for world in worlds().await {
        let states = &world.states;
        let mut all = states.transaction(&ada());
        for n in 0..300 {
            all.register(store(&format!("s{n}"))).await.unwrap();
        }
        all.commit().await.unwrap();
        assert_eq!(
            states.end_scope(&adas(), &ada()).await.unwrap(),
            300,
            "{}",
            world.name
        );
        assert_eq!(states.end_scope(&adas(), &ada()).await.unwrap(), 0);
        assert!(
            states
                .list(&adas(), None, None, 10)
                .await
                .unwrap()
                .is_empty()
        );
        let gone = states.get(&adas(), &id("s7")).await;
        assert!(matches!(gone, Err(Error::Expired { .. })), "{}", world.name);
    }
}

/// One that cannot be ended keeps nobody else alive, however many of them come first.
#[tokio::test]
async fn states_that_cannot_be_ended_do_not_stop_the_sweep() {
    for world in worlds_with(|builder| builder.ttl(Kind::DATASET, MINUTE)).await {
        let states = &world.states;
        let mut all = states.transaction(&ada());
        for n in 0..300 {
            let first = new(Kind::DATASET, &format!("d{n}"), json!({}));
            all.register(first).await.unwrap();
        }
        all.commit().await.unwrap();
        states.register(store("s"), &ada()).await.unwrap();
        world.clock.advance(HOUR);
        // An engine in which a dataset has no end: the index still says that they are due.
        let endless = Lifecycle::starting(Status::ACTIVE).update([Status::ACTIVE]);
        let other = StateManager::builder(world.backend.clone())
            .clock(world.clock.clone())
            .lifecycle(Kind::DATASET, endless)
            .build();
        assert_eq!(other.sweep().await.unwrap(), 1, "{}", world.name);
        assert!(is_expired(&world, "s").await);
        assert_eq!(states.sweep().await.unwrap(), 300, "{}", world.name);
    }
}

/// Limits that came later are no reason to keep what is over, or what somebody wants to be rid of.
#[tokio::test]
async fn what_is_larger_than_it_may_be_ends_and_goes_all_the_same() {
    for world in worlds().await {
        let states = &world.states;
        let large = json!({"text": "x".repeat(2000)});
        for name in ["ends", "goes"] {
            let mut large = new(Kind::STORE, name, large.clone());
            large.metadata = json!({"text": "x".repeat(2000)});
            states.register(large, &ada()).await.unwrap();
        }
        let tight = Limits {
            data_bytes: 1000,
            metadata_bytes: 1000,
            ..Limits::default()
        };
        let tight = StateManager::builder(world.backend.clone())
            .clock(world.clock.clone())
            .limits(tight)
            .build();
        tight
            .delete(&adas(), &id("goes"), Expected::Any, &ada())
            .await
            .unwrap();
        world.clock.advance(HOUR);
        assert_eq!(tight.sweep().await.unwrap(), 1, "{}", world.name);
    }
}

/// Between the look at what is due and the end of what is in its scope a session may have been used.
#[tokio::test]
async fn a_session_that_goes_on_meanwhile_keeps_what_is_in_its_scope() {
    let (puppet, clock) = (Puppet::new(), ManualClock::new(Timestamp(0)));
    let clock = Arc::new(clock);
    let builder = StateManager::builder(puppet.clone()).clock(clock.clone());
    let states = builder.build();
    let scope = Scope::Session("ab12".into());
    for (kind, name, ttl) in [
        (Kind::SESSION, "session", Ttl::For(HOUR)),
        (Kind::STORE, "filters", Ttl::Never),
    ] {
        let new = New {
            scope: scope.clone(),
            ..new(kind, name, json!({})).with_ttl(ttl)
        };
        states.register(new, &ada()).await.unwrap();
    }
    clock.advance(HOUR);
    puppet.before_scan(|inner| {
        Box::pin(async move {
            let clock = Arc::new(ManualClock::new(Timestamp(0)));
            let other = StateManager::builder(inner).clock(clock).build();
            let used = New {
                scope: Scope::Session("ab12".into()),
                ..new(Kind::SESSION, "session", json!({"n": 1})).with_ttl(Ttl::For(2 * HOUR))
            };
            other.put(used, Expected::Any, &ada()).await.unwrap();
        })
    });
    assert_eq!(states.sweep().await.unwrap(), 0);
    let filters = states.get(&scope, &id("filters")).await.unwrap();
    assert_eq!(filters.unwrap().status, Status::ACTIVE);
}
