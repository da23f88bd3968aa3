//! States in memory: what the engine itself takes, without any database.

use std::sync::Arc;

use holdfast::backend::Memory;

use super::{
    load::{WRITERS, filled, reads, writes},
    table::Table,
};

pub async fn rows(table: &mut Table) {
    let states = filled(Arc::new(Memory::new())).await;
    table.rate(&reads("memory: get", &states).await, Some(2e6));
    let what = "memory: update, expected version, 256 writers";
    table.rate(&writes(what, &states, WRITERS).await, Some(5e5));
}
