//! A team outgrows its one server: the states move from a SQLite file to PostgreSQL while people go
//! on working, and nobody is sent to the new place before both are the same.
//!
//! ```text
//! cargo run --example sqlite_to_postgres --features engine -- states.db postgres://user@host/database
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use holdfast::{
    StateManager,
    backend::{Fault, Postgres, Sqlite},
    migrate::{Migration, Moved},
};

/// Moves everything. `stop_writers` is the moment in which the servers on the old engine stand still:
/// only the last few changes are left to be copied then.
pub async fn move_states(
    old: &StateManager,
    new: &StateManager,
    stop_writers: impl AsyncFnOnce(),
) -> Result<Moved, Fault> {
    let mut migration = Migration::begin(old, new).await?;
    // Hours may go by in the first round; the second one copies what was written meanwhile.
    for _ in 0..2 {
        migration
            .follow(|at| println!("{} of {} changes", at.copied.0, at.of.0))
            .await?;
    }
    stop_writers().await;
    Ok(migration.cut_over(|_| {}).await?)
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let mut words = std::env::args().skip(1);
    let (Some(file), Some(url)) = (words.next(), words.next()) else {
        return Err("which file, and which database? See the first lines of this example".into());
    };
    let old = StateManager::builder(Arc::new(Sqlite::open(file).await?)).build();
    let new = StateManager::builder(Arc::new(Postgres::connect(&url).await?)).build();
    let moved = move_states(&old, &new, async || println!("nobody writes any more")).await?;
    println!(
        "{} states, {} changes, SHA-256 {}: the same on both sides. Now set `state.database_url` \
         and start the servers. The file is as it was: it is the way back.",
        moved.states, moved.revision.0, moved.sha256
    );
    Ok(())
}
