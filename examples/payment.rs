//! A payment that completes and one that fails. What is known at the end and the end itself are
//! written together: nobody ever sees a completed payment without the time it was completed.
//!
//! ```text
//! cargo run --example payment --features engine
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use holdfast::{
    Actor, Error, Expected, Kind, New, Scope, State, StateManager, Transition, Update,
    backend::Memory,
};
use serde_json::{Value, json};

/// What the bank said.
enum Answer {
    Paid { at: &'static str },
    Refused { at: &'static str, why: &'static str },
}

async fn pay(states: &StateManager, name: &str, answer: Answer) -> Result<Arc<State>, Error> {
    let (scope, actor) = (Scope::Tenant("clinic".into()), Actor::system());
    let new = New::of(
        Kind::TRANSACTION,
        name,
        scope.clone(),
        json!({"amount": 120}),
    );
    let payment = states.register(new, &actor).await?;

    let (outcome, end): (Value, _) = match answer {
        Answer::Paid { at } => (json!({"completed_at": at}), Transition::ACTIVATE),
        Answer::Refused { at, why } => (json!({"failed_at": at, "error": why}), Transition::EXPIRE),
    };
    let mut ending = states.transaction(&actor);
    let seen = Expected::Version(payment.version);
    ending
        .update(&scope, &payment.id, Update::Merge(outcome), seen)
        .await?;
    let ended = ending
        .transition(&scope, &payment.id, end, Expected::Any)
        .await?;
    ending.commit().await?;
    Ok(ended)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    let paid = Answer::Paid {
        at: "2026-11-21T09:31:07Z",
    };
    let refused = Answer::Refused {
        at: "2026-11-21T09:32:40Z",
        why: "card expired",
    };
    for (name, answer) in [("invoice 1", paid), ("invoice 2", refused)] {
        let payment = pay(&states, name, answer).await?;
        println!("{name}: {} {}", payment.status, payment.data);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use holdfast::Status;

    use super::*;

    #[tokio::test]
    async fn a_payment_ends_once_and_knows_how() -> Result<(), Error> {
        let states = StateManager::builder(Arc::new(Memory::new())).build();
        let paid = pay(&states, "a", Answer::Paid { at: "t" }).await?;
        assert_eq!(paid.status, Status::COMPLETED);
        assert_eq!(paid.data["completed_at"], "t");
        let failed = pay(
            &states,
            "b",
            Answer::Refused {
                at: "t",
                why: "card expired",
            },
        )
        .await?;
        assert_eq!(failed.status, Status::FAILED);
        assert_eq!(failed.data["error"], "card expired");
        let again = states
            .transition(
                &failed.scope,
                &failed.id,
                Transition::ACTIVATE,
                Expected::Any,
                &Actor::system(),
            )
            .await;
        assert!(matches!(again, Err(Error::Refused { .. })));
        Ok(())
    }
}
