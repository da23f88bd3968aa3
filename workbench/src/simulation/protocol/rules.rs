//! What must hold between a protocol's fields, which its schema cannot say.

use statrs::function::beta::beta_reg;

use super::{
    scheduling::Scheduling,
    types::{Baseline, DiseaseState, Protocol},
};
use crate::data::day_of;

/// How far a row may be from 1: what decimal fractions lose when they are added.
const TOLERANCE: f64 = 1e-9;
/// Draws of a baseline that are thrown away for each one kept, at most: more would be a very slow way to say that nobody
/// is above the threshold.
const MAX_REJECTED: f64 = 100.0;

/// One fault, with the JSON Pointer to its place.
pub(super) struct RuleFault {
    pub pointer: String,
    pub message: String,
}

fn fault(pointer: impl Into<String>, message: impl Into<String>) -> RuleFault {
    RuleFault {
        pointer: pointer.into(),
        message: message.into(),
    }
}

/// All that is wrong.
pub(super) fn check(protocol: &Protocol) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    if day_of(&protocol.about.created_date).is_none() {
        let message = format!(
            "there is no day {}; write YYYY-MM-DD",
            protocol.about.created_date
        );
        faults.push(fault("/metadata/created_date", message));
    }
    faults.extend(intervals(&protocol.scheduling));
    faults.extend(rows(protocol));
    faults.extend(baseline(&protocol.baseline));
    faults
}

fn intervals(scheduling: &Scheduling) -> Option<RuleFault> {
    let (min, max) = match scheduling {
        Scheduling::TreatAndExtend(rule) => (rule.min_interval_days, rule.max_interval_days),
        Scheduling::Reactive(rule) => (rule.min_interval_days, rule.max_interval_days),
    };
    (min > max).then(|| {
        let pointer = format!("/{}/max_interval_days", scheduling.name());
        fault(
            pointer,
            format!("{max} is less than min_interval_days, {min}"),
        )
    })
}

fn rows(protocol: &Protocol) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    for state in DiseaseState::ALL {
        let chances = protocol.transitions.from(state).numbers();
        let sum: f64 = chances.iter().sum();
        if (sum - 1.0).abs() > TOLERANCE {
            let message = format!("the row sums to {}, not to 1", rounded(sum));
            faults.push(fault(
                format!("/disease_transitions/{}", state.name()),
                message,
            ));
        }
        let multipliers = protocol.treatment.multipliers.from(state).numbers();
        let treated: f64 = chances.iter().zip(multipliers).map(|(p, m)| p * m).sum();
        if treated <= 0.0 {
            let pointer = format!("/treatment_effect_on_transitions/{}", state.name());
            let message = "with these multipliers no state is left to come to; let one be above 0";
            faults.push(fault(pointer, message));
        }
    }
    faults
}

/// Without the noise of adding decimal fractions.
fn rounded(sum: f64) -> f64 {
    (sum * 1e9).round() / 1e9
}

fn baseline(baseline: &Baseline) -> Vec<RuleFault> {
    let at = |field: &str| format!("/baseline_vision_distribution/{field}");
    let (Baseline::Normal { range, .. }
    | Baseline::BetaWithThreshold { range, .. }
    | Baseline::Uniform { range }) = baseline;
    let [least, most] = *range;
    if least >= most {
        let message = format!("{least} is not less than {most}; write the least letters first");
        return vec![fault(at("range"), message)];
    }
    let is_outside = |letters: f64| letters < f64::from(least) || letters > f64::from(most);
    match *baseline {
        Baseline::Normal { mean, .. } if is_outside(mean) => {
            vec![fault(at("mean"), format!("{mean} is outside the range"))]
        }
        Baseline::BetaWithThreshold { threshold, .. } if is_outside(threshold) => {
            let message = format!("{threshold} is outside the range");
            vec![fault(at("threshold"), message)]
        }
        Baseline::BetaWithThreshold {
            a,
            b,
            threshold,
            reduction,
            ..
        } => {
            let share = (threshold - f64::from(least)) / f64::from(most - least);
            let kept = 1.0 - reduction * (1.0 - beta_reg(a, b, share));
            let message = "nearly all of this distribution is above the threshold and taken away; \
                           lower reduction or raise threshold";
            let is_rare = kept < MAX_REJECTED.recip();
            is_rare
                .then(|| fault(at("reduction"), message))
                .into_iter()
                .collect()
        }
        Baseline::Normal { .. } | Baseline::Uniform { .. } => Vec::new(),
    }
}
