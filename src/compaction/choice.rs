//! Which versions may go: one look at a change and what it replaced. It reads and writes nothing.

use super::{Compaction, Keep, SETTLED};
use crate::{Change, State, Timestamp, Transition, Version, callbacks::Hold, day::DAY};

/// What the policies say about the version that a change replaced.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// It keeps its content.
    Keep,
    /// A subscriber still needs it.
    Held,
    /// It goes, if it is old enough by number (`Some`: the newest version must be at least so far), and
    /// if it was made by an update itself.
    Go(Option<Version>),
}

/// Looks at the version before `change`, at this time.
pub(super) fn choose(
    policies: &Compaction,
    hold: &Hold,
    change: &Change,
    now: Timestamp,
) -> Choice {
    let Some(keep) = policies.of(&change.after.kind) else {
        return Choice::Keep;
    };
    let Some(before) = change.before.as_deref().filter(|state| is_whole(state)) else {
        return Choice::Keep;
    };
    // What a transition began with and led to stays; the first version, too.
    if change.transition != Transition::UPDATE || before.version.0 == 1 {
        return Choice::Keep;
    }
    if age(change.at, now) < settled(keep) {
        return Choice::Keep;
    }
    if hold.needs(change) {
        return Choice::Held;
    }
    let newest = keep
        .versions
        .map(|newest| before.version.0 + u64::from(newest));
    Choice::Go(newest.map(Version))
}

fn is_whole(state: &State) -> bool {
    state.removed.is_none()
}

/// Milliseconds since then; none where a clock was set back.
fn age(then: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.0.saturating_sub(then.0)).unwrap_or_default()
}

/// Milliseconds since it was replaced after which a version may go.
fn settled(keep: Keep) -> u64 {
    let days = keep
        .days
        .map_or(0, |days| u64::from(days) * DAY.unsigned_abs());
    days.max(u64::try_from(SETTLED.as_millis()).unwrap_or(u64::MAX))
}
