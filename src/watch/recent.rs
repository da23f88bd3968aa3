//! The newest changes of the log as they were handed out, for who joins or was too slow: a thousand watchers that come back
//! at once, after the proxy between them and the server did, would otherwise read the same pages of the log a thousand times.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::mark::Mark;
use crate::{Change, Revision, backend::Announcement, text::weight};

/// Changes that are remembered: a second of a busy log.
const CHANGES: usize = 10_000;
/// What their states take in memory together.
const BYTES: u64 = 16 << 20;
/// What is older is read from the log: a policy may have removed its content there since.
const AGE: Duration = Duration::from_secs(30);

/// Parts of the log that follow each other without a gap, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Recent {
    parts: VecDeque<Part>,
    changes: usize,
    bytes: u64,
    /// What the backend said last of content that became unreadable.
    forgotten: u64,
}

/// What was handed out at once.
#[derive(Debug)]
pub(super) struct Part {
    changes: Announcement,
    bytes: u64,
    since: Instant,
}

impl Part {
    pub(super) fn new(changes: Announcement) -> Self {
        let before = |change: &Change| change.before.as_ref().map_or(0, |it| weight::of(it));
        let bytes =
            |change: &Change| u64::from(weight::of(&change.after)) + u64::from(before(change));
        Self {
            bytes: changes.iter().map(bytes).sum(),
            changes,
            since: Instant::now(),
        }
    }

    pub(super) fn changes(&self) -> &[Change] {
        &self.changes
    }

    fn first(&self) -> Option<Revision> {
        Some(self.changes.first()?.revision)
    }

    fn last(&self) -> Option<Revision> {
        Some(self.changes.last()?.revision)
    }
}

impl Recent {
    /// What was handed out last. The oldest is dropped where there is too much.
    pub(super) fn add(&mut self, part: Part) {
        let Some(first) = part.first() else { return };
        if self.last().is_some_and(|last| last.0 + 1 != first.0) {
            self.clear();
        }
        self.changes += part.changes.len();
        self.bytes += part.bytes;
        self.parts.push_back(part);
        while self.changes > CHANGES || self.bytes > BYTES {
            let Some(oldest) = self.parts.pop_front() else {
                return;
            };
            self.changes -= oldest.changes.len();
            self.bytes -= oldest.bytes;
        }
    }

    /// Drops everything, if content became unreadable since the last time.
    pub(super) fn forget(&mut self, forgotten: u64) {
        if self.forgotten != forgotten {
            self.clear();
            self.forgotten = forgotten;
        }
    }

    /// Everything behind `read`, if it is all here and new; `tail` is the change there, as somebody else has seen it.
    pub(super) fn behind(&self, read: Revision, tail: Option<&Mark>) -> Option<Vec<Announcement>> {
        let (first, last) = (self.parts.front()?.first()?, self.last()?);
        // A log that went back has another change there, or none: who reads it finds out.
        let is_same = match tail {
            None => first.0.saturating_sub(1) <= read.0,
            Some(tail) => self.find(read).map(Mark::of).as_ref() == Some(tail),
        };
        if !is_same || read > last {
            return None;
        }
        let at = self.place(Revision(read.0.saturating_add(1)));
        let missed = || self.parts.range(at..);
        let is_new = missed()
            .next()
            .is_none_or(|oldest| oldest.since.elapsed() < AGE);
        is_new.then(|| missed().map(|part| Arc::clone(&part.changes)).collect())
    }

    fn clear(&mut self) {
        self.parts.clear();
        (self.changes, self.bytes) = (0, 0);
    }

    fn last(&self) -> Option<Revision> {
        self.parts.back()?.last()
    }

    /// The part that has a revision, or would.
    fn place(&self, revision: Revision) -> usize {
        self.parts
            .partition_point(|part| part.last().is_some_and(|last| last < revision))
    }

    fn find(&self, revision: Revision) -> Option<&Change> {
        let part = self.parts.get(self.place(revision))?;
        let at = revision.0.checked_sub(part.first()?.0)?;
        part.changes.get(usize::try_from(at).ok()?)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]
    use std::ops::RangeInclusive;

    use serde_json::json;

    use super::*;
    use crate::{
        Actor, Digest, Kind, Scope, State, StateId, Status, Timestamp, Transition, Version,
    };

    fn change(revision: u64, text: &str) -> Change {
        let at = Timestamp(0);
        let after = State {
            id: StateId::new("s"),
            kind: Kind::STORE,
            name: String::new(),
            status: Status::ACTIVE,
            data: json!(text),
            metadata: json!(null),
            version: Version(revision),
            schema_version: 1,
            scope: Scope::Shared,
            created_at: at,
            updated_at: at,
            expires_at: None,
            digest: Digest::default(),
            removed: None,
        };
        Change {
            revision: Revision(revision),
            transition: Transition::UPDATE,
            actor: Actor::system(),
            at,
            before: None,
            after: Arc::new(after),
        }
    }

    fn part(revisions: RangeInclusive<u64>) -> Part {
        Part::new(revisions.map(|at| change(at, "")).collect())
    }

    /// The first and last revision of each part behind `read`.
    fn missed(recent: &Recent, read: u64) -> Option<Vec<(u64, u64)>> {
        let parts = recent.behind(Revision(read), None)?;
        let ends = |part: &Announcement| {
            let (first, last) = (part.first().unwrap(), part.last().unwrap());
            (first.revision.0, last.revision.0)
        };
        Some(parts.iter().map(ends).collect())
    }

    #[test]
    fn what_follows_is_given_and_a_gap_begins_anew() {
        let mut recent = Recent::default();
        assert_eq!(missed(&recent, 0), None);
        recent.add(part(11..=20));
        recent.add(part(21..=25));
        assert_eq!(missed(&recent, 9), None);
        assert_eq!(missed(&recent, 10), Some(vec![(11, 20), (21, 25)]));
        assert_eq!(missed(&recent, 20), Some(vec![(21, 25)]));
        assert_eq!(missed(&recent, 25), Some(Vec::new()));
        assert_eq!(missed(&recent, 26), None);
        assert_eq!(missed(&recent, u64::MAX), None);
        recent.add(part(30..=31));
        assert_eq!(missed(&recent, 25), None);
        assert_eq!(missed(&recent, 29), Some(vec![(30, 31)]));
    }

    #[test]
    fn somebody_who_saw_another_change_there_is_sent_to_the_log() {
        let mut recent = Recent::default();
        recent.add(part(1..=3));
        let mut other = change(2, "");
        assert!(
            recent
                .behind(Revision(2), Some(&Mark::of(&other)))
                .is_some()
        );
        other.at = Timestamp(1);
        assert!(
            recent
                .behind(Revision(2), Some(&Mark::of(&other)))
                .is_none()
        );
    }

    #[test]
    fn the_oldest_goes_where_there_is_too_much() {
        let mut recent = Recent::default();
        let many = CHANGES as u64;
        recent.add(part(1..=many));
        recent.add(part(many + 1..=many + 1));
        assert_eq!(missed(&recent, 0), None);
        assert_eq!(missed(&recent, many), Some(vec![(many + 1, many + 1)]));
        let heavy = "x".repeat(usize::try_from(BYTES).unwrap());
        recent.add(Part::new(Arc::from([change(many + 2, &heavy)])));
        assert_eq!(missed(&recent, many + 1), None);
        recent.add(part(many + 3..=many + 3));
        assert_eq!(missed(&recent, many + 2), Some(vec![(many + 3, many + 3)]));
    }

    #[test]
    fn nothing_is_given_that_is_old_or_was_forgotten() {
        let mut recent = Recent::default();
        let mut old = part(1..=2);
        old.since = Instant::now().checked_sub(AGE).unwrap();
        recent.add(old);
        recent.add(part(3..=4));
        assert_eq!(missed(&recent, 1), None);
        assert_eq!(missed(&recent, 2), Some(vec![(3, 4)]));
        recent.forget(0);
        assert!(missed(&recent, 2).is_some());
        recent.forget(1);
        assert_eq!(missed(&recent, 2), None);
    }
}
