//! What a merge answers: places, what merged by itself, what needs a choice, and the choices. Plain data that crosses
//! to the browser as it is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Lines of a text, 1-based, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// The first line.
    pub first: u32,
    /// The last line.
    pub last: u32,
}

/// One step from the file down to a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The n-th document of a YAML stream with several, from 1.
    Document(u32),
    /// A key of a mapping.
    Key(String),
    /// An item of a list that is known by what it says: `id=7`.
    Named(String),
    /// The n-th item of a list, from 1.
    Item(u32),
}

/// A place in the file: the entity (its top-level key) and what lies below it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The top-level key, if the place lies in one.
    pub fn entity(&self) -> Option<&str> {
        self.0.iter().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            _ => None,
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return out.write_str("the file");
        }
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Document(number) => write!(out, "document {number}: ")?,
                Step::Key(key) if index == 0 => out.write_str(key)?,
                Step::Key(key) => write!(out, ".{key}")?,
                Step::Named(name) => write!(out, "[{name}]")?,
                Step::Item(number) => write!(out, "[{number}]")?,
            }
        }
        Ok(())
    }
}

/// Who changed a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// I did.
    Mine,
    /// They did.
    Theirs,
    /// Both did the same.
    Both,
}

/// What somebody did to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A new entry.
    Added,
    /// An entry taken out.
    Removed,
    /// Another value.
    Changed,
    /// Another place among its neighbours.
    Moved,
    /// Another comment.
    Comment,
    /// Other quoting, indentation or order of blanks: the same value.
    Layout,
}

impl Change {
    /// For people: `changed`, `added`.
    pub fn done(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::Comment => "comment changed",
            Self::Layout => "laid out anew",
        }
    }
}

/// A place that merged by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Where.
    pub path: Path,
    /// Whose change it is.
    pub from: Side,
    /// What was done.
    pub change: Change,
    /// Where it stands in [`Merge::draft`](super::Merge::draft); none for what is gone.
    pub lines: Option<Lines>,
}

/// Why a place needs a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Both changed it, differently.
    BothChanged,
    /// Both added it, differently.
    BothAdded,
    /// I deleted it, they changed it.
    DeletedByMe,
    /// They deleted it, I changed it.
    DeletedByThem,
    /// Both changed the same stretch of a list.
    List,
    /// Both changed the same comment.
    Comment,
}

/// A place in one of the three texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Excerpt {
    /// What stands there; empty where nothing does.
    pub text: String,
    /// Where; none where nothing stands.
    pub lines: Option<Lines>,
}

/// A place that both changed, for a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Names the conflict in an answer: 0, 1, 2 and so on in the order of the file.
    pub id: u32,
    /// Where.
    pub path: Path,
    /// Why.
    pub reason: Reason,
    /// The version both started from.
    pub base: Excerpt,
    /// Their version.
    pub theirs: Excerpt,
    /// My version.
    pub mine: Excerpt,
    /// Where it stands in [`Merge::draft`](super::Merge::draft), which shows mine; none where mine is a deletion.
    pub lines: Option<Lines>,
    /// [`Answer::Both`] is possible.
    pub can_take_both: bool,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Take mine.
    Mine,
    /// Take theirs.
    Theirs,
    /// Take mine and then what theirs has more: both items, both comments, the keys of both.
    Both,
    /// Put this text in the place of the excerpt. Empty takes the place out where it can be.
    Text(String),
}
