//! Bytes from outside: whatever they are, they are taken as they are or refused by a typed error, alike on
//! every backend, and nothing else happens.
//!
//! `bytes` makes the inputs. Each target runs for `HOLDFAST_FUZZ_SECONDS` (docs/BENCHMARKS.md, "Proofs",
//! has a longer run). `json` reads states and changes, `names` writes what is named and filled by the
//! input, `notes` does so beside the log, `file` restores a backup, and `filters` reads what people search for and
//! has it answered.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod bytes;
mod file;
mod filters;
mod json;
mod names;
mod notes;
#[path = "../engine/support/mod.rs"]
#[expect(
    dead_code,
    clippy::panic,
    reason = "the engine's tests need more of it"
)]
mod support;

use std::{any::Any, sync::Arc};

use holdfast::backend::Backend;

use self::support::{memory, postgres, redis, sqlite};

/// One backend of each kind, and what it needs while it lives.
async fn backends() -> (Vec<Box<dyn Any + Send>>, Vec<Arc<dyn Backend>>) {
    let mut guards: Vec<Box<dyn Any + Send>> = Vec::new();
    let mut backends = Vec::new();
    macro_rules! keep {
        ($($made:expr),*) => {
            $(let (guard, backend) = $made.await;
            guards.push(Box::new(guard));
            backends.push(backend);)*
        };
    }
    keep!(memory(), sqlite(), postgres(), redis());
    (guards, backends)
}
