//! Where states are kept, as every program finds it.

use std::sync::Arc;

use holdfast::{
    StateManager,
    backend::{Backend, Postgres, Redis, Sqlite},
};

use crate::in_front;

#[derive(Debug)]
pub struct Place {
    /// Of a server, or else a file.
    pub address: String,
    /// Whether whoever opens it has a cache in front.
    pub is_cached: bool,
}

impl Place {
    pub async fn open(&self) -> Arc<dyn Backend> {
        let address = self.address.as_str();
        let backend: Arc<dyn Backend> = match address.split_once("://") {
            Some(("postgres", _)) => Arc::new(Postgres::connect(address).await.unwrap()),
            Some(("redis", _)) => Arc::new(Redis::connect(address, "kills").await.unwrap()),
            _ => Arc::new(Sqlite::open(address).await.unwrap()),
        };
        match self.is_cached {
            true => in_front(backend).await,
            false => backend,
        }
    }

    pub async fn engine(&self) -> StateManager {
        StateManager::builder(self.open().await).build()
    }
}
