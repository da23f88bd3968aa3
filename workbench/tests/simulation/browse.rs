//! The registry: found by any word, counted by facet, in any order, always with the newest change.

use std::time::Duration;

use holdfast::{Expected, New, Scope, StateId, Transition};
use serde_json::{Value, json};
use workbench::simulation::{
    Amendment, RunStatus,
    registry::{Browse, Browsed, SortBy},
    runs::SIMULATION,
};

use super::runs::{Bench, ada, bench, by};

/// A record as the first version wrote it.
const OLDER: &str = include_str!("older_record.json");

/// Registers a completed run without simulating it.
async fn put(b: &Bench, id: &str, name: &str, tags: &[&str], change: impl FnOnce(&mut Value)) {
    let mut data: Value = serde_json::from_str(OLDER).unwrap();
    data["trial"] = Value::Null;
    data["carried"] = Value::Null;
    change(&mut data);
    let new = New {
        metadata: json!({"tags": tags, "notes": "for the Köln meeting", "pinned": false}),
        ..New::of(SIMULATION, name, ada().scope, data)
    };
    let mut writes = b.states.transaction(&ada().actor);
    writes
        .register(new.with_id(StateId::new(id)))
        .await
        .unwrap();
    let (scope, id) = (ada().scope, StateId::new(id));
    let step = Transition::ACTIVATE;
    writes
        .transition(&scope, &id, step, Expected::Any)
        .await
        .unwrap();
    writes.commit().await.unwrap();
    b.clock.advance(Duration::from_secs(1));
}

async fn browse(b: &Bench, asked: &Browse) -> Browsed {
    b.runs.browse(&ada(), asked, 0, 50).await.unwrap()
}

fn names(found: &Browsed) -> Vec<&str> {
    found.rows.iter().map(|row| row.name.as_str()).collect()
}

fn facets(facets: &[workbench::simulation::registry::Facet]) -> Vec<(&str, u64)> {
    let pair = |facet: &workbench::simulation::registry::Facet| facet.count;
    facets
        .iter()
        .map(|it| (it.value.as_str(), pair(it)))
        .collect()
}

#[tokio::test]
async fn runs_are_found_by_any_word_counted_by_facet_and_ordered() {
    let b = bench().await;
    put(&b, "sim_a", "run 10", &["nhs", "base"], |_| {}).await;
    put(&b, "sim_b", "run 9", &["nhs"], |it| {
        it["patients"] = 500.into();
        it["protocol_name"] = "Fixed 8 wk".into();
        it["result"]["bytes"] = 9_000_000.into();
    })
    .await;
    put(&b, "sim_c", "other", &[], |it| {
        it["model"] = "reactive".into();
        it["seed"] = 20_261_121.into();
    })
    .await;
    let all = browse(&b, &Browse::default()).await;
    assert_eq!(
        (names(&all), all.total, all.all),
        (vec!["other", "run 9", "run 10"], 3, 3)
    );
    assert_eq!(facets(&all.tags), [("nhs", 2), ("base", 1)]);
    assert_eq!(
        facets(&all.models),
        [("treat_and_extend", 2), ("reactive", 1)]
    );
    assert_eq!(facets(&all.statuses), [("completed", 3)]);
    let text = |text: &str| Browse {
        text: text.into(),
        ..Browse::default()
    };
    for (asked, found) in [
        ("NHS run", vec!["run 9", "run 10"]),
        ("köln 20261121", vec!["other"]),
        ("fixed", vec!["run 9"]),
        ("max_interval_days", vec!["other", "run 9", "run 10"]),
        ("nowhere", vec![]),
    ] {
        assert_eq!(names(&browse(&b, &text(asked)).await), found, "{asked}");
    }
    let sorted = |sort, is_ascending| Browse {
        sort,
        is_ascending,
        ..Browse::default()
    };
    let found = browse(&b, &sorted(SortBy::Name, true)).await;
    assert_eq!(names(&found), ["other", "run 9", "run 10"]);
    let found = browse(&b, &sorted(SortBy::Size, false)).await;
    assert_eq!(names(&found)[0], "run 9");
    let found = browse(&b, &sorted(SortBy::Patients, true)).await;
    assert_eq!(names(&found)[0], "run 10");
    let only = Browse {
        tags: vec!["nhs".into()],
        protocols: vec!["Fixed 8 wk".into(), "gone".into()],
        status: Some(RunStatus::Completed),
        ..Browse::default()
    };
    let found = browse(&b, &only).await;
    assert_eq!(names(&found), ["run 9"]);
    assert_eq!(
        facets(&found.tags),
        [("nhs", 1)],
        "counted among what was found"
    );
    let none = Browse {
        tags: vec!["never used".into()],
        ..Browse::default()
    };
    assert_eq!(browse(&b, &none).await.total, 0);
    let bob = by(Scope::User("bob".into()));
    let theirs = b
        .runs
        .browse(&bob, &Browse::default(), 0, 50)
        .await
        .unwrap();
    assert_eq!(theirs.all, 0);
}

#[tokio::test]
async fn each_change_is_there_at_once_and_pages_do_not_overlap() {
    let b = bench().await;
    for at in 0..25 {
        put(&b, &format!("sim_{at}"), &format!("run {at}"), &[], |_| {}).await;
    }
    let by_name = Browse {
        sort: SortBy::Name,
        is_ascending: true,
        ..Browse::default()
    };
    let mut seen = Vec::new();
    for offset in [0, 10, 20, 30] {
        let page = b.runs.browse(&ada(), &by_name, offset, 10).await.unwrap();
        assert_eq!(page.total, 25);
        seen.extend(page.rows.into_iter().map(|row| row.name));
    }
    let expected: Vec<String> = (0..25).map(|at| format!("run {at}")).collect();
    assert_eq!(seen, expected);

    let run = b.runs.get(&ada(), "sim_7").await.unwrap();
    let amendment = Amendment {
        name: "renamed".into(),
        tags: vec!["new".into()],
        notes: String::new(),
        is_pinned: true,
    };
    b.runs
        .amend(&ada(), "sim_7", run.version, &amendment)
        .await
        .unwrap();
    let found = browse(&b, &Browse::default()).await;
    assert_eq!(
        (found.rows[0].name.as_str(), found.rows[0].is_pinned),
        ("renamed", true)
    );
    assert_eq!(facets(&found.tags), [("new", 1)]);
    b.runs.delete(&ada(), "sim_7").await.unwrap();
    assert_eq!(browse(&b, &Browse::default()).await.total, 24);
    b.runs.restore(&ada(), "sim_7").await.unwrap_err();
}

#[tokio::test]
async fn a_run_kept_by_the_first_version_opens_in_todays_shape() {
    // Kept by a program that knew no second version: its engine has no upcaster.
    let b = super::runs::bench_of(|builder| builder).await;
    let data: Value = serde_json::from_str(OLDER).unwrap();
    assert!(data.get("trial").is_none());
    let new = New {
        metadata: json!({"tags": ["old"], "notes": "", "pinned": true}),
        ..New::of(SIMULATION, "kept long ago", ada().scope, data.clone())
    };
    b.states
        .register(new.with_id(StateId::new("sim_old")), &ada().actor)
        .await
        .unwrap();
    let state = b
        .states
        .get(&ada().scope, &StateId::new("sim_old"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(state.schema_version, 1);

    let today = b.reopened(workbench::simulation::runs::upcasted).await;
    let run = today.runs.get(&ada(), "sim_old").await.unwrap();
    assert_eq!((run.seed, run.trial, run.carried), (42, None, None));
    assert_eq!(run.result.unwrap().checksum, data["result"]["checksum"]);
    let found = browse(&today, &Browse::default()).await;
    assert_eq!(names(&found), ["kept long ago"]);
    // A change of it is written in today's shape.
    let amendment = Amendment {
        name: "kept".into(),
        tags: Vec::new(),
        notes: String::new(),
        is_pinned: false,
    };
    today
        .runs
        .amend(&ada(), "sim_old", run.version, &amendment)
        .await
        .unwrap();
    let state = today
        .states
        .get(&ada().scope, &StateId::new("sim_old"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(state.schema_version, 2);
}
