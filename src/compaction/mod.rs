//! Taking the content out of old versions by policy, and leaving all that an audit needs.
//!
//! The log stays as long as it is: who did what, when, and what it led to is never removed. Of versions that
//! a [`Keep`] lets go, `data` and `metadata` are. This file owns the policies and what a run reports; `run` goes
//! through the log, `choice` says which versions may go, `account` writes down in the log what went, and
//! finds out later whether what is left is as it was. What subscribers still need is for `callbacks` to say.

pub(crate) mod account;
mod choice;
mod run;
mod worker;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    time::Duration,
};

pub use self::worker::Compactor;
use crate::{Error, Kind, Revision};

/// How long a version was replaced before its content may go, whatever the policy: who is in the midst of
/// reading, searching or resuming has long ended by then.
pub const SETTLED: Duration = Duration::from_secs(10 * 60);

/// What a kind keeps of its versions. A version's content goes when every rule that is set lets it go.
///
/// Whatever the rules say, these keep their content: the first version and the newest, a version that was
/// made or left by anything but an `update`, so both sides of every transition, every rollback and every
/// delete; and what a subscriber has not handled yet, or holds as a dead letter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keep {
    /// The newest so many versions of each state.
    pub versions: Option<u32>,
    /// Every version that was the newest at some time in the last so many days.
    pub days: Option<u32>,
}

impl Keep {
    /// The newest `versions` of each state.
    pub fn versions(versions: u32) -> Self {
        Self {
            versions: Some(versions),
            days: None,
        }
    }

    /// What was the newest at some time in the last `days`.
    pub fn days(days: u32) -> Self {
        Self {
            versions: None,
            days: Some(days),
        }
    }

    /// That it lets something go.
    fn check(self, kind: &Kind) -> Result<(), Error> {
        let path = format!("kinds.{kind}");
        if self.versions == Some(0) {
            let problem = "must be at least 1: the newest version always stays";
            return Err(Error::invalid(&format!("{path}.keep_versions"), problem));
        }
        if self == Self::default() {
            let problem = "a policy needs `keep_versions`, `keep_days` or both";
            return Err(Error::invalid(&path, problem));
        }
        Ok(())
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = [("keep_versions", self.versions), ("keep_days", self.days)];
        let rules = rules.into_iter();
        let rules = rules.filter_map(|(name, rule)| Some(format!("{name} = {}", rule?)));
        f.write_str(&rules.collect::<Vec<_>>().join(", "))
    }
}

/// The policy of each kind. A kind that is not named keeps everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compaction(HashMap<Kind, Keep>);

impl Compaction {
    /// Lets go what `keep` does not keep of this kind.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a policy that would keep everything, or not even the newest version; and for
    /// the kind `compaction`, by which the log says what it has lost.
    pub fn kind(mut self, kind: Kind, keep: Keep) -> Result<Self, Error> {
        keep.check(&kind)?;
        if kind == Kind::COMPACTION {
            let problem = "says what the log has lost, and loses nothing itself";
            return Err(Error::invalid("kinds.compaction", problem));
        }
        self.0.insert(kind, keep);
        Ok(self)
    }

    /// Whether nothing ever goes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, kind: &Kind) -> Option<Keep> {
        self.0.get(kind).copied()
    }
}

/// What a run did, or in a dry run would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Changes of the log that were looked at.
    pub examined: u64,
    /// Versions whose content went, by kind.
    pub removed: BTreeMap<Kind, u64>,
    /// Bytes of JSON that went with them.
    pub bytes: u64,
    /// Versions that the policies let go and that stay, because a subscriber still needs them.
    pub held: u64,
    /// The place in the log up to which subscribers need nothing any more.
    pub floor: Revision,
}

impl Compacted {
    /// Versions whose content went, of all kinds.
    pub fn total(&self) -> u64 {
        self.removed.values().sum()
    }
}
