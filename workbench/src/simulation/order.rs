//! What can be ordered: bounds that are checked before anything is kept.

use super::{
    model::DAYS_A_YEAR,
    protocol::{Protocol, Scheduling},
    types::Order,
};
use crate::data::day_of;

/// Patients of a run.
pub const PATIENTS: std::ops::RangeInclusive<u32> = 10..=1_000_000;
/// Years of a run.
pub const YEARS: std::ops::RangeInclusive<f64> = 1.0..=20.0;
/// Years of a run that was not simulated here, at most.
pub(super) const MAX_YEARS: f64 = 99.0;
/// Visits that a run may come to if everybody is seen as often as the protocol can ask for: some 2 GB of files.
pub const MAX_VISITS: u64 = 200_000_000;
/// Tags of a run, and characters of each.
pub const MAX_TAGS: (usize, usize) = (50, 60);
/// Characters of a run's name.
pub const MAX_NAME: usize = 120;
/// Characters of a run's notes.
pub const MAX_NOTES: usize = 10_000;

/// An order that cannot be carried out: which field, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct OrderError {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong with it, and what is possible.
    pub problem: String,
}

/// Whole days of so many years.
pub(crate) fn run_days(years: f64) -> u32 {
    (years * DAYS_A_YEAR) as u32
}

pub(super) fn refused(field: &'static str, problem: impl Into<String>) -> OrderError {
    OrderError {
        field,
        problem: problem.into(),
    }
}

impl Order {
    /// Days of the run; the last visit may be on the last of them, counted from 0.
    pub fn days(&self) -> u32 {
        run_days(self.duration_years)
    }

    /// The first day, counted from 1970-01-01; `None` where there is no such day.
    pub fn first_day(&self) -> Option<i32> {
        day_of(&self.start_date)
    }

    /// Whether this can be simulated under a protocol.
    ///
    /// # Errors
    /// [`OrderError`] with the first field that is out of its bounds.
    pub fn check(&self, protocol: &Protocol) -> Result<(), OrderError> {
        if !PATIENTS.contains(&self.patients) {
            let (least, most) = (PATIENTS.start(), PATIENTS.end());
            let problem = format!("{} is not between {least} and {most}", self.patients);
            return Err(refused("patients", problem));
        }
        if !YEARS.contains(&self.duration_years) {
            let (least, most) = (YEARS.start(), YEARS.end());
            let problem = format!("{} is not between {least} and {most}", self.duration_years);
            return Err(refused("duration_years", problem));
        }
        // A year of the calendar is at most 9999; a run may add 20.
        if self.first_day().is_none() {
            let problem = format!("there is no day \"{}\"; write YYYY-MM-DD", self.start_date);
            return Err(refused("start_date", problem));
        }
        let visits = u64::from(self.patients) * u64::from(self.days() / shortest(protocol) + 1);
        if visits > MAX_VISITS {
            let problem = format!(
                "under this protocol {} patients may come to {visits} visits, more than {MAX_VISITS}; \
                 order fewer patients or years",
                self.patients
            );
            return Err(refused("patients", problem));
        }
        check_words(self.name.as_deref(), &self.tags, &self.notes)
    }
}

/// Name, tags and notes, of an order or a run.
pub(super) fn check_words(
    name: Option<&str>,
    tags: &[String],
    notes: &str,
) -> Result<(), OrderError> {
    let long = |text: &str, most: usize| text.chars().count() > most;
    if name.is_some_and(|name| name.trim().is_empty() || long(name, MAX_NAME)) {
        let problem = format!("a name has 1 to {MAX_NAME} characters");
        return Err(refused("name", problem));
    }
    let (most, length) = MAX_TAGS;
    if tags.len() > most {
        return Err(refused("tags", format!("at most {most} tags")));
    }
    if let Some(tag) = tags
        .iter()
        .find(|tag| tag.trim().is_empty() || long(tag, length))
    {
        let problem = format!("\"{tag}\" is no tag; one has 1 to {length} characters");
        return Err(refused("tags", problem));
    }
    if long(notes, MAX_NOTES) {
        return Err(refused("notes", format!("at most {MAX_NOTES} characters")));
    }
    Ok(())
}

/// Days between two visits at least.
fn shortest(protocol: &Protocol) -> u32 {
    let days = match &protocol.scheduling {
        Scheduling::TreatAndExtend(rule) => {
            let loading = (rule.loading.doses > 0).then_some(rule.loading.every_days);
            rule.min_interval_days
                .min(loading.unwrap_or(rule.min_interval_days))
        }
        Scheduling::Reactive(rule) => rule
            .injected_interval_days
            .min(rule.max_interval_days)
            .min(rule.min_interval_days.saturating_add(rule.extension_days)),
    };
    u32::from(days.max(1))
}
