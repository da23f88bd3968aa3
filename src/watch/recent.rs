//! The newest changes of the log as they were handed out, for who joins or was too slow: a thousand watchers that come back
//! at once, after a server's restart, would otherwise read the same pages of the log a thousand times.

use std::{collections::VecDeque, sync::Arc};

use super::mark::Mark;
use crate::{Change, Revision, backend::Announcement, text::weight};

/// Changes that are remembered: a second of a busy log.
const CHANGES: usize = 10_000;
/// What their states take in memory together.
const BYTES: u64 = 16 << 20;

/// Parts of the log that follow each other without a gap, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Recent {
    parts: VecDeque<(Announcement, u64)>,
    changes: usize,
    bytes: u64,
}

impl Recent {
    /// What was handed out last. The oldest is forgotten where there is too much.
    pub(super) fn add(&mut self, part: Announcement) {
        let Some(first) = part.first() else { return };
        if self
            .last()
            .is_some_and(|last| last.revision.0 + 1 != first.revision.0)
        {
            *self = Self::default();
        }
        let bytes = part.iter().map(|it| u64::from(weight::of(&it.after))).sum();
        self.changes += part.len();
        self.bytes += bytes;
        self.parts.push_back((part, bytes));
        while self.changes > CHANGES || self.bytes > BYTES {
            let Some((oldest, bytes)) = self.parts.pop_front() else {
                return;
            };
            self.changes -= oldest.len();
            self.bytes -= bytes;
        }
    }

    /// Everything behind `read`, if it is all here; `tail` is the change there, as somebody else has seen it.
    pub(super) fn behind(&self, read: Revision, tail: Option<&Mark>) -> Option<Vec<Announcement>> {
        let (first, last) = (self.first()?.revision, self.last()?.revision);
        // A log that went back has another change there, or none: who reads it finds out.
        let is_same = match tail {
            None => first.0 <= read.0 + 1,
            Some(tail) => self.find(read).map(Mark::of).as_ref() == Some(tail),
        };
        if !is_same || read > last {
            return None;
        }
        let parts = self.parts.iter().map(|(part, _)| part);
        let is_behind = |part: &&Announcement| part.last().is_some_and(|it| it.revision > read);
        Some(parts.filter(is_behind).map(Arc::clone).collect())
    }

    fn first(&self) -> Option<&Change> {
        self.parts.front()?.0.first()
    }

    fn last(&self) -> Option<&Change> {
        self.parts.back()?.0.last()
    }

    fn find(&self, revision: Revision) -> Option<&Change> {
        let at = self
            .parts
            .partition_point(|(part, _)| part.last().is_some_and(|last| last.revision < revision));
        let part = &self.parts.get(at)?.0;
        let at = revision.0.checked_sub(part.first()?.revision.0)?;
        part.get(usize::try_from(at).ok()?)
    }
}
