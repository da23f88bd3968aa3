//! In which order states are found, and the place of one state in it.
//!
//! Every order is total: what is equal is ordered by id, or has a place of its own in the log. So a page can
//! begin exactly behind the last state of the page before.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};

use super::{
    path::{Path, Root},
    scalar::{Leaf, Scalar},
};
use crate::{Revision, State};

/// The most bytes of a text by which states are ordered: it travels in every cursor. Names are
/// ordered whole; they are never longer than this.
const KEY_BYTES: usize = crate::Limits::NAME_BYTES as usize;

/// An order: a field, and the direction. It is parsed from `name`, `-created_at`, `data.age`.
///
/// `updated_at` means the place of a state's newest change in the log, which is the order in which
/// states were written whatever their clocks said. By any other field values are ordered null,
/// false, true, numbers, texts; what lacks the field comes last in both directions, and of several
/// values the first in this order counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    pub(crate) by: By,
    pub(crate) is_descending: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum By {
    Updated,
    Created,
    Name,
    Field(Path),
}

impl Sort {
    /// What was written last comes first.
    pub const NEWEST: Self = Self {
        by: By::Updated,
        is_descending: true,
    };

    pub(crate) fn by(path: Path, is_descending: bool) -> Self {
        let by = match path.root() {
            Root::UpdatedAt => By::Updated,
            Root::CreatedAt => By::Created,
            Root::Name => By::Name,
            _ => By::Field(path),
        };
        Self { by, is_descending }
    }

    /// The place of a state in this order.
    pub(crate) fn key(&self, revision: Revision, state: &State) -> Key {
        let id = || state.id.as_str().to_owned();
        match &self.by {
            By::Updated => Key::Place(revision),
            By::Created => Key::Time(state.created_at.0, id()),
            By::Name => Key::Name(state.name.clone(), id()),
            By::Field(path) => match self.value(path, state) {
                Some(value) => Key::Field(value, id()),
                None => Key::Without(id()),
            },
        }
    }

    fn value(&self, path: &Path, state: &State) -> Option<Scalar> {
        let mut first: Option<Leaf<'_>> = None;
        path.leaves(state, &mut |leaf| {
            let leaf = shortened(leaf);
            let is_first = first.is_none_or(|first| self.directed(leaf.sorted(first)).is_lt());
            first = if is_first { Some(leaf) } else { first };
        });
        first.map(Leaf::to_scalar)
    }

    fn directed(&self, order: Ordering) -> Ordering {
        if self.is_descending {
            order.reverse()
        } else {
            order
        }
    }

    /// Which of two places comes first. Keys of different orders never meet.
    pub(crate) fn compare(&self, one: &Key, other: &Key) -> Ordering {
        let order = match (one, other) {
            // Whatever the direction, what lacks the field comes last.
            (Key::Field(..), Key::Without(_)) => return Ordering::Less,
            (Key::Without(_), Key::Field(..)) => return Ordering::Greater,
            (Key::Field(a, id), Key::Field(b, other)) => {
                a.as_leaf().sorted(b.as_leaf()).then_with(|| id.cmp(other))
            }
            (Key::Without(id), Key::Without(other)) => id.cmp(other),
            (Key::Place(a), Key::Place(b)) => a.cmp(b),
            (Key::Time(a, id), Key::Time(b, other)) => a.cmp(b).then_with(|| id.cmp(other)),
            (Key::Name(a, id), Key::Name(b, other)) => a.cmp(b).then_with(|| id.cmp(other)),
            _ => Ordering::Equal,
        };
        self.directed(order)
    }

    /// Whether `key` is a place in this order.
    pub(crate) fn has(&self, key: &Key) -> bool {
        matches!(
            (&self.by, key),
            (By::Updated, Key::Place(_))
                | (By::Created, Key::Time(..))
                | (By::Name, Key::Name(..))
                | (By::Field(_), Key::Field(..) | Key::Without(_))
        )
    }
}

impl Default for Sort {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_descending { "-" } else { "" })?;
        match &self.by {
            By::Updated => f.write_str("updated_at"),
            By::Created => f.write_str("created_at"),
            By::Name => f.write_str("name"),
            By::Field(path) => write!(f, "{path}"),
        }
    }
}

/// The place of one state in an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Key {
    Place(Revision),
    Time(i64, String),
    Name(String, String),
    Field(Scalar, String),
    Without(String),
}

fn shortened(leaf: Leaf<'_>) -> Leaf<'_> {
    match leaf {
        Leaf::Text(text) => Leaf::Text(&text[..text.floor_char_boundary(KEY_BYTES)]),
        other => other,
    }
}
