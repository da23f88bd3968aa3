//! Simulations: protocols that are and are not read, lives against closed forms, step by step.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "simulation/closed_forms.rs"]
mod closed_forms;
#[path = "simulation/lives.rs"]
mod lives;
#[path = "simulation/protocols.rs"]
mod protocols;
#[path = "simulation/support.rs"]
mod support;
