//! The core of an entry that both sides have: taken from one, taken apart, or a conflict.

use super::{
    BASE, Frame, MINE, Place, Stop, THEIRS, Work,
    container::Key,
    entry::Places,
    level::Level,
    trivia::{Pick, changed, pick, shorter},
};
use crate::configurations::merge::{
    tree::{Kind, Meaning, Span, Style},
    types::{Answer, Change, Reason},
};

impl<'a> Work<'a> {
    /// Merges key and value.
    pub(super) fn core(
        &mut self,
        places: Places<'a>,
        frame: &Frame<'a>,
        level: &Level,
    ) -> Option<Meaning> {
        let [base, mine, theirs] = places;
        let (mine, theirs) = (mine?, theirs?);
        let start = self.out.len();
        let same = |work: &Self, a: Place<'a>, b: Option<Place<'a>>| {
            b.is_some_and(|b| work.is_same_core(a, b, frame))
        };
        let taken = if same(self, mine, Some(theirs)) || same(self, theirs, base) {
            Some(mine)
        } else if same(self, mine, base) {
            Some(theirs)
        } else {
            None
        };
        if let Some(place) = taken {
            return Some(self.take(place, base, same(self, mine, Some(theirs)), frame));
        }
        let can_descend = base.is_some() || self.is_union;
        if can_descend && self.is_alike(places) && self.path.len() < self.max_depth {
            let mark = self.mark();
            if let Ok(meaning) = self.descend(places, frame, level) {
                return meaning;
            }
            self.back_to(&mark);
        }
        if let Some(place) = self.by_meaning(base, mine, theirs) {
            let is_both = self.node(mine).meaning == self.node(theirs).meaning;
            return Some(self.take(place, base, is_both, frame));
        }
        let can_take_both = self.can_unite(mine, theirs, frame, level);
        let reason = if base.is_some() {
            Reason::BothChanged
        } else {
            Reason::BothAdded
        };
        let stretches = places.map(|p| p.map(|p| (p.entry.core.start, p.entry.core.end)));
        let (id, answer) = self.conflict(reason, stretches, can_take_both);
        let meaning = match answer {
            Answer::Mine => Some(self.take_silently(mine, frame)),
            Answer::Theirs => Some(self.take_silently(theirs, frame)),
            Answer::Both => {
                let was = std::mem::replace(&mut self.is_union, true);
                let meaning = self.descend([None, Some(mine), Some(theirs)], frame, level);
                self.is_union = was;
                meaning.unwrap_or_default()
            }
            Answer::Text(text) => {
                self.out.push_str(text.trim_end());
                let ends = self.text_of(mine, mine.entry.core).ends_with('\n');
                if ends {
                    self.end_line();
                }
                Some(Meaning::of(b'?', &[]))
            }
        };
        self.place_conflict(id, start);
        meaning
    }

    fn take_silently(&mut self, place: Place<'a>, frame: &Frame<'a>) -> Meaning {
        self.write(place, place.entry.core, frame);
        self.node(place).meaning
    }

    fn take(
        &mut self,
        place: Place<'a>,
        base: Option<Place<'a>>,
        is_both: bool,
        frame: &Frame<'a>,
    ) -> Meaning {
        let start = self.out.len();
        let meaning = self.take_silently(place, frame);
        let change = match base {
            Some(base) if self.is_same_core(base, place, frame) => None,
            Some(base) => self.change(base, place),
            None => Some(Change::Added),
        };
        if let Some(change) = change {
            self.record(if is_both { BASE } else { place.side }, change, Some(start));
        }
        meaning
    }

    /// Containers of one kind and layout, which can be taken apart together.
    fn is_alike(&self, places: Places<'a>) -> bool {
        let nodes = || places.iter().flatten().map(|place| self.node(*place));
        let mine = places[MINE].map(|place| self.node(place));
        mine.is_some_and(|mine| {
            mine.kind != Kind::Scalar
                && nodes().all(|node| {
                    !node.is_opaque && node.kind == mine.kind && node.style == mine.style
                })
        })
    }

    /// Who only wrote the same in another way gives way to who changed what it means.
    fn by_meaning(
        &self,
        base: Option<Place<'a>>,
        mine: Place<'a>,
        theirs: Place<'a>,
    ) -> Option<Place<'a>> {
        let meaning = |p: Place<'a>| self.node(p).meaning;
        let comments = |p: Place<'a>| {
            let comments = self.trees[p.side].comments_in(p.entry.core);
            comments.collect::<Vec<_>>()
        };
        let is_known = |p: Place<'a>| !self.node(p).is_opaque;
        // A comment may go from behind a value into it (`|  # so`) and back.
        let around = |p: Place<'a>| {
            let span = Span::new(p.entry.core.start, p.entry.trail.end);
            self.trees[p.side].comments_in(span).collect::<Vec<_>>()
        };
        let is_layout = |p: Place<'a>, said: &dyn Fn(Place<'a>) -> Vec<&'a str>| {
            base.is_some_and(|b| is_known(p) && meaning(b) == meaning(p) && said(b) == said(p))
        };
        let said: [&dyn Fn(Place<'a>) -> Vec<&'a str>; 2] = [&around, &comments];
        for said in said {
            match (is_layout(mine, said), is_layout(theirs, said)) {
                (true, false) => return Some(theirs),
                (false, true) => return Some(mine),
                _ => {}
            }
        }
        let is_agreed = meaning(mine) == meaning(theirs) && is_known(mine) && is_known(theirs);
        let texts = [mine, theirs].map(|p| self.text_of(p, p.entry.core));
        if is_agreed && comments(mine) == comments(theirs) {
            let side = shorter(texts[0], texts[1]);
            return Some(if side == THEIRS { theirs } else { mine });
        }
        None
    }

    fn can_unite(
        &mut self,
        mine: Place<'a>,
        theirs: Place<'a>,
        frame: &Frame<'a>,
        level: &Level,
    ) -> bool {
        let places = [None, Some(mine), Some(theirs)];
        if self.is_union || !self.is_alike(places) {
            return false;
        }
        let mark = self.mark();
        (self.is_union, self.has_failed) = (true, false);
        let result = self.descend(places, frame, level);
        let is_united = result.is_ok() && !self.has_failed;
        (self.is_union, self.has_failed) = (false, false);
        self.back_to(&mark);
        is_united
    }

    /// Writes the key and goes into the value.
    fn descend(
        &mut self,
        places: Places<'a>,
        frame: &Frame<'a>,
        level: &Level,
    ) -> Result<Option<Meaning>, Stop> {
        let [_, Some(mine), Some(theirs)] = places else {
            return Err(Stop);
        };
        let place = self.prefix(places, mine, theirs)?;
        let start = self.out.len();
        let entry = place.entry;
        self.write(place, Span::new(entry.core.start, entry.prefix_end), frame);
        let key_end = self.out.len();
        self.write(place, Span::new(entry.prefix_end, entry.value_start), frame);
        let width = self.out[start..].chars().count();
        let key = Key {
            side: place.side,
            width,
            end: key_end,
            is_bare: start == key_end && level.style == Style::Lines,
        };
        let nodes = places.map(|p| p.map(|p| self.node(p)));
        let properties = &self.node(place).properties;
        let meaning = self.container(nodes, frame, Some(key))?;
        Ok(meaning.map(|meaning| meaning.with_properties(properties)))
    }

    /// Whose key, anchor, tag and comment behind the key to take.
    fn prefix(
        &self,
        places: Places<'a>,
        mine: Place<'a>,
        theirs: Place<'a>,
    ) -> Result<Place<'a>, Stop> {
        let base = places[BASE].unwrap_or(mine);
        let all = [base, mine, theirs];
        let choose = |side: usize| if side == THEIRS { theirs } else { mine };
        let texts = all.map(|p| self.text_of(p, p.entry.prefix()));
        if let Some(side) = changed(texts) {
            return Ok(choose(side));
        }
        let properties = all.map(|p| self.node(p).properties.as_str());
        let own = choose(changed(properties).ok_or(Stop)?);
        let comments = all.map(|p| {
            let gap = Span::new(p.entry.prefix_end, p.entry.value_start);
            self.text_of(p, gap)
        });
        let Pick::Side(side) = pick(comments[0], comments[1], comments[2]) else {
            return Err(Stop);
        };
        let comment = comments[side].trim();
        let fits = |side: usize| {
            properties[side] == self.node(own).properties && comments[side].trim() == comment
        };
        match (fits(MINE), fits(THEIRS)) {
            (true, true) => Ok(choose(shorter(texts[MINE], texts[THEIRS]))),
            (true, false) => Ok(mine),
            (false, true) => Ok(theirs),
            (false, false) => Err(Stop),
        }
    }
}
