//! What an error shows of the state that it is about.

use holdfast::{Expected, Kind, StateManager, Update, Version};
use serde_json::json;

use crate::support::{ada, adas, id, memory, new};

const NUMBER: &str = "4111 1111 1111 1111";

#[tokio::test]
async fn a_conflict_in_a_log_names_the_state_and_shows_nothing_of_its_data() {
    let (_folder, backend) = memory().await;
    let states = StateManager::builder(backend).build();
    let card = new(Kind::STORE, "card", json!({"number": NUMBER}));
    states.register(card, &ada()).await.unwrap();
    let name = |name: &str| Update::Merge(json!({ "name": name }));
    let (scope, card, by) = (adas(), id("card"), ada());
    let late = Expected::Version(Version(7));
    let alone = states.update(&scope, &card, name("a"), late, &by).await;
    let alone = alone.unwrap_err();
    let shown = "Conflict { id: StateId(\"card\"), expected: Version(Version(7)), current: Some(State { \
                 id: StateId(\"card\"), version: Version(1), status: Status(\"active\"), .. }) }";
    assert_eq!(format!("{alone:?}"), shown);

    let mut together = states.transaction(&by);
    let any = Expected::Any;
    together
        .update(&scope, &card, name("b"), any)
        .await
        .unwrap();
    let meanwhile = states.update(&scope, &card, name("c"), any, &by).await;
    meanwhile.unwrap();
    let together = together.commit().await.unwrap_err();
    let told = format!("{together:?} {together} {alone}");
    assert!(told.contains("version: Version(2)"), "{told}");
    assert!(!told.contains("4111") && !told.contains("data"), "{told}");
}
