//! The live socket: what it tells, from where it goes on, whom it lets in, and why it ends.

mod bounds;
mod entry;

use serde_json::{Value, json};

use crate::helpers::socket::{LiveApp, body};

/// Writes a store of the caller's own; the version that follows.
async fn write(app: &LiveApp, cookie: &str, name: &str, expected: u64) -> u64 {
    let input = json!({"key": "study.name", "data": json!(name).to_string(), "expected": expected, "client": "tab1"});
    let answer = app.call(cookie, "write_store", &input).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    expected + 1
}

async fn done(app: &LiveApp, cookie: &str, function: &str, input: Value) -> Value {
    let answer = app.call(cookie, function, &input).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{function}: {answer}");
    body(&answer)
}

fn revision(message: &Value) -> u64 {
    message["revision"].as_u64().unwrap()
}

#[tokio::test]
async fn a_change_in_one_tab_reaches_a_socket_with_its_content_and_its_place() {
    let app = LiveApp::new(|_| {}).await;
    let cookie = app.session().await;
    let mut socket = app.live(&cookie, "").await;
    let open = socket.next().await;
    assert_eq!(open, json!({"event": "open", "revision": revision(&open)}));
    write(&app, &cookie, "Liver", 0).await;
    let told = socket.next().await;
    assert!(told["data"]["id"].is_string(), "{told}");
    let data = json!({
        "id": told["data"]["id"], "kind": "store", "name": "study.name", "version": 1, "transition": "create",
        "status": "active", "client": "tab1", "data": "Liver",
    });
    assert_eq!(
        told,
        json!({"event": "change", "revision": revision(&open) + 1, "data": data})
    );
}

#[tokio::test]
async fn a_listener_hears_what_it_wants_and_nothing_else() {
    let app = LiveApp::new(|_| {}).await;
    let (ada, bob) = (app.session().await, app.session().await);
    let mut updates = app
        .live(&ada, "?event=change&kind=store,run&transition=update")
        .await;
    let mut desk = app.live(&ada, "?event=configurations").await;
    let mut everybodys = app
        .live(&ada, "?event=change&scope=shared&kind=editing")
        .await;
    for socket in [&mut updates, &mut desk, &mut everybodys] {
        assert_eq!(socket.next().await["event"], "open");
    }
    let version = write(&app, &ada, "first", 0).await;
    let file = json!({"name": "aflibercept_te.yaml"});
    let opened = done(&app, &bob, "open_configuration", file).await;
    write(&app, &ada, "second", version).await;

    let told = updates.next().await;
    assert_eq!(
        (&told["event"], &told["data"]["data"]),
        (&json!("change"), &json!("second"))
    );
    let told = desk.next().await;
    assert_eq!(
        (&told["event"], &told["data"]["session"]),
        (&json!("configurations"), &opened["session"])
    );
    let told = everybodys.next().await;
    assert_eq!(
        (&told["event"], &told["data"]["kind"]),
        (&json!("change"), &json!("editing"))
    );
    assert_eq!(
        (&told["data"]["transition"], &told["data"]["data"]),
        (&json!("create"), &Value::Null)
    );

    // Of these two another one is the next, and what was told above is not told again.
    let one = updates.next();
    write(&app, &ada, "third", version + 1).await;
    assert_eq!(one.await["data"]["version"], version + 2);
    let mut wire = app.connect().await;
    wire.send("GET", "/api/v1/events?event=change,everything", &ada, "")
        .await;
    wire.until("There is no event `everything`").await;
    assert!(wire.seen.starts_with("HTTP/1.1 422"), "{}", wire.seen);
}

#[tokio::test]
async fn presence_locks_and_saved_files_are_told_with_who_did_it_and_without_content() {
    let app = LiveApp::new(|_| {}).await;
    let (ada, bob) = (app.session().await, app.session().await);
    let mut socket = app.live(&ada, "").await;
    let name = "aflibercept_te.yaml";
    let opened = done(&app, &bob, "open_configuration", json!({ "name": name })).await;
    let session = opened["session"].clone();
    let here = socket.until(|it| it["event"] == "configurations").await;
    let guest = here["data"]["by"].as_str().unwrap().to_owned();
    assert!(guest.starts_with("Guest "), "{here}");
    let said = json!({"kind": "editing", "name": name, "version": 1, "what": "create", "by": guest, "session": session});
    assert_eq!(here["data"], said);

    let locked = done(
        &app,
        &bob,
        "lock_configuration",
        json!({"session": session, "step": "Take"}),
    )
    .await;
    let lock = socket.until(|it| it["data"]["kind"] == "lock").await;
    let said = json!({"kind": "lock", "name": name, "version": 1, "what": "create", "by": guest, "session": session});
    assert_eq!(lock["data"], said);

    let text = opened["text"].as_str().unwrap();
    let text = text.replace("max_interval_days: 112", "max_interval_days: 98");
    let work = json!({"session": session, "text": text, "base": 1, "token": locked["lock"]["token"], "is_overwriting": false});
    done(&app, &bob, "save_configuration", work).await;
    let file = socket
        .until(|it| it["data"]["kind"] == "configuration")
        .await;
    let said = json!({"kind": "configuration", "name": name, "version": 2, "what": "update", "by": guest, "session": session});
    assert_eq!(file["data"], said);

    done(
        &app,
        &bob,
        "close_configuration",
        json!({ "session": session }),
    )
    .await;
    let is_end = |it: &Value| it["data"]["kind"] == "editing" && it["data"]["what"] == "delete";
    assert_eq!(socket.until(is_end).await["data"]["by"], guest.as_str());

    let hers = done(
        &app,
        &ada,
        "delete_configuration",
        json!({"name": name, "seen": 2}),
    )
    .await;
    assert_eq!(hers, Value::Null);
    let gone = socket.until(|it| it["data"]["what"] == "delete").await;
    assert_eq!(
        (&gone["data"]["kind"], &gone["data"]["session"]),
        (&json!("configuration"), &Value::Null)
    );
    assert_ne!(
        gone["data"]["by"],
        guest.as_str(),
        "who removed it, not who saved it last"
    );
}

#[tokio::test]
async fn a_socket_goes_on_behind_any_revision_with_own_and_common_news_in_one_order() {
    let app = LiveApp::new(|_| {}).await;
    let (ada, bob) = (app.session().await, app.session().await);
    let mut whole = app.live(&ada, "").await;
    let begin = revision(&whole.next().await);
    let mut version = 0;
    for _ in 0..4 {
        version = write(&app, &ada, "mine", version).await;
        let opened = done(
            &app,
            &bob,
            "open_configuration",
            json!({"name": "aflibercept_te.yaml"}),
        )
        .await;
        write(&app, &bob, "his", version - 1).await;
        done(
            &app,
            &bob,
            "close_configuration",
            json!({"session": opened["session"]}),
        )
        .await;
    }
    let mut told = Vec::new();
    while told.len() < 12 {
        told.push(whole.next().await);
    }
    assert!(told.is_sorted_by_key(revision));
    assert!(!json!(told).to_string().contains("his"), "another's change");
    for seen in 0..told.len() {
        let after = seen
            .checked_sub(1)
            .map_or(begin, |last| revision(&told[last]));
        let mut socket = app.live(&ada, &format!("?after={after}")).await;
        assert_eq!(
            socket.next().await,
            json!({"event": "open", "revision": after})
        );
        for expected in &told[seen..] {
            assert_eq!(socket.next().await, *expected, "behind {after}");
        }
    }
}

#[tokio::test]
async fn a_socket_and_an_event_stream_tell_the_same() {
    let app = LiveApp::new(|_| {}).await;
    let (ada, bob) = (app.session().await, app.session().await);
    let mut socket = app.live(&ada, "").await;
    socket.next().await;
    let mut stream = app.connect().await;
    stream.send("GET", "/events", &ada, "").await;
    stream.until(": open").await;
    done(
        &app,
        &bob,
        "open_configuration",
        json!({"name": "aflibercept_te.yaml"}),
    )
    .await;
    write(&app, &ada, "Liver", 0).await;
    stream.until("Liver").await;
    stream.until("}\n\n").await;
    let events: Vec<Value> = stream
        .seen
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    assert_eq!(events.len(), 2);
    for event in events {
        assert_eq!(socket.next().await["data"], event);
    }
}
