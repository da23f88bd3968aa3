//! Saving the open file, and bringing in what others saved: how the text goes on from what came of it. What was typed while
//! the server was at work belongs to the text, not to what was sent.

use leptos::{prelude::*, task::spawn_local};
use workbench::configurations::{Conflicts, SaveOutcome, Stored};

use super::{
    keep,
    server::{carry_configuration, catch_up_configuration, get_version, save_configuration},
    work::Work,
};
use crate::{AppError, components::format};

impl Work {
    /// Saves, over what others saved if asked to.
    pub(super) fn save(self, is_overwriting: bool) {
        if self.is_saving.get_untracked() {
            return;
        }
        if let Some(first) = self
            .checked
            .with_untracked(|checked| checked.problems.first().cloned())
        {
            let place = [first.path.as_str(), ": "].concat();
            let place = if first.path.is_empty() { "" } else { &place };
            self.toasts.error(format!(
                "Not saved. Line {}: {place}{}",
                first.line, first.message
            ));
            return;
        }
        self.is_saving.set(true);
        // A draft on its way arrives first: it goes with the save, and must not come back behind it.
        if !self.draft.then_save(is_overwriting) {
            self.send(is_overwriting);
        }
    }

    /// Sends the text as it is now.
    pub(super) fn send(self, is_overwriting: bool) {
        let text = self.text.get_untracked();
        spawn_local(async move {
            let outcome = self.try_save(text.clone(), is_overwriting).await;
            if self.is_saving.try_set(false).is_some() {
                // The page was left in the meantime.
                return;
            }
            match outcome {
                Ok(SaveOutcome::Saved(stored)) => self.stored(stored, text),
                Ok(SaveOutcome::Conflicts(conflicts)) => self.conflict(*conflicts),
                Err(error) => self.toasts.error(error.to_string()),
            }
        });
    }

    /// A session that idled out is opened again: the text is still here.
    async fn try_save(self, text: String, is_overwriting: bool) -> Result<SaveOutcome, AppError> {
        let (base, token) = (
            self.base.get_untracked(),
            untrack(|| self.own_lock()).map(|it| it.token),
        );
        let (session, draft) = (self.session.get_untracked(), self.draft.version());
        match save_configuration(session, text.clone(), base, token, is_overwriting, draft).await {
            Err(AppError::NotFound(_)) => {
                self.reopen().await?;
                let session = self.session.get_untracked();
                save_configuration(session, text, base, None, is_overwriting, draft).await
            }
            outcome => outcome,
        }
    }

    /// What was saved is where the text goes on from; what was typed meanwhile stays.
    fn stored(self, stored: Stored, sent: String) {
        self.conflicts.set(None);
        self.room
            .update(|room| room.version = room.version.max(stored.version));
        self.draft.saved();
        let mut said = format!("Saved as v{}.", stored.version);
        if !stored.merged.is_empty() {
            let others = format::plural(stored.merged.len() as u64, "change", "changes");
            said = format!(
                "Saved as v{}, together with {others} of others.",
                stored.version
            );
        }
        self.toasts.say(said);
        if self.text.with_untracked(|text| *text == sent) {
            let Stored { version, text, .. } = stored;
            self.go_on(version, text.clone(), &text);
            return;
        }
        keep::changed(self);
        if stored.text == sent {
            self.base.set(stored.version);
            self.saved.set(sent);
        } else {
            self.carry(stored, sent);
        }
    }

    /// Others' changes came in with the save while the person typed on: what they typed is put on top of both. Until it is,
    /// and where it cannot be, the text begins where it began, so that the next save merges it like any other.
    fn carry(self, stored: Stored, sent: String) {
        let (name, base) = (self.name.get_value(), self.base.get_untracked());
        spawn_local(async move {
            while let Some(text) = self.text.try_get_untracked() {
                let (sent, typed) = (sent.clone(), text.clone());
                let carried = carry_configuration(name.clone(), sent, stored.version, typed).await;
                let is_over = self.base.try_get_untracked() != Some(base);
                let Some(carried) = carried.ok().flatten().filter(|_| !is_over) else {
                    return;
                };
                // Typed on again: asked again.
                if self.text.try_with_untracked(|now| *now == text) == Some(true) {
                    self.go_on(stored.version, stored.text, &carried);
                    return;
                }
            }
        });
    }

    /// Shows what needs a choice. What was typed since it was found is in none of the versions, so then it is asked again.
    fn conflict(self, conflicts: Conflicts) {
        if self
            .text
            .with_untracked(|text| *text == conflicts.mine.text)
        {
            self.conflicts.set(Some(conflicts));
        } else {
            self.catch_up();
        }
    }

    /// Brings what others saved into the text.
    pub(super) fn catch_up(self) {
        let (session, base) = (self.session.get_untracked(), self.base.get_untracked());
        let text = self.text.get_untracked();
        spawn_local(async move {
            let outcome = catch_up_configuration(session, base, text.clone()).await;
            if self.base.try_get_untracked() != Some(base) {
                // A save was faster, or the page was left.
                return;
            }
            match outcome {
                Ok(SaveOutcome::Saved(stored)) => self.caught_up(stored, &text).await,
                Ok(SaveOutcome::Conflicts(conflicts)) => self.conflict(*conflicts),
                Err(AppError::NotFound(_)) => {
                    if self.reopen().await.is_ok() {
                        self.catch_up();
                    }
                }
                Err(error) => self.toasts.error(error.to_string()),
            }
        });
    }

    async fn caught_up(self, stored: Stored, sent: &str) {
        // Typed meanwhile: the text is behind still, and says so.
        let is_same = || self.text.try_with_untracked(|text| text == sent) == Some(true);
        if !is_same() {
            return;
        }
        match get_version(self.name.get_value(), stored.version).await {
            Ok(saved) if is_same() => self.go_on(stored.version, saved, &stored.text),
            Ok(_) => {}
            Err(error) => self.toasts.error(error.to_string()),
        }
    }
}
