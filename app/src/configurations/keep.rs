//! Keeps what is not saved: a moment after each change the text goes to the server, where a refresh, a crash or another
//! device finds it. One request at a time; what changes meanwhile goes with the next.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{
    server::{drop_draft, get_draft, keep_draft},
    work::Work,
};
use crate::{AppError, components::toasts::Toasts};

/// The text rests so long before it is kept.
const REST: Duration = Duration::from_millis(500);
/// A server that is not there is asked again after this time.
const AGAIN: Duration = Duration::from_secs(2);

/// So often the draft of a page that was left is tried to be kept, or brought back.
const LAST_TRIES: u32 = 5;

/// How the draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// There is nothing to keep.
    Nothing,
    /// Everything is kept.
    All,
    /// On its way.
    Keeping,
    /// The server is not reached.
    Waiting,
    /// Another tab of the same person keeps another text.
    Elsewhere,
    /// The server does not take it: why was said. Tried again when the text changes.
    Refused,
}

/// The draft of the open file.
#[derive(Clone, Copy)]
pub(super) struct Keeping {
    pub(super) kept: RwSignal<Kept>,
    /// The draft's version as this tab knows it; 0 for none.
    version: StoredValue<u64>,
    is_busy: StoredValue<bool>,
    /// What is on its way.
    sent: StoredValue<Option<String>>,
    /// What was sent without an answer: it may have arrived.
    unanswered: StoredValue<Option<String>>,
    /// A save that waits until the server has answered, and whether it writes over others.
    next: StoredValue<Option<bool>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Keeping {
    pub(super) fn new(version: u64) -> Self {
        let kept = if version == 0 {
            Kept::Nothing
        } else {
            Kept::All
        };
        Self {
            kept: RwSignal::new(kept),
            version: StoredValue::new(version),
            is_busy: StoredValue::new(false),
            sent: StoredValue::new(None),
            unanswered: StoredValue::new(None),
            next: StoredValue::new(None),
            timer: StoredValue::new(None),
        }
    }

    /// The draft's version, if there is one.
    pub(super) fn version(self) -> Option<u64> {
        Some(self.version.get_value()).filter(|version| *version > 0)
    }

    /// Saves once the draft that is on its way has arrived; `false` if none is.
    pub(super) fn then_save(self, is_overwriting: bool) -> bool {
        let is_busy = self.is_busy.get_value();
        if is_busy {
            self.next.set_value(Some(is_overwriting));
        }
        is_busy
    }

    /// The text was saved: the server let the draft go.
    pub(super) fn saved(self) {
        self.version.set_value(0);
        self.kept.set(Kept::Nothing);
    }
}

/// The text changed: it is kept once it rests.
pub(super) fn changed(work: Work) {
    if work.draft.kept.get_untracked() != Kept::Elsewhere {
        after(work, REST);
    }
}

fn after(work: Work, rest: Duration) {
    let draft = work.draft;
    if let Some(Some(timer)) = draft.timer.try_update_value(Option::take) {
        timer.clear();
    }
    let timer = set_timeout_with_handle(move || keep(work), rest);
    draft.timer.try_set_value(timer.ok());
}

/// Keeps it now.
fn keep(work: Work) {
    let draft = work.draft;
    draft.timer.try_set_value(None);
    let (Some(is_saving), Some(is_busy)) = (
        work.is_saving.try_get_untracked(),
        draft.is_busy.try_get_value(),
    ) else {
        // The page was left.
        return;
    };
    if is_saving || is_busy {
        // Asked again when the answer is there. A save lets the draft go: it must not come back behind it.
        after(work, REST);
        return;
    }
    let has_changes = untrack(|| work.has_changes());
    if !has_changes && draft.version.get_value() == 0 {
        draft.kept.set(Kept::Nothing);
        return;
    }
    draft.is_busy.set_value(true);
    draft.kept.set(Kept::Keeping);
    let (name, text) = (work.name.get_value(), work.text.get_untracked());
    let (base, seen) = (work.base.get_untracked(), draft.version.get_value());
    draft.sent.set_value(Some(text.clone()));
    spawn_local(async move {
        let outcome = send(name, text.clone(), base, seen, has_changes).await;
        draft.is_busy.try_set_value(false);
        match outcome {
            Ok(version) => {
                draft.version.try_set_value(version);
                draft.unanswered.try_set_value(None);
                if work.text.try_with_untracked(|now| *now != text) == Some(true) {
                    after(work, REST);
                } else {
                    let kept = if version == 0 {
                        Kept::Nothing
                    } else {
                        Kept::All
                    };
                    draft.kept.try_set(kept);
                }
            }
            Err(AppError::Conflict { version, data }) => match data.as_deref().and_then(text_of) {
                // It is gone: another tab saved it, or a save of this one did whose answer was lost.
                None if seen > 0 => {
                    draft.version.try_set_value(0);
                    after(work, REST);
                }
                Some(kept)
                    if draft.unanswered.try_get_value().flatten().as_ref() == Some(&kept) =>
                {
                    draft.version.try_set_value(version);
                    after(work, REST);
                }
                _ => drop(draft.kept.try_set(Kept::Elsewhere)),
            },
            Err(error) if passes(&error) => {
                draft.unanswered.try_set_value(Some(text));
                draft.kept.try_set(Kept::Waiting);
                after(work, AGAIN);
            }
            Err(error) => {
                draft.kept.try_set(Kept::Refused);
                work.toasts.error(error.to_string());
            }
        }
        if let Some(Some(is_overwriting)) = draft.next.try_update_value(Option::take) {
            work.send(is_overwriting);
        }
    });
}

/// Keeps a text that differs from the saved one, and lets the draft go where it does not. The draft's version from then on.
async fn send(
    name: String,
    text: String,
    base: u64,
    seen: u64,
    has_changes: bool,
) -> Result<u64, AppError> {
    if has_changes {
        let kept = keep_draft(name, text, base, seen).await?;
        return Ok(kept.version);
    }
    drop_draft(name, seen).await?;
    Ok(0)
}

/// The page is left: what was typed a moment ago is kept too.
pub(super) fn leave(work: Work) {
    let draft = work.draft;
    let Some(Some(timer)) = draft.timer.try_update_value(Option::take) else {
        return;
    };
    timer.clear();
    let (has_changes, mut seen) = (untrack(|| work.has_changes()), draft.version.get_value());
    let is_settled = !has_changes && seen == 0;
    if is_settled || draft.kept.get_untracked() == Kept::Elsewhere {
        return;
    }
    let (name, text) = (work.name.get_value(), work.text.get_untracked());
    let base = work.base.get_untracked();
    // Texts of this page that may arrive meanwhile, or may have.
    let under_way = draft.sent.get_value().filter(|_| draft.is_busy.get_value());
    let own = [under_way, draft.unanswered.get_value()];
    // Nobody is there any more to be told what came of it.
    spawn_local(async move {
        for _ in 0..LAST_TRIES {
            let sent = send(name.clone(), text.clone(), base, seen, has_changes).await;
            match sent {
                Err(AppError::Conflict { version, data }) => {
                    match data.as_deref().and_then(text_of) {
                        // A save let it go.
                        None if has_changes => seen = 0,
                        kept if kept.is_some() && own.contains(&kept) => seen = version,
                        _ => return,
                    }
                }
                Err(error) if passes(&error) => {
                    #[cfg(feature = "hydrate")]
                    gloo_timers::future::sleep(AGAIN).await;
                }
                _ => return,
            }
        }
    });
}

/// Brings a text back as the draft of a file whose page was left.
pub(super) fn bring_back(name: String, text: String, base: u64, toasts: Toasts) {
    spawn_local(async move {
        for last in 1..=LAST_TRIES {
            let kept = async {
                let now = get_draft(name.clone()).await?;
                let seen = now.map_or(0, |draft| draft.version);
                keep_draft(name.clone(), text.clone(), base, seen).await
            };
            match kept.await {
                Ok(_) => return toasts.say("Your version is your draft again."),
                // The page that was left let its draft go in between.
                Err(AppError::Conflict { .. }) if last < LAST_TRIES => {}
                Err(error) => return toasts.error(error.to_string()),
            }
        }
    });
}

/// The text of the draft that stands in the way.
fn text_of(draft: &str) -> Option<String> {
    let draft = crate::json::read::<serde_json::Value>(draft).ok()?;
    Some(draft.get("text")?.as_str()?.to_owned())
}

/// Whether the same text may be kept a little later.
fn passes(error: &AppError) -> bool {
    use AppError::{Away, Busy, DiskFull, Internal, NoSession, Offline, Unsure};
    matches!(
        error,
        Offline | Busy(_) | Away(_) | Unsure | NoSession | DiskFull | Internal { .. }
    )
}

/// Settles which of two tabs' texts is the draft: this one's, or the other's.
pub(super) fn settle(work: Work, takes_other: bool) {
    let name = work.name.get_value();
    spawn_local(async move {
        match get_draft(name).await {
            Ok(other) => {
                work.draft
                    .version
                    .set_value(other.as_ref().map_or(0, |draft| draft.version));
                work.draft.kept.set(Kept::All);
                if let Some(other) = other.filter(|_| takes_other) {
                    work.base.set(other.base);
                    work.load_base(other.base);
                    work.show(&other.text);
                } else {
                    keep(work);
                }
            }
            Err(error) => work.toasts.error(error.to_string()),
        }
    });
}
