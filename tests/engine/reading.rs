//! Lists and histories, page by page.

use futures::StreamExt;
use holdfast::{
    Expected, HistoryQuery, Ids, Kind, ManualClock, New, Query, Revision, Timestamp, UuidV7,
    Version, backend::Queues, trail::TrailQuery,
};
use serde_json::json;

use std::{sync::Arc, time::Duration};

use crate::support::{ada, adas, id, new, store, worlds, worlds_with};

#[tokio::test]
async fn a_list_is_by_id_of_one_kind_and_without_what_is_deleted_or_over() {
    for world in worlds().await {
        let states = &world.states;
        for n in 0..30 {
            let ttl = if n % 3 == 0 {
                holdfast::Ttl::For(Duration::from_secs(1))
            } else {
                holdfast::Ttl::Never
            };
            states
                .register(store(&format!("s{n:02}")).with_ttl(ttl), &ada())
                .await
                .unwrap();
        }
        states
            .register(new(Kind::USER, "u", json!({})), &ada())
            .await
            .unwrap();
        states
            .delete(&adas(), &id("s01"), Expected::Any, &ada())
            .await
            .unwrap();
        world.clock.advance(Duration::from_secs(2));
        let mut found = Vec::new();
        loop {
            let after = found.last().cloned();
            let page = states
                .list(&adas(), Some(&Kind::STORE), after.as_ref(), 7)
                .await
                .unwrap();
            found.extend(page.iter().map(|state| state.id.clone()));
            if page.len() < 7 {
                break;
            }
        }
        let expected: Vec<_> = (2..30)
            .filter(|n| n % 3 != 0)
            .map(|n| id(&format!("s{n:02}")))
            .collect();
        assert_eq!(found, expected, "{}", world.name);
        assert_eq!(
            states.list(&adas(), None, None, 100).await.unwrap().len(),
            expected.len() + 1
        );
    }
}

#[tokio::test]
async fn a_history_is_read_newest_first_and_in_pages() {
    for world in worlds().await {
        let states = &world.states;
        for n in 0..9 {
            let new = New {
                data: json!(n),
                ..store("s")
            };
            states.put(new, Expected::Any, &ada()).await.unwrap();
        }
        let page = async |last, before| {
            let query = HistoryQuery {
                before,
                ..HistoryQuery::last(last)
            };
            let page = states.history(&adas(), &id("s"), query).await.unwrap();
            page.iter()
                .map(|change| change.after.version.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(page(3, None).await, [9, 8, 7]);
        assert_eq!(page(3, Some(Version(7))).await, [6, 5, 4]);
        assert_eq!(page(9, Some(Version(3))).await, [2, 1]);
        assert_eq!(page(9, Some(Version(1))).await, [0; 0]);
    }
}

#[tokio::test]
async fn ids_come_from_the_given_clock_and_randomness() {
    use rand::{SeedableRng, rngs::StdRng};
    let seeded = || -> Arc<dyn Ids> {
        let clock = Arc::new(ManualClock::new(Timestamp(0x0190_0000_0000)));
        Arc::new(UuidV7::new(clock, StdRng::seed_from_u64(7)))
    };
    let expected = seeded();
    for world in worlds_with(|builder| builder.ids(seeded())).await {
        let made = world
            .states
            .register(
                New {
                    id: None,
                    ..store("s")
                },
                &ada(),
            )
            .await
            .unwrap();
        let text = made.id.to_string();
        assert!(text.starts_with("01900000-0000-7"), "{text}");
        if world.name == "memory" {
            assert_eq!(made.id, expected.next());
        }
    }
}

/// What a page of the log weighs is bounded, and whoever reads on or watches misses nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heavy_records_come_in_smaller_pages() {
    const STATES: u64 = 30;
    for world in worlds().await {
        let states = &world.states;
        let text = "x".repeat(600 * 1024);
        for n in 0..STATES {
            let heavy = new(Kind::STORE, &format!("s{n}"), json!({"text": text}));
            states.register(heavy, &ada()).await.unwrap();
        }
        let first = states.log(Revision(0), 1000).await.unwrap();
        let is_bounded = first.len() < STATES as usize || world.name.ends_with("memory");
        assert!(is_bounded && !first.is_empty(), "{}", world.name);
        let mut seen = Revision(0);
        while let Some(last) = states.log(seen, 1000).await.unwrap().last() {
            seen = last.revision;
        }
        assert_eq!(seen, Revision(STATES), "{}", world.name);
        let watched = states.watch(None, Revision(0)).take(STATES as usize);
        let watched: Vec<_> = watched.map(|it| it.unwrap().revision.0).collect().await;
        assert!(watched.into_iter().eq(1..=STATES), "{}", world.name);
        let trail = states.trail(&TrailQuery::default()).await.unwrap();
        assert_eq!(trail.changes.len() as u64, STATES, "{}", world.name);
        assert_eq!(
            states.verify().await.unwrap().findings,
            [],
            "{}",
            world.name
        );
    }
}

#[tokio::test]
async fn what_waits_is_told_where_something_ever_does() {
    for world in worlds().await {
        let states = &world.states;
        states.register(store("s"), &ada()).await.unwrap();
        states.search(&adas(), Query::default()).await.unwrap();
        let (has_writer, has_index) = match world.name {
            "memory" | "cache over memory" => (false, false),
            "redis" | "cache over redis" => (true, false),
            _ => (true, true),
        };
        let expected = Queues {
            writes: has_writer.then_some(0),
            search: has_index.then_some(0),
        };
        assert_eq!(states.queues().await.unwrap(), expected, "{}", world.name);
    }
}
