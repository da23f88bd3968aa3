//! A user's life: signed up, verified, suspended because a payment failed, back again. Each step is
//! one entry of the history, and what the lifecycle does not have is refused.
//!
//! ```text
//! cargo run --example user --features engine
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use holdfast::{
    Actor, Error, Expected, HistoryQuery, Kind, New, Scope, StateManager, Transition,
    backend::Memory,
};
use serde_json::json;

async fn life(states: &StateManager) -> Result<Vec<String>, Error> {
    let (scope, actor) = (Scope::Tenant("clinic".into()), Actor::system());
    let data =
        json!({"user_id": "kondo.aiko", "email": "a.kondo@clinic.example", "status": "pending"});
    let user = states
        .register(
            New::of(Kind::USER, "kondo.aiko", scope.clone(), data),
            &actor,
        )
        .await?;
    for step in [
        Transition::ACTIVATE,
        Transition::SUSPEND,
        Transition::RESUME,
    ] {
        states
            .transition(&scope, &user.id, step, Expected::Any, &actor)
            .await?;
    }
    let again = states
        .transition(&scope, &user.id, Transition::RESUME, Expected::Any, &actor)
        .await;
    if let Err(refused) = again {
        println!("{refused}");
    }
    let history = states
        .history(&scope, &user.id, HistoryQuery::default())
        .await?;
    let told = history.iter().rev().map(|change| {
        let before = change.before.as_ref();
        let from = before.map_or("", |state| state.status.as_str());
        format!("{}: {from} -> {}", change.transition, change.after.status)
    });
    Ok(told.collect())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    for line in life(&states).await? {
        println!("{line}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn four_steps_are_exactly_four_entries() -> Result<(), Error> {
        let states = StateManager::builder(Arc::new(Memory::new())).build();
        let told = life(&states).await?;
        assert_eq!(
            told,
            [
                "create:  -> pending",
                "activate: pending -> active",
                "suspend: active -> suspended",
                "resume: suspended -> active",
            ]
        );
        assert_eq!(states.counts().refusals, 1);
        Ok(())
    }
}
