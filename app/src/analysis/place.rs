//! What the address says of an open run: which view, and how it is looked at. So a view survives the back button and a
//! refresh, and can be sent to somebody; the last one is kept, and another run opens in it.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    params::ParamsMap,
};
use serde::{Deserialize, Serialize};
use workbench::analysis::Step;

use crate::{
    components::address::address,
    stores::{table::RUN_VIEW, use_browser_store},
};

const PAGE: &str = "/simulations/";
/// Patients drawn at most: more lines cannot be told apart.
pub(super) const MOST: u32 = 200;

/// The parts of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The charts that are looked at first.
    #[default]
    Overview,
    /// Baseline, last, change.
    Vision,
    /// Some patients.
    Trajectories,
    /// Days between visits.
    Intervals,
    /// States over time.
    Flow,
    /// States from year to year.
    Journey,
    /// Injections and visits.
    Frequency,
    /// Who stopped.
    Stopping,
    /// What people did to the run.
    History,
    /// What the run was made of.
    About,
}

impl View {
    /// All of them: the word in the address, and the name.
    pub(super) const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self::Overview, "overview", "Overview"),
        (Self::Vision, "vision", "Vision"),
        (Self::Trajectories, "trajectories", "Trajectories"),
        (Self::Intervals, "intervals", "Intervals"),
        (Self::Flow, "flow", "Cohort flow"),
        (Self::Journey, "journey", "Journey"),
        (Self::Frequency, "frequency", "Frequency"),
        (Self::Stopping, "stopping", "Stopping"),
        (Self::History, "history", "Audit trail"),
        (Self::About, "about", "Protocol"),
    ];

    fn word(self) -> &'static str {
        let known = Self::ALL.into_iter().find(|(view, ..)| *view == self);
        known.map_or("", |(_, word, _)| word)
    }
}

/// The steps of time, as the address and the buttons have them.
pub(super) const STEPS: [(Step, &str, &str); 3] = [
    (Step::Week, "week", "Week"),
    (Step::Month, "month", "Month"),
    (Step::Quarter, "quarter", "Quarter"),
];

/// What is looked at, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The part of the page.
    pub view: View,
    /// How far the moments of the cohort flow are apart.
    pub by: Step,
    /// Shares in percent instead of counts.
    pub is_share: bool,
    /// Patients drawn.
    pub count: u32,
    /// What they are drawn by.
    pub seed: u64,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            view: View::default(),
            by: Step::default(),
            is_share: false,
            count: 20,
            seed: 1,
        }
    }
}

impl Place {
    /// What these parameters say; nothing where they name no view.
    fn of(map: &ParamsMap) -> Option<Self> {
        let text = |name| map.get(name).unwrap_or_default();
        let word = text("view");
        let (view, ..) = View::ALL.into_iter().find(|(_, known, _)| *known == word)?;
        let by = text("by");
        let step = STEPS.into_iter().find(|(_, known, _)| *known == by);
        let usual = Self::default();
        Some(Self {
            view,
            by: step.map_or(usual.by, |(step, ..)| step),
            is_share: text("in") == "percent",
            count: text("count").parse().unwrap_or(usual.count).clamp(1, MOST),
            seed: text("seed").parse().unwrap_or(usual.seed),
        })
    }

    /// Where a run is looked at so. What is as usual is not said.
    pub(super) fn address(self, id: &str) -> String {
        let usual = Self::default();
        let step = STEPS.into_iter().find(|(step, ..)| *step == self.by);
        let by = step
            .filter(|_| self.by != usual.by)
            .map_or("", |(_, word, _)| word);
        let number = |now: u64, usual: u64| match now == usual {
            true => String::new(),
            false => now.to_string(),
        };
        address(
            &[PAGE, id].concat(),
            &[
                ("view", self.view.word()),
                ("by", by),
                ("in", if self.is_share { "percent" } else { "" }),
                ("count", &number(self.count.into(), usual.count.into())),
                ("seed", &number(self.seed, usual.seed)),
            ],
        )
    }
}

/// What is looked at: as the address says, else as it was the last time. It is kept.
pub(crate) fn use_place(id: Memo<String>) -> Memo<Place> {
    // Not `use_query_map`: it keeps what the address said before (leptos_router 0.8.17).
    let location = use_location();
    let kept = use_browser_store(RUN_VIEW);
    // While another page is on its way its address is there already; this one stays as it was.
    let is_here = move || {
        let pathname = location.pathname.get();
        id.with(|id| pathname.strip_prefix(PAGE) == Some(id.as_str()))
    };
    let said = Memo::new(move |before: Option<&Option<Place>>| match is_here() {
        true => location.query.with(Place::of),
        false => before.copied().flatten(),
    });
    let place = Memo::new(move |_| said.get().unwrap_or_else(|| kept.get()));
    let navigate = use_navigate();
    Effect::new(move |_| match said.get() {
        _ if !untrack(is_here) => {}
        Some(place) => kept.set(place),
        // So that the address can be sent as it stands; a run that is opened plainly stays so.
        None if kept.get_untracked() != Place::default() => {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&kept.get_untracked().address(&id.get_untracked()), options);
        }
        None => {}
    });
    place
}

#[cfg(test)]
mod tests {
    use leptos_router::params::ParamsMap;
    use workbench::analysis::Step;

    use super::{MOST, Place, View};

    fn of(address: &str) -> Option<Place> {
        let (_, query) = address.split_once('?').unwrap_or_default();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut map = ParamsMap::new();
        pairs.for_each(|(name, value)| map.insert(name.to_owned(), value.to_owned()));
        Place::of(&map)
    }

    #[test]
    fn an_address_says_what_is_looked_at_and_nothing_as_usual() {
        let flow = Place {
            view: View::Flow,
            by: Step::Quarter,
            is_share: true,
            ..Place::default()
        };
        let address = flow.address("sim_1");
        assert_eq!(
            address,
            "/simulations/sim_1?view=flow&by=quarter&in=percent"
        );
        assert_eq!(of(&address), Some(flow));
        let plain = Place::default().address("sim_1");
        assert_eq!(plain, "/simulations/sim_1?view=overview");
        assert_eq!(of(&plain), Some(Place::default()));
    }

    #[test]
    fn what_is_typed_into_an_address_is_kept_within_bounds() {
        assert_eq!(of("/simulations/a"), None);
        assert_eq!(of("/simulations/a?view=elsewhere"), None);
        let place = of("/simulations/a?view=trajectories&count=9999&seed=x&by=decade");
        assert_eq!(
            place.map(|it| (it.count, it.seed, it.by)),
            Some((MOST, 1, Step::Month))
        );
    }
}
