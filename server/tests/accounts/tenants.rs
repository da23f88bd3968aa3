//! Tenants: two organisations on one server never see each other's people, shares, runs, flags, files or deeds.

use app::people::{Account, Joining, Post, Role, Tenant};
use axum::http::StatusCode;
use holdfast::{Actor, Expected};
use serde_json::{Value, json};

use super::{
    House, PASSWORD, me,
    sharing::{completed_run, share, shown, with_query},
};
use crate::helpers::Browser;

const LAB: &str = "lab";

/// Root administers the server; Ada and Bob are in the first tenant; Lena administers the lab, Lars works there.
async fn house() -> House {
    let house = House::new().await;
    house.account("root@all.org", "Root", Role::Admin).await;
    house
        .account("ada@one.org", "Ada Lovelace", Role::Editor)
        .await;
    house.account("bob@one.org", "Bob Ray", Role::Analyst).await;
    let lab = Tenant::parse(LAB).unwrap();
    house
        .people
        .make_tenant(&lab, &Actor::new("test"))
        .await
        .unwrap();
    for (email, name, role) in [
        ("lena@lab.org", "Lena Admin", Role::Admin),
        ("lars@lab.org", "Lars Ray", Role::Analyst),
    ] {
        let joining = Joining {
            email: email.into(),
            name: name.into(),
            password: PASSWORD.into(),
        };
        let tenant = lab.clone();
        assert_eq!(
            house.people.add(joining, Post { role, tenant }).await,
            Ok(true)
        );
    }
    house
}

fn everybody(browser_answer: &Value) -> Vec<&str> {
    let rows = browser_answer["users"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap()).collect()
}

async fn account(browser: &Browser<'_>) -> Value {
    browser.call("get_account", json!({})).await.json()
}

#[tokio::test]
async fn people_of_another_tenant_are_not_there() {
    let house = house().await;
    let (ada, lena, root) = (
        house.logged_in("ada@one.org").await,
        house.logged_in("lena@lab.org").await,
        house.logged_in("root@all.org").await,
    );
    for text in ["Ray", "lars@lab.org", "Lena"] {
        let found = ada.call("find_people", json!({"text": text})).await.text();
        assert!(
            !found.contains("Lars") && !found.contains("Lena"),
            "{text}: {found}"
        );
    }
    let found = lena
        .call("find_people", json!({"text": "Ray"}))
        .await
        .json();
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(everybody(&account(&lena).await), ["Lars Ray", "Lena Admin"]);
    assert_eq!(account(&lena).await["tenants"], Value::Null);
    assert_eq!(everybody(&account(&root).await).len(), 5);
    let ada_account = house.named("ada@one.org").await;
    let id = &ada_account.id;
    for (function, input) in [
        (
            "change_role",
            json!({"id": id, "role": "viewer", "version": 2}),
        ),
        (
            "suspend_user",
            json!({"id": id, "is_suspended": true, "version": 2}),
        ),
        ("end_logins_of", json!({"id": id})),
        ("remove_factor", json!({"id": id, "version": 2})),
    ] {
        let refused = lena.call(function, input).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{function}");
    }
    for (function, input) in [
        ("make_tenant", json!({"name": "mine"})),
        (
            "change_tenant",
            json!({"id": id, "tenant": LAB, "version": 2}),
        ),
        ("invite", json!({"role": "admin", "tenant": "default"})),
    ] {
        let refused = lena.call(function, input).await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{function}: {}",
            refused.text()
        );
    }
    assert_eq!(me(&ada).await["role"], "editor");
}

#[tokio::test]
async fn the_engine_keeps_an_administrator_in_their_tenant() {
    let house = house().await;
    let (ada, lena) = (
        house.named("ada@one.org").await,
        house.named("lena@lab.org").await,
    );
    let actor = Actor::new(lena.actor_name());
    let is_refused =
        |outcome: Result<(), app::AppError>| matches!(outcome, Err(app::AppError::Forbidden(_)));
    let people = &house.people;
    assert!(is_refused(
        people
            .set_role(&ada.id, Role::Viewer, Expected::Any, &actor)
            .await
    ));
    assert!(is_refused(people.suspend(&ada.id, None, &actor).await));
    assert!(is_refused(
        people.set_tenant(&ada, &lena.tenant, None, &actor).await
    ));
    let first = Tenant::default();
    assert!(
        is_refused(people.set_tenant(&lena, &first, None, &actor).await),
        "nor out of it"
    );
    let other = Tenant::parse("other").unwrap();
    assert!(is_refused(people.make_tenant(&other, &actor).await));
    let lars = house.named("lars@lab.org").await;
    assert_eq!(
        people
            .set_role(&lars.id, Role::Viewer, Expected::Any, &actor)
            .await,
        Ok(())
    );
}

#[tokio::test]
async fn shares_and_runs_stay_in_their_tenant() {
    let house = house().await;
    let (ada, lars) = (
        house.logged_in("ada@one.org").await,
        house.logged_in("lars@lab.org").await,
    );
    with_query(&ada, "q1").await;
    let run = completed_run(&ada).await;
    let lars_account = house.named("lars@lab.org").await;
    for thing in [
        json!({"what": "query", "item": "q1"}),
        json!({"what": "run", "item": run}),
    ] {
        let refused = share(&ada, thing.clone(), &lars_account.id, true).await;
        assert_eq!(
            refused.status,
            StatusCode::NOT_FOUND,
            "as if there were nobody"
        );
        assert_eq!(
            share(&ada, thing, "everybody", true).await.status,
            StatusCode::OK
        );
    }
    assert!(shown(&lars, "shared_queries").await.is_empty());
    assert!(shown(&lars, "shared_runs").await.is_empty());
    assert_eq!(
        lars.call("get_run", json!({"id": run})).await.status,
        StatusCode::NOT_FOUND
    );

    // Who comes into the tenant sees what is shared there; who leaves it sees it no more, and neither do others theirs.
    let root = Actor::new("test");
    let to = |name: &str| Tenant::parse(name).unwrap();
    house
        .people
        .set_tenant(&lars_account, &to("default"), None, &root)
        .await
        .unwrap();
    assert_eq!(shown(&lars, "shared_runs").await.len(), 1);
    house
        .people
        .set_tenant(&house.named("ada@one.org").await, &to(LAB), None, &root)
        .await
        .unwrap();
    assert!(shown(&lars, "shared_runs").await.is_empty());
    house
        .people
        .set_tenant(
            &house.named("ada@one.org").await,
            &to("default"),
            None,
            &root,
        )
        .await
        .unwrap();
    assert!(
        shown(&lars, "shared_runs").await.is_empty(),
        "it ended when she left"
    );
}

#[tokio::test]
async fn flags_and_configurations_are_each_tenants_own() {
    let house = house().await;
    let (root, ada, lena, lars) = (
        house.logged_in("root@all.org").await,
        house.logged_in("ada@one.org").await,
        house.logged_in("lena@lab.org").await,
        house.logged_in("lars@lab.org").await,
    );
    let parquet = async |browser: &Browser<'_>| {
        let features = browser.call("get_features", json!({})).await.json();
        features["feature.parquet-download"].as_bool().unwrap()
    };
    let flags = lena.call("list_flags", json!({})).await.json();
    let version = flags["flags"]
        .as_array()
        .unwrap()
        .iter()
        .find(|flag| flag["id"] == "feature.parquet-download")
        .unwrap()["version"]
        .clone();
    let off = json!({"id": "feature.parquet-download", "is_on": false, "version": version});
    let switched = lena.call("switch_flag", off).await;
    assert_eq!(switched.status, StatusCode::OK, "{}", switched.text());
    assert!(!parquet(&lars).await && parquet(&ada).await && parquet(&root).await);

    let made = json!({"name": "ours.yaml", "content": "a: 1\n"});
    let file = "/api/v1/configurations/ours.yaml";
    let request = ada
        .request("PUT", file)
        .header("content-type", "application/json")
        .header("if-none-match", "*");
    let put = house
        .app
        .send(request.body(made.to_string().into()).unwrap())
        .await;
    assert!(put.status.is_success(), "{} {}", put.status, put.text());
    assert_eq!(ada.get(file).await.status, StatusCode::OK);
    assert_eq!(lars.get(file).await.status, StatusCode::NOT_FOUND);
    let theirs = lars.get("/api/v1/configurations/aflibercept_te.yaml").await;
    assert_eq!(theirs.status, StatusCode::OK, "the samples are in each");
    assert!(
        !lars
            .get("/api/v1/configurations")
            .await
            .text()
            .contains("ours.yaml")
    );
    completed_run(&lars).await;
}

#[tokio::test]
async fn the_audit_of_a_tenant_is_about_its_own_people() {
    let house = house().await;
    let (ada, lena, lars) = (
        house.logged_in("ada@one.org").await,
        house.logged_in("lena@lab.org").await,
        house.logged_in("lars@lab.org").await,
    );
    with_query(&ada, "q1").await;
    with_query(&lars, "q2").await;
    share(
        &ada,
        json!({"what": "query", "item": "q1"}),
        "everybody",
        true,
    )
    .await;
    let found = async |question: Value| {
        let input = json!({"question": question, "before": null});
        let answer = lena.call("find_changes", input).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["rows"].as_array().unwrap().clone()
    };
    assert!(found(json!({"kind": "share"})).await.is_empty());
    let stores = found(json!({"q": "query.saved"})).await;
    assert_eq!(stores.len(), 1);
    assert_eq!(stores[0]["who"], "Lars Ray");
    let users = found(json!({"kind": "user", "did": "create"})).await;
    let names: Vec<_> = users
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Lars Ray", "Lena Admin"]);
    assert!(found(json!({"who": "ada@one.org"})).await.is_empty());
    let hers = house.logged_in("root@all.org").await;
    let all = hers
        .call(
            "find_changes",
            json!({"question": {"kind": "share"}, "before": null}),
        )
        .await
        .json();
    let change = json!({"revision": all["rows"][0]["revision"]});
    assert_eq!(
        hers.call("get_change", change.clone()).await.status,
        StatusCode::OK
    );
    assert_eq!(
        lena.call("get_change", change).await.status,
        StatusCode::NOT_FOUND
    );
    let download = lena.get("/api/v1/audit?format=jsonl").await.text();
    assert!(
        download.contains("Lars Ray") && !download.contains("Ada"),
        "{download}"
    );
    assert_eq!(
        lars.call("find_changes", json!({"question": {}, "before": null}))
            .await
            .status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn an_invitation_carries_its_tenant() {
    let house = house().await;
    let (root, lena) = (
        house.logged_in("root@all.org").await,
        house.logged_in("lena@lab.org").await,
    );
    let join = async |path: &str, email: &str| {
        let (_, link) = path.split_once("token=").unwrap();
        let mut browser = house.app.browser();
        let fields = format!("link={link}&name=New&email={email}&password=kelp+holds+fast");
        browser.submit("/account/join", &fields).await;
        house.named(email).await
    };
    let invite = async |browser: &Browser<'_>, input: Value| {
        let made = browser.call("invite", input).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text());
        made.json().as_str().unwrap().to_owned()
    };
    let by_lena: Account = join(
        &invite(&lena, json!({"role": "analyst"})).await,
        "a@lab.org",
    )
    .await;
    assert_eq!(by_lena.tenant.as_str(), LAB);
    let into = json!({"role": "viewer", "tenant": LAB});
    let by_root = join(&invite(&root, into).await, "b@lab.org").await;
    assert_eq!((by_root.tenant.as_str(), by_root.role), (LAB, Role::Viewer));
    let plain = join(&invite(&root, json!({"role": "viewer"})).await, "c@one.org").await;
    assert!(plain.tenant.is_first());
    let nowhere = root
        .call("invite", json!({"role": "viewer", "tenant": "nowhere"}))
        .await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_servers_last_administrator_stays_in_the_first_tenant() {
    let house = house().await;
    let root = house.named("root@all.org").await;
    let browser = house.logged_in("root@all.org").await;
    let away = json!({"id": root.id, "tenant": LAB, "version": root.version});
    let refused = browser.call("change_tenant", away).await;
    assert_eq!(
        refused.status,
        StatusCode::BAD_REQUEST,
        "{}",
        refused.text()
    );
    assert_eq!(
        browser
            .call("make_tenant", json!({"name": "No Name"}))
            .await
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        browser
            .call("make_tenant", json!({"name": "second"}))
            .await
            .status,
        StatusCode::OK
    );
    assert!(
        account(&browser).await["tenants"]
            .as_array()
            .unwrap()
            .contains(&json!("second"))
    );
}

#[tokio::test]
async fn programs_read_the_common_states_of_their_own_tenant_only() {
    let house = house().await;
    let (ada, lars) = (
        house.logged_in("ada@one.org").await,
        house.logged_in("lars@lab.org").await,
    );
    let common = "/api/v1/states?scope=shared&limit=500";
    let of_first = ada.get(common).await.json();
    let first = of_first["states"].as_array().unwrap();
    assert!(!first.is_empty());
    let of_lab = lars.get(common).await.text();
    for state in first {
        let id = state["id"].as_str().unwrap();
        assert!(
            !of_lab.contains(&format!("\"scope\":{}", state["scope"])),
            "{of_lab}"
        );
        let one = format!("/api/v1/states/{id}?scope=shared");
        assert_eq!(ada.get(&one).await.status, StatusCode::OK);
    }
}
