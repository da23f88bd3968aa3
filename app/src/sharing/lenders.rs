//! Tells the runs whose run somebody may read that is not their own. Only on the server.

use holdfast::Scope;
use workbench::{
    Error,
    simulation::runs::{Lenders, OwnerOf},
};

use super::Thing;
use crate::{AppError, people::People};

/// The people who share runs.
#[derive(Debug, Clone)]
pub struct Colleagues(pub People);

impl Lenders for Colleagues {
    /// Asked for each reading of a run that is not the reader's own: what was taken back is over with the next one.
    fn owner_of<'a>(&'a self, reader: &'a Scope, run: &'a str) -> OwnerOf<'a> {
        let found = async move {
            match self.lender(reader, run).await {
                Ok(owner) => Ok(owner),
                Err(error) => Err(Error::Internal(error.to_string())),
            }
        };
        Box::pin(found)
    }
}

impl Colleagues {
    async fn lender(&self, reader: &Scope, run: &str) -> Result<Option<Scope>, AppError> {
        let Scope::User(id) = reader else {
            return Ok(None);
        };
        let Some(reader) = self.0.account(id).await? else {
            return Ok(None);
        };
        let all = self.0.shared_with(&reader).await?;
        let mut runs = all.into_iter().filter(
            |(_, shared)| matches!(&shared.share.thing, Thing::Run(shared) if shared == run),
        );
        Ok(runs.next().map(|(owner, _)| owner.scope()))
    }
}
