//! Searching beyond what the conformance suite says: random questions, damaged indexes, several servers.

mod files;
mod open_fields;
mod random;
mod servers;

use holdfast::{
    Error, Expected, Kind, Query, StateManager, Update,
    search::{COUNTED, Cursor, MAX_FILTER_BYTES, Total},
};
use serde_json::json;

use crate::support::{ada, adas, bobs, id, new, store, worlds};

/// The ids of what is found, in order.
pub async fn found(states: &StateManager, query: Query) -> Vec<String> {
    let page = states.search(&adas(), query).await.unwrap();
    page.states
        .iter()
        .map(|state| state.id.to_string())
        .collect()
}

pub fn all_with(filter: &str) -> Query {
    Query::default().filter(filter.parse().unwrap()).limit(1000)
}

#[tokio::test]
async fn a_cursor_belongs_to_its_query_and_its_scope() {
    for world in worlds().await {
        let states = &world.states;
        for n in 0..5 {
            states
                .register(store(&format!("s{n}")), &ada())
                .await
                .unwrap();
        }
        let query = Query::default().limit(2);
        let next = states
            .search(&adas(), query.clone())
            .await
            .unwrap()
            .next
            .unwrap();
        let refused = [
            (adas(), all_with("data.n = 0").after(next.clone())),
            (adas(), query.clone().text("s").after(next.clone())),
            (
                adas(),
                query
                    .clone()
                    .sort("name".parse().unwrap())
                    .after(next.clone()),
            ),
            (bobs(), query.clone().after(next.clone())),
        ];
        for (scope, query) in refused {
            let refused = states.search(&scope, query).await;
            assert!(
                matches!(refused, Err(Error::Invalid { ref path, .. }) if path == "after"),
                "{}",
                world.name
            );
        }
        let again: Cursor = next.to_string().parse().unwrap();
        // Another number of states on the page is the same query.
        assert_eq!(
            found(states, query.limit(9).after(again)).await,
            ["s2", "s1", "s0"],
            "{}",
            world.name
        );
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_and_named() {
    let world = worlds().await.swap_remove(0);
    let search = async |query| match world.states.search(&adas(), query).await {
        Err(Error::Invalid { path, .. }) => path,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        search(Query::default().text("x".repeat(1025))).await,
        "text"
    );
    let mut many = Query::default();
    for n in 0..257 {
        many = many.filter(format!("data.x != {n}").parse().unwrap());
    }
    assert_eq!(search(many).await, "filters");
    let long = format!("data.x = \"{}\"", "x".repeat(MAX_FILTER_BYTES));
    assert!(long.parse::<holdfast::search::Filter>().is_err());
}

/// What is found first without the kind is not the answer once others have it too.
#[tokio::test]
async fn a_kind_beside_one_condition_or_word_is_the_only_one() {
    for world in worlds().await {
        if world.name.contains("sealed") {
            continue;
        }
        let states = &world.states;
        let register = async |kind: Kind, name: &str| {
            let state = new(kind, name, json!({"site": "north", "note": "low tide"}));
            states.register(state, &ada()).await.unwrap();
        };
        let find = async |kind: &Kind| {
            let query = Query::default().kind(kind);
            let with_field = query
                .clone()
                .filter(r#"data.site = "north""#.parse().unwrap());
            let by_field = found(states, with_field.clone()).await;
            let by_name = found(states, with_field.sort("name".parse().unwrap())).await;
            assert_eq!(
                found(states, query.text("tide")).await,
                by_field,
                "{}",
                world.name
            );
            (by_field, by_name)
        };
        register(Kind::STORE, "a").await;
        register(Kind::STORE, "b").await;
        let (by_field, by_name) = find(&Kind::STORE).await;
        assert_eq!(by_field, ["b", "a"], "{}", world.name);
        assert_eq!(by_name, ["a", "b"], "{}", world.name);
        assert!(find(&Kind::USER).await.0.is_empty());
        register(Kind::USER, "c").await;
        let (by_field, by_name) = find(&Kind::STORE).await;
        assert_eq!(by_field, ["b", "a"], "{}", world.name);
        assert_eq!(by_name, ["a", "b"], "{}", world.name);
        assert_eq!(find(&Kind::USER).await.0, ["c"]);
        let both = Query::default().kind(&Kind::STORE).kind(&Kind::USER);
        assert!(found(states, both).await.is_empty());
    }
}

#[tokio::test]
async fn lifecycles_decide_what_is_over() {
    for world in worlds().await {
        let states = &world.states;
        let short = |name: &str| new(holdfast::Kind::STORE, name, json!({"n": 1}));
        let soon = holdfast::Ttl::For(std::time::Duration::from_secs(5));
        states
            .register(short("short").with_ttl(soon), &ada())
            .await
            .unwrap();
        states.register(short("long"), &ada()).await.unwrap();
        if world.name.contains("sealed") {
            let none = found(states, all_with("data.n = 1")).await;
            assert!(none.is_empty(), "what is sealed is not found by its data");
            continue;
        }
        assert_eq!(
            found(states, all_with("data.n = 1")).await,
            ["long", "short"],
            "{}",
            world.name
        );
        world.clock.advance(std::time::Duration::from_secs(6));
        assert_eq!(
            found(states, all_with("data.n = 1")).await,
            ["long"],
            "{}",
            world.name
        );
        states.sweep().await.unwrap();
        assert_eq!(
            found(states, all_with("data.n = 1")).await,
            ["long"],
            "{}",
            world.name
        );
    }
}

/// A total may be remembered, but never longer than it is right.
#[tokio::test]
async fn a_total_follows_what_is_written_and_what_ends() {
    for world in worlds().await {
        if world.name.contains("sealed") {
            continue;
        }
        let states = &world.states;
        let total = async |limit| {
            let query = all_with("data.site = \"north\"").limit(limit);
            let page = states.search(&adas(), query).await.unwrap();
            assert!(page.states.len() <= limit);
            page.total
        };
        let register = async |name: &str, site: &str| {
            let state = new(Kind::STORE, name, json!({ "site": site }));
            let soon = holdfast::Ttl::For(std::time::Duration::from_secs(5));
            let ends = name.starts_with("short");
            let state = if ends { state.with_ttl(soon) } else { state };
            states.register(state, &ada()).await.unwrap();
        };
        for n in 0..4 {
            register(&format!("north{n}"), "north").await;
            register(&format!("south{n}"), "south").await;
        }
        for limit in [2, 0, 9, 2] {
            assert_eq!(total(limit).await, Total::Exact(4), "{}", world.name);
        }
        register("short", "north").await;
        for limit in [0, 2, 2] {
            assert_eq!(total(limit).await, Total::Exact(5), "{}", world.name);
        }
        world.clock.advance(std::time::Duration::from_secs(6));
        for limit in [2, 2, 0] {
            assert_eq!(total(limit).await, Total::Exact(4), "{}", world.name);
        }
        let moved = Update::Replace(json!({"site": "south"}));
        states
            .update(&adas(), &id("north1"), moved, Expected::Any, &ada())
            .await
            .unwrap();
        for limit in [2, 0] {
            assert_eq!(total(limit).await, Total::Exact(3), "{}", world.name);
        }
    }
}

#[test]
fn a_page_may_be_larger_than_what_is_counted() {
    assert!(COUNTED < holdfast::log::MAX_PAGE as u64);
}
