//! Going to another question: the address says what is looked for, and everything on the page follows it.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use workbench::simulation::registry::Browse;

use super::place;

/// What is looked for, and the way to look for something else. Copies are one.
#[derive(Clone, Copy)]
pub(super) struct Seek {
    pub(super) sought: Memo<Browse>,
    go: Callback<Browse>,
}

impl Seek {
    pub(super) fn new(sought: Memo<Browse>) -> Self {
        let navigate = use_navigate();
        let go = Callback::new(move |next: Browse| {
            if sought.with_untracked(|now| *now != next) {
                let options = NavigateOptions {
                    replace: true,
                    scroll: false,
                    ..NavigateOptions::default()
                };
                navigate(&place::of(&next), options);
            }
        });
        Self { sought, go }
    }

    /// Looks for this.
    pub(super) fn to(self, next: Browse) {
        self.go.run(next);
    }

    /// Looks for the same with a change.
    pub(super) fn with(self, change: impl FnOnce(&mut Browse)) {
        let mut next = self.sought.get_untracked();
        change(&mut next);
        self.to(next);
    }
}
