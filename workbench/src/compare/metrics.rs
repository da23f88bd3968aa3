//! The table: each measure of each run, and how far it is from the reference's.

use super::{
    ends::Ends,
    types::{Difference, Metric, Value, Verdict},
};
use crate::statistics::Moments;

/// A row: how it is called, and how it reads off a run.
struct Row {
    name: &'static str,
    about: About,
    unit: &'static str,
    decimals: u8,
    /// Whether more is better; nothing where it is not simply so.
    more_is_better: Option<bool>,
    value: fn(&Ends) -> Value,
}

/// What a row is about.
#[derive(Clone, Copy)]
enum About {
    /// Vision, in letters; of trials what they measured, which is called so between these words.
    Measure([&'static str; 2]),
    /// How many letters are good or poor: nothing that a trial can be asked.
    Letters,
    /// What every run has.
    Treatment,
}

const ROWS: [Row; 12] = [
    row("Vision at baseline", "letters", 1, None, |ends| {
        mean(&ends.baseline)
    })
    .about(About::Measure(["", " at baseline"])),
    row("Vision at the end", "letters", 1, Some(true), |ends| {
        mean(&ends.vision.moments)
    })
    .about(About::Measure(["", " at the end"])),
    row("Change of vision", "letters", 1, Some(true), |ends| {
        mean(&ends.change.moments)
    })
    .about(About::Measure(["Change of ", ""])),
    row(
        "Maintained (lost at most 5 letters)",
        "%",
        1,
        Some(true),
        |ends| share(ends.maintained, ends.baseline.n),
    )
    .about(About::Letters),
    row("Poor vision at the end", "%", 1, Some(false), |ends| {
        share(ends.poor, ends.baseline.n)
    })
    .about(About::Letters),
    row("Injections of a patient", "", 1, Some(false), |ends| {
        mean(&ends.injections.moments)
    }),
    row("Visits of a patient", "", 1, Some(false), |ends| {
        mean(&ends.visits)
    }),
    row("Injections for each visit", "", 2, None, |ends| Value {
        n: ends.visits.n,
        value: ends.ratio[0],
        half: 1.96 * ends.ratio[1],
    }),
    row("Stopped", "%", 1, Some(false), |ends| {
        share(ends.stopped, ends.all)
    }),
    row("Stopped for poor vision", "%", 1, Some(false), |ends| {
        share(ends.reasons[0], ends.all)
    }),
    row("Stopped for many injections", "%", 1, None, |ends| {
        share(ends.reasons[1], ends.all)
    }),
    row("Stopped after long treatment", "%", 1, None, |ends| {
        share(ends.reasons[2], ends.all)
    }),
];

const fn row(
    name: &'static str,
    unit: &'static str,
    decimals: u8,
    more_is_better: Option<bool>,
    value: fn(&Ends) -> Value,
) -> Row {
    Row {
        name,
        about: About::Treatment,
        unit,
        decimals,
        more_is_better,
        value,
    }
}

impl Row {
    const fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    /// What it is called, and its unit; `None` where it cannot be asked.
    fn named(&self, measured: Option<&str>) -> Option<(String, &'static str)> {
        match (self.about, measured) {
            (About::Letters, Some(_)) => None,
            (About::Measure([before, after]), Some(measured)) => {
                Some(([before, measured, after].concat(), ""))
            }
            _ => Some((self.name.into(), self.unit)),
        }
    }
}

fn mean(moments: &Moments) -> Value {
    Value {
        n: moments.n,
        value: moments.mean,
        half: 1.96 * moments.sd() / (moments.n.max(1) as f64).sqrt(),
    }
}

/// In percent, with Wald's interval.
fn share(count: u64, of: u64) -> Value {
    let n = of.max(1) as f64;
    let share = count as f64 / n;
    Value {
        n: of,
        value: 100.0 * share,
        half: 196.0 * (share * (1.0 - share) / n).sqrt(),
    }
}

/// The table of these runs, one of which is the reference; trials among them measured this.
pub(super) fn metrics(runs: &[&Ends], reference: usize, measured: Option<&str>) -> Vec<Metric> {
    let is_trial = |at: usize| runs.get(at).is_some_and(|ends| ends.is_trial);
    let of_row = |row: &Row| {
        let (name, unit) = row.named(measured)?;
        let values: Vec<Value> = runs.iter().map(|ends| (row.value)(ends)).collect();
        let base = values.get(reference).copied();
        let differences = values.iter().enumerate().map(|(at, value)| {
            // Nobody's mean is no number to be compared with, and one patient's has no interval.
            let base = base.filter(|base| at != reference && base.n > 1 && value.n > 1)?;
            // What a trial measured may be better when there is less of it.
            let is_judged = !is_trial(at) && !is_trial(reference);
            let more_is_better = row.more_is_better.filter(|_| is_judged);
            Some(difference(*value, base, more_is_better))
        });
        Some(Metric {
            name,
            unit: unit.into(),
            decimals: row.decimals,
            differences: differences.collect(),
            values,
        })
    };
    ROWS.iter().filter_map(of_row).collect()
}

/// Both values are of different patients, so that their variances add up.
fn difference(value: Value, base: Value, more_is_better: Option<bool>) -> Difference {
    let half = value.half.hypot(base.half);
    let difference = value.value - base.value;
    let (low, high) = (difference - half, difference + half);
    let verdict = match more_is_better {
        Some(more) if low > 0.0 || high < 0.0 => match (difference > 0.0) == more {
            true => Verdict::Better,
            false => Verdict::Worse,
        },
        _ => Verdict::Neither,
    };
    Difference {
        value: difference,
        low,
        high,
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(value: f64, half: f64) -> Value {
        Value { n: 10, value, half }
    }

    #[test]
    fn a_difference_is_better_or_worse_only_beyond_its_interval() {
        let verdict = |one, more| difference(value(one, 3.0), value(10.0, 4.0), more).verdict;
        assert_eq!(verdict(15.1, Some(true)), Verdict::Better);
        assert_eq!(verdict(15.1, Some(false)), Verdict::Worse);
        assert_eq!(verdict(4.9, Some(false)), Verdict::Better);
        assert_eq!(verdict(14.9, Some(true)), Verdict::Neither);
        assert_eq!(verdict(90.0, None), Verdict::Neither);
        let found = difference(value(15.0, 3.0), value(10.0, 4.0), None);
        assert_eq!((found.value, found.low, found.high), (5.0, 0.0, 10.0));
    }

    #[test]
    fn a_share_is_in_percent_with_its_interval() {
        let half = share(20, 100);
        assert_eq!(half.value, 20.0);
        assert!((half.half - 1.96 * 4.0).abs() < 1e-12);
        assert_eq!(share(0, 0).value, 0.0);
    }
}
