//! Where nothing is ever sent.

use holdfast::callbacks::webhooks::{Endpoint, Settings};

use super::{
    Answer, arrived, attempts, in_memory, number, put, receiver, registered, secret, settings, well,
};
use crate::support::adas;

/// Sends one message to `url`, and says what came of it.
async fn answer(url: String, settings: Settings) -> (Option<u16>, String) {
    let (states, _clock) = in_memory().await;
    let hook = registered(&states, Endpoint::new(url, secret(1))).await;
    let _webhooks = states.deliver_webhooks(settings).unwrap();
    put(&states, adas(), "s", number(1)).await;
    let attempt = attempts(&states, &hook, 1).await.remove(0);
    (attempt.status, attempt.answer)
}

#[tokio::test]
async fn private_addresses_are_refused_in_every_form_and_by_name() {
    let server = receiver(well()).await;
    let port = server.port();
    let public_only = Settings {
        allow_private: false,
        ..settings()
    };
    let hosts = [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00:ec2::254]",
        "localhost.",
    ];
    for host in hosts {
        let url = format!("http://{host}:{port}/hook");
        let (status, why) = answer(url, public_only.clone()).await;
        assert_eq!(status, None, "{host}: {why}");
        // A name that does not resolve here says so instead; it leads nowhere either.
        let is_refused = why.contains("allow_private") || host == "localhost.";
        assert!(is_refused, "{host}: {why}");
    }
    assert_eq!(arrived(&server).await.len(), 0);
    // The name and the address are good; only the settings were in the way.
    let (status, _) = answer(format!("http://localhost:{port}"), settings()).await;
    assert_eq!((status, arrived(&server).await.len()), (Some(204), 1));
}

#[tokio::test]
async fn plain_http_is_refused_unless_allowed() {
    let server = receiver(well()).await;
    let https_only = Settings {
        allow_http: false,
        ..settings()
    };
    let (status, why) = answer(server.uri(), https_only).await;
    assert!(status.is_none() && why.contains("allow_http"), "{why}");
    assert_eq!(arrived(&server).await.len(), 0);
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let inner = receiver(well()).await;
    let to = Answer::new(307).with_header("location", &inner.uri());
    let outer = receiver(to).await;
    let (status, _) = answer(outer.uri(), settings()).await;
    assert_eq!(status, Some(307));
    assert_eq!(arrived(&inner).await.len(), 0);
}

#[test]
fn an_endpoint_that_is_not_right_is_refused_before_it_is_registered() {
    let refused = |url: &str, secrets: usize| {
        let endpoint = Endpoint {
            secrets: (0..secrets as u64).map(secret).collect(),
            ..Endpoint::new(url, secret(0))
        };
        endpoint.into_state("hook", adas()).unwrap_err().to_string()
    };
    assert!(refused("not an address", 1).starts_with("data.url"));
    assert!(refused("ftp://example.org", 1).starts_with("data.url"));
    let with_password = refused("https://ada:lovelace@example.org", 1);
    assert!(with_password.starts_with("data.url") && !with_password.contains("lovelace"));
    assert!(refused("https://example.org", 0).starts_with("data.secrets"));
    assert!(refused("https://example.org", 5).starts_with("data.secrets"));
}
