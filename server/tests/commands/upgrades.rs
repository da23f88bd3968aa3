//! States that an older program wrote are brought into today's shape at the terminal.

use std::{path::Path, sync::Arc};

use holdfast::{Actor, New, Scope, StateId, StateManager, backend::Sqlite};
use serde_json::{Value, json};
use workbench::simulation::runs::{SIMULATION, kinds};

use super::{holdfast, lines};

/// Runs as they were kept before there was a second version: its engine has no upcaster.
async fn older_runs_in(folder: &Path, runs: &[(&str, Value)]) {
    std::fs::create_dir(folder.join("data")).unwrap();
    let file = Sqlite::open(folder.join("data/holdfast.db")).await.unwrap();
    let [(kind, lifecycle)] = kinds();
    let states = StateManager::builder(Arc::new(file)).lifecycle(kind, lifecycle);
    let states = states.build();
    for (id, data) in runs {
        let new = New::of(SIMULATION, *id, Scope::Shared, data.clone());
        let new = new.with_id(StateId::new(*id));
        states.register(new, &Actor::system()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_states_come_into_todays_shape_after_a_dry_run_that_says_which_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (json!({"seed": 7}), json!("no object"));
    let runs = [("heron", good.clone()), ("lantern", good), ("broken", bad)];
    older_runs_in(folder.path(), &runs).await;
    let run = |arguments: &[&str]| holdfast(folder.path(), arguments);
    let stored = || {
        let (code, text, why) = run(&["state", "history", "heron", "--json"]);
        assert_eq!(code, 0, "{why}");
        lines(&text).remove(0)["state"]["schema_version"].clone()
    };
    let report = |is_dry: bool, changed: u32| {
        json!({
            "is_dry": is_dry, "kind": "simulation", "version": 2, "examined": 3, "changed": changed, "failed": 1,
        })
    };
    let (code, text, why) = run(&["upgrade-states", "--dry-run", "--json"]);
    assert_eq!(code, 1, "{text}");
    assert!(why.contains("1 states cannot be brought"), "{why}");
    let told = lines(&text);
    assert_eq!(
        (&told[0]["id"], &told[0]["scope"]),
        (&json!("broken"), &json!("shared"))
    );
    assert_eq!(told[1], report(true, 2));
    assert_eq!(stored(), 1, "a dry run writes nothing");

    let (code, text, _) = run(&["upgrade-states", "--kind", "simulation", "--json"]);
    assert_eq!((code, &lines(&text)[1]), (1, &report(false, 2)));
    assert_eq!(stored(), 2);
    assert_eq!(run(&["state", "transition", "broken", "delete"]).0, 0);
    let (code, text, why) = run(&["upgrade-states"]);
    assert_eq!(code, 0, "{why}");
    assert!(
        text.contains("2 states looked at; 0 were brought"),
        "{text}"
    );
    let (code, _, why) = run(&["upgrade-states", "--kind", "store"]);
    assert_eq!(code, 3, "{why}");
    assert!(why.contains("those that have: simulation"), "{why}");
}
