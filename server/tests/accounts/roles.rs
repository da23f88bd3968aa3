//! What roles allow, decided at the engine's door; without accounts nothing is different.

use app::people::Role;
use axum::http::StatusCode;
use holdfast::StateId;
use serde_json::{Value, json};

use super::{House, me, write};
use crate::helpers::left_incoming;

#[tokio::test]
async fn a_viewer_filters_and_imports_nothing_and_an_analyst_does_both() {
    let house = House::new().await;
    for (email, role, imported) in [
        ("eve@lab.org", Role::Viewer, StatusCode::FORBIDDEN),
        ("ada@lab.org", Role::Analyst, StatusCode::OK),
    ] {
        house.account(email, "P", role).await;
        let mut browser = house.logged_in(email).await;
        assert_eq!(
            write(&browser, "query.consolidate_baseline", json!(true), 0)
                .await
                .status,
            StatusCode::OK
        );
        assert!(browser.get("/").await.status.is_success());
        let answer = browser.upload("mine.csv", "id,x\n1,2\n").await;
        assert_eq!(answer.status, imported, "{role}: {}", answer.text());
        if imported == StatusCode::FORBIDDEN {
            assert!(
                answer.text().contains("the role viewer does not allow"),
                "{}",
                answer.text()
            );
            // It is refused before any of it is received: what is sent here is no table at all.
            for path in [
                "/data/upload?name=a.csv",
                "/simulations/table?name=a.csv",
                "/simulations/import?name=a.zip",
                "/api/v1/tables?name=a.csv",
            ] {
                let kind = "application/octet-stream";
                let answer = browser.post(path, kind, "").await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn who_may_not_have_tables_or_runs_leaves_no_file_behind() {
    let house = House::new().await;
    house.account("eve@lab.org", "P", Role::Viewer).await;
    let mut eve = house.logged_in("eve@lab.org").await;
    let folder = house.app.folder.path();
    let count = |name: &str| std::fs::read_dir(folder.join(name)).unwrap().count();
    let files = || count("data/tables") + count("data/results") + left_incoming(folder);
    let before = files();
    for path in [
        "/api/v1/tables?name=mine.csv",
        "/simulations/table?name=mine.csv",
        "/simulations/import?name=mine.zip",
        "/data/upload?name=mine.csv",
    ] {
        let refused = eve
            .post(path, "application/octet-stream", "id,x\n1,2\n")
            .await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{path}: {}",
            refused.text()
        );
    }
    let spec = json!({"spec": {"selection": {"labs": ["bili"]}}});
    let refused = eve.call("merge_tables", spec).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    assert_eq!(files(), before);
}

#[tokio::test]
async fn a_feature_is_switched_by_administrators_only_once_there_are_accounts() {
    let house = House::new().await;
    let guest = house.app.visitor().await;
    let flag = "feature.parquet-download";
    let switch =
        |is_on: bool, version: u64| json!({"id": flag, "is_on": is_on, "version": version});
    assert_eq!(
        guest.call("switch_flag", switch(false, 2)).await.status,
        StatusCode::OK,
        "as ever"
    );
    for role in Role::ALL {
        house.account(&format!("{role}@lab.org"), "P", role).await;
    }
    let refused = guest.call("switch_flag", switch(true, 3)).await;
    assert_eq!(
        (refused.status, refused.error()),
        (StatusCode::FORBIDDEN, "forbidden".into())
    );
    assert_eq!(
        guest.call("list_flags", json!({})).await.json()["may_change"],
        json!(false)
    );
    for role in [Role::Viewer, Role::Analyst, Role::Editor] {
        let browser = house.logged_in(&format!("{role}@lab.org")).await;
        let refused = browser.call("switch_flag", switch(true, 3)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role}");
        assert_eq!(
            browser.call("list_flags", json!({})).await.json()["may_change"],
            json!(false)
        );
    }
    let admin = house.logged_in("admin@lab.org").await;
    assert_eq!(
        admin.call("list_flags", json!({})).await.json()["may_change"],
        json!(true)
    );
    assert_eq!(
        admin.call("switch_flag", switch(true, 3)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_for_the_next_request() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Admin).await;
    let bob = house.account("bob@lab.org", "Bob", Role::Admin).await;
    let (ada, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    let users = ada.call("get_account", json!({})).await.json()["users"].clone();
    let row = users
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["id"] == bob.id.as_str())
        .unwrap()
        .clone();
    let stale = json!({"id": bob.id, "role": "viewer", "version": 1});
    assert_eq!(
        ada.call("change_role", stale).await.status,
        StatusCode::CONFLICT
    );
    let change = json!({"id": bob.id, "role": "viewer", "version": row["version"]});
    assert_eq!(ada.call("change_role", change).await.status, StatusCode::OK);
    assert_eq!(me(&bobs).await["role"], "viewer");
    for (function, input) in [
        (
            "change_role",
            json!({"id": bob.id, "role": "admin", "version": 4}),
        ),
        (
            "suspend_user",
            json!({"id": bob.id, "is_suspended": false, "version": 4}),
        ),
        ("end_logins_of", json!({"id": bob.id})),
        ("remove_factor", json!({"id": bob.id, "version": 4})),
        ("invite", json!({"role": "admin"})),
    ] {
        let refused = bobs.call(function, input).await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{function}: {}",
            refused.text()
        );
    }
    assert_eq!(
        bobs.call("get_account", json!({})).await.json()["users"],
        Value::Null
    );
}

#[tokio::test]
async fn who_is_suspended_is_out_at_once_and_back_when_resumed() {
    let house = House::new().await;
    house.account("ada@lab.org", "Ada", Role::Admin).await;
    let bob = house.account("bob@lab.org", "Bob", Role::Analyst).await;
    let (ada, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    let suspend = |is_suspended: bool, version: u64| json!({"id": bob.id, "is_suspended": is_suspended, "version": version});
    assert_eq!(
        ada.call("suspend_user", suspend(true, 2)).await.status,
        StatusCode::OK
    );
    assert_eq!(me(&bobs).await, Value::Null);
    assert_eq!(house.people.logins().of(&bob.id).await, Ok(Vec::new()));
    assert_eq!(
        write(&bobs, "study.name", json!("x"), 0).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        ada.call("suspend_user", suspend(false, 3)).await.status,
        StatusCode::OK
    );
    assert_eq!(me(&bobs).await, Value::Null, "an ended login stays ended");
    house.logged_in("bob@lab.org").await;
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let house = House::new().await;
    let ada = house.account("ada@lab.org", "Ada", Role::Admin).await;
    let browser = house.logged_in("ada@lab.org").await;
    let change = browser
        .call(
            "change_role",
            json!({"id": ada.id, "role": "viewer", "version": 2}),
        )
        .await;
    assert_eq!(change.status, StatusCode::BAD_REQUEST);
    let suspend = browser
        .call(
            "suspend_user",
            json!({"id": ada.id, "is_suspended": true, "version": 2}),
        )
        .await;
    assert_eq!(suspend.status, StatusCode::BAD_REQUEST);
    assert_eq!(me(&browser).await["role"], "admin");
}

#[tokio::test]
async fn the_log_knows_who_changed_a_role() {
    let house = House::new().await;
    let ada = house.account("ada@lab.org", "Ada", Role::Admin).await;
    let bob = house.account("bob@lab.org", "Bob", Role::Viewer).await;
    let browser = house.logged_in("ada@lab.org").await;
    browser
        .call(
            "change_role",
            json!({"id": bob.id, "role": "editor", "version": 2}),
        )
        .await;
    let settings = server::Settings {
        data_dir: house.app.folder.path().join("data"),
        ..Default::default()
    };
    let states = server::application::states(&settings, house.clock.clone())
        .await
        .unwrap();
    let history = states
        .history(
            &app::people::people(),
            &StateId::new(bob.id.as_str()),
            Default::default(),
        )
        .await
        .unwrap();
    let told: Vec<_> = history
        .iter()
        .rev()
        .map(|change| (change.transition.to_string(), change.actor.name.clone()))
        .collect();
    let expected = [
        ("create", "accounts".to_owned()),
        ("activate", "accounts".to_owned()),
        ("update", ada.actor_name()),
    ];
    assert_eq!(
        told,
        expected.map(|(transition, actor)| (transition.to_owned(), actor))
    );
}
