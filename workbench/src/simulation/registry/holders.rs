//! The runs that have one value, by their places: a list while they are few, bits from where these are the shorter.

use crate::query::bitmap::Bitmap;

/// Of so many runs one has to have a value for bits to be shorter than a list of places.
const SPARSE: usize = 64;

pub(super) enum Holders {
    /// In no order.
    Few(Vec<usize>),
    Many(Bitmap),
}

impl Default for Holders {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Holders {
    /// One of `runs` runs has the value. Whoever has it already was told last.
    pub(super) fn add(&mut self, place: usize, runs: usize) {
        match self {
            Self::Few(few) if few.last() == Some(&place) => {}
            Self::Few(few) => {
                few.push(place);
                if few.len() > SPARSE && few.len() > runs / SPARSE {
                    let mut many = Bitmap::none(runs);
                    few.iter().for_each(|place| many.set(*place));
                    *self = Self::Many(many);
                }
            }
            Self::Many(many) => {
                many.grow(runs);
                many.set(place);
            }
        }
    }

    /// This one does not have it any more.
    pub(super) fn remove(&mut self, place: usize) {
        match self {
            Self::Few(few) => {
                if let Some(at) = few.iter().position(|it| *it == place) {
                    few.swap_remove(at);
                }
            }
            Self::Many(many) => many.clear(place),
        }
    }

    /// Marks those who have it.
    pub(super) fn mark(&self, has: &mut Bitmap) {
        match self {
            Self::Few(few) => few.iter().for_each(|place| has.set(*place)),
            Self::Many(many) => has.or(many),
        }
    }

    /// How many of these have it.
    pub(super) fn among(&self, found: &Bitmap) -> u64 {
        match self {
            Self::Few(few) => few.iter().map(|it| u64::from(found.get(*it))).sum(),
            Self::Many(many) => many.count_both(found),
        }
    }
}
