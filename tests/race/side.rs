//! One of the two that race.

use std::ops::Range;

use futures::future::join_all;
use holdfast::{
    Actor, Error, Expected, Kind, New, Scope, StateId, StateManager, Status, Transaction,
    Transition,
};
use serde_json::json;

/// What became of a round, in one letter.
pub const WON: char = 'W';
pub const LOST: char = 'l';

pub struct Side {
    states: StateManager,
    actor: Actor,
}

/// How a side goes at a state.
pub enum Start {
    /// It asks the engine, which looks at the state first.
    Asked,
    /// It looked before the signal: only the backend's guard can tell the two sides apart.
    Drafted(Box<Transaction>),
}

pub fn scope() -> Scope {
    Scope::Shared
}

pub fn id(round: usize) -> StateId {
    StateId::new(format!("payment {round}"))
}

pub fn new(round: usize) -> New {
    New::of(Kind::TRANSACTION, "payment", scope(), json!({"n": round})).with_id(id(round))
}

impl Side {
    pub fn new(states: StateManager, name: &str) -> Self {
        let actor = Actor::new(name);
        Self { states, actor }
    }

    /// Gets ready for these rounds: every other one is drafted.
    pub async fn get_ready(&self, rounds: Range<usize>) -> Vec<(usize, Start)> {
        join_all(rounds.map(async |round| {
            if round % 2 == 0 {
                return (round, Start::Asked);
            }
            let mut draft = self.states.transaction(&self.actor);
            let (scope, id) = (scope(), id(round));
            draft
                .transition(&scope, &id, Transition::ACTIVATE, Expected::Any)
                .await
                .unwrap();
            (round, Start::Drafted(Box::new(draft)))
        }))
        .await
    }

    /// Runs all of these rounds at once. How each ended, in their order.
    pub async fn race(&self, starts: Vec<(usize, Start)>) -> String {
        let ends = starts.into_iter().map(async |(round, start)| match start {
            Start::Asked => self.ask(round).await,
            Start::Drafted(draft) => commit(*draft).await,
        });
        join_all(ends).await.into_iter().collect()
    }

    async fn ask(&self, round: usize) -> char {
        let (scope, id, any) = (scope(), id(round), Expected::Any);
        let step = Transition::ACTIVATE;
        let asked = self.states.transition(&scope, &id, step, any, &self.actor);
        match asked.await {
            Ok(state) => {
                assert_eq!(state.status, Status::COMPLETED);
                WON
            }
            Err(Error::Refused { status, .. }) if status == Status::COMPLETED => LOST,
            Err(other) => unreachable!("round {round}: {other}"),
        }
    }
}

async fn commit(draft: Transaction) -> char {
    match draft.commit().await {
        Ok(changes) => {
            assert_eq!(changes.len(), 1);
            WON
        }
        Err(Error::Conflicts { conflicts }) => {
            let [Error::Conflict { current, .. }] = conflicts.as_slice() else {
                unreachable!("one state, not {conflicts:?}")
            };
            assert_eq!(current.as_ref().unwrap().status, Status::COMPLETED);
            LOST
        }
        Err(other) => unreachable!("{other}"),
    }
}
