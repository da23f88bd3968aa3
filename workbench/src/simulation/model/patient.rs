//! A patient from the first visit to the last.

use super::{
    baseline::Baseline,
    ending::{self, Reason},
    random::Random,
    reactive,
    transition::Transitions,
    treat_and_extend,
    vision::{Changes, changed, changed_in_whole_letters},
};
use crate::simulation::protocol::{DiseaseState, EndRules, Protocol, Scheduling};

/// A protocol made ready to be drawn from. One serves all patients.
#[derive(Debug, Clone)]
pub struct Model {
    scheduling: Scheduling,
    transitions: Transitions,
    effect_days: u32,
    changes: Changes,
    baseline: Baseline,
    end_rules: EndRules,
}

/// What a visit records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit {
    /// Days since the first visit.
    pub day: u32,
    /// Letters after this visit's change.
    pub vision: f64,
    /// Whether there was an injection.
    pub is_injected: bool,
    /// Days to the next visit; none where treat and extend ends.
    pub next_interval: Option<u16>,
    /// What was found.
    pub state: DiseaseState,
}

/// How a treatment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Days since the first visit.
    pub day: u32,
    /// Why.
    pub reason: Reason,
}

/// A life in sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    /// Letters before the first visit.
    pub baseline: f64,
    /// Letters at the last one.
    pub vision: f64,
    /// What the last visit found.
    pub state: DiseaseState,
    /// Injections in all.
    pub injections: u32,
    /// Visits in all.
    pub visits: u32,
    /// How the treatment ended, if it did within the time.
    pub ending: Option<Ending>,
}

/// A patient between two visits.
struct Patient {
    vision: f64,
    state: DiseaseState,
    visits: u32,
    injections: u32,
    last_injection: Option<u32>,
    /// The interval that led to the next visit.
    interval: Option<u16>,
}

impl Model {
    /// An error in words where a distribution has no such parameters; those of a protocol that was read have.
    pub fn of(protocol: &Protocol) -> Result<Self, String> {
        Ok(Self {
            scheduling: protocol.scheduling,
            transitions: Transitions::of(protocol),
            effect_days: protocol.treatment.days,
            changes: Changes::of(&protocol.vision_changes).map_err(|error| error.to_string())?,
            baseline: Baseline::of(&protocol.baseline)?,
            end_rules: protocol.end_rules,
        })
    }

    /// One life of at most `days` days, the last included; `record` gets each visit in order.
    pub fn live(&self, days: u32, random: &mut Random, mut record: impl FnMut(Visit)) -> Life {
        let baseline = self.baseline.draw(random);
        let mut patient = Patient {
            vision: baseline,
            state: DiseaseState::Naive,
            visits: 0,
            injections: 0,
            last_injection: None,
            interval: None,
        };
        let mut day = 0;
        let ending = loop {
            let (visit, reason) = self.visit(&mut patient, day, random);
            record(visit);
            if let Some(reason) = reason {
                break Some(Ending { day, reason });
            }
            day += match visit.next_interval {
                Some(interval) => u32::from(interval),
                None => break None,
            };
            if day > days {
                break None;
            }
        };
        Life {
            baseline,
            vision: patient.vision,
            state: patient.state,
            injections: patient.injections,
            visits: patient.visits,
            ending,
        }
    }

    fn visit(
        &self,
        patient: &mut Patient,
        day: u32,
        random: &mut Random,
    ) -> (Visit, Option<Reason>) {
        let recorded_before = (patient.visits > 0).then_some(patient.state);
        let is_treated = self.is_under_treatment(patient, day);
        patient.state = self.transitions.next(patient.state, is_treated, random);
        patient.visits += 1;
        match &self.scheduling {
            Scheduling::TreatAndExtend(rule) => {
                let change = self.changes.draw(patient.state, is_treated, random);
                patient.vision = changed(patient.vision, change);
                patient.inject(day);
                let reason = self.stops(patient, day, random);
                patient.interval = reason.is_none().then(|| {
                    let (visits, before) = (patient.visits, patient.interval);
                    treat_and_extend::next_interval(rule, visits, before, patient.state)
                });
                (patient.seen(day, true), reason)
            }
            Scheduling::Reactive(rule) => {
                let is_injected = reactive::injects(recorded_before);
                if is_injected {
                    patient.inject(day);
                }
                let change = self.changes.draw(patient.state, is_injected, random);
                patient.vision = changed_in_whole_letters(patient.vision, change);
                let since_injection = day - patient.last_injection.unwrap_or(day);
                patient.interval = Some(reactive::next_interval(rule, since_injection));
                let reason = self.stops(patient, day, random);
                (patient.seen(day, is_injected), reason)
            }
        }
    }

    /// Whether the last injection still has its effect. Today's is not yet given.
    fn is_under_treatment(&self, patient: &Patient, day: u32) -> bool {
        patient
            .last_injection
            .is_some_and(|last| day - last <= self.effect_days)
    }

    fn stops(&self, patient: &Patient, day: u32, random: &mut Random) -> Option<Reason> {
        let (vision, injections) = (patient.vision, patient.injections);
        ending::stops(&self.end_rules, vision, injections, day, random)
    }
}

impl Patient {
    fn inject(&mut self, day: u32) {
        self.injections += 1;
        self.last_injection = Some(day);
    }

    fn seen(&self, day: u32, is_injected: bool) -> Visit {
        Visit {
            day,
            vision: self.vision,
            is_injected,
            next_interval: self.interval,
            state: self.state,
        }
    }
}
