#![expect(clippy::unwrap_used, reason = "a test may panic")]
use std::sync::Arc;

use holdfast::{Actor, Kind, StateManager, backend::Memory};

use super::*;

fn post(headers: &[(HeaderName, &str)]) -> Request {
    let request = Request::post("/api/v1/datasets");
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(name, *value)
    });
    request.body(Body::from("whole")).unwrap()
}

async fn digest(headers: &[(HeaderName, &str)]) -> String {
    digested(post(headers))
        .await
        .unwrap_or_else(|_| panic!("refused"))
        .1
}

#[tokio::test]
async fn what_a_request_says_makes_it_another() {
    let json = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    let plain = digest(std::slice::from_ref(&json)).await;
    assert_eq!(plain, digest(std::slice::from_ref(&json)).await);
    let conditional = [json, (header::IF_MATCH, "\"1\"")];
    assert_ne!(plain, digest(&conditional).await);
    assert_ne!(plain, digest(&[]).await);
}

#[tokio::test]
async fn what_is_streamed_is_left_to_be_read() {
    let form = (header::CONTENT_TYPE, "multipart/form-data");
    let stream = post(std::slice::from_ref(&form));
    assert!(!is_compared(&stream.into_parts().0));
    let short = post(&[form.clone(), (header::CONTENT_LENGTH, "5")]);
    assert!(is_compared(&short.into_parts().0));
    let long = post(&[form, (header::CONTENT_LENGTH, "2097153")]);
    assert!(!is_compared(&long.into_parts().0));
}

#[tokio::test]
async fn what_was_compared_is_still_there_for_its_handler() {
    let json = (header::CONTENT_TYPE, "application/json");
    let (request, _) = digested(post(&[json]))
        .await
        .unwrap_or_else(|_| panic!("refused"));
    let body = to_bytes(request.into_body(), 100).await.unwrap();
    assert_eq!(&body[..], b"whole");
}

#[test]
fn an_answer_with_a_secret_is_told_by_its_headers() {
    let mut headers = HeaderMap::new();
    assert!(!is_secret(&headers));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    assert!(is_secret(&headers));
}

/// What is found under a key whose first request was answered so.
async fn after(status: StatusCode) -> Found {
    let states = StateManager::builder(Arc::new(Memory::new()));
    let states = states.lifecycle(Kind::new(ANSWER), lifecycle_of_answers());
    let claims = Claims::new(states.build());
    let claim = || claims.claim(StateId::new("key"), "asked".into(), Actor::system());
    let Ok(Found::Mine(mine)) = claim().await else {
        panic!("somebody had the key");
    };
    let answer = settled(mine, status.into_response()).await;
    assert_eq!(answer.status(), status);
    claim().await.unwrap()
}

#[tokio::test]
async fn a_key_is_free_where_nothing_was_done_and_taken_where_nobody_can_say() {
    for status in UNDONE {
        assert!(matches!(after(status).await, Found::Mine(_)), "{status}");
    }
    for status in [
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::GATEWAY_TIMEOUT,
    ] {
        assert!(matches!(after(status).await, Found::Working), "{status}");
    }
    let done = after(StatusCode::CREATED).await;
    assert!(matches!(done, Found::Done(answer) if answer.status == 201));
}
