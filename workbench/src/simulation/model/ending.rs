//! Whether a patient stops: three draws in order, the first hit ends it.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{DAYS_A_MONTH, random::Random};
use crate::simulation::protocol::{EndKind, EndRules};

/// Why a patient stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// They saw too little.
    PoorVision,
    /// They had many injections.
    Injections,
    /// They were treated for long.
    Months,
}

impl Reason {
    /// All of them; the place is the code in tables.
    pub const ALL: [Self; 3] = [Self::PoorVision, Self::Injections, Self::Months];

    /// As tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PoorVision => "poor_vision",
            Self::Injections => "injections",
            Self::Months => "months",
        }
    }

    /// What the protocol counts it as.
    pub fn kind(self, rules: &EndRules) -> EndKind {
        match self {
            Self::PoorVision => rules.poor_vision_kind,
            Self::Injections => rules.injections_kind,
            Self::Months => rules.months_kind,
        }
    }
}

/// Last step of a visit, `day` days after the first. A draw is made for each rule that applies, until one hits.
pub(super) fn stops(
    rules: &EndRules,
    vision: f64,
    injections: u32,
    day: u32,
    random: &mut Random,
) -> Option<Reason> {
    let asked = [
        (
            vision < rules.poor_vision_below,
            rules.poor_vision_rate,
            Reason::PoorVision,
        ),
        (
            injections > rules.injections_over,
            rules.injections_rate,
            Reason::Injections,
        ),
        (
            f64::from(day) > f64::from(rules.months_over) * DAYS_A_MONTH,
            rules.months_rate,
            Reason::Months,
        ),
    ];
    asked
        .into_iter()
        .find(|(applies, rate, _)| *applies && random.random::<f64>() < *rate)
        .map(|(_, _, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::model::stream;

    fn rules(rates: [f64; 3]) -> EndRules {
        EndRules {
            poor_vision_below: 35.0,
            poor_vision_rate: rates[0],
            poor_vision_kind: EndKind::Ineffective,
            injections_over: 20,
            injections_rate: rates[1],
            injections_kind: EndKind::Planned,
            months_over: 36,
            months_rate: rates[2],
            months_kind: EndKind::Adverse,
        }
    }

    #[test]
    fn a_rule_is_asked_only_beyond_its_bound() {
        let always = rules([1.0; 3]);
        let mut random = stream(1, 1);
        let mut ask =
            |vision, injections, day| stops(&always, vision, injections, day, &mut random);
        assert_eq!(ask(35.0, 20, 1095), None);
        assert_eq!(ask(34.0, 20, 1095), Some(Reason::PoorVision));
        assert_eq!(ask(35.0, 21, 1095), Some(Reason::Injections));
        // 36 months are 1095.84 days.
        assert_eq!(ask(35.0, 20, 1096), Some(Reason::Months));
    }

    #[test]
    fn the_first_hit_in_order_is_the_reason() {
        let mut random = stream(1, 1);
        let mut ask = |rates| stops(&rules(rates), 10.0, 50, 2000, &mut random);
        assert_eq!(ask([1.0, 1.0, 1.0]), Some(Reason::PoorVision));
        assert_eq!(ask([0.0, 1.0, 1.0]), Some(Reason::Injections));
        assert_eq!(ask([0.0, 0.0, 1.0]), Some(Reason::Months));
        assert_eq!(ask([0.0, 0.0, 0.0]), None);
    }

    #[test]
    fn what_it_counts_as_is_the_protocols_word() {
        let rules = rules([0.0; 3]);
        assert_eq!(Reason::Months.kind(&rules), EndKind::Adverse);
        assert_eq!(Reason::PoorVision.kind(&rules), EndKind::Ineffective);
    }
}
