//! Drafts: what somebody has not saved, kept in their own scope. One a file and person, whatever the tab.

use holdfast::{Expected, New, State, StateId, Ttl, Version};
use serde::{Deserialize, Serialize};

use super::{DRAFT, DRAFT_LIFE, Desk, DeskError, Who, read, write};
use crate::configurations::Draft;

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    text: String,
    base: u64,
}

impl Desk {
    /// What a person has not saved of a file.
    pub async fn draft(&self, who: &Who, name: &str) -> Result<Option<Draft>, DeskError> {
        let state = match self.states().get(&who.scope, &id(who, name)).await {
            Ok(state) => state,
            Err(holdfast::Error::Expired { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        state.map(|state| told(&state)).transpose()
    }

    /// The same, if it is another text than the file has. Else it goes: it was saved, by a page that was left before it knew.
    pub(super) async fn unsaved(
        &self,
        who: &Who,
        name: &str,
        saved: &str,
    ) -> Result<Option<Draft>, DeskError> {
        let draft = self.draft(who, name).await?;
        match draft {
            Some(draft) if draft.text == saved => {
                match self.drop_draft(who, name, draft.version).await {
                    Err(DeskError::State(holdfast::Error::Conflict { .. })) => {
                        self.draft(who, name).await
                    }
                    dropped => dropped.map(|()| None),
                }
            }
            draft => Ok(draft),
        }
    }

    /// Keeps a text that began from version `base`. `seen` is the draft's version that the tab knows, 0 for none: what
    /// another tab of the same person kept meanwhile is a conflict and not written over.
    ///
    /// # Errors
    /// [`holdfast::Error::Conflict`].
    pub async fn keep_draft(
        &self,
        who: &Who,
        name: &str,
        text: String,
        base: u64,
        seen: u64,
    ) -> Result<Draft, DeskError> {
        let expected = match seen {
            0 => Expected::Absent,
            version => Expected::Version(Version(version)),
        };
        let new = New::of(
            DRAFT,
            name,
            who.scope.clone(),
            write(&Content { text, base })?,
        )
        .with_id(id(who, name))
        .with_ttl(Ttl::For(DRAFT_LIFE));
        let state = self.states().put(new, expected, &who.actor).await?;
        told(&state)
    }

    /// Lets a draft go: it was saved, or given up. `seen` is the draft's version that the tab knows. Its versions stay in the
    /// history.
    ///
    /// # Errors
    /// [`holdfast::Error::Conflict`] if another tab of the same person kept another text since.
    pub async fn drop_draft(&self, who: &Who, name: &str, seen: u64) -> Result<(), DeskError> {
        let (id, seen) = (id(who, name), Expected::Version(Version(seen)));
        let dropped = self.states().delete(&who.scope, &id, seen, &who.actor);
        match dropped.await {
            Ok(()) | Err(holdfast::Error::Absent { .. } | holdfast::Error::Expired { .. }) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn id(who: &Who, name: &str) -> StateId {
    StateId::scoped(&format!("{DRAFT}:{name}"), &who.scope)
}

fn told(state: &State) -> Result<Draft, DeskError> {
    let Content { text, base } = read(&state.data)?;
    Ok(Draft {
        text,
        base,
        version: state.version.0,
        kept_at: state.updated_at.0,
    })
}
