//! Requests below `/api/v1`: as a browser with its cookie, and as a program with a token.

use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use serde_json::Value;

use super::{Answer, Browser, TestApp};

impl Browser<'_> {
    /// One request with headers; `null` is no body.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut request = self.request(method, &format!("/api/v1{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.app.send(with_body(request, body)).await
    }

    /// What is there.
    pub async fn look(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], Value::Null).await
    }
}

impl TestApp {
    /// A program: no cookie, no origin.
    pub async fn program(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("host", "localhost:3000")
            .header("if-match", "*")
            .header("authorization", format!("Bearer {token}"));
        self.send(with_body(request, body)).await
    }
}

fn with_body(request: Builder, body: Value) -> Request<Body> {
    let request = request.header("content-type", "application/json");
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    request.body(body).unwrap()
}
