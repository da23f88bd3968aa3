//! The run that keys are on: one place in the list, and the run that is there.

use leptos::prelude::*;

use super::shown::Shown;

/// The place. Copies share one.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    at: RwSignal<Option<u64>>,
    /// Which run is there, as soon as that is known: it is followed when others come or go above it.
    run: StoredValue<Option<String>>,
}

impl Cursor {
    pub(super) fn new() -> Self {
        Self {
            at: RwSignal::new(None),
            run: StoredValue::new(None),
        }
    }

    /// Where it is.
    pub(super) fn at(self) -> Option<u64> {
        self.at.get()
    }

    /// The same, without following it.
    pub(super) fn at_untracked(self) -> Option<u64> {
        self.at.get_untracked()
    }

    /// Goes there.
    pub(super) fn go(self, at: Option<u64>) {
        self.run.set_value(None);
        self.at.set(at);
    }

    /// Where a key leads from here; `None` for a key that leads nowhere. `page` are the rows of a screen.
    pub(super) fn led(self, key: &str, total: u64, page: u64) -> Option<u64> {
        led(key, self.at.get_untracked(), total.checked_sub(1)?, page)
    }

    /// Stays with its run.
    pub(super) fn follow(self, shown: Shown) {
        let Some(at) = self.at.get() else { return };
        let there = shown.row(at).map(|row| row.id);
        let Some(run) = self.run.get_value() else {
            return self.run.set_value(there);
        };
        if there.as_ref() == Some(&run) {
            return;
        }
        match shown.place_of(&run) {
            Some(now) => self.at.set(Some(now)),
            // It is gone, or far away: what took its place is there now.
            None => self.run.set_value(there),
        }
    }
}

fn led(key: &str, from: Option<u64>, last: u64, page: u64) -> Option<u64> {
    let at = from.unwrap_or(0).min(last);
    let page = page.max(1);
    Some(match key {
        "Home" => 0,
        "End" => last,
        // The first key enters the list.
        "ArrowDown" | "ArrowUp" | "PageDown" | "PageUp" if from.is_none() => 0,
        "ArrowDown" => (at + 1).min(last),
        "ArrowUp" => at.saturating_sub(1),
        "PageDown" => (at + page).min(last),
        "PageUp" => at.saturating_sub(page),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::led;

    #[test]
    fn keys_lead_one_run_a_screen_or_to_an_end_and_never_out() {
        assert_eq!(led("ArrowDown", None, 99, 20), Some(0));
        assert_eq!(led("End", None, 99, 20), Some(99));
        assert_eq!(led("ArrowDown", Some(5), 99, 20), Some(6));
        assert_eq!(led("ArrowDown", Some(99), 99, 20), Some(99));
        assert_eq!(led("ArrowUp", Some(0), 99, 20), Some(0));
        assert_eq!(led("PageDown", Some(90), 99, 20), Some(99));
        assert_eq!(led("PageUp", Some(25), 99, 20), Some(5));
        assert_eq!(led("a", Some(5), 99, 20), None);
    }

    #[test]
    fn a_place_behind_the_end_of_a_shorter_list_comes_back_inside() {
        assert_eq!(led("ArrowUp", Some(500), 9, 20), Some(8));
    }
}
