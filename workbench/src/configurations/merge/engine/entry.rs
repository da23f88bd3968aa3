//! One entry: taken whole, left out, or merged piece by piece (comments, key, value, comment behind).

use super::{BASE, Frame, MINE, Place, THEIRS, Work, level::Level, trivia::changed};
use crate::configurations::merge::{
    tree::{Meaning, Span, Style},
    types::{Answer, Change, Reason},
};

pub(super) type Places<'a> = [Option<Place<'a>>; 3];

impl<'a> Work<'a> {
    /// Merges one entry; answers its meaning, or nothing where it is left out.
    pub(super) fn entry(
        &mut self,
        places: Places<'a>,
        frame: &Frame<'a>,
        level: &mut Level,
    ) -> Option<Meaning> {
        match places {
            [base, Some(mine), Some(theirs)] => self.in_both(base, mine, theirs, frame, level),
            [None, Some(only), None] | [None, None, Some(only)] => {
                let start = self.out.len();
                let meaning = self.whole(only, frame, level);
                self.record(only.side, Change::Added, Some(start));
                Some(meaning)
            }
            [Some(base), Some(kept), None] | [Some(base), None, Some(kept)] => {
                self.deleted(base, kept, frame, level)
            }
            [Some(_), None, None] => {
                self.record(BASE, Change::Removed, None);
                None
            }
            [None, None, None] => None,
        }
    }

    /// Writes an entry as its side has it.
    pub(super) fn whole(
        &mut self,
        place: Place<'a>,
        frame: &Frame<'a>,
        level: &mut Level,
    ) -> Meaning {
        let lead = self.lead(place, frame, level);
        self.begin(level, &lead, place);
        self.write(place, place.entry.core, frame);
        let entry = place.entry;
        let post = self.text_of(place, entry.post).to_owned();
        let trail = self.text_of(place, entry.trail).to_owned();
        self.end(level, &post, &trail);
        self.node(place).meaning
    }

    fn lead(&self, place: Place<'a>, frame: &Frame<'a>, level: &Level) -> String {
        let from = frame.from[place.side];
        let is_lines = level.style == Style::Lines;
        self.moved(place.side, place.entry.lead, from, &frame.to, is_lines)
    }

    pub(super) fn write(&mut self, place: Place<'a>, span: Span, frame: &Frame<'a>) {
        let from = frame.from[place.side];
        let text = self.moved(place.side, span, from, &frame.to, false);
        self.out.push_str(&text);
    }

    /// One side deleted the entry. Where the other left it as it was, it goes; else it is a conflict.
    fn deleted(
        &mut self,
        base: Place<'a>,
        kept: Place<'a>,
        frame: &Frame<'a>,
        level: &mut Level,
    ) -> Option<Meaning> {
        let by = if kept.side == MINE { THEIRS } else { MINE };
        if matches!(self.change(base, kept), None | Some(Change::Layout)) {
            self.record(by, Change::Removed, None);
            return None;
        }
        let reason = if by == MINE {
            Reason::DeletedByMe
        } else {
            Reason::DeletedByThem
        };
        let stretch = |place: Place<'_>| {
            let whole = place.entry.whole();
            let core = place.entry.core;
            let is_lines = level.style == Style::Lines;
            if is_lines {
                (whole.start, whole.end)
            } else {
                (core.start, core.end)
            }
        };
        let mut stretches = [Some(stretch(base)), None, None];
        stretches[kept.side] = Some(stretch(kept));
        let (id, answer) = self.conflict(reason, stretches, false);
        let start = self.out.len();
        let chosen = match answer {
            Answer::Text(text) => {
                let is_there = !text.trim().is_empty();
                is_there.then(|| self.own_text(kept, &text, level))
            }
            Answer::Theirs => (kept.side == THEIRS).then(|| self.whole(kept, frame, level)),
            Answer::Mine | Answer::Both => {
                (kept.side == MINE).then(|| self.whole(kept, frame, level))
            }
        };
        self.place_conflict(id, start);
        chosen
    }

    fn in_both(
        &mut self,
        base: Option<Place<'a>>,
        mine: Place<'a>,
        theirs: Place<'a>,
        frame: &Frame<'a>,
        level: &mut Level,
    ) -> Option<Meaning> {
        let is_untouched = base.is_some_and(|base| {
            self.is_same(base, mine, frame) && self.is_same(base, theirs, frame)
        });
        if is_untouched {
            return Some(self.whole(mine, frame, level));
        }
        if let Some(side) = self.unchanged(base, mine, theirs, frame) {
            let place = if side == THEIRS { theirs } else { mine };
            let is_same = self.is_same(mine, theirs, frame);
            let start = self.out.len();
            let meaning = self.whole(place, frame, level);
            let change = match base {
                Some(base) => self.change(base, place),
                None => Some(Change::Added),
            };
            if let Some(change) = change {
                self.record(if is_same { BASE } else { side }, change, Some(start));
            }
            return Some(meaning);
        }
        let places = [base, Some(mine), Some(theirs)];
        let leads = places.map(|p| p.map_or(String::new(), |p| self.lead(p, frame, level)));
        let spans = places.map(|p| p.map(|p| (p.entry.lead.start, p.entry.lead.end)));
        let mark = self.mark();
        let start = self.out.len();
        let (lead, side, conflict) = self.merge_trivia(&leads, spans, false);
        let model = if level.style == Style::Lines {
            let indents = places.map(|p| self.own_indent(p.unwrap_or(mine)));
            changed(indents).unwrap_or(MINE)
        } else {
            side
        };
        self.begin(level, &lead, if model == THEIRS { theirs } else { mine });
        if let Some(id) = conflict {
            self.place_conflict(id, start);
        }
        let Some(meaning) = self.core(places, frame, level) else {
            // Nothing is left of it (a TOML table without header and keys).
            self.out.truncate(mark.out);
            level.written -= 1;
            return None;
        };
        let texts = |work: &Self, span: fn(&Place<'a>) -> Span| {
            places.map(|p| p.map_or(String::new(), |p| work.text_of(p, span(&p)).to_owned()))
        };
        let post = texts(self, |p| p.entry.post);
        let (post, ..) = self.merge_trivia(&post, [None; 3], true);
        let trail = texts(self, |p| p.entry.trail);
        let spans = places.map(|p| p.map(|p| (p.entry.trail.start, p.entry.trail.end)));
        let (trail, _, conflict) = self.merge_trivia(&trail, spans, true);
        let start = self.out.len();
        self.end(level, &post, &trail);
        if let Some(id) = conflict {
            self.place_conflict(id, start.saturating_sub(1));
        }
        Some(meaning)
    }

    /// The side that can be taken whole: both are the same, or one is as it was.
    fn unchanged(
        &self,
        base: Option<Place<'a>>,
        mine: Place<'a>,
        theirs: Place<'a>,
        frame: &Frame<'a>,
    ) -> Option<usize> {
        if self.is_same(mine, theirs, frame) {
            return Some(MINE);
        }
        let base = base?;
        if self.is_same(base, mine, frame) {
            Some(THEIRS)
        } else if self.is_same(base, theirs, frame) {
            Some(MINE)
        } else {
            None
        }
    }

    fn is_same(&self, a: Place<'a>, b: Place<'a>, frame: &Frame<'a>) -> bool {
        self.is_same_core(a, b, frame)
            && [
                (a.entry.lead, b.entry.lead),
                (a.entry.post, b.entry.post),
                (a.entry.trail, b.entry.trail),
            ]
            .iter()
            .all(|(x, y)| {
                let (x, y) = (self.text_of(a, *x), self.text_of(b, *y));
                let is_space = |text: &str| text.bytes().all(|byte| byte == b' ');
                x == y || (is_space(x) && is_space(y))
            })
    }

    pub(super) fn is_same_core(&self, a: Place<'a>, b: Place<'a>, frame: &Frame<'a>) -> bool {
        let (from_a, from_b) = (frame.from[a.side], frame.from[b.side]);
        if self.node(a).meaning != self.node(b).meaning {
            return false;
        }
        if from_a == from_b {
            return self.text_of(a, a.entry.core) == self.text_of(b, b.entry.core);
        }
        let moved = |p: Place<'a>, from| self.moved(p.side, p.entry.core, from, "", false);
        moved(a, from_a) == moved(b, from_b)
    }

    /// What changed from one to the other, if anything.
    pub(super) fn change(&self, from: Place<'a>, to: Place<'a>) -> Option<Change> {
        let (a, b) = (from.entry, to.entry);
        if self.node(from).meaning != self.node(to).meaning {
            return Some(Change::Changed);
        }
        let comments = |p: Place<'a>| self.trees[p.side].comments_in(p.entry.whole());
        if !comments(from).eq(comments(to)) {
            return Some(Change::Comment);
        }
        let is_same = self.text_of(from, a.core) == self.text_of(to, b.core);
        (!is_same).then_some(Change::Layout)
    }
}
