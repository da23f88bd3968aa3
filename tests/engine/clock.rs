//! Somebody sets the clock back: what was given in order stays in order, and nobody's time is lost.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures::StreamExt;
use holdfast::{
    Clock, Error, Expected, HistoryQuery, Ids, Kind, ManualClock, Revision, StateManager, Status,
    Timestamp, Ttl, Update, UuidV7, Version,
};
use serde_json::json;

use crate::callbacks::{Seen, put, subscribed, subscriber, until};
use crate::support::{ada, adas, id, new, store, worlds};

const HOUR: i64 = 3_600_000;

/// Where the clocks of `worlds` stand at first, and long before that.
const BEGIN: Timestamp = Timestamp(1_000_000);
const BACK: Timestamp = Timestamp(-24 * HOUR);

#[tokio::test]
async fn versions_and_the_log_stay_in_order_when_the_clock_is_set_back() {
    for world in worlds().await {
        let states = &world.states;
        let mut watching = states.watch(None, Revision(0));
        states.register(store("s"), &ada()).await.unwrap();
        for (n, now) in [Timestamp(-HOUR), Timestamp(-1), BEGIN, Timestamp(0)]
            .into_iter()
            .enumerate()
        {
            world.clock.set(now);
            let update = Update::Merge(json!({"n": n}));
            let expected = Expected::Version(Version(n as u64 + 1));
            let updated = states
                .update(&adas(), &id("s"), update, expected, &ada())
                .await;
            let updated = updated.unwrap();
            assert_eq!(
                (updated.updated_at, updated.created_at),
                (now, BEGIN),
                "{}",
                world.name
            );
            // A store lives an hour from its last update, whatever the clock said before.
            assert_eq!(updated.expires_at, Some(Timestamp(now.0 + HOUR)));
        }
        let history = states
            .history(&adas(), &id("s"), HistoryQuery::default())
            .await
            .unwrap();
        let versions: Vec<u64> = history
            .iter()
            .map(|change| change.after.version.0)
            .collect();
        assert_eq!(versions, [5, 4, 3, 2, 1], "{}", world.name);
        for revision in 1..=5 {
            let change = watching.next().await.unwrap().unwrap();
            let version = change.after.version;
            assert_eq!(
                (change.revision, version),
                (Revision(revision), Version(revision))
            );
            let then = states
                .at(&adas(), &id("s"), Revision(revision))
                .await
                .unwrap();
            assert_eq!(then.unwrap().version, version);
        }
        assert_eq!(
            states.verify().await.unwrap().findings,
            [],
            "{}",
            world.name
        );
    }
}

#[tokio::test]
async fn what_has_ended_stays_ended_and_what_lives_is_not_ended_early_by_a_clock_that_was_set_back()
{
    for world in worlds().await {
        let states = &world.states;
        let user = new(Kind::USER, "u", json!({})).with_ttl(Ttl::For(Duration::from_secs(60)));
        let user = states.register(user, &ada()).await.unwrap();
        for name in ["swept", "unswept"] {
            let brief = store(name).with_ttl(Ttl::For(Duration::from_secs(10)));
            states.register(brief, &ada()).await.unwrap();
            world.clock.advance(Duration::from_secs(10));
            if name == "swept" {
                assert_eq!(states.sweep().await.unwrap(), 1, "{}", world.name);
            }
        }
        world.clock.set(BACK);
        assert_eq!(states.sweep().await.unwrap(), 0, "{}", world.name);
        let swept = states.get(&adas(), &id("swept")).await;
        assert!(matches!(swept, Err(Error::Expired { .. })), "{swept:?}");
        // Nobody recorded its end, and its time is not over.
        let unswept = states.get(&adas(), &id("unswept")).await.unwrap().unwrap();
        assert_eq!(unswept.status, Status::ACTIVE);
        // A user's end is a date.
        let update = Update::Merge(json!({"seen": true}));
        let updated = states
            .update(&adas(), &id("u"), update, Expected::Any, &ada())
            .await;
        assert_eq!(updated.unwrap().expires_at, user.expires_at);
        // It ends when the clock is there again.
        world.clock.set(user.expires_at.unwrap());
        assert_eq!(states.sweep().await.unwrap(), 2, "{}", world.name);
        assert_eq!(
            states.verify().await.unwrap().findings,
            [],
            "{}",
            world.name
        );
    }
}

#[test]
fn ids_stay_different_when_the_clock_is_set_back() {
    let clock = Arc::new(ManualClock::new(BEGIN));
    let ids = UuidV7::seeded_by_system(clock.clone());
    let mut given = HashSet::new();
    for now in [
        BEGIN,
        BACK,
        Timestamp(0),
        Timestamp(i64::MIN),
        BEGIN,
        Timestamp(i64::MAX),
    ] {
        clock.set(now);
        assert_eq!(clock.now(), now);
        for _ in 0..1000 {
            assert!(given.insert(ids.next()), "at {now:?}");
        }
    }
}

/// A server whose clock was a day ahead took a lease of a day, and died of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_once_ahead_does_not_stop_a_subscriber() {
    for world in worlds().await {
        let ahead = Arc::new(ManualClock::new(Timestamp(BEGIN.0 + 24 * HOUR)));
        let other = StateManager::builder(world.backend.clone()).clock(ahead);
        let other = other.build();
        let (here, there) = (Seen::default(), Seen::default());
        let first = subscribed(&other, subscriber("s"), &there, |_| Ok(())).await;
        until(&first, |it| it.is_working).await;
        // As a crash does, this leaves the lease.
        drop(first);
        there.is_left().await;
        put(&world.states, "a", 1).await;
        let second = subscribed(&world.states, subscriber("s"), &here, |_| Ok(())).await;
        until(&second, |it| it.tally.handled == 1).await;
        assert_eq!(here.of("a"), [1], "{}", world.name);
    }
}
