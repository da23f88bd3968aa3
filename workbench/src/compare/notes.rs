//! What is missing, or does not match: said, never dropped.

use std::collections::BTreeSet;

use super::{
    ask::Side,
    ends::poor_vision,
    question::{Request, Time},
    types::{Note, NoteKind},
};

pub(super) fn note(kind: NoteKind, runs: &[&str], text: impl Into<String>) -> Note {
    Note {
        kind,
        runs: runs.iter().map(|run| (*run).to_owned()).collect(),
        text: text.into(),
    }
}

/// The month up to which all of them go, where they do not end together.
pub(super) fn common_month(sides: &[Side], request: &Request) -> Option<u32> {
    let months = || sides.iter().map(months);
    let (least, most) = (months().min()?, months().max()?);
    let is_cut = request.until_month.is_some_and(|until| until <= least);
    (least < most && !is_cut).then_some(least)
}

fn months(side: &Side) -> u32 {
    (side.info.duration_years * 12.0 + 1e-9) as u32
}

/// What does not match between runs that are shown.
pub(super) fn between(sides: &[Side], request: &Request) -> Vec<Note> {
    let mut notes = Vec::new();
    if sides.len() < 2 {
        let text = "A comparison takes at least two runs with results: choose more.";
        notes.push(note(NoteKind::Few, &[], text));
    }
    notes.extend(durations(sides, request));
    notes.extend(differ(
        sides,
        NoteKind::Recruitment,
        "Follow-up is not the same",
        |side| side.info.recruitment.follow_up().to_owned(),
    ));
    notes.extend(differ(
        sides,
        NoteKind::Engine,
        "They were simulated by different versions of the model",
        |side| side.info.engine.clone(),
    ));
    notes.extend(differ(
        sides,
        NoteKind::Model,
        "They follow different scheduling rules",
        |side| side.info.model.replace('_', " "),
    ));
    let simulated = sides.iter().filter(|side| side.info.trial.is_none());
    notes.extend(differ(
        &simulated.cloned().collect::<Vec<_>>(),
        NoteKind::PoorVision,
        "Poor vision is not the same",
        |side| format!("below {} letters", poor_vision(&side.info)),
    ));
    if request.time == Time::Absolute {
        notes.extend(differ(
            sides,
            NoteKind::Start,
            "They do not begin on the same day",
            |side| side.info.start_date.clone(),
        ));
    }
    notes
}

/// The runs that end before the longest.
fn durations(sides: &[Side], request: &Request) -> Option<Note> {
    common_month(sides, request)?;
    let most = sides.iter().map(months).max()?;
    let short: Vec<&Side> = sides.iter().filter(|side| months(side) < most).collect();
    let each = short
        .iter()
        .map(|side| format!("{} at month {}", side.info.name, months(side)));
    let each: Vec<String> = each.collect();
    let text = format!(
        "They do not last equally long. {} ends: {}. The line stops there, and values at the end are those of that month; the longest goes on to month {most}.",
        if short.len() == 1 {
            "One"
        } else {
            "Each of these"
        },
        each.join(", ")
    );
    let ids: Vec<&str> = short.iter().map(|side| side.info.id.as_str()).collect();
    Some(note(NoteKind::Duration, &ids, text))
}

/// A fact that is not the same everywhere, with who has which.
fn differ(
    sides: &[Side],
    kind: NoteKind,
    what: &str,
    fact: impl Fn(&Side) -> String,
) -> Option<Note> {
    let facts: BTreeSet<String> = sides.iter().map(&fact).collect();
    if facts.len() < 2 {
        return None;
    }
    let groups = facts.iter().map(|known| {
        let names: Vec<&str> = sides
            .iter()
            .filter(|side| fact(side) == *known)
            .map(|side| side.info.name.as_str())
            .collect();
        format!("{} ({known})", names.join(", "))
    });
    let groups: Vec<String> = groups.collect();
    let ids: Vec<&str> = sides.iter().map(|side| side.info.id.as_str()).collect();
    Some(note(kind, &ids, format!("{what}: {}.", groups.join("; "))))
}
