//! Ids, scopes, names and data from outside: every backend keeps them as they are or refuses them, and
//! none takes one for another.

use std::sync::Arc;

use futures::future::join_all;
use holdfast::{
    Error, Expected, Kind, ManualClock, New, Revision, Scope, State, StateId, StateManager,
    Timestamp,
};
use serde_json::Value;

use crate::{backends, bytes::Fuzzer, support::ada};

/// One line each: the kind of scope and its name, the id, the name; the rest is data.
fn new(input: &[u8]) -> New {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (scope, id, name, data) = (line(), line(), line(), line());
    let rest = |scope: &str| scope.chars().skip(1).collect();
    let scope = match scope.chars().next() {
        Some('t') => Scope::Tenant(rest(scope)),
        Some('u') => Scope::User(rest(scope)),
        Some('s') => Scope::Session(rest(scope)),
        _ => Scope::Shared,
    };
    let data = serde_json::from_str(data).unwrap_or_else(|_| Value::from(data));
    New::of(Kind::FEATURE, name, scope, data).with_id(StateId::new(id))
}

fn named(answer: &Result<Arc<State>, Error>) -> String {
    match answer {
        Ok(state) if state.version.0 == 1 => "born".into(),
        Ok(_) => "written again".into(),
        Err(Error::Invalid { path, .. }) => format!("invalid {path}"),
        Err(Error::TooLarge { what, .. }) => format!("too large: {}", what.setting()),
        Err(other) => unreachable!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_backend_keeps_or_refuses_whatever_a_state_is_called_and_holds() {
    let (_guards, backends) = backends().await;
    let engines = backends.into_iter().map(|backend| {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        StateManager::builder(backend).clock(clock).build()
    });
    let engines: Vec<StateManager> = engines.collect();
    let mut fuzzer = Fuzzer::over(vec![
        b"uada\nquery.filters\nfilters\n{\"n\":[1,2.5,null]}".to_vec(),
        b"uada\nquery.filters\nfilters\n\"\\u0000\"".to_vec(),
        b"tclinic:1\nuser:1\n%_'\n[]".to_vec(),
        b"\n\n\n".to_vec(),
        "s \u{e9}\n\u{1F600}\nname\n{\"\":\"\"}".as_bytes().to_vec(),
        [b"tx\n".as_slice(), &[b'i'; 300]].concat(),
        [b"x\ni\nn\n".as_slice(), &[b'['; 40], &[b']'; 40]].concat(),
    ]);
    while let Some(input) = fuzzer.next() {
        let new = new(&input);
        let actor = ada();
        let puts = engines.iter().map(|states| {
            let new = new.clone();
            states.put(new, Expected::Any, &actor)
        });
        let answers = join_all(puts).await;
        let answer = named(&answers[0]);
        for (states, put) in engines.iter().zip(&answers) {
            assert_eq!(named(put), answer);
            let (scope, id) = (&new.scope, new.id.as_ref().unwrap());
            if let Ok(put) = put {
                assert_eq!(put.data, new.data);
                let found = states.get(scope, id).await.unwrap();
                assert_eq!(found.as_ref(), Some(put));
            }
        }
        fuzzer.answered(answer);
    }
    // All that was ever written is where it was written, and the same everywhere.
    let newest = engines[0].revision().await.unwrap();
    for states in &engines {
        assert_eq!(states.verify().await.unwrap().findings, []);
        assert_eq!(states.revision().await.unwrap(), newest);
    }
    let mut seen = Revision(0);
    while seen < newest {
        let page = engines[0].log(seen, 1000).await.unwrap();
        for states in &engines[1..] {
            assert_eq!(states.log(seen, 1000).await.unwrap(), page);
        }
        seen = page.last().unwrap().revision;
    }
    fuzzer.finish(&[
        "born",
        "written again",
        "invalid id",
        "too large: state.id_bytes",
        "too large: state.depth",
    ]);
}
