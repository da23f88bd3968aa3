//! Why a text cannot be read or a merge cannot be answered: which text, where, and what to do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which text an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// The text both sides started from.
    Base,
    /// The other person's.
    Theirs,
    /// One's own.
    Mine,
    /// The result of the merge with the answers given.
    Merged,
    /// The only text there is.
    Text,
}

impl fmt::Display for Which {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Base => "the version both started from",
            Self::Theirs => "their version",
            Self::Mine => "my version",
            Self::Merged => "the merged text",
            Self::Text => "the text",
        })
    }
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The format's rules are broken.
    #[error("{0}")]
    Syntax(String),
    /// A mapping says the same key twice; programs disagree about which one counts.
    #[error("the key \"{0}\" is there twice; remove one of both")]
    DuplicateKey(String),
    /// Nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("nested deeper than {max} levels; flatten it", max = super::MAX_DEPTH)]
    TooDeep,
    /// With its aliases written out the text has more than [`MAX_NODES`](super::MAX_NODES) values.
    #[error("aliases make it larger than {max} values; write it without so many aliases", max = super::MAX_NODES)]
    TooManyAliases,
    /// Longer than [`MAX_BYTES`](super::MAX_BYTES).
    #[error("longer than {max} bytes; split the file", max = super::MAX_BYTES)]
    TooLarge,
}

/// One failure, for the person who edits the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeError {
    /// A text cannot be read. Its author fixes the named place.
    #[error("{which}, line {line}, column {column}: {fault}")]
    Unreadable {
        /// The text.
        which: Which,
        /// 1-based.
        line: u32,
        /// 1-based, in characters.
        column: u32,
        /// What is wrong.
        fault: Fault,
    },
    /// Conflicts are still without an answer. The person answers them.
    #[error("{0} of the conflicts have no answer yet; choose one for each")]
    Unanswered(u32),
    /// An answer names a conflict that does not exist. The program asks for the merge again.
    #[error("there is no conflict {0} in this merge; load it again")]
    NoSuchConflict(u32),
    /// Both sides cannot stand side by side here. The person takes one side or writes the text.
    #[error(
        "conflict {0} cannot take both sides: a key has one value; take one side or edit the text"
    )]
    NotBoth(u32),
    /// The answers together do not give what they say, for instance an alias whose anchor was left out. The person
    /// answers differently or edits the text.
    #[error(
        "these answers do not fit together; take the same side for what belongs together, or edit the text"
    )]
    DoesNotFit,
}

/// A fault at a byte of a text, before it is known which text that was.
#[derive(Debug)]
pub(super) struct FaultAt {
    pub offset: usize,
    pub fault: Fault,
}

impl FaultAt {
    pub(super) fn new(offset: usize, fault: Fault) -> Self {
        Self { offset, fault }
    }

    pub(super) fn syntax(offset: usize, message: impl Into<String>) -> Self {
        Self::new(offset, Fault::Syntax(message.into()))
    }

    pub(super) fn of(self, which: Which, text: &str) -> MergeError {
        let mut offset = self.offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        MergeError::Unreadable {
            which,
            line: count(before.matches('\n').count() + 1),
            column: count(before[line_start..].chars().count() + 1),
            fault: self.fault,
        }
    }
}

/// Texts are bounded by `MAX_BYTES`, so that their lines fit.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
