//! What only one run has, folded, one text behind the other: a word is looked for in all of them at once, at the speed of
//! the memory. A hundred thousand texts of their own would be as many places in it to wait for.

use memchr::memmem::Finder;

use crate::query::bitmap::Bitmap;

/// Between two texts, and between the parts of one. No word that is looked for has it.
pub(super) const BETWEEN: &str = "\n";

/// A text of each run, by the place of the run.
#[derive(Default)]
pub(super) struct Own {
    /// All of them, and those that others have replaced.
    all: String,
    /// Where each begins, ascending, and whose it is; nobody's, once it is replaced.
    slots: Vec<(usize, Option<usize>)>,
    /// By place, which of these.
    slot_of: Vec<usize>,
    /// Bytes of what is nobody's.
    dead: usize,
}

impl Own {
    /// The text of the run at `place`, which is known or the next one.
    pub(super) fn put(&mut self, place: usize, text: &str) {
        match self.slot_of.get(place) {
            Some(slot) if self.text(*slot) == text => return,
            Some(slot) => self.bury(*slot),
            None => self.slot_of.push(0),
        }
        self.slot_of[place] = self.slots.len();
        self.slots.push((self.all.len(), Some(place)));
        self.all.push_str(text);
        self.all.push_str(BETWEEN);
        if self.dead > self.all.len() / 2 {
            self.tidy();
        }
    }

    /// The last run takes the place of this one, which is gone.
    pub(super) fn swap_remove(&mut self, place: usize) {
        let slot = self.slot_of.swap_remove(place);
        self.bury(slot);
        if let Some(moved) = self.slot_of.get(place) {
            self.slots[*moved].1 = Some(place);
        }
    }

    /// Marks every run that has this word.
    pub(super) fn mark(&self, word: &Finder<'_>, has: &mut Bitmap) {
        let (mut at, mut slot) = (0, 0);
        while let Some(found) = word.find(&self.all.as_bytes()[at..]) {
            at += found;
            while self.end(slot) <= at {
                slot += 1;
            }
            if let Some(place) = self.slots[slot].1 {
                has.set(place);
            }
            at = self.end(slot);
        }
    }

    fn text(&self, slot: usize) -> &str {
        let text = &self.all[self.slots[slot].0..self.end(slot)];
        text.strip_suffix(BETWEEN).unwrap_or(text)
    }

    /// Where the next one begins.
    fn end(&self, slot: usize) -> usize {
        let next = self.slots.get(slot + 1);
        next.map_or(self.all.len(), |(start, _)| *start)
    }

    fn bury(&mut self, slot: usize) {
        self.dead += self.end(slot) - self.slots[slot].0;
        self.slots[slot].1 = None;
    }

    /// Lets go of what is nobody's.
    fn tidy(&mut self) {
        let old = std::mem::take(self);
        self.slot_of = vec![0; old.slot_of.len()];
        self.all.reserve(old.all.len() - old.dead);
        for (slot, (start, place)) in old.slots.iter().enumerate() {
            if let Some(place) = place {
                self.slot_of[*place] = self.slots.len();
                self.slots.push((self.all.len(), Some(*place)));
                self.all.push_str(&old.all[*start..old.end(slot)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(own: &Own, word: &str, runs: usize) -> Vec<usize> {
        let mut has = Bitmap::none(runs);
        own.mark(&Finder::new(word), &mut has);
        has.iter().collect()
    }

    #[test]
    fn a_word_is_found_where_it_is_and_not_across_two_texts() {
        let mut own = Own::default();
        for (place, text) in ["ada\nlung", "", "lunge", "bertha"].iter().enumerate() {
            own.put(place, text);
        }
        assert_eq!(with(&own, "lung", 4), [0, 2]);
        assert_eq!(with(&own, "a", 4), [0, 3]);
        assert_eq!(with(&own, "gl", 4), [0; 0]);
        assert_eq!(with(&own, "bertha", 4), [3]);
    }

    #[test]
    fn what_was_replaced_or_removed_is_not_found_and_takes_no_room_for_long() {
        let mut own = Own::default();
        (0..10).for_each(|place| own.put(place, &format!("case {place}")));
        for round in 0..100 {
            own.put(3, &format!("round {round}"));
        }
        assert_eq!(with(&own, "round", 10), [3]);
        assert_eq!(with(&own, "round 98", 10), [0; 0]);
        assert!(own.all.len() < 300, "{}", own.all.len());
        own.swap_remove(3);
        assert_eq!(with(&own, "round", 9), [0; 0]);
        assert_eq!(with(&own, "case 9", 9), [3]);
        own.swap_remove(8);
        assert_eq!(with(&own, "case", 8), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(with(&own, "case 8", 8), [0; 0]);
    }
}
