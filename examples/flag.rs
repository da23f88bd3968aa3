//! A feature that is off, then on for one in four, then for one person more, then off again at once.
//!
//! ```text
//! cargo run --example flag --features engine
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use holdfast::{
    Actor, Error, Expected, Kind, New, Scope, StateId, StateManager, Transition, Update,
    backend::Memory,
};
use serde_json::json;

/// How many of a thousand people have the feature after each step.
async fn rollout(states: &StateManager) -> Result<Vec<usize>, Error> {
    let (scope, admin) = (Scope::Shared, Actor::system());
    let flag = StateId::new("faster-merge");
    let everybody = async || {
        let mut on = 0;
        for n in 0..1000 {
            let who = format!("user:{n}");
            on += usize::from(states.is_on(&scope, &flag, &who).await?);
        }
        Ok::<_, Error>(on)
    };
    let data = json!({"percentage": 25});
    let new = New::of(Kind::FEATURE, "Faster merge", scope.clone(), data).with_id(flag.clone());
    states.register(new, &admin).await?;
    let mut counts = vec![everybody().await?];

    let step = async |transition| {
        let (any, flag) = (Expected::Any, &flag);
        states
            .transition(&scope, flag, transition, any, &admin)
            .await
    };
    step(Transition::ACTIVATE).await?;
    counts.push(everybody().await?);

    // One who has it not, so far.
    let mut waiting = String::new();
    for n in 0..1000 {
        waiting = format!("user:{n}");
        if !states.is_on(&scope, &flag, &waiting).await? {
            break;
        }
    }
    let update = Update::Merge(json!({"on": [waiting]}));
    states
        .update(&scope, &flag, update, Expected::Any, &admin)
        .await?;
    counts.push(everybody().await?);

    step(Transition::SUSPEND).await?;
    counts.push(everybody().await?);
    Ok(counts)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    for on in rollout(&states).await? {
        println!("on for {on} of 1000");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_feature_reaches_who_it_should_and_can_be_taken_back() -> Result<(), Error> {
        let states = StateManager::builder(Arc::new(Memory::new())).build();
        let counts = rollout(&states).await?;
        let [off, quarter, one_more, again] = counts[..] else {
            unreachable!("four steps")
        };
        assert_eq!((off, again), (0, 0));
        assert!(quarter.abs_diff(250) < 70, "{quarter}");
        assert_eq!(one_more, quarter + 1);
        Ok(())
    }
}
