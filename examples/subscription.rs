//! A plan that runs for a time: it is activated, paused, taken up again, expires when its time is
//! over whether anybody looks or not, and is renewed.
//!
//! ```text
//! cargo run --example subscription --features engine
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{sync::Arc, time::Duration};

use holdfast::{
    Actor, Error, Expected, HistoryQuery, Kind, ManualClock, New, Scope, StateManager, Timestamp,
    Transition, Ttl, backend::Memory,
};
use serde_json::json;

const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

async fn plan(states: &StateManager, clock: &ManualClock) -> Result<Vec<String>, Error> {
    let (scope, actor) = (Scope::Tenant("lab".into()), Actor::system());
    let new = New {
        ttl: Ttl::For(MONTH),
        ..New::of(
            Kind::SUBSCRIPTION,
            "lab-team",
            scope.clone(),
            json!({"seats": 5}),
        )
    };
    let plan = states.register(new, &actor).await?;
    let step = async |what| {
        states
            .transition(&scope, &plan.id, what, Expected::Any, &actor)
            .await
    };
    step(Transition::ACTIVATE).await?;
    step(Transition::SUSPEND).await?;
    step(Transition::RESUME).await?;
    clock.advance(MONTH);
    // Its time is over for every reader at once; the sweeper makes the end an entry of the history.
    if let Err(over) = states.get(&scope, &plan.id).await {
        println!("{over}");
    }
    states.sweep().await?;
    step(Transition::ACTIVATE).await?;
    let history = states
        .history(&scope, &plan.id, HistoryQuery::default())
        .await?;
    let told = history.iter().rev();
    Ok(told
        .map(|change| format!("{} -> {}", change.transition, change.after.status))
        .collect())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let clock = Arc::new(ManualClock::new(Timestamp(0)));
    let states = StateManager::builder(Arc::new(Memory::new()))
        .clock(clock.clone())
        .build();
    for line in plan(&states, &clock).await? {
        println!("{line}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_plan_expires_by_itself_and_can_be_renewed() -> Result<(), Error> {
        let clock = Arc::new(ManualClock::new(Timestamp(0)));
        let states = StateManager::builder(Arc::new(Memory::new()))
            .clock(clock.clone())
            .build();
        assert_eq!(
            plan(&states, &clock).await?,
            [
                "create -> inactive",
                "activate -> active",
                "suspend -> suspended",
                "resume -> active",
                "expire -> expired",
                "activate -> active",
            ]
        );
        Ok(())
    }
}
