//! That something was shared with the person, or taken back: the event stream tells, and whatever shows shared things
//! asks again.

use leptos::{prelude::*, task::spawn_local};

use crate::{AppError, account::use_me};

/// How often it was heard of. Copies share one value.
#[derive(Clone, Copy)]
pub(crate) struct SharesHeard(RwSignal<u32>);

impl SharesHeard {
    /// Something changed.
    #[cfg(feature = "hydrate")]
    pub(crate) fn take(self) {
        self.0.update(|count| *count = count.wrapping_add(1));
    }

    /// Counts up with every change; whoever reads it is told.
    pub(crate) fn count(self) -> u32 {
        self.0.get()
    }
}

/// Provides it to every component below.
pub(crate) fn provide_shares() -> SharesHeard {
    let heard = SharesHeard(RwSignal::new(0));
    provide_context(heard);
    heard
}

/// What is heard.
pub(crate) fn use_shares() -> SharesHeard {
    use_context::<SharesHeard>().unwrap_or_else(provide_shares)
}

/// What others share with the person, asked for when the page is alive and whenever something was shared or taken back.
/// What cannot be asked for is not shown: it may have been taken back.
pub(super) fn shown<T, Answer>(ask: impl Fn() -> Answer + Copy + 'static) -> RwSignal<Vec<T>>
where
    T: Send + Sync + PartialEq + 'static,
    Answer: Future<Output = Result<Vec<T>, AppError>> + 'static,
{
    let (heard, me) = (use_shares(), use_me().0);
    let rows = RwSignal::new(Vec::new());
    // The number of the last question: earlier answers no longer count.
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        heard.count();
        if me.with(Option::is_none) {
            return;
        }
        let this = asked.get_value().wrapping_add(1);
        asked.set_value(this);
        spawn_local(async move {
            let answer = ask().await.unwrap_or_default();
            if asked.try_get_value() == Some(this)
                && rows.try_with_untracked(|old| *old != answer) == Some(true)
            {
                rows.set(answer);
            }
        });
    });
    rows
}
