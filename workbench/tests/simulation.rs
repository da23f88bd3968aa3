//! Simulations: protocols that are and are not read, lives against closed forms, tables and their checksum, runs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "simulation/baselines.rs"]
mod baselines;
#[path = "simulation/browse.rs"]
mod browse;
#[path = "simulation/bulk.rs"]
mod bulk;
#[path = "simulation/closed_forms.rs"]
mod closed_forms;
#[path = "simulation/hostile_packages.rs"]
mod hostile_packages;
#[path = "simulation/lives.rs"]
mod lives;
#[path = "simulation/memory.rs"]
mod memory;
#[path = "simulation/outcomes.rs"]
mod outcomes;
#[path = "simulation/packages.rs"]
mod packages;
#[path = "simulation/protocols.rs"]
mod protocols;
#[path = "simulation/registry.rs"]
mod registry;
#[path = "simulation/room.rs"]
mod room;
#[path = "simulation/runs.rs"]
mod runs;
#[path = "simulation/support.rs"]
mod support;
#[path = "simulation/tables.rs"]
mod tables;
#[path = "simulation/trials.rs"]
mod trials;
