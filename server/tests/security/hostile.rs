//! What people may type that is meant to do harm: names that lead elsewhere, files that explode, bodies without end, and
//! scripts in every field there is.

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp};

async fn send(browser: &Browser<'_>, method: &str, path: &str, body: impl Into<Body>) -> Answer {
    let request = browser
        .request(method, path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::IF_NONE_MATCH, "*");
    browser.app.send(request.body(body.into()).unwrap()).await
}

/// Every file below a folder, with its content.
fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&path));
        } else {
            let content = std::fs::read(&path).unwrap_or_default();
            found.push((path.display().to_string(), content));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn no_name_makes_changes_or_removes_a_file_outside_the_folder() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let outside = app.folder.path().join("outside");
    std::fs::create_dir_all(outside.join("deeper")).unwrap();
    std::fs::write(outside.join("secret.yaml"), "key: 1\n").unwrap();
    let folder = app.folder.path().join("data/configurations");
    for (link, to) in [
        ("link.yaml", "secret.yaml"),
        ("dangling.yaml", "new.yaml"),
        ("linked", "deeper"),
    ] {
        std::os::unix::fs::symlink(outside.join(to), folder.join(link)).unwrap();
    }
    let before = files(&outside);
    let body = json!({"content": "key: 2\n"}).to_string();
    for name in [
        "..%2f..%2foutside%2fsecret.yaml",
        "..%2foutside.yaml",
        "%2e%2e%2fa.yaml",
        "%2ftmp%2fa.yaml",
        "..%5ca.yaml",
        "a%00.yaml",
        "a%0a.yaml",
        ".hidden.yaml",
        ".holdfast%2flocks%2fa.yaml",
        "linked%2fa.yaml",
        "link.yaml",
        "dangling.yaml",
        "a%2fb.yaml",
        "..",
        "%20.yaml",
    ] {
        let path = format!("/api/v1/configurations/{name}");
        for method in ["PUT", "DELETE", "GET"] {
            let answer = send(&ada, method, &path, body.clone()).await;
            assert!(
                answer.status.is_client_error(),
                "{method} {name}: {}",
                answer.status
            );
        }
        let decoded = percent_encoding::percent_decode_str(name)
            .decode_utf8()
            .unwrap();
        let own = "aflibercept_te.yaml";
        for (function, input) in [
            (
                "create_configuration",
                json!({"name": decoded, "text": "key: 2\n"}),
            ),
            ("copy_configuration", json!({"name": own, "to": decoded})),
            (
                "copy_configuration",
                json!({"name": decoded, "to": "fine.yaml"}),
            ),
            (
                "rename_configuration",
                json!({"name": own, "to": decoded, "seen": 1}),
            ),
            (
                "rename_configuration",
                json!({"name": decoded, "to": "fine.yaml", "seen": 1}),
            ),
            ("delete_configuration", json!({"name": decoded, "seen": 1})),
            ("open_configuration", json!({"name": decoded})),
            ("show_configuration", json!({"name": decoded})),
        ] {
            let answer = ada.call(function, input).await;
            assert!(
                answer.status.is_client_error(),
                "{function} {name}: {}",
                answer.text()
            );
            assert!(!answer.text().contains("key: 1"), "{function} {name}");
        }
    }
    assert_eq!(files(&outside), before);
    assert!(!folder.join("fine.yaml").exists());
    assert!(!app.folder.path().join("data/outside.yaml").exists());
}

#[tokio::test]
async fn a_bomb_and_deep_nesting_are_refused_at_every_door_and_soon() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    for n in 0..40 {
        let all = vec![format!("*a{n}"); 9].join(", ");
        bomb.push_str(&format!("a{0}: &a{0} [{all}]\n", n + 1));
    }
    let nested =
        |open: &str, close: &str| format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
    let block: String = (0..1_000)
        .map(|n| format!("{}k:\n", " ".repeat(n)))
        .collect();
    let begun = std::time::Instant::now();
    for (name, text) in [
        ("bomb.yaml", bomb),
        ("flow.yaml", nested("[", "]")),
        ("map.yaml", nested("{a: ", "}")),
        ("block.yaml", block),
        ("deep.json", nested("[", "]")),
        ("object.json", nested("{\"a\":", "}")),
        ("deep.toml", format!("a = {}", nested("[", "]"))),
        ("tables.toml", format!("[{}a]\n", "a.".repeat(20_000))),
    ] {
        let path = format!("/api/v1/configurations/{name}");
        let put = send(&ada, "PUT", &path, json!({"content": text}).to_string()).await;
        assert_eq!(
            put.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name}: {}",
            put.text()
        );
        let input = json!({"name": name, "text": text});
        let checked = ada.call("check_configuration", input).await;
        assert!(
            !checked.text().contains("\"problems\":[]"),
            "{name}: {}",
            checked.text()
        );
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    assert_eq!(ada.get("/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_by_each_program_route_with_a_typed_error() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let long = format!(
        "{{\"content\":\"{0}\",\"config_name\":\"{0}\"}}",
        "x".repeat(3 << 20)
    );
    for (method, path) in [
        ("PUT", "/api/v1/configurations/new.yaml"),
        ("POST", "/api/v1/sessions"),
    ] {
        let refused = send(&ada, method, path, long.clone()).await;
        assert_eq!(
            refused.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path}: {}",
            refused.text()
        );
        assert_eq!(refused.error(), "too_large", "{path}");
    }
}

/// Breaks out of text, attributes, titles, and the snapshot inside a page.
const SCRIPT: &str = "\"'></title></script><script>alert(7)</script><img src=x onerror=alert(7)>";

#[tokio::test]
async fn a_script_in_any_text_field_is_shown_as_text_on_every_page() {
    let app = TestApp::new().await;
    let mut ada = app.visitor().await;
    let column = format!("\"{}\"", SCRIPT.replace('"', "\"\""));
    let table = format!("participant_id,visit_date,{column}\nP001,2024-01-01,{column}\n");
    let uploaded = ada
        .upload("%22%3E%3Cscript%3Ealert(7)%3C%2Fscript%3E.csv", table)
        .await;
    assert!(!uploaded.status.is_server_error(), "{}", uploaded.text());
    let planted = [
        (
            "write_store",
            json!({"key": "study.name", "data": json!(SCRIPT).to_string(), "expected": 0, "client": "tab1"}),
        ),
        (
            "create_configuration",
            json!({"name": "script.yaml", "text": format!("note: >-\n  {SCRIPT}\n")}),
        ),
        (
            "create_webhook",
            json!({"told": {"name": SCRIPT, "url": "https://example.org/hooks", "description": SCRIPT, "kinds": ["store"]}}),
        ),
    ];
    for (function, input) in planted {
        let done = ada.call(function, input).await;
        assert_eq!(done.status, StatusCode::OK, "{function}: {}", done.text());
    }
    let session = ada
        .call("open_configuration", json!({"name": "script.yaml"}))
        .await
        .json();
    let draft = json!({"session": session["session"], "name": "script.yaml", "text": SCRIPT, "base": 1, "seen": 0});
    ada.call("keep_draft", draft).await;
    // What cannot be stored because it is no name is not shown either when it comes back in an address.
    let address: String =
        percent_encoding::utf8_percent_encode(SCRIPT, percent_encoding::NON_ALPHANUMERIC)
            .to_string();
    let found = ada
        .call(
            "find_states",
            json!({"wanted": {"text": "alert"}, "after": null, "limit": 50}),
        )
        .await
        .json();
    let mut pages: Vec<String> = [
        "/",
        "/data",
        "/plot",
        "/configurations",
        "/configurations/script.yaml",
        "/states",
        "/states/webhooks",
        "/states/flags",
        "/account",
    ]
    .map(str::to_owned)
    .into();
    for state in found["rows"].as_array().into_iter().flatten() {
        pages.push(format!("/states?id={}", state["id"].as_str().unwrap()));
    }
    for page in [
        "/configurations/",
        "/states/",
        "/account/",
        "/account?problem=",
        "/account/code?problem=",
        "/account/first?token=",
        "/account/invited?token=",
        "/compare?runs=other,",
        "/states?text=",
        "/none/",
    ] {
        pages.push(format!("{page}{address}"));
    }
    let mut seen = 0;
    for page in pages {
        let answer = ada.get(&page).await;
        let text = answer.text();
        assert!(
            answer.header("content-type").starts_with("text/html"),
            "{page}"
        );
        for broken in ["<script>alert(7)", "<img src=x", "'></title>"] {
            if let Some((before, after)) = text.split_once(broken) {
                let before: String = before.chars().rev().take(80).collect();
                let before: String = before.chars().rev().collect();
                let after: String = after.chars().take(80).collect();
                panic!("{page} shows it as markup: {before}{broken}{after}");
            }
        }
        seen += text.matches("alert(7)").count();
    }
    assert!(seen > 5, "the script was nowhere: {seen}");
}

#[tokio::test]
async fn a_download_is_a_file_and_never_a_page() {
    let app = TestApp::new().await;
    let ada = app.visitor().await;
    let made: Value = ada
        .call(
            "create_configuration",
            json!({"name": "page.yaml", "text": format!("a: >-\n  {SCRIPT}\n")}),
        )
        .await
        .json();
    assert_eq!(made["version"], 1, "{made}");
    let taken = ada.get("/download/configuration?name=page.yaml").await;
    assert!(taken.text().contains("alert(7)"));
    assert_eq!(taken.header("content-type"), "application/octet-stream");
    assert!(
        taken
            .header("content-disposition")
            .starts_with("attachment")
    );
    assert_eq!(taken.header("x-content-type-options"), "nosniff");
    assert!(
        taken
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
}
