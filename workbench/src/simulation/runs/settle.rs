//! What a server left behind that died: its pending runs have failed, and their files go.

use holdfast::Status;

use super::{Runs, RunsError, home::Home};
use crate::Error;

/// What such a run's state says.
const REASON: &str =
    "the server stopped while it was being simulated; start it again with the same seed";

impl Runs {
    /// Fails each pending run that no process holds, and those of servers that went away with their folders.
    pub(super) async fn settle(&self) -> Result<(), RunsError> {
        for (held, marker) in self.blocking(Home::abandoned).await? {
            tracing::warn!(
                id = marker.id,
                "a run was left behind by a server that stopped"
            );
            let state = self.state_of(&marker.scope, &marker.id).await?;
            let is_completed = state.is_some_and(|it| it.status == Status::COMPLETED);
            if is_completed {
                // It was written down, and only its marker was still there.
                self.blocking(move |_| held.release()).await?;
                continue;
            }
            let outcome = Err(REASON.into());
            let concluded = self.conclude(&marker.scope, &marker.id, held, outcome);
            match concluded.await {
                // Its objects go when the store is back, and its marker with them.
                Err(RunsError::Files(Error::StoreAway { .. })) => {}
                concluded => concluded?,
            }
        }
        self.settle_gone().await
    }
}
