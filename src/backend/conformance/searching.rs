//! What is found is the same everywhere: `search` says what that is.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};

use super::{Shared, Write, ada, applied, bob, stored, tombstone, write};
use crate::{
    Kind, ManualClock, Scope, State, StateManager, Status, Timestamp,
    search::{COUNTED, Page, Query, Total},
};

fn engine(backend: &Shared) -> StateManager {
    let clock = Arc::new(ManualClock::new(Timestamp(10_000)));
    StateManager::builder(Arc::clone(backend))
        .clock(clock)
        .build()
}

async fn found(backend: &Shared, scope: &Scope, query: Query) -> Page {
    engine(backend).search(scope, query).await.unwrap()
}

fn ids(page: &Page) -> Vec<&str> {
    page.states.iter().map(|state| state.id.as_str()).collect()
}

async fn found_by(backend: &Shared, filter: &str) -> Vec<String> {
    let query = Query::default()
        .filter(filter.parse().unwrap())
        .sort("id".parse().unwrap());
    let page = found(backend, &ada(), query).await;
    assert_eq!(
        page.total,
        Total::Exact(page.states.len() as u64),
        "{filter}"
    );
    ids(&page).into_iter().map(str::to_owned).collect()
}

/// A first version that differs from the usual one.
fn new(id: &str, data: Value, change: impl FnOnce(&mut State)) -> Write {
    let mut write = write(&ada(), id, None, data);
    let mut state = State::clone(&write.after);
    change(&mut state);
    write.after = Arc::new(state);
    write
}

/// One of each kind of condition, on what an index knows and on what it does not.
pub async fn filters_find_exactly_what_matches(backend: Shared) {
    let batch = vec![
        new(
            "a",
            json!({"age": 50, "site": "x", "on": true, "note": "one two"}),
            |_| {},
        ),
        new(
            "b",
            json!({"age": 50.5, "site": ["x", "y"], "on": null}),
            |state| state.kind = Kind::USER,
        ),
        new(
            "c",
            json!({"age": "50", "address": {"city": "Köln"}}),
            |state| state.status = Status::SUSPENDED,
        ),
        new("d", json!([{"age": 7}, {"age": 70}]), |state| {
            state.metadata = json!({"tags": ["c"]})
        }),
        new("e", Value::Null, |state| state.metadata = Value::Null),
    ];
    applied(&backend, batch).await;
    let cases: [(&str, &[&str]); 22] = [
        ("data.age = 50", &["a"]),
        ("data.age = 50.0", &["a"]),
        ("data.age != 50", &["b", "c", "d", "e"]),
        ("data.age >= 50", &["a", "b", "d"]),
        ("data.age < 50", &["d"]),
        ("data.age > \"4\"", &["c"]),
        ("data.site = \"x\"", &["a", "b"]),
        ("data.site in [\"y\", \"z\", 50]", &["b"]),
        ("data.on = true", &["a"]),
        ("data.on = null", &["b"]),
        ("data.address.city prefix \"Kö\"", &["c"]),
        ("data.note contains \"e t\"", &["a"]),
        ("exists data.on", &["a", "b"]),
        ("exists data.address", &["c"]),
        ("metadata.tags = \"a\"", &["a", "b", "c"]),
        ("metadata.tags != \"a\"", &["d", "e"]),
        ("kind = \"user\"", &["b"]),
        ("status = \"suspended\"", &["c"]),
        ("name = \"the state d\"", &["d"]),
        ("id in [\"a\", \"e\", \"z\"]", &["a", "e"]),
        ("version = 1", &["a", "b", "c", "d", "e"]),
        ("updated_at < 1", &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(found_by(&backend, filter).await, expected, "{filter}");
    }
    let both = Query::default()
        .kind(&Kind::STORE)
        .status(&Status::ACTIVE)
        .tag("a");
    assert_eq!(ids(&found(&backend, &ada(), both).await), ["a"]);
    let none = Query::default()
        .filter("data.age = 50".parse().unwrap())
        .filter("data.on != true".parse().unwrap());
    assert_eq!(found(&backend, &ada(), none).await.total, Total::Exact(0));
}

/// Words are the same everywhere, however long and in whatever script.
pub async fn text_finds_words_without_case_and_accents(backend: Shared) {
    let long = "Donaudampfschifffahrt".repeat(5);
    let batch = vec![
        new(
            "a",
            json!({"note": "Größe und GEWICHT", "list": ["eins", {"x": "東京"}]}),
            |_| {},
        ),
        new(
            "b",
            json!({"note": format!("{long}A gewichtig")}),
            |state| state.name = "Ångström".into(),
        ),
        new(
            "c",
            json!({"note": format!("{long}B"), "gewicht": 1}),
            |state| state.metadata = json!({"by": "o'Neill \"x\" * AND"}),
        ),
    ];
    applied(&backend, batch).await;
    let (long_a, long_b) = (format!("{long}a"), format!("{long}b und"));
    let cases: [(&str, &[&str]); 17] = [
        ("grosse", &["a"]),
        ("gewicht", &["b", "a"]),
        ("gewicht und", &["a"]),
        ("GEWICHT grö", &["a"]),
        ("angs", &["b"]),
        ("an", &[]),
        ("京", &["a"]),
        ("state", &["c", "a"]),
        ("neill and", &["c"]),
        ("x", &["c"]),
        ("\"*(:", &["c", "b", "a"]),
        ("eins -- zwei", &[]),
        ("Größe OR neill", &[]),
        (&long, &["c", "b"]),
        (&long_a, &["b"]),
        (&long_b, &[]),
        ("note", &[]),
    ];
    for (text, expected) in cases {
        let page = found(&backend, &ada(), Query::default().text(text)).await;
        assert_eq!(ids(&page), expected, "{text}");
        assert_eq!(page.total, Total::Exact(expected.len() as u64), "{text}");
    }
}

/// Whoever wrote finds what was written, and not what it was before.
pub async fn a_search_sees_every_write_before_it(backend: Shared) {
    let query = |n: u64| Query::default().filter(format!("data.n = {n}").parse().unwrap());
    let mut state = stored(&backend, write(&ada(), "a", None, json!({"n": 0}))).await;
    for n in 1..30 {
        state = stored(&backend, write(&ada(), "a", Some(&state), json!({"n": n}))).await;
        let page = found(&backend, &ada(), query(n)).await;
        assert_eq!(page.states, std::slice::from_ref(&state), "{n}");
        assert_eq!(
            found(&backend, &ada(), query(n - 1)).await.total,
            Total::Exact(0),
            "{n}"
        );
    }
    stored(&backend, tombstone(&state)).await;
    assert_eq!(
        found(&backend, &ada(), Query::default()).await.total,
        Total::Exact(0)
    );
}

/// What a reader cannot read is not found either.
pub async fn what_is_deleted_expired_sealed_or_anothers_is_never_found(backend: Shared) {
    let ends = |at: i64| move |state: &mut State| state.expires_at = Some(Timestamp(at));
    let word = || json!({"secret": "word"});
    let gone = stored(&backend, new("gone", word(), |_| {})).await;
    stored(&backend, tombstone(&gone)).await;
    stored(&backend, write(&bob(), "his", None, word())).await;
    let batch = vec![
        new("over", word(), ends(10_000)),
        new("lives", word(), ends(10_001)),
        new("ended", word(), |state| state.status = Status::EXPIRED),
        // A completed transaction has no end.
        new("done", word(), |state| {
            state.kind = Kind::TRANSACTION;
            state.status = Status::COMPLETED;
            state.expires_at = Some(Timestamp(1));
        }),
        new(
            "sealed",
            json!({"$sealed": "word", "secret": "word"}),
            |_| {},
        ),
        new(
            "partly",
            json!({"secret": {"$sealed": "word"}, "open": 1}),
            |_| {},
        ),
    ];
    applied(&backend, batch).await;
    for query in [
        Query::default().text("word"),
        Query::default().filter("data.secret = \"word\"".parse().unwrap()),
    ] {
        let page = found(&backend, &ada(), query).await;
        assert_eq!(
            (ids(&page), page.total),
            (vec!["done", "lives"], Total::Exact(2))
        );
    }
    assert_eq!(
        found_by(&backend, "exists data.secret").await,
        ["done", "lives"]
    );
    assert_eq!(
        found_by(&backend, "data.secret != \"word\"").await,
        ["partly", "sealed"]
    );
    assert_eq!(
        found(&backend, &Scope::Shared, Query::default())
            .await
            .total,
        Total::Exact(0)
    );
}

/// Every order, every page, forwards and backwards.
pub async fn pages_follow_each_other_in_every_order(backend: Shared) {
    let batch = (0..40).map(|n: i64| {
        let data = if n % 5 == 0 {
            json!({})
        } else {
            json!({"x": n % 3, "deep": {"y": format!("{:02}", n % 7)}})
        };
        new(&format!("s{:02}", (n * 7) % 40), data, |state| {
            state.name = format!("Name {}", n % 4);
            state.created_at = Timestamp(n % 6 - 3);
        })
    });
    applied(&backend, batch.collect()).await;
    for order in [
        "updated_at",
        "name",
        "created_at",
        "data.x",
        "data.deep.y",
        "id",
        "data.missing",
    ] {
        let mut ways: Vec<Vec<String>> = Vec::new();
        for order in [order.to_owned(), format!("-{order}")] {
            let whole = found(
                &backend,
                &ada(),
                Query::default().sort(order.parse().unwrap()).limit(100),
            )
            .await;
            let mut paged = Vec::new();
            let mut query = Query::default().sort(order.parse().unwrap()).limit(7);
            loop {
                let page = found(&backend, &ada(), query.clone()).await;
                assert_eq!(page.total, Total::Exact(40), "{order}");
                paged.extend(page.states);
                let Some(next) = page.next else { break };
                query = query.after(next.to_string().parse().unwrap());
            }
            assert_eq!(paged, whole.states, "{order}");
            ways.push(ids(&whole).into_iter().map(str::to_owned).collect());
        }
        let [there, mut back] = <[Vec<String>; 2]>::try_from(ways).unwrap();
        assert_eq!(there.len(), 40, "{order}");
        if !order.starts_with("data") {
            back.reverse();
            assert_eq!(there, back, "{order}");
        }
    }
}

/// Exact up to the bound, and then said to be more.
pub async fn totals_are_exact_up_to_a_bound(backend: Shared) {
    let total = async |text: &str| {
        let query = Query::default().filter(text.parse().unwrap()).limit(0);
        let page = found(&backend, &ada(), query).await;
        assert_eq!((page.states.len(), page.next), (0, None));
        page.total
    };
    let more = async |from: u64, until: u64| {
        let batch = (from..until).map(|n| {
            new(
                &format!("s{n}"),
                json!({"n": n, "even": n % 2 == 0}),
                |_| {},
            )
        });
        applied(&backend, batch.collect()).await;
    };
    more(0, COUNTED).await;
    assert_eq!(total("data.even = true").await, Total::Exact(COUNTED / 2));
    assert_eq!(total("data.n >= 400").await, Total::Exact(COUNTED - 400));
    assert_eq!(total("exists data.n").await, Total::Exact(COUNTED));
    assert_eq!(total("data.n >= 0").await, Total::Exact(COUNTED));
    more(COUNTED, COUNTED + 1).await;
    assert_eq!(total("exists data.n").await, Total::AtLeast(COUNTED));
    assert_eq!(total("data.n >= 0").await, Total::AtLeast(COUNTED));
    more(COUNTED + 1, 2 * COUNTED).await;
    assert_eq!(total("data.even = true").await, Total::Exact(COUNTED));
    // These have to be looked at one by one, if there is an index that tells nothing of them.
    let few = total("data.n < 100").await;
    assert!(
        matches!(few, Total::Exact(100) | Total::AtLeast(0..100)),
        "{few:?}"
    );
}

/// A table or a long text in one state.
pub async fn large_states_are_found_like_others(backend: Shared) {
    let words: Vec<String> = (0..9000).map(|n| format!("word{n}")).collect();
    let batch = vec![
        new(
            "table",
            (0..9000).map(|n| json!({"n": n})).collect(),
            |_| {},
        ),
        new("text", json!({"note": words.join(" ")}), |_| {}),
        new(
            "keys",
            words
                .iter()
                .map(|word| (word.clone(), json!(1)))
                .collect::<Value>(),
            |_| {},
        ),
        new("small", json!({"n": 8999, "note": "word8999"}), |_| {}),
    ];
    applied(&backend, batch).await;
    assert_eq!(
        found_by(&backend, "data.n = 8999").await,
        ["small", "table"]
    );
    assert_eq!(found_by(&backend, "data.n != 8999").await, ["keys", "text"]);
    assert_eq!(found_by(&backend, "exists data.word8999").await, ["keys"]);
    let text = found(&backend, &ada(), Query::default().text("word0 word899")).await;
    assert_eq!((ids(&text), text.total), (vec!["text"], Total::Exact(1)));
}

/// What does not change while pages are read is on exactly one of them.
pub async fn pages_are_stable_while_others_write(backend: Shared) {
    let batch = (0..60).map(|n| new(&format!("still{n:02}"), json!({"n": n}), |_| {}));
    applied(&backend, batch.collect()).await;
    let mut moving = Vec::new();
    for n in 0..20 {
        moving.push(
            stored(
                &backend,
                new(&format!("moving{n:02}"), json!({"n": n}), |_| {}),
            )
            .await,
        );
    }
    for order in ["-updated_at", "updated_at", "name", "-created_at", "data.n"] {
        let mut met: Vec<String> = Vec::new();
        let mut query = Query::default().sort(order.parse().unwrap()).limit(9);
        loop {
            let scope = ada();
            let page = found(&backend, &scope, query.clone());
            let writes = moving.iter().map(|state| {
                stored(
                    &backend,
                    write(&ada(), state.id.as_str(), Some(state), json!({"n": 30})),
                )
            });
            let (page, written) = futures::join!(page, join_all(writes));
            moving = written;
            met.extend(page.states.iter().map(|state| state.id.to_string()));
            let Some(next) = page.next.filter(|_| met.len() < 500) else {
                break;
            };
            query = query.after(next);
        }
        let mut still: Vec<&String> = met.iter().filter(|id| id.starts_with("still")).collect();
        still.sort_unstable();
        let expected: Vec<String> = (0..60).map(|n| format!("still{n:02}")).collect();
        assert_eq!(still, expected.iter().collect::<Vec<_>>(), "{order}");
        if order == "-updated_at" {
            met.sort_unstable();
            let all = met.len();
            met.dedup();
            assert_eq!(met.len(), all, "newest first meets nothing twice");
        }
        if order == "updated_at" {
            assert!(met.len() < 600);
        }
    }
}
