//! Runs at hand behind the first answer: a few pages around what is on screen, each as of a revision of the log.

use workbench::simulation::registry::Browse;

use super::server::{PAGE, Row};
use crate::components::window::Window;

/// Pages kept: what is on screen, and some way back and forth.
const KEPT: usize = 8;

/// The pages, the longest held first.
#[derive(Debug, Clone, Default)]
pub(super) struct Pages {
    /// What was looked for.
    of: Browse,
    held: Vec<Held>,
}

/// One page.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// The place of its first run.
    pub(super) offset: u64,
    /// Every change up to here is in it.
    pub(super) revision: u64,
    pub(super) rows: Vec<Row>,
}

impl Pages {
    /// The run at this place of what was looked for, as it was last seen there.
    pub(super) fn row(&self, of: &Browse, at: u64) -> Option<&Row> {
        let held = self.held.iter().rev().filter(|_| self.of == *of);
        held.map(|held| {
            let place = usize::try_from(at.checked_sub(held.offset)?).ok()?;
            held.rows.get(place)
        })
        .find_map(|row| row)
    }

    /// Where a run stands, by the newest page that has it.
    pub(super) fn place_of(&self, id: &str) -> Option<u64> {
        self.held.iter().rev().find_map(|held| {
            let place = held.rows.iter().position(|row| row.id == id)?;
            Some(held.offset + place as u64)
        })
    }

    /// Takes a page in, in the place of an older one. What answers another question leaves, and the longest held.
    pub(super) fn keep(&mut self, of: Browse, page: Held) {
        if self.of != of {
            self.of = of;
            self.held.clear();
        }
        self.held.retain(|held| held.offset != page.offset);
        self.held.push(page);
        let surplus = self.held.len().saturating_sub(KEPT);
        self.held.drain(..surplus);
    }

    /// The first page of the window, behind the first answer, that is not here or was read before this revision.
    pub(super) fn missing(
        &self,
        of: &Browse,
        window: Window,
        total: u64,
        revision: u64,
    ) -> Option<u64> {
        let page = u64::from(PAGE);
        let end = (window.first + window.len).min(total);
        let is_here = |offset: u64| {
            let is_it = |held: &Held| held.offset == offset && held.revision >= revision;
            self.of == *of && self.held.iter().any(is_it)
        };
        let first = (window.first / page * page).max(page);
        let mut offsets = (first..end).step_by(PAGE as usize);
        offsets.find(|offset| !is_here(*offset))
    }
}

#[cfg(test)]
mod tests {
    use workbench::simulation::{RunStatus, registry::Browse};

    use super::{Held, KEPT, PAGE, Pages};
    use crate::{components::window::Window, simulations::server::Row};

    fn row(id: u64) -> Row {
        Row {
            id: id.to_string(),
            name: format!("run {id}"),
            status: RunStatus::Completed,
            reason: None,
            protocol: String::new(),
            protocol_version: String::new(),
            model: String::new(),
            patients: 10,
            years: 1.0,
            visits: None,
            bytes: None,
            runtime_ms: None,
            means: None,
            tags: Vec::new(),
            is_pinned: false,
            created_at: 0,
            version: 1,
        }
    }

    /// A page of runs that are called as this number and those behind it.
    fn page(offset: u64, revision: u64, first: u64) -> Held {
        let rows = (first..first + u64::from(PAGE)).map(row).collect();
        Held {
            offset,
            revision,
            rows,
        }
    }

    fn window(first: u64, len: u64) -> Window {
        Window { first, len }
    }

    #[test]
    fn what_is_missing_or_was_read_before_a_change_is_asked_for_by_whole_pages() {
        let (all, mut pages) = (Browse::default(), Pages::default());
        assert_eq!(pages.missing(&all, window(0, 40), 1000, 7), None);
        assert_eq!(pages.missing(&all, window(20, 40), 1000, 7), Some(50));
        pages.keep(all.clone(), page(50, 7, 50));
        assert_eq!(pages.missing(&all, window(20, 40), 1000, 7), None);
        assert_eq!(pages.missing(&all, window(80, 40), 1000, 7), Some(100));
        assert_eq!(pages.missing(&all, window(20, 40), 1000, 8), Some(50));
        assert_eq!(pages.missing(&all, window(990, 40), 1000, 7), Some(950));
        assert_eq!(pages.missing(&all, window(20, 40), 45, 7), None);
    }

    #[test]
    fn a_change_above_moves_a_run_and_its_newest_place_counts() {
        let (all, mut pages) = (Browse::default(), Pages::default());
        pages.keep(all.clone(), page(50, 7, 50));
        pages.keep(all.clone(), page(100, 7, 100));
        assert_eq!(pages.row(&all, 100).map(|row| &*row.id), Some("100"));
        // One run less above: the first of the second page is the last of the first one.
        pages.keep(all.clone(), page(50, 8, 51));
        assert_eq!(pages.place_of("100"), Some(99));
        assert_eq!(pages.row(&all, 99).map(|row| &*row.id), Some("100"));
    }

    #[test]
    fn a_few_pages_are_kept_and_none_of_another_question() {
        let (all, mut pages) = (Browse::default(), Pages::default());
        for at in 1..=KEPT as u64 + 1 {
            let offset = at * u64::from(PAGE);
            pages.keep(all.clone(), page(offset, 7, offset));
        }
        assert!(pages.row(&all, 50).is_none());
        assert!(pages.row(&all, 100).is_some());
        let other = Browse {
            text: "köln".into(),
            ..Browse::default()
        };
        assert!(pages.row(&other, 100).is_none());
        pages.keep(other, page(50, 7, 50));
        assert!(pages.row(&all, 100).is_none());
    }
}
