//! Programs beside ours: databases that a server stands on, and what people would pick in its place.

pub mod etcd;
#[path = "../../../../tests/engine/support/postgres_server/mod.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "the engine's tests do more with it, and stop where it fails"
)]
pub mod postgres_server;
#[path = "../../../../tests/engine/support/redis_server.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "the engine's tests do more with it, and stop where it fails"
)]
pub mod redis_server;

use std::{env, path::PathBuf};

/// Where a program is, if it is installed.
pub fn installed(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let places = env::split_paths(&folders).map(|folder| folder.join(name));
    places.into_iter().find(|path| path.is_file())
}
