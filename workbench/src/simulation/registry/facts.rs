//! What runs share, each value once, with the runs that have it.

use memchr::memmem::Finder;

use super::{
    holders::Holders,
    own::BETWEEN,
    shared::Shared,
    types::{Browse, Browsed},
    words::Texts,
};
use crate::{query::bitmap::Bitmap, simulation::RunInfo};

#[derive(Default)]
pub(super) struct Facts {
    protocols: Shared,
    models: Shared,
    statuses: Shared,
    tags: Shared,
    /// The protocol's version and checksum, the engine, the first day, by whom.
    origins: Shared,
    texts: Texts,
}

/// The numbers of one run's values.
pub(super) struct Numbers {
    protocol: u32,
    model: u32,
    status: u32,
    origin: u32,
    text: u32,
    tags: Box<[u32]>,
}

impl Facts {
    pub(super) fn of(&mut self, run: &RunInfo) -> Numbers {
        let origin = [
            run.protocol_version.as_str(),
            &run.protocol_checksum,
            &run.engine,
            &run.start_date,
            &run.created_by,
        ];
        Numbers {
            protocol: self.protocols.number(&run.protocol_name),
            model: self.models.number(&run.model),
            status: self.statuses.number(run.status.word()),
            origin: self.origins.number(&origin.join(BETWEEN)),
            text: self.texts.number(&run.protocol_checksum, &run.protocol),
            tags: run.tags.iter().map(|tag| self.tags.number(tag)).collect(),
        }
    }

    /// The run at `place`, one of so many, has these.
    pub(super) fn hold(&mut self, numbers: &Numbers, place: usize, runs: usize) {
        self.each(numbers, |holders| holders.add(place, runs));
    }

    /// It does not have them any more, or is in another place.
    pub(super) fn release(&mut self, numbers: &Numbers, place: usize) {
        self.each(numbers, |holders| holders.remove(place));
    }

    fn each(&mut self, numbers: &Numbers, mut change: impl FnMut(&mut Holders)) {
        change(self.protocols.holders(numbers.protocol));
        change(self.models.holders(numbers.model));
        change(self.statuses.holders(numbers.status));
        change(self.origins.holders(numbers.origin));
        change(self.texts.holders(numbers.text));
        let tags = numbers.tags.iter();
        tags.for_each(|tag| change(self.tags.holders(*tag)));
    }

    /// The tags of a run.
    pub(super) fn tags(&self, numbers: &Numbers) -> Vec<String> {
        let tags = numbers.tags.iter();
        tags.map(|tag| self.tags.value(*tag).to_owned()).collect()
    }

    /// Of so many runs, those that have what is asked for, words aside.
    pub(super) fn fitting(&self, asked: &Browse, runs: usize) -> Bitmap {
        let mut fits = Bitmap::all(runs);
        if let Some(status) = asked.status {
            fits.and(&self.statuses.with_any(&[status.word()], runs));
        }
        if !asked.protocols.is_empty() {
            fits.and(&self.protocols.with_any(&asked.protocols, runs));
        }
        if !asked.models.is_empty() {
            fits.and(&self.models.with_any(&asked.models, runs));
        }
        for tag in &asked.tags {
            fits.and(&self.tags.with_any(&[tag], runs));
        }
        fits
    }

    /// Marks the runs that have this word in anything that they share.
    pub(super) fn mark(&self, word: &Finder<'_>, has: &mut Bitmap) {
        self.texts.mark(word, has);
        for shared in [&self.protocols, &self.models, &self.origins, &self.tags] {
            shared.mark(word, has);
        }
    }

    /// Tells how many of these runs have which values.
    pub(super) fn count(&self, found: &Bitmap, browsed: &mut Browsed) {
        browsed.protocols = self.protocols.facets(found);
        browsed.models = self.models.facets(found);
        browsed.statuses = self.statuses.facets(found);
        browsed.tags = self.tags.facets(found);
    }
}
