//! Pages, packages and health: what a browser gets before it does anything.

use axum::{body::Body, http::StatusCode};

use crate::helpers::TestApp;

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let app = TestApp::new().await;
    let browser = app.visitor().await;
    let page = "private, no-cache";
    for (path, kept) in [
        ("/", page),
        ("/nowhere", page),
        ("/pkg/none.js", page),
        ("/account", "no-store"),
        ("/health", "no-store"),
        ("/query/result.csv?id=x", "no-store"),
        ("/api/v1/configurations", "no-store"),
        ("/events?after=x", "no-store"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        let policy = answer.header("content-security-policy");
        for part in ["object-src", "base-uri", "frame-ancestors"] {
            assert!(
                policy.contains(&format!("{part} 'none'")),
                "{path}: {policy}"
            );
        }
        assert_eq!(answer.header("cache-control"), kept, "{path}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn a_page_asks_for_the_systems_colours_and_is_dark_from_its_first_byte() {
    let app = TestApp::new().await;
    let page = app.browser().get("/").await;
    assert_eq!(page.header("accept-ch"), "Sec-CH-Prefers-Color-Scheme");
    assert_eq!(page.header("critical-ch"), "Sec-CH-Prefers-Color-Scheme");
    assert!(
        page.headers
            .get_all("vary")
            .iter()
            .any(|vary| vary == "Sec-CH-Prefers-Color-Scheme")
    );
    assert!(page.text().contains("data-theme=\"holdfast-light\""));
    let request = app
        .browser()
        .request("GET", "/")
        .header("sec-ch-prefers-color-scheme", "dark");
    assert!(
        app.send(request.body(Body::empty()).unwrap())
            .await
            .text()
            .contains("data-theme=\"holdfast-dark\"")
    );
}

#[tokio::test]
async fn a_chosen_theme_is_right_in_the_first_byte_and_a_broken_one_is_the_default() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    browser.cookie = Some("hf_ui=%7B%22ui.theme%22%3A%22dark%22%7D".into());
    assert!(
        browser
            .get("/")
            .await
            .text()
            .contains("data-theme=\"holdfast-dark\"")
    );
    for broken in ["hf_ui=%7B", "hf_ui=%7B%22ui.theme%22%3A7%7D", "hf_ui=%ff"] {
        browser.cookie = Some(broken.into());
        let page = browser.get("/").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text().contains("data-theme=\"holdfast-light\""),
            "{broken}"
        );
    }
}

#[tokio::test]
async fn an_unknown_function_and_an_unknown_page_are_not_found() {
    let app = TestApp::new().await;
    let mut browser = app.visitor().await;
    let answer = browser
        .post("/api/drop_everything", "application/json", "{}")
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.error(), "not_found");
    let page = browser.get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("This page is not here"));
    for path in [
        "/../Cargo.toml",
        "/pkg/../../data/holdfast.db",
        "/pkg/%2e%2e/%2e%2e/data/holdfast.db",
    ] {
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn health_says_whether_states_can_be_read() {
    let app = TestApp::new().await;
    let before = app.browser().get("/health").await.json();
    assert_eq!(before["status"], "healthy");
    app.visitor().await;
    let after = app.browser().get("/health").await.json();
    assert!(after["revision"].as_u64() > before["revision"].as_u64());
}

#[tokio::test]
async fn packages_are_kept_for_ever_and_missing_ones_are_not() {
    let app = TestApp::with(|settings| {
        let folder = settings.site_dir.join("pkg");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("holdfast.abc.wasm"), b"wasm").unwrap();
        std::fs::write(folder.join("holdfast.abc.wasm.br"), b"brotli").unwrap();
    })
    .await;
    let request = app
        .browser()
        .request("GET", "/pkg/holdfast.abc.wasm")
        .header("accept-encoding", "br, gzip");
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-encoding"), "br");
    assert_eq!(answer.header("content-type"), "application/wasm");
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(answer.text(), "brotli");
    let missing = app.browser().get("/pkg/holdfast.old.wasm").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(!missing.header("cache-control").contains("immutable"));
}
