//! The server as browsers and scripts meet it: one program, so that it is linked once.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod backends;
mod events;
mod helpers;
mod pages;
mod security;
mod sessions;
mod states;
mod stores;
mod upload;
