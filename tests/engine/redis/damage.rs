//! What somebody did by hand to records is told, and stops no reader.

use holdfast::{Expected, HistoryQuery, Revision, Update, verify::Problem};
use serde_json::json;

use super::{connect, engine, say};
use crate::support::{ada, adas, id, redis_server::RedisServer, store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_are_gone_are_found_out_and_others_are_read_on() {
    let server = RedisServer::start();
    let states = engine(&connect(&server).await);
    for name in ["a", "b", "c"] {
        states.register(store(name), &ada()).await.unwrap();
    }
    for n in 0..2 {
        let update = Update::Merge(json!({"n": n}));
        states
            .update(&adas(), &id("a"), update, Expected::Any, &ada())
            .await
            .unwrap();
    }
    // The second version of `a`, and what `b` stands at.
    for entry in ["4-0", "2-0"] {
        assert_eq!(say(&server, &format!("XDEL test/log {entry}")), ":1");
    }
    let states = engine(&connect(&server).await);
    let found = states.verify().await.unwrap().findings;
    let found: Vec<_> = found.iter().map(|it| (it.revision.0, it.problem)).collect();
    assert_eq!(found, [(3, Problem::Gap), (5, Problem::Gap)]);
    assert_eq!(states.get(&adas(), &id("b")).await.unwrap(), None);
    assert_eq!(states.list(&adas(), None, None, 10).await.unwrap().len(), 2);
    let history = states
        .history(&adas(), &id("a"), HistoryQuery::default())
        .await;
    assert_eq!(history.unwrap().len(), 2);

    assert_eq!(say(&server, "XDEL test/log 5-0"), ":1");
    let found = states.verify().await.unwrap().findings;
    let last = found.last().unwrap();
    assert_eq!((last.revision, last.problem), (Revision(5), Problem::Cut));
}
