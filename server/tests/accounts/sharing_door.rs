//! Sharing at the engine's door, by tokens, and live: whatever page or program asks.

use app::people::{Account, Role, SHARE, Share, Tenant};
use axum::http::StatusCode;
use holdfast::{Actor, Error, Expected, Kind, New, StateId, StateManager, Ttl, Update};
use serde_json::{Value, json};

use super::{
    House,
    live::{account, listen, log_in, operator},
    sharing::{house, share, share_id, shown, with_query},
};
use crate::helpers::socket::{LiveApp, body};

/// The states as another program of the same server opens them.
async fn states(house: &House) -> StateManager {
    let settings = server::Settings {
        data_dir: house.app.folder.path().join("data"),
        ..Default::default()
    };
    server::application::states(&settings, house.clock.clone())
        .await
        .unwrap()
}

fn new(id: &str, data: Value) -> New {
    New::of(
        Kind::new(SHARE),
        "a share",
        Tenant::default().sharing(),
        data,
    )
    .with_id(StateId::new(id))
    .with_ttl(Ttl::Never)
}

fn by(account: &Account) -> Actor {
    Actor::new(account.actor_name())
}

#[tokio::test]
async fn the_engine_lets_nobody_share_in_anothers_name_or_make_anothers_share_their_own() {
    let house = house().await;
    let (ada, bob, vera) = (
        house.named("ada@lab.org").await,
        house.named("bob@lab.org").await,
        house.named("vera@lab.org").await,
    );
    let adas = house.logged_in("ada@lab.org").await;
    with_query(&adas, "q1").await;
    let thing = json!({"what": "query", "item": "q1"});
    assert_eq!(
        share(&adas, thing.clone(), &bob.id, false).await.status,
        StatusCode::OK
    );
    let id = share_id(&adas, &thing).await;
    let states = states(&house).await;
    let scope = Tenant::default().sharing();
    let there = states
        .get(&scope, &StateId::new(id.as_str()))
        .await
        .unwrap()
        .unwrap();
    let is_forbidden = |outcome: Result<_, Error>| matches!(outcome, Err(Error::Forbidden { .. }));
    let any = Expected::Any;
    for actor in [by(&bob), by(&vera), Actor::new("session:nobody")] {
        let put = states.put(new(&id, there.data.clone()), any, &actor).await;
        assert!(is_forbidden(put), "{}", actor.name);
        let mine = Update::Merge(json!({ "may_copy": true }));
        let update = states.update(&scope, &there.id, mine, any, &actor).await;
        assert!(is_forbidden(update), "{}", actor.name);
        let gone = states.delete(&scope, &there.id, any, &actor).await;
        assert!(
            matches!(gone, Err(Error::Forbidden { .. })),
            "{}",
            actor.name
        );
    }
    let other = New::of(Kind::STORE, "x", scope.clone(), json!(1)).with_id(StateId::new("x"));
    assert!(
        is_forbidden(states.put(other, any, &by(&ada)).await),
        "only shares are there"
    );
    let wrong = states
        .put(new("made-up", there.data.clone()), any, &by(&ada))
        .await;
    assert!(matches!(wrong, Err(Error::Violations { .. })), "{wrong:?}");
    let nothing = states
        .put(
            new("made-up", json!({"owner": ada.id})),
            any,
            &Actor::system(),
        )
        .await;
    assert!(
        matches!(nothing, Err(Error::Violations { .. })),
        "whoever writes it"
    );
    let elsewhere = Tenant::parse("other").unwrap().sharing();
    let foreign = New {
        scope: elsewhere,
        ..new(&id, there.data.clone())
    };
    assert!(
        is_forbidden(states.put(foreign, any, &by(&ada)).await),
        "another tenant's"
    );
    let told = Share::of(&there).unwrap();
    assert_eq!((told.owner, told.may_copy), (ada.id, false));
}

#[tokio::test]
async fn who_becomes_a_viewer_shares_nothing_more_and_takes_back_what_they_shared() {
    let house = house().await;
    let bob = house.named("bob@lab.org").await;
    let (adas, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    with_query(&adas, "q1").await;
    let thing = json!({"what": "query", "item": "q1"});
    share(&adas, thing.clone(), &bob.id, false).await;
    let ada = house.named("ada@lab.org").await;
    let viewer = house
        .people
        .set_role(&ada.id, Role::Viewer, Expected::Any, &operator())
        .await;
    viewer.unwrap();
    let more = share(&adas, thing.clone(), "everybody", false).await;
    assert_eq!(more.status, StatusCode::FORBIDDEN);
    let id = share_id(&adas, &thing).await;
    let back = adas.call("take_back", json!({"id": id})).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text());
    assert!(shown(&bobs, "shared_queries").await.is_empty());
}

#[tokio::test]
async fn a_token_reads_what_is_shared_with_its_person_and_shares_nothing() {
    let house = house().await;
    let bob = house.named("bob@lab.org").await;
    let (adas, bobs) = (
        house.logged_in("ada@lab.org").await,
        house.logged_in("bob@lab.org").await,
    );
    with_query(&adas, "q1").await;
    with_query(&bobs, "q2").await;
    share(
        &adas,
        json!({"what": "query", "item": "q1"}),
        &bob.id,
        false,
    )
    .await;
    let made = json!({"name": "nightly", "may_write": true, "days": 30});
    let token = bobs.call("make_token", made).await.json();
    let token = format!("Bearer {}", token.as_str().unwrap());
    let call = async |function: &str, input: Value| {
        let request = axum::http::Request::post(format!("/api/{function}"))
            .header("host", "localhost:3000")
            .header("authorization", &token)
            .header("content-type", "application/json");
        house
            .app
            .send(request.body(input.to_string().into()).unwrap())
            .await
    };
    let rows = call("shared_queries", json!({})).await.json();
    assert_eq!(rows[0]["query"]["id"], "q1");
    let own = json!({"what": "query", "item": "q2"});
    let input = json!({"thing": own, "with": "everybody", "may_copy": false});
    assert_eq!(
        call("share_thing", input).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        call("find_people", json!({"text": "ada"})).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn sharing_and_taking_back_are_heard_live_by_who_is_meant_and_by_nobody_else() {
    let app = LiveApp::new(|_| {}).await;
    account(&app, "ada@lab.org", Role::Analyst).await;
    let bob = account(&app, "bob@lab.org", Role::Analyst).await;
    account(&app, "eve@lab.org", Role::Analyst).await;
    let (ada, bobs, eves) = (
        log_in(&app, "ada@lab.org").await,
        log_in(&app, "bob@lab.org").await,
        log_in(&app, "eve@lab.org").await,
    );
    let guest = app.session().await;
    let (mut his, mut hers, mut others) = (
        listen(&app, &bobs).await,
        listen(&app, &eves).await,
        listen(&app, &guest).await,
    );
    let data = json!([super::sharing::query("q1")]).to_string();
    let saved = json!({"key": "query.saved", "data": data, "expected": 0, "client": "tab"});
    app.call(&ada, "write_store", &saved).await;
    let thing = json!({"what": "query", "item": "q1"});
    let input = json!({"thing": thing, "with": bob.id, "may_copy": false});
    app.call(&ada, "share_thing", &input).await;
    his.until("event: shares").await;
    his.until(r#""is_over":false"#).await;
    let rows = body(&app.call(&ada, "get_shares", &json!({"thing": thing})).await);
    app.call(&ada, "take_back", &json!({"id": rows[0]["id"]}))
        .await;
    his.until(r#""is_over":true"#).await;
    // What comes last is heard by all, so what was before would have been, too.
    let everybody = json!({"thing": thing, "with": "everybody", "may_copy": false});
    app.call(&ada, "share_thing", &everybody).await;
    hers.until("event: shares").await;
    assert!(!hers.seen.contains(r#""is_over":true"#), "{}", hers.seen);
    let own = json!({"key": "study.name", "data": "\"Mine\"", "expected": 0, "client": "tab"});
    app.call(&guest, "write_store", &own).await;
    others.until("Mine").await;
    assert!(!others.seen.contains("shares"), "{}", others.seen);
}
