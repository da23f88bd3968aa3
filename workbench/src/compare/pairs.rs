//! Tests of each run against the reference, over all patients of both.

use super::{
    ends::Ends,
    types::{Outcome, Pair, Shown, Test, TestKind},
    words,
};
use crate::{
    Error,
    query::parallel::parallel,
    statistics::{NotMade, TwoSamples, holm, two_samples},
};

const OUTCOMES: [Outcome; 3] = [Outcome::Vision, Outcome::Change, Outcome::Injections];

/// All tests of these runs, run by run. Blocking.
pub(super) fn pairs(
    shown: &[Shown],
    runs: &[&Ends],
    reference: usize,
    measured: Option<&str>,
) -> Result<Vec<Pair>, Error> {
    let others: Vec<usize> = (0..runs.len()).filter(|run| *run != reference).collect();
    let count = others.len() * OUTCOMES.len();
    let mut pairs = parallel(count, |at| {
        let (run, outcome) = (others[at / OUTCOMES.len()], OUTCOMES[at % OUTCOMES.len()]);
        let [one, base] = [run, reference].map(|run| &runs[run].of(outcome).sample);
        let n = [one.len() as u64, base.len() as u64];
        let found = two_samples(one, base);
        Ok(pair(run, outcome, n, &found, measured))
    })?;
    correct(&mut pairs);
    for pair in &mut pairs {
        let run = usize::try_from(pair.run).unwrap_or_default();
        let names = [run, reference].map(|run| shown[run].name.as_str());
        words::say(pair, names, measured);
    }
    Ok(pairs)
}

fn pair(
    run: usize,
    outcome: Outcome,
    n: [u64; 2],
    found: &TwoSamples,
    measured: Option<&str>,
) -> Pair {
    let welch = found.welch.map(|welch| (welch.t, Some(welch.p)));
    let ranks = found.mann_whitney.map(|test| (test.u, Some(test.p)));
    let whole = found.smirnov.map(|test| (test.d, Some(test.p)));
    let mut tests = vec![
        test(TestKind::Welch, welch),
        test(TestKind::MannWhitney, ranks),
        test(TestKind::KolmogorovSmirnov, whole),
        test(TestKind::CohensD, found.cohens_d.map(|d| (d, None))),
        test(
            TestKind::CliffsDelta,
            found.mann_whitney.map(|test| (test.delta, None)),
        ),
    ];
    tests[0].freedom = found.welch.ok().map(|welch| welch.freedom);
    if let Ok(smirnov) = found.smirnov {
        tests[2].words = words::furthest(outcome, &smirnov, measured);
    }
    // Of nobody there is none.
    let (difference, interval) = match n.contains(&0) {
        true => (0.0, [0.0; 2]),
        false => (found.difference, found.interval),
    };
    Pair {
        run: u32::try_from(run).unwrap_or(u32::MAX),
        outcome,
        n,
        difference,
        interval,
        words: String::new(),
        tests,
    }
}

fn test(kind: TestKind, found: Result<(f64, Option<f64>), NotMade>) -> Test {
    let (statistic, p, words) = match found {
        Ok((statistic, p)) => (Some(statistic), p, String::new()),
        Err(not_made) => (None, None, not_made.to_string()),
    };
    Test {
        kind,
        statistic,
        freedom: None,
        p,
        p_holm: None,
        words,
    }
}

/// Holm over all p of the answer.
fn correct(pairs: &mut [Pair]) {
    let tests = || pairs.iter().flat_map(|pair| &pair.tests);
    let ps: Vec<f64> = tests().filter_map(|test| test.p).collect();
    let mut corrected = holm(&ps).into_iter();
    for test in pairs.iter_mut().flat_map(|pair| &mut pair.tests) {
        test.p_holm = test.p.and_then(|_| corrected.next());
    }
}
