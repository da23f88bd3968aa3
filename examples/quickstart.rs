//! The engine without any web part: a life, a race, a watcher, and what is left of it all.
//!
//! ```text
//! cargo run --example quickstart --features engine
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use futures::StreamExt;
use holdfast::{
    Actor, Error, Expected, HistoryQuery, Kind, New, Revision, Scope, StateManager, Transition,
    Update, backend::Memory,
};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Error> {
    // `Memory` forgets with the process; `Sqlite::open("states.db")` does not. Nothing else differs.
    let states = StateManager::builder(Arc::new(Memory::new())).build();
    let scope = Scope::Tenant("lab".into());
    let ada = Actor::new("user:ada");

    // A user comes to be, is put into use, and stops paying.
    let account = New::of(
        Kind::USER,
        "Grace",
        scope.clone(),
        json!({"email": "grace@lab.org"}),
    );
    let grace = states.register(account, &ada).await?;
    let id = &grace.id;
    let step = async |what| {
        states
            .transition(&scope, id, what, Expected::Any, &ada)
            .await
    };
    step(Transition::ACTIVATE).await?;
    let reason = Update::Merge(json!({"suspended_reason": "payment_failed"}));
    let warned = states
        .update(&scope, id, reason, Expected::Any, &ada)
        .await?;
    step(Transition::SUSPEND).await?;

    // What the lifecycle does not have is refused, with what it has.
    if let Err(refused) = step(Transition::ACTIVATE).await {
        println!("refused:  {refused}");
    }

    // Whoever writes says which version they saw. Here two versions were written since.
    let paid = || Update::Merge(json!({"suspended_reason": null}));
    let seen = Expected::Version(grace.version);
    match states.update(&scope, id, paid(), seen, &ada).await {
        Err(Error::Conflict {
            current: Some(now), ..
        }) => {
            println!(
                "conflict: saw {}, now {} and {}",
                grace.version, now.version, now.status
            );
            states
                .update(&scope, id, paid(), Expected::Version(now.version), &ada)
                .await?;
        }
        other => println!("no conflict? {other:?}"),
    }
    step(Transition::RESUME).await?;
    states.delete(&scope, id, Expected::Any, &ada).await?;

    // It is gone for readers; its history is not.
    println!("reading:  {:?}", states.get(&scope, id).await?);
    for change in states.history(&scope, id, HistoryQuery::last(3)).await? {
        println!(
            "history:  {} {} by {}",
            change.after.version, change.transition, change.actor.name
        );
    }

    // A watcher begins anywhere in the log: here right behind what it has seen of the warning.
    let first = states.log(Revision(0), 3).await?;
    let behind = first.last().map_or(Revision(0), |change| change.revision);
    let mut changes = states.watch(Some(scope.clone()), behind).take(4);
    println!("watching: everything after {}", warned.version);
    while let Some(change) = changes.next().await {
        let change = change?;
        println!("watching: {} -> {}", change.transition, change.after.status);
    }
    Ok(())
}
