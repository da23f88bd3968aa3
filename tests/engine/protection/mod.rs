//! What is sensitive is never kept in plain text, and opens only where it belongs.

mod keys;
mod records;
mod servers;

use std::sync::Arc;

use holdfast::{
    ManualClock, New, Scope, StateManager, Timestamp,
    backend::{Backend, Memory, Sealed, SealedFault, Sensitive},
};
use serde_json::Value;

use crate::support::{id, master, store};

const SECRET: &str = "correct horse battery staple";

/// A database, and servers in front of it.
struct Vault {
    behind: Arc<dyn Backend>,
    clock: Arc<ManualClock>,
}

impl Vault {
    fn new() -> Self {
        Self::over(Arc::new(Memory::new()))
    }

    fn over(behind: Arc<dyn Backend>) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
        Self { behind, clock }
    }

    async fn open(&self, masters: &[u8]) -> Result<Arc<Sealed>, SealedFault> {
        self.sealing(masters, Sensitive::everything()).await
    }

    async fn sealing(
        &self,
        masters: &[u8],
        sensitive: Sensitive,
    ) -> Result<Arc<Sealed>, SealedFault> {
        let masters = masters.iter().map(|number| master(*number)).collect();
        let (behind, clock) = (Arc::clone(&self.behind), self.clock.clone());
        let sealed = Sealed::open(behind, masters, sensitive, clock).await?;
        Ok(Arc::new(sealed))
    }

    fn states(&self, backend: Arc<dyn Backend>) -> StateManager {
        let builder = StateManager::builder(backend).clock(self.clock.clone());
        builder.build()
    }

    /// What is kept of a state, as it is kept.
    async fn kept(&self, scope: &Scope, name: &str) -> Value {
        let kept = self.behind.get(scope, &id(name)).await.unwrap();
        kept.unwrap().data.clone()
    }

    /// The id of the data key that sealed a state.
    async fn key_of(&self, scope: &Scope, name: &str) -> String {
        let kept = self.kept(scope, name).await;
        kept["$sealed"]["key"].as_str().unwrap().to_owned()
    }
}

fn lab() -> Scope {
    Scope::Tenant("lab".into())
}

fn labs(name: &str) -> New {
    New {
        scope: lab(),
        ..store(name)
    }
}

/// The fault behind an error of the engine.
fn fault(error: holdfast::Error) -> SealedFault {
    match error {
        holdfast::Error::Failed { source, .. } => *source.downcast().unwrap(),
        other => panic!("not a fault: {other:?}"),
    }
}
