//! The rows of a result in order: for each the participant, and the row of the visit frame.

use std::ops::Range;

use crate::{
    Error,
    query::{
        Shape,
        bitmap::Bitmap,
        cohort::Cohort,
        index::{Frame, NONE, StudyIndex},
    },
};

/// Rows of a result, by participant, then visit. 8 bytes a row.
pub(crate) struct Rows {
    /// Participant of each row.
    pub(crate) person: Vec<u32>,
    /// Frame row of each row, or [`NONE`].
    pub(crate) frame: Vec<u32>,
    /// For wide results: where each participant's visits are.
    pub(crate) wide: Option<Wide>,
}

/// The visits of the participants of a wide result.
pub(crate) struct Wide {
    /// The visits of participant `at` are `starts[at]..starts[at + 1]`.
    starts: Vec<u32>,
    /// Frame row of each visit.
    frame: Vec<u32>,
    /// Which of `slots` each visit fills.
    slot: Vec<u32>,
    /// The visits that remain, in natural order.
    pub(crate) slots: Vec<Slot>,
}

/// One visit of a wide result. A visit that a participant has twice fills a second slot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    visit: u32,
    occurrence: u32,
}

impl Slot {
    /// `1`, `FU2`; `1_2` for a second row of visit 1, `none` for a visit without a name.
    pub(crate) fn name(&self, frame: &Frame, visit_name: impl Fn(u32) -> String) -> String {
        let name = match (self.visit as usize) < frame.visits.len() {
            true => visit_name(self.visit),
            false => "none".into(),
        };
        match self.occurrence {
            0 => name,
            more => format!("{name}_{}", more + 1),
        }
    }
}

impl Rows {
    /// The rows of a cohort.
    pub(crate) fn of(
        index: &StudyIndex,
        cohort: &Cohort,
        shape: Shape,
        baselines: Option<&Baselines>,
    ) -> Result<Self, Error> {
        let rows = match baselines {
            Some(baselines) => baselines.keep(&index.frame, &cohort.rows),
            None => cohort.rows.clone(),
        };
        if cohort.by_person || shape == Shape::Wide {
            let persons = cohort.persons(index);
            let person: Vec<u32> = persons.iter().map(|person| person as u32).collect();
            let wide = match shape {
                Shape::Wide if !cohort.by_person => {
                    Some(Wide::of(index, &person, &rows, baselines))
                }
                _ => None,
            };
            let frame = vec![NONE; person.len()];
            return Ok(Self {
                person,
                frame,
                wide,
            });
        }
        let len = rows.count() + cohort.alone.count();
        if u32::try_from(len).is_err() {
            return Err(Error::BadRequest(format!(
                "{len} rows are more than a result can have."
            )));
        }
        let len = len as usize;
        let (mut person, mut frame) = (Vec::with_capacity(len), Vec::with_capacity(len));
        let mut alone = cohort.alone.iter().map(|person| person as u32).peekable();
        for row in rows.iter() {
            let owner = index.frame.person[row];
            while let Some(before) = alone.next_if(|person| *person < owner) {
                person.push(before);
                frame.push(NONE);
            }
            person.push(owner);
            frame.push(row as u32);
        }
        for rest in alone {
            person.push(rest);
            frame.push(NONE);
        }
        Ok(Self {
            person,
            frame,
            wide: None,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.person.len()
    }

    /// Distinct participants.
    pub(crate) fn participants(&self) -> u64 {
        let is_new = |at: &usize| *at == 0 || self.person[*at] != self.person[*at - 1];
        (0..self.len()).filter(is_new).count() as u64
    }
}

impl Wide {
    fn of(
        index: &StudyIndex,
        persons: &[u32],
        rows: &Bitmap,
        baselines: Option<&Baselines>,
    ) -> Self {
        let visits = &index.frame.visit;
        let mut starts = Vec::with_capacity(persons.len() + 1);
        let (mut frame, mut keys) = (Vec::new(), Vec::<Slot>::new());
        let mut rows = rows.iter().peekable();
        for person in persons {
            let start = frame.len();
            starts.push(start as u32);
            while let Some(row) = rows.next_if(|row| index.frame.person[*row] == *person) {
                let visit = baselines.map_or(visits[row], |baselines| baselines.visit(visits[row]));
                let occurrence = keys[start..]
                    .iter()
                    .filter(|key| key.visit == visit)
                    .count();
                frame.push(row as u32);
                keys.push(Slot {
                    visit,
                    occurrence: occurrence as u32,
                });
            }
        }
        starts.push(frame.len() as u32);
        let mut slots = keys.clone();
        slots.sort_unstable();
        slots.dedup();
        let place = |key: &Slot| slots.binary_search(key).unwrap_or_else(|at| at) as u32;
        let slot = keys.iter().map(place).collect();
        Self {
            starts,
            frame,
            slot,
            slots,
        }
    }

    /// The frame row that fills a slot for the participant at `at`, or [`NONE`].
    pub(crate) fn find(&self, at: usize, slot: u32) -> u32 {
        self.place(at, slot)
            .map_or(NONE, |place| self.visits(at)[place])
    }

    /// Which of a participant's visits fills a slot.
    pub(crate) fn place(&self, at: usize, slot: u32) -> Option<usize> {
        let slots = &self.slot[self.range(at)];
        slots.iter().position(|filled| *filled == slot)
    }

    /// The frame rows of the participant at `at`.
    pub(crate) fn visits(&self, at: usize) -> &[u32] {
        &self.frame[self.range(at)]
    }

    fn range(&self, at: usize) -> Range<usize> {
        self.starts[at] as usize..self.starts[at + 1] as usize
    }
}

/// `BAS1`, `BAS2`, ... seen as one visit `BAS`. Of a participant's baselines among the rows left, the
/// highest stands for all, as a whole row: values of different days never mix in one row.
pub(crate) struct Baselines {
    /// Per visit whether it is a baseline.
    is_baseline: Vec<bool>,
    /// The first baseline's rank, which stands for all of them.
    first: u32,
}

/// What consolidated baselines are called.
pub(crate) const BASELINE: &str = "BAS";

impl Baselines {
    /// Finds the baselines among the visits.
    pub(crate) fn of(frame: &Frame) -> Self {
        let is_baseline = |rank: usize| {
            let text = frame.visits.text(rank);
            let Some((head, number)) = text.split_at_checked(BASELINE.len()) else {
                return false;
            };
            head.eq_ignore_ascii_case(BASELINE)
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        };
        let is_baseline: Vec<bool> = (0..frame.visits.len()).map(is_baseline).collect();
        let first = is_baseline
            .iter()
            .position(|is| *is)
            .map_or(NONE, |first| first as u32);
        Self { is_baseline, first }
    }

    /// Whether a visit is one of them.
    pub(crate) fn has(&self, visit: u32) -> bool {
        self.is_baseline.get(visit as usize) == Some(&true)
    }

    /// The visit under which a row goes.
    fn visit(&self, visit: u32) -> u32 {
        if self.has(visit) { self.first } else { visit }
    }

    /// The rows without the baselines that a higher one stands for.
    fn keep(&self, frame: &Frame, rows: &Bitmap) -> Bitmap {
        let mut kept = rows.clone();
        // Rows go by visit, so the last baseline of a person is the highest.
        let mut highest: Option<(u32, u32, Vec<usize>)> = None;
        for row in rows.iter().filter(|row| self.has(frame.visit[*row])) {
            let (person, visit) = (frame.person[row], frame.visit[row]);
            match &mut highest {
                Some((same, at, rows)) if *same == person => {
                    if *at != visit {
                        rows.drain(..).for_each(|lower| kept.clear(lower));
                        *at = visit;
                    }
                    rows.push(row);
                }
                _ => highest = Some((person, visit, vec![row])),
            }
        }
        kept
    }

    /// Names of the visits with `BAS` for all baselines.
    pub(crate) fn name(&self, frame: &Frame, visit: u32) -> String {
        if self.has(visit) {
            BASELINE.into()
        } else {
            frame.visits.text(visit as usize)
        }
    }
}
