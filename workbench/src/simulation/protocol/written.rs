//! A protocol's text field by field, as its schema has it, on the way to [`Protocol`].

use serde::Deserialize;

use super::{
    scheduling::{Reactive, Scheduling, TreatAndExtend},
    types::{About, Baseline, EndRules, Protocol, Row, Rows, TreatmentEffect, VisionChanges},
};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    TreatAndExtend,
    Reactive,
}

/// Multipliers: a naive eye was not treated yet, so there are none from there.
#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Multipliers {
    stable: Row,
    active: Row,
    highly_active: Row,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    metadata: About,
    protocol_type: Kind,
    treat_and_extend: Option<TreatAndExtend>,
    reactive: Option<Reactive>,
    disease_transitions: Rows,
    treatment_effect_days: u32,
    treatment_effect_on_transitions: Multipliers,
    vision_change_model: VisionChanges,
    baseline_vision_distribution: Baseline,
    discontinuation_rules: EndRules,
}

impl Written {
    /// `None` where the section of its own kind of scheduling is missing.
    pub(super) fn into_protocol(self, checksum: String) -> Option<Protocol> {
        let multipliers = self.treatment_effect_on_transitions;
        Some(Protocol {
            about: self.metadata,
            scheduling: match self.protocol_type {
                Kind::TreatAndExtend => Scheduling::TreatAndExtend(self.treat_and_extend?),
                Kind::Reactive => Scheduling::Reactive(self.reactive?),
            },
            transitions: self.disease_transitions,
            treatment: TreatmentEffect {
                days: self.treatment_effect_days,
                multipliers: Rows {
                    naive: Row::ONES,
                    stable: multipliers.stable,
                    active: multipliers.active,
                    highly_active: multipliers.highly_active,
                },
            },
            vision_changes: self.vision_change_model,
            baseline: self.baseline_vision_distribution,
            end_rules: self.discontinuation_rules,
            checksum,
        })
    }
}
