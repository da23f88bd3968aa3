//! Configurations over HTTP: the session API, `ETag` and `If-Match`, and what may not be named.

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp};

const FILE: &str = "/api/v1/configurations/aflibercept_te.yaml";

async fn send(
    browser: &Browser<'_>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Answer {
    let mut request = browser
        .request(method, path)
        .header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser
        .app
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

async fn content(browser: &Browser<'_>) -> (String, String, u64) {
    let answer = browser.get(FILE).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let json = answer.json();
    let text = json["content"].as_str().unwrap().to_owned();
    (
        text,
        answer.header("etag").to_owned(),
        json["version"].as_u64().unwrap(),
    )
}

#[tokio::test]
async fn a_program_opens_looks_at_and_closes_editing_sessions() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let wanted = json!({"config_name": "aflibercept_te.yaml"});
    let opened = send(&ada, "POST", "/api/v1/sessions", &[], wanted.clone()).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text());
    let session = opened.json();
    assert_eq!(
        (&session["version"], &session["concurrent_sessions"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        send(&bob, "POST", "/api/v1/sessions", &[], wanted)
            .await
            .json()["concurrent_sessions"],
        2
    );
    let id = session["session_id"].as_str().unwrap();
    let current = send(
        &ada,
        "GET",
        "/api/v1/sessions/current",
        &[("x-session-id", id)],
        json!(null),
    )
    .await;
    assert_eq!(current.json()["config_name"], "aflibercept_te.yaml");
    let active = bob
        .get("/api/v1/sessions/aflibercept_te.yaml/active")
        .await
        .json();
    assert_eq!(active["sessions"].as_array().unwrap().len(), 2);

    // Another's session is not mine; one that is over is told apart from a request that names none.
    let theirs = send(
        &bob,
        "DELETE",
        "/api/v1/sessions/current",
        &[("x-session-id", id)],
        json!(null),
    )
    .await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let closed = send(
        &ada,
        "DELETE",
        "/api/v1/sessions/current",
        &[("x-session-id", id)],
        json!(null),
    )
    .await;
    assert_eq!(closed.status, StatusCode::NO_CONTENT);
    let again = send(
        &ada,
        "GET",
        "/api/v1/sessions/current",
        &[("x-session-id", id)],
        json!(null),
    )
    .await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let unnamed = send(&ada, "GET", "/api/v1/sessions/current", &[], json!(null)).await;
    assert_eq!(unnamed.status, StatusCode::BAD_REQUEST);
    let malformed = send(&ada, "POST", "/api/v1/sessions", &[], json!({"name": 1})).await;
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
    let missing = send(
        &ada,
        "POST",
        "/api/v1/sessions",
        &[],
        json!({"config_name": "none.yaml"}),
    )
    .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let stranger = send(
        &app.browser(),
        "POST",
        "/api/v1/sessions",
        &[],
        json!({"config_name": "x.yaml"}),
    )
    .await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_save_names_the_version_it_saw_and_a_stale_one_gets_what_is_there_now() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let (text, etag, _) = content(&ada).await;
    assert_eq!(etag.len(), 18, "16 hex digits in quotes: {etag}");
    let unchanged = send(&ada, "GET", FILE, &[("if-none-match", &etag)], json!(null)).await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);
    let mine = json!({"content": text.replace("max_interval_days: 112", "max_interval_days: 98")});
    let headers = [("if-match", etag.as_str()), ("x-lock-token", "true")];
    let misspelt = send(&ada, "PUT", FILE, &headers, mine.clone()).await;
    assert_eq!(misspelt.status, StatusCode::BAD_REQUEST);
    assert!(misspelt.text().contains("x-lock-token"));
    let blind = send(&ada, "PUT", FILE, &[], mine.clone()).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let saved = send(&ada, "PUT", FILE, &[("if-match", &etag)], mine).await;
    assert_eq!(
        (saved.status, saved.json()["version"].clone()),
        (StatusCode::OK, json!(2))
    );
    let stale = send(
        &ada,
        "PUT",
        FILE,
        &[("if-match", &etag)],
        json!({"content": text}),
    )
    .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(
        (stale.json()["version"].clone(), stale.header("etag")),
        (json!(2), saved.header("etag"))
    );
    assert!(
        stale.json()["content"]
            .as_str()
            .unwrap()
            .contains("max_interval_days: 98")
    );
    let broken = send(
        &ada,
        "PUT",
        FILE,
        &[("if-match", saved.header("etag"))],
        json!({"content": "a: [1"}),
    )
    .await;
    assert_eq!(
        (broken.status, broken.error().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
    );
    let taken = send(
        &ada,
        "PUT",
        FILE,
        &[("if-none-match", "*")],
        json!({"content": "a: 1\n"}),
    )
    .await;
    assert_eq!(taken.status, StatusCode::PRECONDITION_FAILED);
    let stale = send(&ada, "DELETE", FILE, &[("if-match", &etag)], json!(null)).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let gone = send(
        &ada,
        "DELETE",
        FILE,
        &[("if-match", saved.header("etag"))],
        json!(null),
    )
    .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get(FILE).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn with_its_base_version_a_save_merges_and_an_overlap_is_a_conflict_with_both() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let (one, two) = (open_session(&ada).await, open_session(&bob).await);
    let (text, _, _) = content(&ada).await;
    let put = async |browser: &Browser<'_>, session: &str, text: String| {
        let headers = [("x-base-version", "1"), ("x-session-id", session)];
        send(browser, "PUT", FILE, &headers, json!({"content": text})).await
    };
    let first = put(
        &ada,
        &one,
        text.replace("max_interval_days: 112", "max_interval_days: 98"),
    )
    .await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let merged = put(
        &bob,
        &two,
        text.replace("extension_days: 14", "extension_days: 7"),
    )
    .await;
    assert_eq!(
        (
            merged.status,
            merged.json()["merged"].as_array().unwrap().len()
        ),
        (StatusCode::OK, 1)
    );
    let clash = put(
        &bob,
        &two,
        text.replace("max_interval_days: 112", "max_interval_days: 140"),
    )
    .await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert_eq!(clash.json()["version"], 3);
    assert_eq!(clash.json()["conflicts"].as_array().unwrap().len(), 1);
    let (now, _, version) = content(&ada).await;
    assert!(now.contains("max_interval_days: 98") && now.contains("extension_days: 7"));
    assert_eq!(version, 3);
}

async fn open_session(browser: &Browser<'_>) -> String {
    let wanted = json!({"config_name": "aflibercept_te.yaml"});
    let opened = send(browser, "POST", "/api/v1/sessions", &[], wanted).await;
    opened.json()["session_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_lock_is_taken_asked_for_handed_over_and_broken_by_who_may() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.visitor().await, app.visitor().await);
    let (one, two) = (open_session(&ada).await, open_session(&bob).await);
    let lock = async |browser: &Browser<'_>, method: &str, path: &str, session: &str| {
        let path = format!("/api/v1/sessions/current/lock{path}");
        send(
            browser,
            method,
            &path,
            &[("x-session-id", session)],
            json!({}),
        )
        .await
    };
    let taken = lock(&ada, "PUT", "", &one).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
    assert_eq!(taken.json()["session"], one.as_str());
    let token = taken.json()["token"].as_u64().unwrap();
    let kept = lock(&ada, "PUT", "", &one).await;
    assert_eq!(kept.json()["token"], token);
    let refused = lock(&bob, "PUT", "", &two).await;
    assert_eq!(refused.status, StatusCode::LOCKED);
    // Another's session is not mine to lock with.
    let borrowed = lock(&bob, "PUT", "", &one).await;
    assert_eq!(borrowed.status, StatusCode::NOT_FOUND);

    let asked = lock(&bob, "POST", "/ask", &two).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text());
    assert_eq!(asked.json()["lock"]["asked"][1], two.as_str());
    let freed = lock(&ada, "DELETE", "", &one).await;
    assert_eq!(freed.status, StatusCode::NO_CONTENT, "{}", freed.text());
    let active = async || {
        let there = ada.get("/api/v1/sessions/aflibercept_te.yaml/active").await;
        there.json()
    };
    let passed_on = active().await["lock"].clone();
    assert_eq!(passed_on["session"], two.as_str());
    assert!(passed_on["token"].as_u64() > Some(token), "{passed_on}");

    // What was to be saved under the lock that has passed on is refused, however late it comes.
    let (text, _, version) = content(&ada).await;
    let (version, token) = (version.to_string(), token.to_string());
    let headers = [
        ("x-base-version", version.as_str()),
        ("x-session-id", one.as_str()),
        ("x-lock-token", token.as_str()),
    ];
    let late = send(&ada, "PUT", FILE, &headers, json!({ "content": text })).await;
    assert_eq!(late.status, StatusCode::LOCKED, "{}", late.text());

    let broken = send(&ada, "DELETE", &format!("{FILE}/lock"), &[], json!(null)).await;
    assert_eq!(broken.status, StatusCode::NO_CONTENT, "{}", broken.text());
    assert_eq!(active().await["lock"], json!(null));
    let none = "/api/v1/configurations/none.yaml/lock";
    let none = send(&ada, "DELETE", none, &[], json!(null)).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_file_was_is_listed_read_and_brought_back_even_when_it_is_gone() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let (text, first, _) = content(&ada).await;
    let second =
        json!({"content": text.replace("max_interval_days: 112", "max_interval_days: 98")});
    let second = send(&ada, "PUT", FILE, &[("if-match", &first)], second).await;
    let etag = second.header("etag").to_owned();

    let past = ada.get(&format!("{FILE}/versions")).await.json();
    let versions = past["versions"].as_array().unwrap();
    assert_eq!((versions.len(), &versions[0]["version"]), (2, &json!(2)));
    assert_eq!(versions[0]["action"], "save");
    let backup = past["backups"][0]["id"].as_str().unwrap().to_owned();
    let replaced = ada.get(&format!("{FILE}/backups/{backup}")).await;
    assert_eq!(replaced.json()["content"], text.as_str());
    let old = ada.get(&format!("{FILE}/versions/1")).await.json();
    assert_eq!(
        (&old["version"], &old["content"]),
        (&json!(1), &json!(text))
    );
    for none in ["/versions/7", "/versions/x", "/backups/000000000000001"] {
        let answer = ada.get(&format!("{FILE}{none}")).await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{none}: {}",
            answer.text()
        );
    }
    let never = ada.get("/api/v1/configurations/none.yaml/versions").await;
    assert_eq!(never.status, StatusCode::NOT_FOUND);

    let restore = async |older: Value, headers: &[(&str, &str)]| {
        send(&ada, "POST", &format!("{FILE}/restore"), headers, older).await
    };
    let blind = restore(json!({"version": 1}), &[]).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let stale = restore(json!({"version": 1}), &[("if-match", &first)]).await;
    assert_eq!(
        (stale.status, stale.header("etag")),
        (StatusCode::PRECONDITION_FAILED, etag.as_str())
    );
    let unreadable = restore(json!({"verison": 1}), &[("if-match", &etag)]).await;
    assert_eq!(unreadable.status, StatusCode::BAD_REQUEST);
    let back = restore(json!({"version": 1}), &[("if-match", &etag)]).await;
    assert_eq!(
        (back.status, &back.json()["version"]),
        (StatusCode::OK, &json!(3))
    );
    let (now, etag, _) = content(&ada).await;
    assert_eq!(now, text);

    let gone = send(&ada, "DELETE", FILE, &[("if-match", &etag)], json!(null)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let past = ada.get(&format!("{FILE}/versions")).await.json();
    assert_eq!(past["versions"][0]["is_deleted"], true);
    let back = restore(json!({"backup": backup}), &[]).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text());
    assert_eq!(content(&ada).await.0, text);
}

#[tokio::test]
async fn a_file_is_checked_copied_and_gets_another_name() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let (text, etag, _) = content(&ada).await;
    let of = async |step: &str, headers: &[(&str, &str)], body: Value| {
        send(&ada, "POST", &format!("{FILE}/{step}"), headers, body).await
    };
    let fine = of("check", &[], json!({ "content": text })).await;
    assert_eq!(
        (fine.status, &fine.json()["problems"]),
        (StatusCode::OK, &json!([]))
    );
    let broken = of("check", &[], json!({"content": "a: 1\nb: [1"}))
        .await
        .json();
    assert_eq!(broken["problems"][0]["line"], 2, "{broken}");
    let none = "/api/v1/configurations/notes/check";
    let unnamed = send(&ada, "POST", none, &[], json!({"content": ""})).await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);

    let copied = of("copy", &[], json!({"to": "second.yaml"})).await;
    assert_eq!(copied.status, StatusCode::CREATED, "{}", copied.text());
    assert_eq!(copied.json()["text"], text.as_str());
    let taken = of("copy", &[], json!({"to": "second.yaml"})).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let outside = of("copy", &[], json!({"to": "../second.yaml"})).await;
    assert_eq!(outside.status, StatusCode::UNPROCESSABLE_ENTITY);

    let third = json!({"to": "third.yaml"});
    let blind = of("rename", &[], third.clone()).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let renamed = of("rename", &[("if-match", &etag)], third.clone()).await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.text());
    let again = of("rename", &[("if-match", &etag)], third).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let named = ada.get("/api/v1/configurations/third.yaml").await;
    assert_eq!(named.json()["content"], text.as_str());
}

#[tokio::test]
async fn a_text_that_a_state_may_hold_is_saved_whichever_way_it_comes() {
    let app = TestApp::with(|settings| settings.state.data_bytes = 4 << 20).await;
    let ada = app.visitor().await;
    // More than axum reads by itself, and more than a state holds by default.
    let line = "x".repeat(99);
    let text = |count| format!("text: |\n{}", format!("  {line}\n").repeat(count));
    let made = json!({"name": "long.yaml", "text": text(30_000)});
    let made = ada.call("create_configuration", made).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let file = "/api/v1/configurations/long.yaml";
    let tag = ada.get(file).await.header("etag").to_owned();
    let longer = json!({ "content": text(35_000) });
    let saved = send(&ada, "PUT", file, &[("if-match", &tag)], longer).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    let tag = saved.header("etag").to_owned();
    // What no state holds is refused, and the file is as it was.
    let refused = json!({ "content": text(45_000) });
    let refused = send(&ada, "PUT", file, &[("if-match", &tag)], refused).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        refused.text().contains("state.data_bytes"),
        "{}",
        refused.text()
    );
    assert_eq!(ada.get(file).await.header("etag"), tag);
}

#[tokio::test]
async fn names_and_links_do_not_lead_out_of_the_folder() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let folder = app.folder.path().join("data/configurations");
    let secret = app.folder.path().join("secret.yaml");
    std::fs::write(&secret, "key: 1\n").unwrap();
    std::os::unix::fs::symlink(&secret, folder.join("link.yaml")).unwrap();
    for name in [
        "..%2f..%2fsecret.yaml",
        "%2fetc%2fpasswd",
        "..%5csecret.yaml",
        ".holdfast",
        "link.yaml",
        "a%00.yaml",
    ] {
        let answer = ada.get(&format!("/api/v1/configurations/{name}")).await;
        assert!(answer.status.is_client_error(), "{name}: {}", answer.status);
        assert!(!answer.text().contains("key: 1"), "{name}");
        let answer = ada
            .get(&format!("/download/configuration?name={name}"))
            .await;
        assert!(answer.status.is_client_error(), "{name}: {}", answer.status);
    }
    let listed = ada.get("/api/v1/configurations").await.json();
    assert_eq!(listed["configurations"].as_array().unwrap().len(), 5);
    let taken = ada
        .get("/download/configuration?name=aflibercept_te.yaml")
        .await;
    assert!(taken.header("content-disposition").contains("aflibercept"));
    assert!(taken.text().starts_with("# yaml-language-server"));
}

#[tokio::test]
async fn a_bomb_of_aliases_deep_nesting_and_a_stored_script_do_no_harm() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let bomb: String = (0..30)
        .map(|n| {
            format!(
                "a{}: &a{} [{}]\n",
                n + 1,
                n + 1,
                vec![format!("*a{n}"); 9].join(", ")
            )
        })
        .collect();
    let bomb = format!("a0: &a0 [x, x]\n{bomb}");
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    for (name, text) in [("bomb.yaml", bomb), ("deep.json", deep)] {
        let refused = ada
            .call("create_configuration", json!({"name": name, "text": text}))
            .await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name}: {}",
            refused.text()
        );
    }
    let script = "note: \"</pre><script>alert(1)</script>\"\n";
    let made = ada
        .call(
            "create_configuration",
            json!({"name": "script.yaml", "text": script}),
        )
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let page = ada.get("/configurations/script.yaml").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text().contains("<script>alert(1)"), "{}", page.text());
}
