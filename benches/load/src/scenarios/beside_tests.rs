//! The peers answer as they are read.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
use super::*;

#[tokio::test]
async fn redis_gives_back_what_it_was_given_and_says_who_it_is() {
    let server = RedisServer::start();
    let address = SocketAddr::from(([127, 0, 0, 1], server.port()));
    let mut connection = open(address, Wire::Redis).await.unwrap();
    assert!(process(&mut connection).await.unwrap().resident() > 0);
    let mut request = Vec::new();
    set(&mut request, 7, 1);
    assert_eq!(connection.good("SET", &request).await.unwrap(), "OK");
    redis(&mut request, &[b"GET", b"note-7"]);
    let value = connection.good("GET", &request).await.unwrap();
    assert_eq!(value, data(1).to_string());
    redis(&mut request, &[b"GET", b"note-8"]);
    let absent = connection.good("GET", &request).await.unwrap_err();
    assert!(matches!(absent, Error::Refused { status: 404, .. }));
}

/// Where it is installed: no test needs it.
#[tokio::test]
async fn etcd_gives_back_what_it_was_given() {
    if installed("etcd").is_none() {
        return;
    }
    let etcd = Etcd::start().await.unwrap();
    let access = Access::nobody(etcd.address);
    let mut connection = open(etcd.address, Wire::Http).await.unwrap();
    let put = etcd::put(&access, "note-7", "seven");
    connection.good("put", &put).await.unwrap();
    let range = etcd::range(&access, "note-7");
    let answer = connection.good("range", &range).await.unwrap();
    assert!(answer.contains(r#""value":"c2V2ZW4=""#), "{answer}");
    assert!(etcd.process().resident() > 0);
}
