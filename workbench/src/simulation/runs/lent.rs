//! Runs that others let somebody read: reading looks at one's own first and then asks whoever knows what is shared.
//!
//! Only reading goes this way. What changes a run looks in one's own scope alone.

use std::sync::Arc;

use futures::future::BoxFuture;
use holdfast::{Scope, State};

use super::{
    By, Runs, RunsError,
    record::{Access, info},
};
use crate::{Error, simulation::RunInfo};

/// Whose run it is; `None` where the reader may not read it.
pub type OwnerOf<'a> = BoxFuture<'a, Result<Option<Scope>, Error>>;

/// Knows whose runs somebody may read.
pub trait Lenders: Send + Sync + 'static {
    /// The scope in which this run is, if its owner lets this reader read it now. Asked for each reading.
    fn owner_of<'a>(&'a self, reader: &'a Scope, run: &'a str) -> OwnerOf<'a>;
}

impl Runs {
    /// From now on what these lend can be read. The first who is given counts.
    pub fn lent_by(&self, lenders: Arc<dyn Lenders>) {
        self.inner.lenders.get_or_init(|| lenders);
    }

    /// A run of one's own, and never one that is lent.
    ///
    /// # Errors
    /// [`RunsError::Missing`].
    pub async fn get_own(&self, by: &By, id: &str) -> Result<RunInfo, RunsError> {
        let state = self.find(&by.scope, id).await?;
        Ok(info(&state, Access::default())?)
    }

    /// The state of a run that may be read in this scope.
    pub(super) async fn find_to_read(
        &self,
        scope: &Scope,
        id: &str,
    ) -> Result<Arc<State>, RunsError> {
        if let Some(own) = self.state_of(scope, id).await? {
            return Ok(own);
        }
        let lent = match self.inner.lenders.get() {
            Some(lenders) => lenders.owner_of(scope, id).await?,
            None => None,
        };
        match lent {
            Some(owner) => self.find(&owner, id).await,
            None => Err(RunsError::Missing(id.to_owned())),
        }
    }
}
