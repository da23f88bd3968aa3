//! A stretch of a list that both changed: a choice. And what is written where both sides, or neither, are taken.

use super::{BASE, Frame, MINE, Place, THEIRS, Work, level::Level, list::Item};
use crate::configurations::merge::{
    tree::{Meaning, Style},
    types::{Answer, Reason},
};

impl<'a> Work<'a> {
    /// Writes the side that was chosen, or both.
    pub(super) fn stretch(
        &mut self,
        places: &[Vec<Place<'a>>; 3],
        frame: &Frame<'a>,
        level: &mut Level,
    ) -> Vec<Meaning> {
        let stretches = [BASE, MINE, THEIRS].map(|side| {
            let first = places[side].first()?.entry;
            let last = places[side].last()?.entry;
            Some((first.core.start, last.core.end))
        });
        let (id, answer) = self.conflict(Reason::List, stretches, true);
        let start = self.out.len();
        let mut meanings = Vec::new();
        let mut chosen: Vec<Place<'a>> = match answer {
            Answer::Theirs => places[THEIRS].clone(),
            Answer::Mine | Answer::Both => places[MINE].clone(),
            Answer::Text(ref text) => {
                let model = [BASE, MINE, THEIRS].map(|side| places[side].first().copied());
                let model = model[MINE].or(model[THEIRS]).or(model[BASE]);
                if let Some(model) = model.filter(|_| !text.trim().is_empty()) {
                    let indent = if level.style == Style::Lines {
                        frame.to.as_str()
                    } else {
                        ""
                    };
                    let text = format!("{indent}{}", text.trim());
                    meanings.push(self.own_text(model, &text, level));
                }
                Vec::new()
            }
        };
        if answer == Answer::Both {
            let has = |place: &Place<'a>| {
                let meaning = self.node(*place).meaning;
                places[MINE]
                    .iter()
                    .any(|own| self.node(*own).meaning == meaning)
            };
            chosen.extend(places[THEIRS].iter().filter(|place| !has(place)));
        }
        for place in chosen {
            meanings.push(self.whole(place, frame, level));
        }
        self.place_conflict(id, start);
        meanings
    }

    /// A text of one's own in the place of a whole entry.
    pub(super) fn own_text(&mut self, model: Place<'a>, text: &str, level: &mut Level) -> Meaning {
        if level.style == Style::Lines {
            level.written += 1;
            self.out.push_str(text);
            self.end_line();
        } else {
            let lead = self.text_of(model, model.entry.lead).to_owned();
            self.begin(level, &lead, model);
            self.out.push_str(text.trim());
            self.end(level, "", "");
        }
        Meaning::of(b'?', &[])
    }
}

/// Both lists without a common version: mine, then what theirs has more.
pub(super) fn union(mine: &[Meaning], theirs: &[Meaning]) -> Vec<Item> {
    let mut items = Vec::new();
    for (at, meaning) in mine.iter().enumerate() {
        let other = theirs.iter().position(|other| other == meaning);
        items.push(Item::One {
            places: [None, Some(at), other],
            step: None,
        });
    }
    for (at, meaning) in theirs.iter().enumerate() {
        if !mine.contains(meaning) {
            items.push(Item::One {
                places: [None, None, Some(at)],
                step: None,
            });
        }
    }
    items
}
