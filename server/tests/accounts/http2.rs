//! People over HTTP/2 without TLS, as a proxy may speak it: the same log-in, the same cookie, the same refusals.

use app::people::Role;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Version, header, redirect::Policy};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::live::account;
use crate::helpers::socket::{LiveApp, PATIENCE};

/// Who speaks HTTP/2 from the first byte on. All that it asks goes over one connection.
struct Caller<'a> {
    app: &'a LiveApp,
    client: Client,
}

impl<'a> Caller<'a> {
    fn of(app: &'a LiveApp) -> Self {
        let client = Client::builder().http2_prior_knowledge();
        let client = client.redirect(Policy::none()).build().unwrap();
        Self { app, client }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.app.address)
    }

    /// A form of the Account page.
    async fn submit(&self, path: &str, cookie: &str, fields: &str) -> Response {
        let request = self
            .client
            .post(self.url(path))
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookie);
        let answer = send(request.body(fields.to_owned())).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        answer
    }

    /// Logs a person in; the cookie.
    async fn log_in(&self, email: &str) -> String {
        let fields = format!("email={email}&password=kelp+holds+fast");
        let answer = self.submit("/account/log-in", "", &fields).await;
        assert_eq!(answer.headers()[header::LOCATION], "/");
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A server function, as a page of this server calls it that sends these cookies, each in a header of its own.
    async fn call(&self, cookies: &[&str], function: &str, input: &Value) -> (StatusCode, Value) {
        let request = self.function(function, input);
        let mut request = request.header("sec-fetch-site", "same-origin");
        for cookie in cookies {
            request = request.header(header::COOKIE, *cookie);
        }
        told(send(request).await).await
    }

    /// A server function, called from nobody knows where.
    fn function(&self, name: &str, input: &Value) -> RequestBuilder {
        self.client
            .post(self.url(&format!("/api/{name}")))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .body(input.to_string())
    }

    /// What a program reads.
    async fn read(&self, path: &str, cookie: &str) -> Response {
        let request = self.client.get(self.url(path));
        send(request.header(header::COOKIE, cookie)).await
    }
}

async fn send(request: RequestBuilder) -> Response {
    let answer = timeout(PATIENCE, request.send()).await.unwrap().unwrap();
    assert_eq!(answer.version(), Version::HTTP_2);
    answer
}

async fn told(answer: Response) -> (StatusCode, Value) {
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    let told = serde_json::from_str(&text);
    (status, told.unwrap_or_else(|_| panic!("no JSON: {text}")))
}

/// What gives the study a name.
fn name(text: &str) -> Value {
    json!({"key": "study.name", "data": json!(text).to_string(), "expected": 0, "client": "tab1"})
}

#[tokio::test]
async fn who_logs_in_is_known_by_the_cookie_and_without_it_is_nobody() {
    let app = LiveApp::new(|_| {}).await;
    account(&app, "ada@lab.org", Role::Analyst).await;
    let caller = Caller::of(&app);
    let cookie = caller.log_in("ada@lab.org").await;
    let cookie = cookie.as_str();
    // A browser may send each cookie in a header of its own here.
    let known: [&[&str]; 2] = [&[cookie], &["theme=dark", cookie, "b=c"]];
    for cookies in known {
        let (status, me) = caller.call(cookies, "get_me", &json!({})).await;
        assert_eq!((status, &me["role"]), (StatusCode::OK, &json!("analyst")));
    }
    let read = caller.read("/api/v1/states", cookie).await;
    assert_eq!(read.status(), StatusCode::OK);
    let (status, version) = caller.call(&[cookie], "write_store", &name("Liver")).await;
    assert_eq!((status, version), (StatusCode::OK, json!(1)));

    let nobody: [&[&str]; 3] = [&[], &["holdfast=forged"], &["theme=dark"]];
    for cookies in nobody {
        let (status, me) = caller.call(cookies, "get_me", &json!({})).await;
        assert_eq!((status, me), (StatusCode::OK, Value::Null), "{cookies:?}");
        let (status, why) = caller.call(cookies, "write_store", &name("Heart")).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{cookies:?}");
        assert_eq!(why["error"], "no_session", "{cookies:?}");
    }
    let refused = caller.read("/api/v1/states", "holdfast=forged").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.headers()[header::WWW_AUTHENTICATE], "Bearer");

    caller.submit("/account/log-out", cookie, "").await;
    let (status, _) = caller.call(&[cookie], "write_store", &name("Heart")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_page_listens_while_it_writes_and_hears_the_end_of_its_login() {
    let app = LiveApp::new(|_| {}).await;
    account(&app, "ada@lab.org", Role::Analyst).await;
    let caller = Caller::of(&app);
    let cookie = caller.log_in("ada@lab.org").await;
    let cookie = cookie.as_str();
    let mut stream = caller.read("/events", cookie).await;
    assert_eq!(stream.status(), StatusCode::OK);
    let (status, _) = caller.call(&[cookie], "write_store", &name("Liver")).await;
    assert_eq!(status, StatusCode::OK);
    let mut heard = String::new();
    let hearing = async {
        while !heard.contains("Liver") {
            let piece = stream.chunk().await.unwrap().unwrap();
            heard.push_str(&String::from_utf8_lossy(&piece));
        }
        caller.submit("/account/log-out", cookie, "").await;
        while let Some(piece) = stream.chunk().await.unwrap() {
            heard.push_str(&String::from_utf8_lossy(&piece));
        }
    };
    timeout(PATIENCE, hearing).await.unwrap();
    assert!(heard.contains("event: account"), "{heard}");
    let refused = caller.read("/events", cookie).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}

/// There is no `Host` in HTTP/2: which server is meant is in the address.
#[tokio::test]
async fn who_says_only_where_it_comes_from_is_told_apart_from_another_site() {
    let app = LiveApp::new(|_| {}).await;
    account(&app, "ada@lab.org", Role::Analyst).await;
    let caller = Caller::of(&app);
    let cookie = caller.log_in("ada@lab.org").await;
    let (own, elsewhere) = (caller.url(""), "http://elsewhere.test");
    for (origin, wanted) in [
        (own.as_str(), StatusCode::OK),
        (elsewhere, StatusCode::FORBIDDEN),
    ] {
        let request = caller
            .function("get_me", &json!({}))
            .header(header::ORIGIN, origin)
            .header(header::COOKIE, &cookie);
        let (status, answer) = told(send(request).await).await;
        assert_eq!(status, wanted, "{origin}: {answer}");
    }
}
