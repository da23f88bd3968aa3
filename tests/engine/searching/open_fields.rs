//! A state with sensitive fields: what is open in it is found like anything else, what is sealed never is.

use std::{any::Any, sync::Arc};

use holdfast::{
    Expected, Kind, ManualClock, New, Query, StateManager, Timestamp, Update,
    backend::{Backend, Sealed, Sensitive},
};
use serde_json::{Value, json};

use super::{all_with, found};
use crate::support::{ada, adas, cached, id, master, memory, new, postgres, redis, sqlite};

type Made = (Box<dyn Any + Send>, Arc<dyn Backend>);

async fn sealed(name: &str, (guard, behind): Made) -> (String, Made) {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let fields = ["/card/number", "/notes/1", "/born"];
    let sensitive = Sensitive::default().fields(Kind::USER, fields).unwrap();
    let sealed = Sealed::open(behind, vec![master(1)], sensitive, clock).await;
    (name.to_owned(), (guard, Arc::new(sealed.unwrap())))
}

/// Sensitive fields on every backend, and behind a cache.
async fn worlds() -> Vec<(String, Made)> {
    fn made<G: Any + Send>((guard, backend): (G, Arc<dyn Backend>)) -> Made {
        (Box::new(guard), backend)
    }
    vec![
        sealed("memory", made(memory().await)).await,
        sealed("sqlite", made(sqlite().await)).await,
        sealed("postgres", made(postgres().await)).await,
        sealed("redis", made(redis().await)).await,
        sealed("cache over sqlite", made(cached(sqlite().await).await)).await,
    ]
}

fn user(name: &str, city: &str, number: &str) -> New {
    let data = json!({
        "city": city, "age": 50, "born": 1976, "card": {"number": number, "bank": "sea bank"},
        "notes": ["walks", "sleeps badly", "reads"],
    });
    new(Kind::USER, name, data)
}

async fn told(states: &StateManager, filter: &str) -> Vec<String> {
    found(states, all_with(filter).sort("name".parse().unwrap())).await
}

#[tokio::test]
async fn open_fields_are_found_and_sealed_ones_never_on_every_backend() {
    for (name, (_guard, backend)) in worlds().await {
        let states = StateManager::builder(backend).build();
        for user in [user("ada", "Köln", "4711"), user("bob", "Bonn", "4712")] {
            states.register(user, &ada()).await.unwrap();
        }
        let cases: [(&str, &[&str]); 16] = [
            ("data.city = \"Köln\"", &["ada"]),
            ("data.city prefix \"B\"", &["bob"]),
            ("data.card.bank = \"sea bank\"", &["ada", "bob"]),
            ("data.age >= 50", &["ada", "bob"]),
            ("exists data.card", &["ada", "bob"]),
            ("data.notes = \"reads\"", &["ada", "bob"]),
            ("data.notes contains \"sleeps\"", &[]),
            ("data.notes = null", &[]),
            ("data.card.number = \"4711\"", &[]),
            ("data.card.number prefix \"47\"", &[]),
            ("data.card.number = null", &[]),
            ("exists data.card.number", &[]),
            ("data.born > 0", &[]),
            ("data.born = null", &[]),
            ("exists data.\"$sealed\"", &[]),
            ("data.card.number != \"4711\"", &["ada", "bob"]),
        ];
        for (filter, expected) in cases {
            assert_eq!(told(&states, filter).await, expected, "{filter} on {name}");
        }
        let text = async |text: &str| found(&states, Query::default().text(text)).await;
        assert_eq!(text("koln walks").await, ["ada"], "{name}");
        for secret in ["4711", "badly", "default"] {
            assert!(text(secret).await.is_empty(), "{secret} on {name}");
        }
        // What is found is whole, and follows what is written.
        let page = states
            .search(&adas(), all_with("data.city = \"Köln\""))
            .await;
        assert_eq!(
            page.unwrap().states[0].data,
            user("ada", "Köln", "4711").data
        );
        let moved = Update::Merge(json!({"city": "Bonn", "born": null}));
        states
            .update(&adas(), &id("ada"), moved, Expected::Any, &ada())
            .await
            .unwrap();
        assert_eq!(told(&states, "data.city = \"Bonn\"").await, ["ada", "bob"]);
        assert!(told(&states, "data.city = \"Köln\"").await.is_empty());
        let replaced = Update::Replace(Value::from("nothing to be seen here"));
        states
            .update(&adas(), &id("bob"), replaced, Expected::Any, &ada())
            .await
            .unwrap();
        assert!(
            text("seen").await.is_empty(),
            "no object: all of it is sealed"
        );
        assert_eq!(told(&states, "data.city = \"Bonn\"").await, ["ada"]);
    }
}
