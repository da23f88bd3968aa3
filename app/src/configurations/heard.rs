//! What the event stream tells: that something about a configuration changed, and what. Each piece has its place in the
//! log, like every event of the stream: one that broke off goes on behind the last event it told, so nothing is missed and
//! nobody has to ask. A tab that takes the stream over may hear a piece twice, and only asks once more.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One piece of news: `server/src/api/events.rs` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct News {
    /// `configuration`, `editing` or `lock`.
    pub(super) kind: String,
    /// The file.
    pub(super) name: String,
    /// The version of what changed.
    pub(super) version: u64,
}

/// The newest piece of news as it came, and how many came. Copies share one value.
#[derive(Clone, Copy)]
pub(crate) struct Heard(RwSignal<(u32, String)>);

impl Heard {
    /// Takes what the stream told.
    #[cfg(feature = "hydrate")]
    pub(crate) fn take(self, text: String) {
        self.0.update(|(count, news)| {
            *count = count.wrapping_add(1);
            *news = text;
        });
    }

    /// Counts up with every piece of news that `wants` wants.
    pub(super) fn count(self, wants: impl Fn(&News) -> bool + Send + Sync + 'static) -> Memo<u32> {
        Memo::new(move |before: Option<&u32>| {
            let before = before.copied().unwrap_or_default();
            let is_wanted = self
                .0
                .with(|(_, text)| crate::json::read::<News>(text).is_ok_and(|news| wants(&news)));
            before + u32::from(is_wanted)
        })
    }
}

/// Provides it to every component below.
pub(crate) fn provide_heard() -> Heard {
    let heard = Heard(RwSignal::new((0, String::new())));
    provide_context(heard);
    heard
}

/// What is heard.
pub(super) fn use_heard() -> Heard {
    use_context::<Heard>().unwrap_or_else(provide_heard)
}
