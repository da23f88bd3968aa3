//! An engine whose server has no room left: who writes until that is so, who wants to write then, and what is there.

use std::sync::Arc;

use futures::future::join_all;
use holdfast::{Error, New, State, StateManager};
use serde_json::json;

use super::{ada, adas, id, store};

/// A state that takes up room.
pub fn long(name: &str) -> New {
    New {
        data: json!("x".repeat(20_000)),
        ..store(name)
    }
}

/// What the backend said of a failure.
pub fn fault<F: std::error::Error + 'static>(error: Error) -> F {
    match error {
        Error::Failed { source, .. } => *source.downcast::<F>().unwrap(),
        other => panic!("not a fault: {other:?}"),
    }
}

/// Writes on until that is refused, and says why. `written` is how many there are.
pub async fn until_refused(states: &StateManager, written: &mut u64) -> Error {
    loop {
        match states.register(long(&format!("s{written}")), &ada()).await {
            Ok(_) => *written += 1,
            Err(refused) => return refused,
        }
    }
}

pub async fn at(states: &StateManager, name: &str) -> Option<Arc<State>> {
    states.get(&adas(), &id(name)).await.unwrap()
}

/// Everything that was acknowledged.
pub async fn all_there(states: &StateManager, written: u64) {
    for n in 0..written {
        assert!(at(states, &format!("s{n}")).await.is_some(), "s{n}");
    }
}

/// Forty at once: most of them are in one group.
pub async fn company(states: &StateManager) -> Vec<Result<Arc<State>, Error>> {
    let company = (0..40).map(async |n| {
        let name = format!("late {n}");
        states.register(long(&name), &ada()).await
    });
    join_all(company).await
}
