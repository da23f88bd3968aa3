//! One desk for each tenant, over a folder of its own: nobody sees another tenant's files or who is in them. Only on the
//! server.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use holdfast::{Clock, StateManager};
use workbench::configurations::desk::{Desk, DiskWatch};

use crate::{AppError, people::Tenant};

/// The desks of this server. Cheap to clone.
#[derive(Clone)]
pub struct Desks(Arc<Parts>);

struct Parts {
    /// The first tenant's, which is everybody's where there are no tenants.
    first: Desk,
    /// Where the folders of the others are.
    root: PathBuf,
    manager: StateManager,
    clock: Arc<dyn Clock>,
    /// How often each folder is looked at.
    every: Duration,
    others: Mutex<HashMap<Tenant, (Desk, DiskWatch)>>,
}

impl Desks {
    /// Beside the first tenant's desk, those of others below `root`, each in a folder of the tenant's name.
    pub fn new(
        first: Desk,
        root: PathBuf,
        manager: StateManager,
        clock: Arc<dyn Clock>,
        every: Duration,
    ) -> Self {
        Self(Arc::new(Parts {
            first,
            root,
            manager,
            clock,
            every,
            others: Mutex::default(),
        }))
    }

    /// The desk of a tenant. Its folder is made, with the samples, when it is first asked for: a few small files, once.
    pub(crate) fn of(&self, tenant: &Tenant) -> Result<Desk, AppError> {
        let parts = &*self.0;
        if tenant.is_first() {
            return Ok(parts.first.clone());
        }
        let mut others = parts.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((desk, _)) = others.get(tenant) {
            return Ok(desk.clone());
        }
        // A tenant's name is a plain word, and so a folder's.
        let folder = parts.root.join(tenant.as_str());
        let (manager, clock) = (parts.manager.clone(), Arc::clone(&parts.clock));
        let desk = Desk::open_for(tenant.common(), &folder, manager, clock);
        let desk = desk.map_err(AppError::internal)?;
        desk.folder().furnish().map_err(AppError::internal)?;
        let watch = desk.watch_disk(parts.every);
        others.insert(tenant.clone(), (desk.clone(), watch));
        Ok(desk)
    }
}
