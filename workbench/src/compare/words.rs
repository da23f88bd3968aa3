//! What a comparison means, in sentences.

use super::{
    question::{Measure, Mode, Population, Request, Time},
    types::{Outcome, Pair, Test, TestKind, named},
};
use crate::statistics::{EXACT, Smirnov};

/// Below this a corrected p is more than chance.
const LEVEL: f64 = 0.05;

/// How time, population and intervals are meant.
pub(super) fn rules(request: &Request) -> Vec<String> {
    let mut rules = Vec::new();
    if request.mode != Mode::Statistical {
        rules.push(match request.time {
            Time::Relative => {
                "Time is months of 30.44 days since a patient's enrolment; the last month ends with the run. A value at a month is that of the last visit at or before it."
            }
            Time::Absolute => {
                "Time is the calendar. A value on the first day of a month is that of the last visit on or before it, of everybody who had come by then."
            }
            Time::Normalised => {
                "Time is days since a patient's enrolment as a share of the run's duration, in steps of 2 %. A value is that of the last visit at or before it."
            }
        });
    }
    rules.push(match request.population {
        Population::All => {
            "Everybody who is followed until then is counted; who stopped is there with the last value, carried forward."
        }
        Population::StillTreated => {
            "Only patients who are followed until then and had not stopped are counted; shares of patients who stopped are of everybody."
        }
    });
    if request.measures.contains(&Measure::StillTreated) && request.mode != Mode::Statistical {
        rules.push("Still treated is the share of everybody who is followed until then.");
    }
    let mut rules: Vec<String> = rules.into_iter().map(str::to_owned).collect();
    if let Some(month) = request.until_month {
        rules.push(format!(
            "Patients are looked at up to month {month}: the table and the tests count everybody, with what was seen of them by then."
        ));
    }
    rules.push("Intervals are 95 %: 1.96 standard errors, variances not assumed equal.".into());
    if request.mode == Mode::Statistical {
        rules.push(format!(
            "Every patient is counted, no sample is drawn. Mann-Whitney is a normal approximation, corrected for ties; Kolmogorov-Smirnov is exact up to {EXACT} patients on the larger side and asymptotic beyond. All p shown are corrected together by Holm. A large run makes any difference significant: read the size of the effect."
        ));
    }
    rules
}

fn subject(outcome: Outcome, measured: Option<&str>) -> String {
    match outcome {
        Outcome::Injections => "The number of injections".into(),
        _ => named(outcome, measured).0,
    }
}

/// A number with its unit, if it has one.
fn amount(value: f64, unit: &str) -> String {
    [&number(value, 1), " ", unit]
        .concat()
        .trim_end()
        .to_owned()
}

/// A number with a minus as people write it.
fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let is_zero = text.trim_matches(['-', '0', '.']).is_empty();
    match text.strip_prefix('-') {
        Some(rest) if is_zero => rest.to_owned(),
        Some(rest) => format!("\u{2212}{rest}"),
        None => text,
    }
}

fn way(value: f64) -> &'static str {
    if value < 0.0 { "lower" } else { "higher" }
}

/// Where two distributions are furthest apart.
pub(super) fn furthest(outcome: Outcome, found: &Smirnov, measured: Option<&str>) -> String {
    let method = if found.is_exact {
        "exact"
    } else {
        "asymptotic"
    };
    if found.d == 0.0 {
        return format!("The distributions are the same ({method} p)");
    }
    let more = if found.is_first_lower {
        "more"
    } else {
        "fewer"
    };
    format!(
        "{} percentage points {more} of these patients are at or below {} ({method} p)",
        number(100.0 * found.d, 1),
        amount(found.at, named(outcome, measured).1)
    )
}

/// How large an effect is, by Cohen's words (1988) and, for Cliff's delta, those of Romano and others (2006).
fn size(test: &Test) -> &'static str {
    let bounds = match test.kind {
        TestKind::CliffsDelta => [0.147, 0.33, 0.474],
        _ => [0.2, 0.5, 0.8],
    };
    let size = test.statistic.map_or(0.0, f64::abs);
    match bounds.iter().filter(|bound| size >= **bound).count() {
        0 => "negligible",
        1 => "small",
        2 => "medium",
        _ => "large",
    }
}

fn chance(p: Option<f64>) -> &'static str {
    match p {
        Some(p) if p < LEVEL => "more than chance explains",
        Some(_) => "chance alone may explain it",
        None => "it was not tested",
    }
}

/// Fills in the sentences of a pair, when its p are corrected.
pub(super) fn say(pair: &mut Pair, [run, reference]: [&str; 2], measured: Option<&str>) {
    let sides = [run, reference].into_iter().zip(pair.n);
    let empty: Vec<&str> = sides
        .filter(|(_, n)| *n == 0)
        .map(|(name, _)| name)
        .collect();
    if !empty.is_empty() {
        let what = subject(pair.outcome, measured);
        pair.words = format!("{what}: nobody is counted in {}.", empty.join(" and "));
        return;
    }
    let (difference, [low, high]) = (pair.difference, pair.interval);
    let unit = named(pair.outcome, measured).1;
    let far = format!("{} {}", amount(difference.abs(), unit), way(difference));
    for test in &mut pair.tests {
        let Some(statistic) = test.statistic else {
            continue;
        };
        test.words = match test.kind {
            TestKind::Welch => format!("On average {far}: {}.", chance(test.p_holm)),
            TestKind::MannWhitney => {
                let share = 100.0 * statistic / (pair.n[0] as f64 * pair.n[1] as f64);
                format!(
                    "A patient here is higher than one of {reference} in {} of 100 pairs, ties counted half: {}.",
                    number(share, 1),
                    chance(test.p_holm)
                )
            }
            TestKind::KolmogorovSmirnov => format!("{}: {}.", test.words, chance(test.p_holm)),
            TestKind::CohensD => {
                let far = number(statistic.abs(), 2);
                format!(
                    "A {} effect: {far} of a standard deviation {}.",
                    size(test),
                    way(statistic)
                )
            }
            TestKind::CliffsDelta => {
                let far = number(100.0 * statistic.abs(), 1);
                format!(
                    "A {} effect: {far} of 100 pairs more are {} than the other way.",
                    size(test),
                    way(statistic)
                )
            }
        };
    }
    let find = |kind| pair.tests.iter().find(|test| test.kind == kind);
    let effect = find(TestKind::CohensD).map_or("negligible", size);
    let p = find(TestKind::Welch).and_then(|test| test.p_holm);
    pair.words = format!(
        "{} in {run} is {far} than in {reference} on average (95 % interval {} to {}): a {effect} effect; {}.",
        subject(pair.outcome, measured),
        number(low, 1),
        number(high, 1),
        chance(p)
    );
}
