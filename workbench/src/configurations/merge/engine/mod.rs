//! The merge itself: walks three trees together and writes the merged text. What only one side changed is taken as
//! that side wrote it; what both changed is taken apart as long as all three have the same shape; what is left is a
//! conflict. The meaning of what is written is computed beside it, so that the caller can check the text.

mod align;
mod container;
mod core;
mod entry;
mod indent;
mod level;
mod list;
mod names;
mod order;
mod output;
mod stretch;
mod tables;
mod trivia;

use super::{
    Format,
    tree::{Entry, Meaning, Node, NodeId, Tree},
    types::{Answer, Change, Conflict, Merged, Path, Reason, Side, Step},
};

/// Places in arrays of three.
pub(super) const BASE: usize = 0;
pub(super) const MINE: usize = 1;
pub(super) const THEIRS: usize = 2;

/// The entries cannot be brought together one by one; the container is merged as a whole.
pub(super) struct Stop;

/// An entry with where it stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    side: usize,
    parent: &'a Node,
    entry: &'a Entry,
}

/// What a line of a container begins with: on each side, and in the result.
#[derive(Clone)]
pub(super) struct Frame<'a> {
    from: [&'a str; 3],
    to: String,
}

/// A container on each side.
type Nodes<'a> = [Option<&'a Node>; 3];

/// A merge under way.
pub(super) struct Work<'a> {
    pub format: Format,
    pub trees: [&'a Tree<'a>; 3],
    /// Answers by conflict; what has none shows mine.
    pub answers: &'a [Option<Answer>],
    /// Places deeper than this are not taken apart.
    pub max_depth: usize,
    pub out: String,
    pub conflicts: Vec<Conflict>,
    pub merged: Vec<Merged>,
    /// Conflicts whose answer was "both" where that cannot be.
    pub not_both: Vec<u32>,
    /// Some answer was a text of one's own: the meaning of the result is not known beforehand.
    pub is_edited: bool,
    path: Vec<Step>,
    next_conflict: u32,
    /// What was written last is a comment that goes on to the end of its line.
    last_is_comment: bool,
    /// Trying to put both sides together: a conflict is a failure.
    is_union: bool,
    has_failed: bool,
    /// A byte of the output and its line, from where lines are counted on.
    counted: (usize, u32),
}

/// Where a merge under way can go back to.
struct Mark {
    out: usize,
    conflicts: usize,
    merged: usize,
    not_both: usize,
    path: usize,
    next_conflict: u32,
}

impl<'a> Work<'a> {
    pub fn new(
        format: Format,
        trees: [&'a Tree<'a>; 3],
        answers: &'a [Option<Answer>],
        max_depth: usize,
    ) -> Self {
        Self {
            format,
            trees,
            answers,
            max_depth,
            out: String::with_capacity(trees[MINE].text.len() + trees[MINE].text.len() / 8),
            conflicts: Vec::new(),
            merged: Vec::new(),
            not_both: Vec::new(),
            is_edited: false,
            path: Vec::new(),
            next_conflict: 0,
            last_is_comment: false,
            is_union: false,
            has_failed: false,
            counted: (0, 1),
        }
    }

    /// Merges the whole texts; answers what the merged text must mean.
    pub fn run(&mut self) -> Result<Option<Meaning>, Stop> {
        let roots = self.trees.map(Tree::root);
        let frame = Frame {
            from: ["", "", ""],
            to: String::new(),
        };
        let [base, mine, theirs] = roots;
        self.container([Some(base), Some(mine), Some(theirs)], &frame, None)
    }

    fn node(&self, place: Place<'a>) -> &'a Node {
        self.trees[place.side].node(place.entry.value)
    }

    fn node_of(&self, side: usize, id: NodeId) -> &'a Node {
        self.trees[side].node(id)
    }

    fn mark(&self) -> Mark {
        Mark {
            out: self.out.len(),
            conflicts: self.conflicts.len(),
            merged: self.merged.len(),
            not_both: self.not_both.len(),
            path: self.path.len(),
            next_conflict: self.next_conflict,
        }
    }

    fn back_to(&mut self, mark: &Mark) {
        self.out.truncate(mark.out);
        self.conflicts.truncate(mark.conflicts);
        self.merged.truncate(mark.merged);
        self.not_both.truncate(mark.not_both);
        self.path.truncate(mark.path);
        self.next_conflict = mark.next_conflict;
        if self.counted.0 > mark.out {
            self.counted = (0, 1);
        }
    }

    fn record(&mut self, side: usize, change: Change, written_from: Option<usize>) {
        let from = match side {
            MINE => Side::Mine,
            THEIRS => Side::Theirs,
            _ => Side::Both,
        };
        let lines = written_from.and_then(|from| self.lines_from(from));
        let path = Path(self.path.clone());
        self.merged.push(Merged {
            path,
            from,
            change,
            lines,
        });
    }

    /// Notes a conflict; answers its number and the choice, which is mine as long as there is none.
    fn conflict(
        &mut self,
        reason: Reason,
        stretches: [Option<(usize, usize)>; 3],
        can_take_both: bool,
    ) -> (u32, Answer) {
        let id = self.next_conflict;
        self.next_conflict += 1;
        self.has_failed |= self.is_union;
        let [base, mine, theirs] =
            [BASE, MINE, THEIRS].map(|side| self.excerpt(side, stretches[side]));
        self.conflicts.push(Conflict {
            id,
            path: Path(self.path.clone()),
            reason,
            base,
            theirs,
            mine,
            lines: None,
            can_take_both,
        });
        let answer = self.answers.get(id as usize).cloned().flatten();
        let answer = answer.unwrap_or(Answer::Mine);
        self.is_edited |= matches!(answer, Answer::Text(_));
        if answer == Answer::Both && !can_take_both {
            self.not_both.push(id);
            return (id, Answer::Mine);
        }
        (id, answer)
    }

    /// Notes where the text chosen for a conflict stands.
    fn place_conflict(&mut self, id: u32, written_from: usize) {
        let lines = self.lines_from(written_from);
        let found = self.conflicts.iter_mut().rev().find(|c| c.id == id);
        if let Some(conflict) = found {
            conflict.lines = lines;
        }
    }
}
