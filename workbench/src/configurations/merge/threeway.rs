//! From three texts to a [`Merge`]: reads them, walks them, and checks the text that comes of it by reading it again.

use std::collections::BTreeSet;

use super::{
    Format,
    engine::{BASE, MINE, THEIRS, Work},
    error::{FaultAt, MergeError, Which},
    prepare::{Prepared, prepare},
    tree::{Meaning, Tree},
    types::{Answer, Conflict, Excerpt, Lines, Merged, Path, Reason},
};

/// How far a merge takes the texts apart, tried in this order: to the ground; entity by entity; not at all. A text
/// that does not mean what its parts do (an anchor that moved behind its alias) is not a merge, and the next is tried.
const DEPTHS: [Option<usize>; 3] = [Some(usize::MAX), Some(1), None];

const SIDES: [Which; 3] = [Which::Base, Which::Mine, Which::Theirs];

/// Three versions of a file brought together. See [`merge`](super::merge).
#[derive(Debug, Clone)]
pub struct Merge {
    format: Format,
    texts: [String; 3],
    depth: Option<usize>,
    draft: String,
    merged: Vec<Merged>,
    conflicts: Vec<Conflict>,
}

/// What a walk over the texts gave.
struct Walk {
    text: String,
    merged: Vec<Merged>,
    conflicts: Vec<Conflict>,
    not_both: Vec<u32>,
}

impl Merge {
    pub(super) fn new(
        format: Format,
        base: &str,
        theirs: &str,
        mine: &str,
    ) -> Result<Self, MergeError> {
        let texts = [base, mine, theirs].map(str::to_owned);
        let prepared = prepare(base, mine, theirs);
        let trees = read(format, &prepared)?;
        for depth in DEPTHS {
            let walk = walk(format, &texts, &prepared, &trees, depth, &[]);
            if let Some(walk) = walk {
                return Ok(Self {
                    format,
                    depth,
                    draft: walk.text,
                    merged: walk.merged,
                    conflicts: walk.conflicts,
                    texts,
                });
            }
        }
        Err(MergeError::DoesNotFit)
    }

    /// The merged text, if nothing needs a choice.
    pub fn text(&self) -> Option<&str> {
        self.conflicts.is_empty().then_some(self.draft.as_str())
    }

    /// The merged text as far as it is known: every conflict shows my version.
    pub fn draft(&self) -> &str {
        &self.draft
    }

    /// What merged by itself, in the order of the file.
    pub fn merged(&self) -> &[Merged] {
        &self.merged
    }

    /// What needs a choice, in the order of the file.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// The final text with an answer for each conflict, checked by reading it.
    ///
    /// # Errors
    /// An answer is missing, or names no conflict, or cannot be given there; the text that comes of the answers cannot
    /// be read, with the line.
    pub fn resolve(&self, answers: &[(u32, Answer)]) -> Result<String, MergeError> {
        let mut given: Vec<Option<Answer>> = vec![None; self.conflicts.len()];
        for (id, answer) in answers {
            let place = given.get_mut(*id as usize);
            *place.ok_or(MergeError::NoSuchConflict(*id))? = Some(answer.clone());
        }
        let open = given.iter().filter(|answer| answer.is_none()).count();
        if open > 0 {
            return Err(MergeError::Unanswered(super::error::count(open)));
        }
        if given.is_empty() {
            return Ok(self.draft.clone());
        }
        let [base, mine, theirs] = &self.texts;
        let prepared = prepare(base, mine, theirs);
        let trees = read(self.format, &prepared)?;
        let is_edited = given.iter().flatten().any(|a| matches!(a, Answer::Text(_)));
        let walk = walk(
            self.format,
            &self.texts,
            &prepared,
            &trees,
            self.depth,
            &given,
        );
        let Some(walk) = walk else {
            return Err(MergeError::DoesNotFit);
        };
        if let Some(id) = walk.not_both.first() {
            return Err(MergeError::NotBoth(*id));
        }
        if is_edited {
            let text = walk.text.strip_prefix('\u{feff}').unwrap_or(&walk.text);
            Tree::parse(self.format, text, &BTreeSet::new())
                .map_err(|fault| fault.of(Which::Merged, text))?;
        }
        Ok(walk.text)
    }
}

/// Reads all three, with TOML tables that stand apart in one of them taken so in all.
fn read(format: Format, prepared: &Prepared) -> Result<[Tree<'_>; 3], MergeError> {
    let mut scattered = BTreeSet::new();
    loop {
        let parse = |side: usize| {
            let text = prepared.texts[side].as_str();
            Tree::parse(format, text, &scattered).map_err(|fault| fault.of(SIDES[side], text))
        };
        let trees = [parse(BASE)?, parse(MINE)?, parse(THEIRS)?];
        let all: BTreeSet<String> = trees
            .iter()
            .flat_map(|tree| tree.scattered.clone())
            .collect();
        if all == scattered {
            return Ok(trees);
        }
        scattered = all;
    }
}

/// Merges at one depth; nothing where the text would not mean what its parts do.
fn walk(
    format: Format,
    texts: &[String; 3],
    prepared: &Prepared,
    trees: &[Tree<'_>; 3],
    depth: Option<usize>,
    answers: &[Option<Answer>],
) -> Option<Walk> {
    let [base, mine, theirs] = texts;
    if mine == theirs || theirs == base {
        return Some(one_sided(trees, format, mine));
    }
    if mine == base {
        return Some(one_sided(trees, format, theirs));
    }
    let Some(depth) = depth else {
        return Some(whole(texts, answers));
    };
    let [base, mine, theirs] = trees;
    let mut work = Work::new(format, [base, mine, theirs], answers, depth);
    let meaning = work.run().ok()?;
    let is_sound = |text: &str| meaning_of(format, text, trees).ok();
    // A text of one's own has whatever meaning it has; whether it can be read is told with its line.
    if !work.is_edited && is_sound(&work.out)? != meaning? {
        return None;
    }
    let text = prepared.finish(&work.out, |cut| is_sound(cut) == is_sound(&work.out));
    Some(Walk {
        text,
        merged: work.merged,
        conflicts: work.conflicts,
        not_both: work.not_both,
    })
}

fn meaning_of(format: Format, text: &str, trees: &[Tree<'_>; 3]) -> Result<Meaning, FaultAt> {
    let tree = Tree::parse(format, text, &trees[BASE].scattered)?;
    Ok(tree.root().meaning)
}

/// Only one side changed the file, or both did the same: its text as it is.
fn one_sided(trees: &[Tree<'_>; 3], format: Format, text: &str) -> Walk {
    let [base, mine, theirs] = trees;
    let mut work = Work::new(format, [base, mine, theirs], &[], usize::MAX);
    // The walk only tells the places; where it cannot, the text is right all the same.
    let is_told = work.run().is_ok() && work.conflicts.is_empty();
    let merged = if is_told { work.merged } else { Vec::new() };
    Walk {
        text: text.to_owned(),
        merged,
        conflicts: Vec::new(),
        not_both: Vec::new(),
    }
}

/// The file as one conflict.
fn whole(texts: &[String; 3], answers: &[Option<Answer>]) -> Walk {
    let [base, mine, theirs] = texts;
    let lines = |text: &str| {
        let last = super::error::count(text.lines().count());
        (last > 0).then_some(Lines { first: 1, last })
    };
    let excerpt = |text: &String| Excerpt {
        text: text.clone(),
        lines: lines(text),
    };
    let conflict = Conflict {
        id: 0,
        path: Path::default(),
        reason: Reason::BothChanged,
        base: excerpt(base),
        theirs: excerpt(theirs),
        mine: excerpt(mine),
        lines: lines(mine),
        can_take_both: false,
    };
    let answer = answers.first().cloned().flatten();
    let is_both = answer == Some(Answer::Both);
    let text = match answer {
        Some(Answer::Theirs) => theirs.clone(),
        Some(Answer::Text(text)) => text,
        _ => mine.clone(),
    };
    Walk {
        text,
        merged: Vec::new(),
        conflicts: vec![conflict],
        not_both: if is_both { vec![0] } else { Vec::new() },
    }
}
