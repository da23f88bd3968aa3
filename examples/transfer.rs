//! A transaction over two accounts: the amount leaves one and reaches the other, or nothing happens.
//! Two transfers at once cannot both spend the same money: the second is told, and tries again.
//!
//! ```text
//! cargo run --example transfer --features engine
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use holdfast::{
    Actor, Error, Expected, New, Scope, StateId, StateManager, Ttl, Update, backend::Memory,
};
use serde_json::json;

const SCOPE: Scope = Scope::Shared;

async fn open(states: &StateManager, name: &str, balance: i64) -> Result<StateId, Error> {
    let new = New {
        ttl: Ttl::Never,
        ..New::store(name, SCOPE, json!({"balance": balance}))
    };
    Ok(states.register(new, &Actor::system()).await?.id.clone())
}

async fn balance(states: &StateManager, account: &StateId) -> Result<i64, Error> {
    let state = states.get(&SCOPE, account).await?;
    Ok(state.map_or(0, |state| state.data["balance"].as_i64().unwrap_or(0)))
}

/// Moves `amount`; `false` when there is not enough.
async fn transfer(
    states: &StateManager,
    from: &StateId,
    to: &StateId,
    amount: i64,
) -> Result<bool, Error> {
    loop {
        let mut both = states.transaction(&Actor::system());
        for (account, change) in [(from, -amount), (to, amount)] {
            let state = both.get(&SCOPE, account).await?;
            let sum = state.map_or(0, |state| state.data["balance"].as_i64().unwrap_or(0)) + change;
            if sum < 0 {
                return Ok(false);
            }
            let update = Update::Merge(json!({"balance": sum}));
            both.update(&SCOPE, account, update, Expected::Any).await?;
        }
        match both.commit().await {
            Ok(_) => return Ok(true),
            // Somebody wrote one of the accounts in between: look again.
            Err(Error::Conflicts { .. }) => {}
            Err(error) => return Err(error),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    let (a, b) = (open(&states, "a", 100).await?, open(&states, "b", 0).await?);
    println!("30 moved: {}", transfer(&states, &a, &b, 30).await?);
    println!("90 moved: {}", transfer(&states, &a, &b, 90).await?);
    println!(
        "a {}, b {}",
        balance(&states, &a).await?,
        balance(&states, &b).await?
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn many_transfers_at_once_keep_the_sum_and_never_overdraw() -> Result<(), Error> {
        let states = StateManager::builder(Arc::new(Memory::new())).build();
        let (a, b) = (open(&states, "a", 100).await?, open(&states, "b", 0).await?);
        let moving = (0..50).map(|_| transfer(&states, &a, &b, 3));
        let moved = futures::future::try_join_all(moving).await?;
        assert_eq!(moved.iter().filter(|moved| **moved).count(), 33);
        assert_eq!(balance(&states, &a).await?, 1);
        assert_eq!(balance(&states, &b).await?, 99);
        Ok(())
    }
}
